//! The options of the guard against bad uploads: of `trainer publish`, and of whoever else publishes.

use clap::ArgAction;
use store::Guard;

use super::train_options::true_or_false;

/// What a model may lose beside the current one to be published.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct GuardOptions {
    /// How many of the current model's tracks a new one may lack, as a share from 0 to 1. If it lacks more, it is stored and
    /// does not become current
    #[arg(long, default_value_t = Guard::default().max_track_loss, value_parser = share, value_name = "SHARE")]
    pub max_track_loss: f64,
    /// How much of the current model's accuracy, recall, silhouette and genre agreement a new one may lose, as a share from 0
    /// to 1
    #[arg(long, default_value_t = Guard::default().max_quality_loss, value_parser = share, value_name = "SHARE")]
    pub max_quality_loss: f64,
    /// Publish without comparing with the current model
    #[arg(long, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true",
        action = ArgAction::Set, value_parser = true_or_false, value_name = "true|false")]
    pub force: bool,
}

impl GuardOptions {
    /// The guard; none where publishing is forced.
    pub fn guard(self) -> Option<Guard> {
        let Self { max_track_loss, max_quality_loss, force } = self;
        (!force).then_some(Guard { max_track_loss, max_quality_loss })
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "expected a share from 0 to 1, such as 0.3".into())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    #[command(no_binary_name = true)]
    struct Options {
        #[command(flatten)]
        options: GuardOptions,
    }

    fn guard(arguments: &[&str]) -> Result<Option<Guard>, String> {
        Options::try_parse_from(arguments).map(|parsed| parsed.options.guard()).map_err(|error| error.to_string())
    }

    #[test]
    fn every_option_of_the_guard_arrives() {
        assert_eq!(guard(&[]), Ok(Some(Guard::default())));
        let wide = guard(&["--max-track-loss=0.5", "--max-quality-loss", "1"]);
        assert_eq!(wide, Ok(Some(Guard { max_track_loss: 0.5, max_quality_loss: 1.0 })));
        assert_eq!((guard(&["--force"]), guard(&["--force=true"])), (Ok(None), Ok(None)));
        assert_eq!(guard(&["--force=false"]), Ok(Some(Guard::default())));
        for wrong in ["--max-track-loss=30", "--max-quality-loss=-0.1", "--max-track-loss=NaN", "--max-track-loss=30%"]
        {
            assert!(guard(&[wrong]).expect_err("refused").contains("a share from 0 to 1"), "{wrong}");
        }
    }
}

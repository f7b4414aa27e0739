//! The command line: a file a command.

mod dialect_options;
mod evaluate;
mod export;
mod guard_options;
mod inspect;
mod models;
mod recommend;
mod synth;
mod train;
mod train_options;
mod verify;

use clap::{Parser, Subcommand};

pub use guard_options::GuardOptions;
pub use train_options::{TrainOptions, number};

/// Turns a track table into a segue artifact, and looks after artifacts.
#[derive(Debug, Parser)]
#[command(name = "trainer", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train a model on a track table: clean, scale, cluster, classify, index, report
    Train(Box<train::Train>),
    /// Show what an artifact holds
    Inspect(inspect::Inspect),
    /// Check every checksum and every invariant of an artifact, and that its parts are of one training
    Verify(verify::Verify),
    /// Write the tracks of an artifact with their clusters as CSV, or with their vectors as Parquet
    Export(export::Export),
    /// Answer one request in the terminal
    Recommend(recommend::Recommend),
    /// Measure the recommendations of an artifact: genres, artists, coverage, diversity, playlists
    Evaluate(evaluate::Evaluate),
    /// Publish an artifact to S3
    Publish(models::Publish),
    /// List the models that are published
    Models(models::Models),
    /// Make a published model the current one again
    Rollback(models::Rollback),
    /// Delete old models with their reports, but never the current one
    Prune(models::Prune),
    /// Write a made-up catalogue of any size, for demonstrations and measurements
    Synth(synth::Synth),
}

impl Cli {
    /// Does what was asked for.
    ///
    /// # Errors
    ///
    /// What went wrong, and what to do about it.
    pub fn run(self) -> anyhow::Result<()> {
        crate::interrupt::listen();
        match self.command {
            Command::Train(train) => train.run(),
            Command::Inspect(inspect) => inspect.run(),
            Command::Verify(verify) => verify.run(),
            Command::Export(export) => export.run(),
            Command::Recommend(recommend) => recommend.run(),
            Command::Evaluate(evaluate) => evaluate.run(),
            Command::Publish(publish) => publish.run(),
            Command::Models(models) => models.run(),
            Command::Rollback(rollback) => rollback.run(),
            Command::Prune(prune) => prune.run(),
            Command::Synth(synth) => synth.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_may_begin_with_a_hyphen() {
        let cli = Cli::try_parse_from(["trainer", "recommend", "model.segue", "--song", "-1", "--artist", "--x"]);
        assert!(cli.is_ok(), "{cli:?}");
    }
}

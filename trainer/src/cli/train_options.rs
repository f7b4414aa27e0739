//! The options that the model depends on: of `trainer train`, and of whoever else trains.

use std::ops::RangeInclusive;

use clap::ArgAction;
use recommender::features::Feature;

use super::dialect_options::DialectOptions;
use crate::{
    table::{self, ColumnOverride},
    training::{self, weights::Weights},
};

/// The options that the model depends on.
#[derive(Clone, Debug, clap::Args)]
pub struct TrainOptions {
    /// Features to use, 2 to 16, each one required [default: those of the eleven that the file has]
    #[arg(long, value_delimiter = ',', value_name = "A,B,...")]
    pub features: Option<Vec<Feature>>,
    /// The column that holds a meaning: title, artist, id, album, genre, year, explicit, playlist, key, mode, time_signature,
    /// or a feature. By its name, or its number as #3; several times, or several after one another with ; between them
    #[arg(long = "column", value_name = "MEANING=NAME", value_delimiter = ';')]
    pub columns: Vec<ColumnOverride>,
    /// Keep tracks whose danceability, tempo and valence are all 0: they were never analysed
    #[arg(long, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true",
        action = ArgAction::Set,
        value_parser = true_or_false, value_name = "true|false")]
    pub keep_unanalysed: bool,
    /// How much features count where tracks are compared, 0 to 100; 1 where nothing is said
    #[arg(long, value_name = "FEATURE=WEIGHT,...")]
    pub weights: Option<Weights>,
    /// Number of clusters, 1 to 32
    #[arg(long, default_value_t = 6, value_parser = number::<u32>(1..=32))]
    pub k: u32,
    /// Numbers of clusters to try for the elbow
    #[arg(long, default_value = "2-8", value_parser = k_range, value_name = "FROM-TO")]
    pub k_range: RangeInclusive<u32>,
    /// The same file, options and seed make the same bytes
    #[arg(long, default_value_t = 42, value_parser = number::<u64>(0..=u64::MAX))]
    pub seed: u64,
    /// How the table is written.
    #[command(flatten)]
    pub dialect: DialectOptions,
}

impl TrainOptions {
    /// How the table is read.
    pub fn table(&self) -> table::Options {
        table::Options {
            features: self.features.clone(),
            columns: self.columns.clone(),
            keep_unanalysed: self.keep_unanalysed,
            dialect: self.dialect.dialect(),
            ..Default::default()
        }
    }

    /// How the model is trained.
    pub fn training(&self) -> training::Options {
        training::Options {
            k: self.k,
            k_range: self.k_range.clone(),
            seed: self.seed,
            weights: self.weights.clone().unwrap_or_default(),
            ..Default::default()
        }
    }
}

/// A parser of numbers in a range, which says what is allowed.
pub fn number<T: TryFrom<u64>>(
    allowed: RangeInclusive<u64>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number =
            text.parse().ok().filter(|number| allowed.contains(number)).and_then(|number| number.try_into().ok());
        number.ok_or_else(|| match *allowed.end() {
            u64::MAX => format!("expected a number from {}", allowed.start()),
            end => format!("expected a number from {} to {end}", allowed.start()),
        })
    }
}

pub(super) fn true_or_false(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "expected true or false".into())
}

/// `2-8`, or `2..=8`.
fn k_range(text: &str) -> Result<RangeInclusive<u32>, String> {
    let ends = text.split_once("..=").or_else(|| text.split_once('-'));
    match ends.map(|(from, to)| (from.trim().parse(), to.trim().parse())) {
        Some((Ok(from), Ok(to))) if 1 <= from && from <= to && to <= 32 => Ok(from..=to),
        _ => Err("expected two numbers from 1 to 32, the smaller first, such as 2-8".into()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    #[command(no_binary_name = true)]
    struct Options {
        #[command(flatten)]
        options: TrainOptions,
    }

    #[test]
    fn without_options_a_training_has_its_defaults() {
        let options = Options::try_parse_from([""; 0]).expect("parses").options.training();
        let default = training::Options::default();
        assert_eq!((options.k, options.k_range, options.seed), (default.k, default.k_range, default.seed));
        assert_eq!(options.weights, default.weights);
    }

    #[test]
    fn columns_are_named_one_by_one_or_together() {
        let parsed = Options::try_parse_from(["--column=tempo=Beats, a minute", "--column", "title=a;id=#3"]);
        let columns = parsed.expect("parses").options.table().columns;
        let columns: Vec<(&str, &str)> =
            columns.iter().map(|wanted| (wanted.meaning.name(), wanted.column.as_str())).collect();
        assert_eq!(columns, [("tempo", "Beats, a minute"), ("title", "a"), ("id", "#3")]);
        let error = Options::try_parse_from(["--column=speed=a"]).expect_err("refused").to_string();
        assert!(error.contains("speed") && error.contains("title, artist"), "{error}");
    }

    #[test]
    fn tracks_that_were_never_analysed_are_kept_on_demand() {
        let kept =
            |arguments: &[&str]| Options::try_parse_from(arguments).expect("parses").options.table().keep_unanalysed;
        assert!(!kept(&[]) && kept(&["--keep-unanalysed"]) && kept(&["--keep-unanalysed=true"]));
        assert!(!kept(&["--keep-unanalysed=false"]));
    }

    #[test]
    fn a_number_out_of_range_is_answered_with_the_range() {
        for (option, expected) in [
            ("--k=0", "from 1 to 32"),
            ("--k=33", "from 1 to 32"),
            ("--k=4294967297", "from 1 to 32"),
            ("--seed=-1", "a number from 0"),
            ("--k-range=8-2", "such as 2-8"),
        ] {
            let error = Options::try_parse_from([option]).expect_err("refused").to_string();
            assert!(error.contains(expected), "{option}: {error}");
        }
    }
}

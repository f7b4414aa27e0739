//! Options of a training, from the metadata of the uploaded object.
//!
//! `aws s3 cp tracks.csv s3://bucket/uploads/ --metadata '{"segue-k":"8","segue-weights":"tempo=2"}'`

use std::collections::{BTreeMap, HashMap};

use clap::{CommandFactory, Parser};
use store::Guard;
use trainer::{
    cli::{GuardOptions, TrainOptions, number},
    table, training,
};

use crate::error::Error;

/// What all names begin with: metadata of other programs is not for us.
const METADATA_PREFIX: &str = "segue-";

/// What an upload may say.
#[derive(Clone, Debug)]
pub struct Options {
    /// `segue-features`, `segue-column`, `segue-keep-unanalysed`, `segue-delimiter`, `segue-decimal`, `segue-encoding`, and
    /// how many tracks at most: not an option, but set by the limit.
    pub table: table::Options,
    /// `segue-k`, `segue-k-range`, `segue-seed`, `segue-weights`.
    pub training: training::Options,
    /// `segue-tracks`: how many tracks the table has, where its size would mislead.
    pub tracks: Option<u64>,
    /// `segue-max-track-loss`, `segue-max-quality-loss`: how much worse than the current model this one may be. Nothing with
    /// `segue-force`.
    pub guard: Option<Guard>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            table: table::Options::default(),
            training: training::Options::default(),
            tracks: None,
            guard: Some(Guard::default()),
        }
    }
}

/// The options as the trainer's command line has them, without those that are not the uploader's to say.
#[derive(Debug, Parser)]
#[command(no_binary_name = true, disable_help_flag = true)]
struct Arguments {
    #[command(flatten)]
    train: TrainOptions,
    #[command(flatten)]
    guard: GuardOptions,
    #[arg(long, value_parser = number::<u64>(1..=u64::MAX))]
    tracks: Option<u64>,
}

impl Options {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// [`Error::Option`] where one is unknown or cannot be meant.
    pub fn from_metadata(metadata: &HashMap<String, String>) -> Result<Self, Error> {
        // Of several that are wrong, always the same one is named.
        let metadata: BTreeMap<&String, &String> = metadata.iter().collect();
        let command = Arguments::command();
        let known: Vec<&str> = command.get_arguments().filter_map(|argument| argument.get_long()).collect();
        let (mut arguments, mut parsed) = (Vec::new(), None);
        for (name, value) in metadata {
            let Some(option) = name.strip_prefix(METADATA_PREFIX) else { continue };
            let value = value.trim();
            let wrong = |expected: String| Error::Option { name: name.clone(), got: value.to_owned(), expected };
            if !known.contains(&option) {
                let known: Vec<String> = known.iter().map(|option| format!("{METADATA_PREFIX}{option}")).collect();
                return Err(wrong(format!("one of {}", known.join(", "))));
            }
            arguments.push(format!("--{option}={value}"));
            // One more at a time: an error is of the newest.
            parsed = Some(Arguments::try_parse_from(&arguments).map_err(|error| wrong(expected(&error)))?);
        }
        Ok(parsed.map_or_else(Self::default, |Arguments { train, guard, tracks }| Self {
            table: train.table(),
            training: train.training(),
            tracks,
            guard: guard.guard(),
        }))
    }
}

/// What is allowed, of the parser's error.
fn expected(error: &clap::Error) -> String {
    let reason = std::error::Error::source(error).map_or_else(|| error.kind().to_string(), ToString::to_string);
    reason.strip_prefix("expected ").unwrap_or(&reason).to_owned()
}

#[cfg(test)]
mod tests {
    use recommender::features::Feature;

    use super::*;

    fn options(metadata: &[(&str, &str)]) -> Result<Options, Error> {
        let metadata = metadata.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Options::from_metadata(&metadata.collect())
    }

    #[test]
    fn metadata_of_others_does_nothing() {
        let read = options(&[("mtime", "1732276800"), ("s3cmd-attrs", "uid:0")]).expect("reads");
        assert_eq!((read.training.k, read.training.seed, read.tracks), (6, 42, None));
        assert_eq!((read.table, read.guard), (table::Options::default(), Some(Guard::default())));
    }

    #[test]
    fn all_options_arrive() {
        let read = options(&[
            ("segue-k", "8"),
            ("segue-k-range", "2-12"),
            ("segue-seed", "7"),
            ("segue-features", "energy,tempo"),
            ("segue-weights", "tempo=2"),
            ("segue-tracks", "1000"),
            ("segue-column", "tempo=Beats Per Minute;title=track"),
            ("segue-keep-unanalysed", "true"),
            ("segue-delimiter", ";"),
            ("segue-decimal", ","),
            ("segue-encoding", "latin1"),
            ("segue-max-track-loss", "0.5"),
            ("segue-max-quality-loss", "0.2"),
        ])
        .expect("reads");
        let training = &read.training;
        assert_eq!((training.k, training.k_range.clone(), training.seed, read.tracks), (8, 2..=12, 7, Some(1000)));
        assert_eq!(read.table.features, Some(vec![Feature::Energy, Feature::Tempo]));
        assert!(!training.weights.are_all_one());
        let columns = ["tempo=Beats Per Minute", "title=track"].map(|column| column.parse().expect("parses"));
        assert_eq!((&read.table.columns[..], read.table.keep_unanalysed), (&columns[..], true));
        assert_eq!(read.guard, Some(Guard { max_track_loss: 0.5, max_quality_loss: 0.2 }));
        assert_eq!(options(&[("segue-force", "true")]).expect("reads").guard, None);
        let dialect = &read.table.dialect;
        assert_eq!((dialect.delimiter, dialect.decimal), (Some(b';'), Some(table::Decimal::Comma)));
        assert_eq!(dialect.encoding.map(|encoding| encoding.name()), Some("windows-1252"));
    }

    #[test]
    fn a_wrong_option_is_named_with_what_is_allowed() {
        for (name, value, expected) in [
            ("segue-k", "0", "1 to 32"),
            ("segue-k", "six", "1 to 32"),
            ("segue-k-range", "8-2", "2-8"),
            ("segue-seed", "-1", "from 0"),
            ("segue-features", "energy,speed", "speed"),
            ("segue-weights", "tempo", "FEATURE=NUMBER"),
            ("segue-k", "", "1 to 32"),
            ("segue-tracks", "0", "from 1"),
            ("segue-column", "speed=BPM", "title, artist"),
            ("segue-column", "tempo", "MEANING=NAME"),
            ("segue-keep-unanalysed", "perhaps", "true"),
            ("segue-delimiter", ";;", "one character"),
            ("segue-decimal", "x", ". or ,"),
            ("segue-encoding", "klingon", "utf-8"),
            ("segue-max-track-loss", "30", "a share from 0 to 1"),
            ("segue-max-quality-loss", "none", "a share from 0 to 1"),
            ("segue-force", "perhaps", "true"),
            (
                "segue-clusters",
                "6",
                "one of segue-features, segue-column, segue-keep-unanalysed, segue-weights, segue-k, segue-k-range, segue-seed, \
                 segue-delimiter, segue-decimal, segue-encoding, segue-max-track-loss, segue-max-quality-loss, segue-force, \
                 segue-tracks",
            ),
            // Options of the trainer that are not the uploader's to say.
            ("segue-out", "/tmp", "segue-k"),
            ("segue-publish", "s3://elsewhere/models", "segue-k"),
            ("segue-threads", "64", "segue-k"),
            ("segue-help", "", "segue-k"),
            ("segue-k=3 --seed", "4", "segue-k"),
            ("segue-", "3", "segue-k"),
        ] {
            let message = options(&[(name, value)]).expect_err("refused").to_string();
            assert!(message.contains(name) && message.contains(value) && message.contains(expected), "{message}");
        }
    }
}

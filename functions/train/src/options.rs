//! Options of a training, from the metadata of the uploaded object.
//!
//! `aws s3 cp tracks.csv s3://bucket/uploads/ --metadata '{"segue-k":"8","segue-weights":"tempo=2"}'`

use std::collections::HashMap;
use std::ops::RangeInclusive;

use recommender::features::Feature;
use trainer::{table, training, training::weights::Weights};

use crate::error::Error;

/// What all names begin with: metadata of other programs is not for us.
const METADATA_PREFIX: &str = "segue-";

/// What an upload may say.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `segue-features`, and how many tracks at most: not an option, but set by the limit.
    pub table: table::Options,
    /// `segue-k`, `segue-k-range`, `segue-seed`, `segue-weights`.
    pub training: training::Options,
    /// `segue-tracks`: how many tracks the table has, where its size would mislead.
    pub tracks: Option<u64>,
}

impl Options {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// [`Error::Option`] where one is unknown or cannot be meant.
    pub fn from_metadata(metadata: &HashMap<String, String>) -> Result<Self, Error> {
        let mut options = Self::default();
        for (name, value) in metadata {
            let Some(option) = name.strip_prefix(METADATA_PREFIX) else { continue };
            let value = value.trim();
            let wrong = |expected: String| Error::Option { name: name.clone(), got: value.to_owned(), expected };
            match option {
                "k" => options.training.k = number(value, 1..=32).map_err(wrong)? as u32,
                "k-range" => options.training.k_range = range(value).map_err(wrong)?,
                "seed" => options.training.seed = number(value, 0..=u64::MAX).map_err(wrong)?,
                "features" => {
                    let features: Result<Vec<Feature>, _> = value.split(',').map(str::parse).collect();
                    options.table.features = Some(features.map_err(|error| wrong(error.to_string()))?);
                }
                "weights" => {
                    options.training.weights = value.parse::<Weights>().map_err(|error| wrong(error.to_string()))?;
                }
                "tracks" => options.tracks = Some(number(value, 1..=u64::MAX).map_err(wrong)?),
                _ => {
                    let known = ["k", "k-range", "seed", "features", "weights", "tracks"]
                        .map(|name| format!("{METADATA_PREFIX}{name}"));
                    return Err(wrong(format!("one of {}", known.join(", "))));
                }
            }
        }
        Ok(options)
    }
}

fn number(text: &str, allowed: RangeInclusive<u64>) -> Result<u64, String> {
    let found = text.parse().ok().filter(|number| allowed.contains(number));
    found.ok_or_else(|| match *allowed.end() {
        u64::MAX => format!("a number from {}", allowed.start()),
        end => format!("a number from {} to {end}", allowed.start()),
    })
}

/// `2-8`.
fn range(text: &str) -> Result<RangeInclusive<u32>, String> {
    let ends = text.split_once('-').map(|(from, to)| (number(from.trim(), 1..=32), number(to.trim(), 1..=32)));
    match ends {
        Some((Ok(from), Ok(to))) if from <= to => Ok(from as u32..=to as u32),
        _ => Err("two numbers from 1 to 32, the smaller first, such as 2-8".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(metadata: &[(&str, &str)]) -> Result<Options, Error> {
        let metadata = metadata.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Options::from_metadata(&metadata.collect())
    }

    #[test]
    fn metadata_of_others_does_nothing() {
        let read = options(&[("mtime", "1732276800"), ("s3cmd-attrs", "uid:0")]).expect("reads");
        assert_eq!((read.training.k, read.training.seed, read.tracks), (6, 42, None));
        assert_eq!(read.table, table::Options::default());
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
        ])
        .expect("reads");
        let training = &read.training;
        assert_eq!((training.k, training.k_range.clone(), training.seed, read.tracks), (8, 2..=12, 7, Some(1000)));
        assert_eq!(read.table.features, Some(vec![Feature::Energy, Feature::Tempo]));
        assert!(!training.weights.are_all_one());
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
            ("segue-clusters", "6", "segue-k"),
        ] {
            let message = options(&[(name, value)]).expect_err("refused").to_string();
            assert!(message.contains(name) && message.contains(value) && message.contains(expected), "{message}");
        }
    }
}

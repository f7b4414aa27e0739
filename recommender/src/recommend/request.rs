//! What may be asked.

use super::{affinity::Affinity, error::Error, seed::Seed};
use crate::{model::Model, search::Search};

/// The most tracks that one answer may hold.
pub const MAX_LIMIT: usize = 100;
/// The most seeds, and the most negative seeds, of one request.
pub const MAX_SEEDS: usize = 100;

/// A feature that must lie within bounds, in the file's own unit.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureRange {
    /// Name of the feature.
    pub feature: String,
    /// The least value allowed.
    pub min: Option<f64>,
    /// The largest value allowed.
    pub max: Option<f64>,
}

/// A value that a feature should be near, in the file's own unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Name of the feature.
    pub feature: String,
    /// The value.
    pub value: f64,
}

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What to begin from, 1 to [`MAX_SEEDS`].
    pub seeds: Vec<Seed>,
    /// What to keep away from, 0 to [`MAX_SEEDS`].
    pub negative_seeds: Vec<Seed>,
    /// How many tracks to answer with, 1 to [`MAX_LIMIT`].
    pub limit: usize,
    /// Whether to stay within the seeds' clusters.
    pub same_cluster: bool,
    /// How to search.
    pub search: Search,
    /// Bounds of features.
    pub ranges: Vec<FeatureRange>,
    /// Values that features should be near.
    pub targets: Vec<Target>,
    /// `Some(false)`: no tracks with explicit lyrics; `Some(true)`: only those.
    pub explicit: Option<bool>,
    /// Only tracks of this genre.
    pub genre: Option<String>,
    /// The earliest year allowed.
    pub min_year: Option<u32>,
    /// The latest year allowed.
    pub max_year: Option<u32>,
    /// Ids of tracks whose songs are not to be answered with.
    pub exclude_tracks: Vec<String>,
    /// Artists that are not to be answered with.
    pub exclude_artists: Vec<String>,
    /// Whether the seeds' artists are not to be answered with.
    pub exclude_seed_artists: bool,
    /// How many songs of one artist an answer may hold.
    pub max_per_artist: Option<usize>,
    /// What counts beside the audio; nothing does by default.
    pub affinity: Option<Affinity>,
    /// 0: the most similar; 1: as unlike one another as they come.
    pub diversity: f64,
}

impl Request {
    /// The ten songs of its own cluster that are most like a seed.
    pub fn new(seed: Seed) -> Self {
        Self {
            seeds: vec![seed],
            negative_seeds: Vec::new(),
            limit: 10,
            same_cluster: true,
            search: Search::Auto,
            ranges: Vec::new(),
            targets: Vec::new(),
            explicit: None,
            genre: None,
            min_year: None,
            max_year: None,
            exclude_tracks: Vec::new(),
            exclude_artists: Vec::new(),
            exclude_seed_artists: false,
            max_per_artist: None,
            affinity: None,
            diversity: 0.0,
        }
    }

    /// Whether the numbers are in range, and the features the model's.
    pub(super) fn check(&self, model: &Model) -> Result<(), Error> {
        let range = |name: &'static str, expected: &'static str, fits: bool, got: String| {
            if fits { Ok(()) } else { Err(Error::OutOfRange { name, expected, got }) }
        };
        range("limit", "1 to 100", (1..=MAX_LIMIT).contains(&self.limit), self.limit.to_string())?;
        let (seeds, negative) = (self.seeds.len(), self.negative_seeds.len());
        range("seeds", "1 to 100 of them", (1..=MAX_SEEDS).contains(&seeds), seeds.to_string())?;
        range("negative_seeds", "0 to 100 of them", negative <= MAX_SEEDS, negative.to_string())?;
        range("diversity", "0 to 1", (0.0..=1.0).contains(&self.diversity), self.diversity.to_string())?;
        let most = self.max_per_artist;
        range(
            "max_per_artist",
            "1 to 100",
            most.is_none_or(|most| (1..=MAX_LIMIT).contains(&most)),
            format!("{most:?}"),
        )?;
        let names = self.ranges.iter().map(|range| &range.feature).chain(self.targets.iter().map(|t| &t.feature));
        for name in names {
            if !model.scaler().features.contains(name) {
                return Err(Error::UnknownFeature { feature: name.clone(), expected: model.scaler().features.clone() });
            }
        }
        let bounds = self.ranges.iter().flat_map(|range| [range.min, range.max]).flatten();
        for value in bounds.chain(self.targets.iter().map(|target| target.value)) {
            range("min, max and target", "finite numbers", value.is_finite(), value.to_string())?;
        }
        Ok(())
    }
}

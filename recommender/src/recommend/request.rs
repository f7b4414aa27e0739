//! What may be asked.

use super::{affinity::Affinity, error::Error, flow, seed::Seed};
use crate::{catalog::songs::SongIds, model::Model, search::Search};

/// The most tracks that one answer may hold.
pub const MAX_LIMIT: usize = 100;
/// The most seeds, and the most negative seeds, of one request.
pub const MAX_SEEDS: usize = 100;

/// The least and the most that a seed counts for.
pub const MIN_WEIGHT: f64 = 0.01;
/// See [`MIN_WEIGHT`].
pub const MAX_WEIGHT: f64 = 100.0;

/// The order of the tracks of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The best first.
    #[default]
    Similarity,
    /// As they follow one another best, in tempo, key and energy.
    Flow,
}

/// A feature or an attribute that must lie within bounds, in the file's own unit. What is unknown is within none.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureRange {
    /// Name of the feature, or of the [`Attribute`](crate::catalog::attributes::Attribute).
    pub feature: String,
    /// The least value allowed.
    pub min: Option<f64>,
    /// The largest value allowed.
    pub max: Option<f64>,
}

/// A value that a feature or an attribute should be near, in the file's own unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Name of the feature, or of the [`Attribute`](crate::catalog::attributes::Attribute).
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
    /// Whether songs are meant by their very titles and artists, a title that several artists share is a question whoever is better
    /// known, and each seed must be found. Otherwise songs are looked up as people name them, and of several seeds those that are not
    /// found are left out.
    pub strict: bool,
    /// What each of the seeds counts for, [`MIN_WEIGHT`] to [`MAX_WEIGHT`]; empty where each counts for 1.
    pub weights: Vec<f64>,
    /// The same of the negative seeds.
    pub negative_weights: Vec<f64>,
    /// How many tracks to answer with, 1 to [`MAX_LIMIT`].
    pub limit: usize,
    /// Whether to stay within the seeds' clusters.
    pub same_cluster: bool,
    /// How to search.
    pub search: Search,
    /// Bounds of features and attributes.
    pub ranges: Vec<FeatureRange>,
    /// Values that features and attributes should be near.
    pub targets: Vec<Target>,
    /// `Some(false)`: no tracks with explicit lyrics; `Some(true)`: only those.
    pub explicit: Option<bool>,
    /// Only tracks of this genre, or of one of several with commas between them.
    pub genre: Option<String>,
    /// The earliest year allowed.
    pub min_year: Option<u32>,
    /// The latest year allowed.
    pub max_year: Option<u32>,
    /// Rows whose songs are not to be answered with: those of an answer that this one continues.
    pub exclude_rows: Vec<u32>,
    /// Ids of tracks whose songs are not to be answered with.
    pub exclude_tracks: Vec<String>,
    /// Artists that are not to be answered with.
    pub exclude_artists: Vec<String>,
    /// Whether the seeds' artists are not to be answered with.
    pub exclude_seed_artists: bool,
    /// How many songs of one artist an answer may hold.
    pub max_per_artist: Option<usize>,
    /// How many songs of one album an answer may hold. Albums of one title by different artists are different ones.
    pub max_per_album: Option<usize>,
    /// Whether versions of a song (live, remastered, remixed ...) are different songs.
    pub versions: bool,
    /// Another answer of equal quality for each number; `None` for the best one.
    pub vary: Option<u32>,
    /// The order of the answer.
    pub order: Order,
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
            strict: true,
            weights: Vec::new(),
            negative_weights: Vec::new(),
            limit: 10,
            same_cluster: true,
            search: Search::Auto,
            ranges: Vec::new(),
            targets: Vec::new(),
            explicit: None,
            genre: None,
            min_year: None,
            max_year: None,
            exclude_rows: Vec::new(),
            exclude_tracks: Vec::new(),
            exclude_artists: Vec::new(),
            exclude_seed_artists: false,
            max_per_artist: None,
            max_per_album: None,
            versions: false,
            vary: None,
            order: Order::Similarity,
            affinity: None,
            diversity: 0.0,
        }
    }

    /// What counts as one song: all versions of it, or each version.
    pub(super) fn songs<'m>(&self, model: &'m Model) -> &'m SongIds {
        if self.versions { model.versions() } else { model.songs() }
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
        for (name, most) in [("max_per_artist", self.max_per_artist), ("max_per_album", self.max_per_album)] {
            range(name, "1 to 100", most.is_none_or(|most| (1..=MAX_LIMIT).contains(&most)), format!("{most:?}"))?;
        }
        for (weights, seeds) in [(&self.weights, seeds), (&self.negative_weights, negative)] {
            let fits = weights.is_empty() || weights.len() == seeds;
            range("weights", "one for each seed", fits, format!("{} of them", weights.len()))?;
            for weight in weights {
                range("weight", "0.01 to 100", (MIN_WEIGHT..=MAX_WEIGHT).contains(weight), weight.to_string())?;
            }
        }
        if self.max_per_album.is_some() && model.catalog().albums.is_none() {
            return Err(Error::NoColumn { column: "albums", parameter: "max_per_album" });
        }
        if self.order == Order::Flow {
            flow::check(model)?;
        }
        let names = self.ranges.iter().map(|range| &range.feature).chain(self.targets.iter().map(|t| &t.feature));
        for name in names {
            if !model.bounded().any(|bounded| bounded == name) {
                let expected = model.bounded().map(str::to_owned).collect();
                return Err(Error::UnknownFeature { feature: name.clone(), expected });
            }
        }
        let bounds = self.ranges.iter().flat_map(|range| [range.min, range.max]).flatten();
        for value in bounds.chain(self.targets.iter().map(|target| target.value)) {
            range("min, max and target", "finite numbers", value.is_finite(), value.to_string())?;
        }
        Ok(())
    }
}

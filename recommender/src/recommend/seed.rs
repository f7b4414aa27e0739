//! What to begin from, as it is asked for and as it is found.

use super::lookup::Understood;
use crate::{model::Model, vector::Vector};

/// What to begin from.
#[derive(Clone, Debug, PartialEq)]
pub enum Seed {
    /// A row of the catalogue.
    Row(u32),
    /// A track, by its id.
    Track(String),
    /// A track, by its title, and its artist where several artists have a song of that title.
    Song {
        /// The title; case, white space and Unicode form do not matter.
        song: String,
        /// The artist, or one of several that the catalogue separates with `;`.
        artist: Option<String>,
    },
    /// A song, as it is typed: what the text search finds.
    Typed(String),
    /// An artist of the catalogue, by name: its tracks, weighted by popularity, stand for one seed.
    Artist(String),
    /// A genre of the catalogue, by name: its tracks, weighted by popularity, stand for one seed.
    Genre(String),
    /// A song that is not in the catalogue: the model's features, in its order, in the file's own units.
    Features(Vec<f64>),
}

/// Which seeds of a request are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeedKind {
    /// What to begin from.
    Seeds,
    /// What to keep away from.
    NegativeSeeds,
    /// The ends of a path.
    Ends,
}

/// A seed that was found, or placed.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedSeed {
    /// Row of the catalogue; `None` for features that are not in it, and for artists and genres.
    pub row: Option<u32>,
    /// Features in the file's own units; of an artist or a genre the weighted mean of its tracks.
    pub features: Vec<f64>,
    /// The cluster it belongs to; for features that are not in the catalogue, the most probable one; for an artist or a genre, the one
    /// that most of its tracks belong to, by weight.
    pub cluster: usize,
    /// Probability of each cluster, for features that are not in the catalogue.
    pub posteriors: Option<Vec<f64>>,
    /// How it was understood, where it was not named as the catalogue has it.
    pub understood: Option<Understood>,
    /// The artist or genre that it is.
    pub group: Option<SeedGroup>,
    /// What it counts for among the seeds, [`MIN_WEIGHT`](super::MIN_WEIGHT) to [`MAX_WEIGHT`](super::MAX_WEIGHT).
    pub weight: f64,
    pub(crate) vector: Vector,
}

/// Many tracks that stand for one seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeedGroup {
    /// An artist.
    Artist {
        /// Its name, as the catalogue spells it.
        name: String,
        /// How many tracks it has.
        tracks: u32,
    },
    /// A genre.
    Genre {
        /// Its name, normalised.
        name: String,
        /// How many tracks it has.
        tracks: u32,
    },
}

impl ResolvedSeed {
    /// A row of the catalogue.
    pub(super) fn of_row(model: &Model, row: u32) -> Self {
        Self {
            row: Some(row),
            features: model.catalog().raw(row),
            cluster: model.cluster_of(row),
            posteriors: None,
            understood: None,
            group: None,
            weight: 1.0,
            vector: model.neighbors().nodes().vector(row),
        }
    }
}

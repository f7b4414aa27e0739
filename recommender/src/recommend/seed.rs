//! What to begin from, as it is asked for and as it is found.

use crate::vector::Vector;

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
}

/// A seed that was found, or placed.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedSeed {
    /// Row of the catalogue; `None` for features that are not in it.
    pub row: Option<u32>,
    /// Features in the file's own units.
    pub features: Vec<f64>,
    /// The cluster it belongs to; for features that are not in the catalogue, the most probable one.
    pub cluster: usize,
    /// Probability of each cluster, for features that are not in the catalogue.
    pub posteriors: Option<Vec<f64>>,
    pub(crate) vector: Vector,
}

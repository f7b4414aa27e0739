//! The tracks of one file, as columns.

use ndarray::Array2;
use recommender::{
    column::{DictColumn, IntColumn, StringColumn},
    features::Feature,
};

use super::{dropped::Dropped, extremes::Extremes};

/// The tracks of one file, as columns. Row i of every column is the same track, in the file's order.
#[derive(Clone, Debug)]
pub struct Table {
    /// The features, in the order of the columns of `values`.
    pub features: Vec<Feature>,
    /// Those of [`Feature::DEFAULT`] that were looked for and that the file does not have. Empty where
    /// [`Options::features`](super::Options::features) named the features, since each of those is required.
    pub absent: Vec<Feature>,
    /// Rows read, the dropped ones among them.
    pub rows: u64,
    /// Shape `(n_tracks, n_features)`: every feature in the file's own unit, exactly as the file has it, -1e30 to 1e30.
    pub values: Array2<f64>,
    /// The least and the largest value of each feature, and the lines that they stand on.
    pub extremes: Vec<Extremes>,
    /// An id for every track: the file's own, or one made from artist and title. Those that are made differ from all
    /// others; the file's own repeat where the file repeats them (a file with a row per track and genre does).
    pub ids: StringColumn,
    /// Titles, without surrounding white space, never empty.
    pub songs: StringColumn,
    /// Artists as the file names them, several in one cell as one name.
    pub artists: DictColumn,
    /// Albums, where the file has such a column; empty where a row has none.
    pub albums: Option<DictColumn>,
    /// Genres, where the file has such a column; empty where a row has none.
    pub genres: Option<DictColumn>,
    /// The playlist that the row says the track is on, where the file has such a column; empty where it is on none.
    pub playlists: Option<DictColumn>,
    /// Years of release, where the file has such a column; 0 where a row has none.
    pub years: Option<IntColumn>,
    /// Explicit lyrics, where the file has such a column: 0 unknown, 1 no, 2 yes.
    pub explicit: Option<IntColumn>,
    /// The rows that were left out.
    pub dropped: Dropped,
    /// What a person should know about how the columns were understood, a sentence each.
    pub warnings: Vec<String>,
}

impl Table {
    /// Number of tracks: rows read less rows dropped. At least 1.
    pub fn n_tracks(&self) -> usize {
        self.songs.len()
    }
}

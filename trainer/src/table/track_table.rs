//! The tracks of one file, as columns.

use ndarray::Array2;
use recommender::{
    catalog::credits::Credits,
    column::{DictColumn, IntColumn, StringColumn},
    features::Feature,
};

use super::{dropped::Dropped, extremes::Extremes, schema::Schema};

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
    /// Artists as a person would write them, several in one cell as one text.
    pub artists: DictColumn,
    /// Which artists each distinct artist cell names.
    pub credits: Credits,
    /// Albums, where the file has such a column; empty where a row has none.
    pub albums: Option<DictColumn>,
    /// Genres, several with `, ` between them, where the file has such a column; empty where a row has none.
    pub genres: Option<DictColumn>,
    /// The playlist that the row says the track is on, where the file has such a column; empty where it is on none.
    pub playlists: Option<DictColumn>,
    /// Years of release, where the file has such a column; 0 where a row has none.
    pub years: Option<IntColumn>,
    /// Explicit lyrics, where the file has such a column: 0 unknown, 1 no, 2 yes.
    pub explicit: Option<IntColumn>,
    /// Pitch classes, where the file has such a column and one cell of it that can be read: 0 unknown, else Spotify's number
    /// plus 1, so that 1 is C and 12 is B.
    pub key: Option<IntColumn>,
    /// Modes, out of a column of their own or out of keys such as `A minor`: 0 unknown, 1 minor, 2 major (Spotify's number
    /// plus 1).
    pub mode: Option<IntColumn>,
    /// Beats in a bar, where the file has such a column: 0 unknown, else the number of beats (1 to 7) plus 1.
    pub time_signature: Option<IntColumn>,
    /// Lengths, where the file has such a column: 0 unknown, else milliseconds plus 1.
    pub duration_ms: Option<IntColumn>,
    /// The rows that were left out.
    pub dropped: Dropped,
    /// What a person should know about how the columns were understood, a sentence each.
    pub warnings: Vec<String>,
    /// What was understood of the columns.
    pub schema: Schema,
}

impl Table {
    /// Number of tracks: rows read less rows dropped. At least 1.
    pub fn n_tracks(&self) -> usize {
        self.songs.len()
    }
}

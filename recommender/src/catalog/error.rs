//! Why columns are not a model's catalogue.

/// A column of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Ids,
    Songs,
    Artists,
    Albums,
    Genres,
    Years,
    Explicit,
    /// By its place in the model.
    Feature(usize),
}

/// Why columns are not a model's catalogue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error("no tracks")]
    NoTracks,
    /// Rows are numbered with 32 bits.
    #[error("{got} tracks, at most {} are supported", u32::MAX)]
    TooManyTracks { got: usize },
    /// There is not one column for each of the scaler's features.
    #[error("{expected} features, and {got} columns")]
    FeatureCount { expected: usize, got: usize },
    /// A column is not as long as that of the titles.
    #[error("column {name} has {got} rows for {expected} tracks")]
    RowCount { column: Column, name: String, expected: usize, got: usize },
    /// A column's values are not what a column of its kind holds.
    #[error("{reason}")]
    Values { column: Column, reason: String },
}

impl Error {
    /// The column that is to blame; nothing where it is the number of columns.
    pub(crate) fn column(&self) -> Option<Column> {
        match self {
            Self::NoTracks | Self::TooManyTracks { .. } => Some(Column::Songs),
            Self::FeatureCount { .. } => None,
            Self::RowCount { column, .. } | Self::Values { column, .. } => Some(*column),
        }
    }
}

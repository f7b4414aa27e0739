//! Why columns are not a model's catalogue.

use crate::invalid::Invalid;

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
    Attributes,
    /// By its place in the model.
    Feature(usize),
}

/// Why columns are not a model's catalogue.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{source}")]
pub(crate) struct Error {
    /// The column that is to blame.
    pub(crate) column: Column,
    /// What is wrong.
    pub(crate) source: Invalid,
}

impl Error {
    /// What is wrong with a column.
    pub(crate) fn of(column: Column) -> impl FnOnce(Invalid) -> Self {
        move |source| Self { column, source }
    }
}

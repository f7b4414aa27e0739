//! What can be wrong with a track table as a whole.

use std::{io, path::PathBuf};

use thiserror::Error;

use recommender::features::Feature;

use super::{Dropped, Meaning, source::kind::NoTable as Found};

/// Why there is no table. Each says what was expected, what came, and what to do. `name` is the file as the caller
/// named it; lines are physical lines, from 1.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such file.
    #[error("there is no file {}: check the path", path.display())]
    NotFound {
        /// The path that was given.
        path: PathBuf,
    },
    /// A folder, or a prefix in S3, without a table.
    #[error("{name} holds no table: expected files that end in {}", super::TABLE_ENDINGS.join(", "))]
    NoTables {
        /// The folder, as it was given.
        name: String,
    },
    /// More tables than anybody trains on.
    #[error("{name} has more than {limit} tables, which is the limit: put them together, or train on a part of them")]
    TooManyTables {
        /// The folder, the archive or the first of the files.
        name: String,
        /// [`MAX_TABLES`](super::MAX_TABLES).
        limit: usize,
    },
    /// Not a table, but something else.
    #[error("{name} is {what}: {advice}")]
    NoTable {
        /// The file.
        name: String,
        /// What it is.
        what: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// An archive without a table.
    #[error("{name} is a zip archive without a table: expected a member that ends in .csv or .tsv, and {found}")]
    NoTableInZip {
        /// The file.
        name: String,
        /// What it holds.
        found: String,
    },
    /// An archive that is damaged, or of a kind that is not read.
    #[error("cannot unpack the zip archive {name}: {reason}")]
    Zip {
        /// The file.
        name: String,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// A Parquet file that is damaged, or has something that is not read.
    #[error("cannot read the Parquet file {name}: {reason}")]
    Parquet {
        /// The file.
        name: String,
        /// Why, and what to do.
        reason: String,
    },
    /// A Parquet file, for a program that was built without Parquet.
    #[error("{name} is a Parquet file, and this program was built without Parquet: use `trainer`, or save it as CSV")]
    ParquetNotBuilt {
        /// The file.
        name: String,
    },
    /// Packed within what was packed.
    #[error("{name} is packed twice: unpack it once")]
    PackedTwice {
        /// The file.
        name: String,
    },
    /// No place for what must be read from its end.
    #[error("cannot keep {name} in a temporary file: check that TMPDIR (or /tmp) has room for it")]
    Store {
        /// The file.
        name: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file is there but cannot be opened.
    #[error("cannot open {}: check that you may read it", path.display())]
    Open {
        /// The path that was given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Reading stopped half-way.
    #[error("cannot read {name}: reading failed before its end")]
    Read {
        /// The file.
        name: String,
        /// What the system said.
        source: io::Error,
    },
    /// The gzip data is damaged or cut short.
    #[error("cannot unpack {name}: its gzip data is damaged or cut short; copy or download it again")]
    Gzip {
        /// The file.
        name: String,
        /// What the decoder or the system said.
        source: io::Error,
    },
    /// The gzip data unpacks to far more than any table does.
    #[error("cannot unpack {name}: no table packs as well; unpack it, and look at what it holds")]
    DecompressionBomb {
        /// The file.
        name: String,
        /// What was seen.
        source: io::Error,
    },
    /// Named `.gz`, and no gzip data.
    #[error("{name} is named .gz but does not begin as gzip data does: if it is a plain CSV, rename it to .csv")]
    NotGzip {
        /// The file.
        name: String,
    },
    /// Not one byte of text.
    #[error(
        "{name} is empty: expected a header line with column names, and a line for every track; if it was downloaded, \
         download it again"
    )]
    Empty {
        /// The file.
        name: String,
    },
    /// A header and nothing below it.
    #[error("{name} has a header line and no rows: expected a line for every track below the header")]
    HeaderOnly {
        /// The file.
        name: String,
    },
    /// A column that every table needs, or that was asked for, is not there.
    #[error(
        "{name} has no {column} column: expected one named like {accepted} (case, accents, spaces and punctuation do not \
         matter); its columns are {found}; name the right one with --column {column}=NAME{}",
        if *.asked_for { ", or leave the feature out of --features" } else { "" }
    )]
    MissingColumn {
        /// The file.
        name: String,
        /// What is missing: the name of a [`Meaning`](super::Meaning).
        column: &'static str,
        /// Some of the names that would have been accepted.
        accepted: String,
        /// The columns that the header has, and what they look like.
        found: String,
        /// Whether it is a feature that the caller asked for.
        asked_for: bool,
    },
    /// Too few of the default features.
    #[error(
        "{name} has {} of the features, expected at least 2 of {}; its columns are {columns}; \
         name those that hold audio features with --column FEATURE=NAME", found.len(), Feature::DEFAULT.map(Feature::name).join(", ")
    )]
    TooFewFeatures {
        /// The file.
        name: String,
        /// The features that it has.
        found: Vec<Feature>,
        /// The columns that the header has, and what they look like.
        columns: String,
    },
    /// A column that the caller names is not there.
    #[error(
        "{name} has no column {column:?} for {meaning}; its columns are {found} (or name one by its number, such as #3)"
    )]
    UnknownColumn {
        /// The file.
        name: String,
        /// What the column was named for.
        meaning: Meaning,
        /// The name that came.
        column: String,
        /// The columns that the header has.
        found: String,
    },
    /// The caller names two columns for one meaning.
    #[error("two columns are named for {meaning}: expected one --column {meaning}=NAME")]
    RepeatedOverride {
        /// What they were named for.
        meaning: Meaning,
    },
    /// No row has a value of a feature that the caller asked for.
    #[error(
        "no row of {name} has a value of {feature}: leave it out of --features, or name another column with --column {feature}=NAME"
    )]
    NoValues {
        /// The file.
        name: String,
        /// The feature.
        feature: Feature,
    },
    /// The caller's list of features cannot be used.
    #[error("expected 2 to 16 different features, got {}", got.iter().map(|f| f.name()).collect::<Vec<_>>().join(","))]
    FeatureList {
        /// The list that came.
        got: Vec<Feature>,
    },
    /// A cell or a row beyond any sensible size.
    #[error(
        "the row at line {line} of {name} has {what}: most likely a quote opens there that never closes, \
         or the file is no CSV"
    )]
    TooLarge {
        /// The file.
        name: String,
        /// Where the row begins.
        line: u64,
        /// What is too large, and the limit.
        what: &'static str,
    },
    /// The file ends within quotes.
    #[error("the row at line {line} of {name} has a quoted cell that never closes: close it, or double the quote")]
    UnclosedQuote {
        /// The file.
        name: String,
        /// Where the row begins.
        line: u64,
    },
    /// More tracks than the limit.
    #[error("{name} has more than {limit} tracks, which is the limit: train on a part of it")]
    TooManyTracks {
        /// The file.
        name: String,
        /// See [`Options::max_tracks`](super::Options::max_tracks).
        limit: usize,
    },
    /// Every row was dropped.
    #[error("none of the {rows} rows of {name} can be used: {dropped}; mend these cells, or choose other --features")]
    NoRowsLeft {
        /// The file.
        name: String,
        /// Rows read.
        rows: u64,
        /// Why they were dropped.
        dropped: Dropped,
    },
}

impl Error {
    /// Of a file that is something else than a table.
    pub(super) fn no_table(name: &str, found: Found) -> Self {
        Self::NoTable { name: name.to_owned(), what: found.what, advice: found.advice }
    }
}

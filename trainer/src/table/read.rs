//! The streaming reader: rows in, columns out.

use std::{cell::RefCell, io::Read, path::Path};

use recommender::features::Feature;

use super::{
    builder::Builder,
    columns::{ColumnOverride, Columns, Sample, numeric},
    error::Error,
    source::{Source, TableRows, dialect::Dialect},
    sources::{FileSource, Heading, StreamSource, each_table},
    spans::RowSpans,
    track_table::Table,
};

/// The most tracks that a table may have. Room enough for any catalogue, and an end for a file that unpacks for ever.
pub const MAX_TRACKS: usize = 1 << 25;

/// What the files of a folder are taken for tables by, in lower case.
pub const TABLE_ENDINGS: [&str; 6] = [".csv", ".csv.gz", ".tsv", ".tsv.gz", ".zip", ".parquet"];

/// How a table is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// 2 to 16 features, each of them required, in this order. Without it: those of [`Feature::DEFAULT`] that the file
    /// has, in the canonical order.
    pub features: Option<Vec<Feature>>,
    /// More tracks than this are an error. [`MAX_TRACKS`] at most and by default.
    pub max_tracks: usize,
    /// Columns named for a meaning, whatever their names and values say: at most one for each.
    pub columns: Vec<ColumnOverride>,
    /// Keeps tracks whose danceability, tempo and valence are all 0: those that Spotify never analysed.
    pub keep_unanalysed: bool,
    /// How text is written, where that is not to be found out.
    pub dialect: Dialect,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            features: None,
            max_tracks: MAX_TRACKS,
            columns: Vec::new(),
            keep_unanalysed: false,
            dialect: Dialect::default(),
        }
    }
}

/// Reads the track table in a file, as [`read_sources`] does.
///
/// # Errors
///
/// Where there is no such file, or it cannot be opened; otherwise those of [`read_sources`].
pub fn open(path: &Path, options: &Options, progress: &mut dyn FnMut(u64)) -> Result<Table, Error> {
    read_sources(&[&FileSource { path: path.to_path_buf(), is_found: false }], options, progress)
}

/// Reads a track table from a stream, as [`read_sources`] does. `name` stands for the file in messages.
///
/// # Errors
///
/// Where the input as a whole cannot be used: see [`Error`].
pub fn read(input: impl Read, name: &str, options: &Options, progress: &mut dyn FnMut(u64)) -> Result<Table, Error> {
    read_sources(&[&StreamSource::new(input, name)], options, progress)
}

/// Reads the tables of one source or of several into one: text in any encoding, separated by any sign, as it is or packed
/// with gzip or zip; Parquet.
///
/// Each table's columns are found by its own header. Of several tables, a feature must be in all of them, or is absent;
/// what else a table does not have is empty in its rows, and where it has no column of playlists, its file's name is the
/// playlist (except Parquet's, whose files are parts). A table that was found in a folder or an archive, and has no title,
/// no artist or no two features, is left out with a warning. Rows come in the order of the sources, within an archive in
/// the order of its members' names.
///
/// `progress` is told how many bytes (packed, where they are packed) have been read so far. Rows that have too few or too
/// many cells, or lack something needed, are left out and counted in [`Table::dropped`]; memory in use stays near what the
/// table itself takes.
///
/// # Errors
///
/// Where a source as a whole cannot be used: see [`Error`].
pub fn read_sources(sources: &[&dyn Source], options: &Options, progress: &mut dyn FnMut(u64)) -> Result<Table, Error> {
    if let Some(features) = &options.features {
        let repeats = (1..features.len()).any(|i| features[..i].contains(&features[i]));
        if repeats || !(2..=16).contains(&features.len()) {
            return Err(Error::FeatureList { got: features.clone() });
        }
    }
    let name = sources.first().map(|source| source.name()).unwrap_or_default();
    let plan = RefCell::new(Plan::default());
    let mut builder = Builder::new(options, &name);
    each_table(
        sources,
        &options.dialect,
        progress,
        &mut |_, heading| plan.borrow_mut().add(heading, options),
        &mut |at, table| {
            let plan = plan.borrow();
            match plan.is_left_out.get(at) {
                Some(false) => read_table(&mut builder, table, plan.is_left_out.len() > 1, options),
                _ => Ok(()),
            }
        },
    )?;
    let Plan { is_left_out, fault, warnings } = plan.into_inner();
    if !is_left_out.contains(&false) {
        return Err(fault.unwrap_or(Error::Empty { name }));
    }
    builder.finish(warnings)
}

/// What the headers of all tables say.
#[derive(Default)]
struct Plan {
    /// Whether each table is left out: it was found, not named, and is no table of tracks.
    is_left_out: Vec<bool>,
    /// Why the first table that is left out is.
    fault: Option<Error>,
    warnings: Vec<String>,
}

impl Plan {
    fn add(&mut self, heading: Heading<'_>, options: &Options) -> Result<(), Error> {
        let Heading { name, header, is_found } = heading;
        let is_other = |error: &Error| {
            let is_column = matches!(error, Error::MissingColumn { asked_for: false, .. });
            is_column || matches!(error, Error::Empty { .. } | Error::TooFewFeatures { .. })
        };
        let found = match header {
            [] => Err(Error::Empty { name: name.to_owned() }),
            // What a table that was named lacks is told once its values are known.
            _ if !is_found => Ok(()),
            _ => Columns::find(name, header, &Sample::default(), options).map(drop),
        };
        match found {
            Err(error) if is_found && is_other(&error) => {
                self.warnings.push(format!("left out: {error}"));
                self.fault.get_or_insert(error);
                self.is_left_out.push(true);
            }
            found => self.is_left_out.push(found.map(|()| false)?),
        }
        Ok(())
    }
}

/// Takes the rows of a table.
fn read_table(builder: &mut Builder, mut table: TableRows<'_>, several: bool, options: &Options) -> Result<(), Error> {
    table.set_numeric_columns(&numeric(&table.header, options));
    let header = table.header.clone();
    builder.begin(&table.name, header.clone(), several, table.stem.take());
    let mut spans = RowSpans::default();
    while let Some(row) = table.next_row()? {
        spans.begin(row.line);
        if TableRows::is_whole(&header, row) {
            builder.push(&row)?;
        } else {
            builder.skip(row.line, format!("row has {} cells, expected {}", row.len(), header.len()));
        }
    }
    let mut warnings = table.warnings();
    warnings.extend(spans.warning(&table.name));
    builder.end(warnings)
}

//! The streaming reader: rows in, columns out.

use std::{io::Read, path::Path};

use ndarray::Array2;
use recommender::{
    column::{DictBuilder, DictColumn, IntColumn, StringColumn},
    features::Feature,
};

use super::{
    cell,
    columns::{Columns, Encoding},
    dropped::Dropped,
    error::Error,
    id,
    rows::Row,
    source::{Source, TableRows, dialect::Dialect},
    sources::{FileSource, Heading, StreamSource, each_table},
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
    /// How text is written, where that is not to be found out.
    pub dialect: Dialect,
}

impl Default for Options {
    fn default() -> Self {
        Options { features: None, max_tracks: MAX_TRACKS, dialect: Dialect::default() }
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
    let plan = std::cell::RefCell::new(Plan::default());
    let mut builder = None;
    each_table(
        sources,
        &options.dialect,
        progress,
        &mut |at, heading| plan.borrow_mut().add(at, heading, options.features.as_deref()),
        &mut |at, table| {
            let mut plan = plan.borrow_mut();
            if builder.is_none() {
                builder = Some(plan.builder(&name)?);
            }
            match (&mut builder, plan.tables.get_mut(at).and_then(Option::take)) {
                (Some(builder), Some(columns)) => builder.read(table, columns, plan.tables.len() > 1, options),
                _ => Ok(()),
            }
        },
    )?;
    let Some(builder) = builder else { return Err(Error::Empty { name }) };
    match builder.rows {
        0 => Err(Error::HeaderOnly { name }),
        rows if builder.songs.is_empty() => Err(Error::NoRowsLeft { name, rows, dropped: builder.dropped }),
        _ => builder.finish().ok_or_else(|| no_room(name, 0)),
    }
}

fn no_room(name: String, line: u64) -> Error {
    Error::TooLarge { name, line, what: "4 GiB of titles, artists, albums or ids before its end" }
}

/// What the headers of all tables say.
#[derive(Default)]
struct Plan {
    /// The columns of each table; nothing where it is left out.
    tables: Vec<Option<Columns>>,
    /// Why the first table that is left out is.
    fault: Option<Error>,
    warnings: Vec<String>,
}

impl Plan {
    fn add(&mut self, _: usize, heading: Heading<'_>, features: Option<&[Feature]>) -> Result<(), Error> {
        let Heading { name, header, is_found } = heading;
        let found = match header {
            [] => Err(Error::Empty { name: name.to_owned() }),
            _ => Columns::find(name, header, features),
        };
        let is_other = |error: &Error| {
            let is_column = matches!(error, Error::MissingColumn { asked_for: false, .. });
            is_column || matches!(error, Error::Empty { .. } | Error::TooFewFeatures { .. })
        };
        match found {
            Err(error) if is_found && is_other(&error) => {
                self.warnings.push(format!("left out: {error}"));
                self.fault.get_or_insert(error);
                self.tables.push(None);
            }
            found => self.tables.push(Some(found?)),
        }
        Ok(())
    }

    /// A builder of what any of the tables has, and of the features that all of them have.
    fn builder(&mut self, name: &str) -> Result<Builder, Error> {
        let several = self.tables.len() > 1;
        let mut columns = self.tables.iter().flatten();
        let Some(mut all) = columns.next().cloned() else {
            return Err(self.fault.take().unwrap_or_else(|| Error::Empty { name: name.to_owned() }));
        };
        columns.for_each(|columns| all.combine(columns));
        if all.features.len() < 2 {
            let found = all.features.iter().map(|(feature, ..)| *feature).collect();
            return Err(Error::TooFewFeatures {
                name: format!("all tables of {name} together"),
                found,
                columns: "those of each table".to_owned(),
            });
        }
        for columns in self.tables.iter_mut().flatten() {
            columns.features.retain(|(feature, ..)| all.features.iter().any(|(common, ..)| common == feature));
        }
        all.warnings = std::mem::take(&mut self.warnings);
        let mut builder = Builder::new(all);
        if several {
            builder.playlists.get_or_insert_default();
        }
        Ok(builder)
    }
}

/// A table in the making.
struct Builder {
    columns: Columns,
    rows: u64,
    values: Vec<f64>,
    ids: StringColumn,
    songs: StringColumn,
    artists: StringColumn,
    albums: Option<StringColumn>,
    genres: Option<DictBuilder>,
    playlists: Option<DictBuilder>,
    years: Option<Vec<u32>>,
    explicit: Option<Vec<u32>>,
    dropped: Dropped,
    /// What the playlist is called where the table does not say it.
    file_playlist: Option<String>,
}

impl Builder {
    fn new(columns: Columns) -> Self {
        Builder {
            rows: 0,
            values: Vec::new(),
            ids: StringColumn::default(),
            songs: StringColumn::default(),
            artists: StringColumn::default(),
            albums: columns.album.map(|_| StringColumn::default()),
            genres: columns.genre.map(|_| DictBuilder::default()),
            playlists: columns.playlist.map(|_| DictBuilder::default()),
            years: columns.year.map(|_| Vec::new()),
            explicit: columns.explicit.map(|_| Vec::new()),
            dropped: Dropped::default(),
            file_playlist: None,
            columns,
        }
    }

    /// Takes the rows of a table, of which these are the columns.
    fn read(
        &mut self,
        mut table: TableRows<'_>,
        columns: Columns,
        several: bool,
        options: &Options,
    ) -> Result<(), Error> {
        let numeric: Vec<usize> = columns.features.iter().map(|(_, column, _)| *column).collect();
        table.set_numeric_columns(&numeric);
        let mut warnings = std::mem::replace(&mut self.columns, columns).warnings;
        if several {
            self.file_playlist = table.stem.take();
            self.columns.warnings.iter_mut().for_each(|warning| *warning = format!("{}: {warning}", table.name));
        }
        warnings.append(&mut self.columns.warnings);
        let max_tracks = options.max_tracks.min(MAX_TRACKS);
        let (name, header) = (table.name.clone(), table.header.clone());
        let (rows_before, dropped_before) = (self.rows, self.dropped.total);
        while let Some(row) = table.next_row()? {
            if !TableRows::is_whole(&header, row) {
                self.rows += 1;
                self.dropped.add(row.line, format!("row has {} cells, expected {}", row.len(), header.len()));
                continue;
            }
            if !self.push(row) {
                return Err(no_room(name, row.line));
            }
            if self.songs.len() > max_tracks {
                return Err(Error::TooManyTracks { name, limit: max_tracks });
            }
        }
        warnings.extend(table.warnings());
        let dropped = self.dropped.total - dropped_before;
        if several && dropped > 0 {
            // Lines of several files say nothing beside one another.
            let first = std::mem::take(&mut self.dropped.first);
            let first = first
                .first()
                .map_or_else(String::new, |(line, reason)| format!(", the first at line {line}: {reason}"));
            warnings.push(format!("{name}: {dropped} of {} rows left out{first}", self.rows - rows_before));
        }
        self.columns.warnings = warnings;
        Ok(())
    }

    /// False where there is no room for more.
    #[must_use]
    fn push(&mut self, row: Row<'_>) -> bool {
        self.rows += 1;
        let kept = self.values.len();
        if let Err(reason) = self.push_needed(row) {
            self.values.truncate(kept);
            self.dropped.add(row.line, reason);
            return true;
        }
        let columns = &self.columns;
        let id = columns.id.map_or("", |column| cell::id(row.cell(column)));
        let mut room = self.ids.push(id) && self.songs.push(row.cell(columns.song));
        room &= self.artists.push(row.cell(columns.artist));
        // Of several tables, this one may be without what another has.
        let cell_of = |column: Option<usize>| column.map_or("", |column| row.cell(column));
        if let Some(albums) = &mut self.albums {
            room &= albums.push(cell_of(columns.album));
        }
        if !room {
            return false;
        }
        if let Some(genres) = &mut self.genres {
            genres.push(cell_of(columns.genre));
        }
        if let Some(playlists) = &mut self.playlists {
            let of_file = self.file_playlist.as_deref().unwrap_or("");
            playlists.push(columns.playlist.map_or(of_file, |column| row.cell(column)));
        }
        if let Some(years) = &mut self.years {
            years.push(cell::year(cell_of(columns.year)).map_or(0, u32::from));
        }
        if let Some(explicit) = &mut self.explicit {
            explicit.push(cell::flag(cell_of(columns.explicit)).map_or(0, |explicit| 1 + u32::from(explicit)));
        }
        true
    }

    /// Checks all that a track must have, and takes its features; or says why the row is to be dropped.
    fn push_needed(&mut self, row: Row<'_>) -> Result<(), String> {
        let (song, artist) = (row.cell(self.columns.song), row.cell(self.columns.artist));
        // "NA" in both is how R writes what is missing. In one it is a name: there is a song called NA.
        if song.is_empty() || (song == "NA" && artist == "NA") {
            return Err("song is missing".to_owned());
        }
        if artist.is_empty() {
            return Err("artist is missing".to_owned());
        }
        for &(feature, column, form) in &self.columns.features {
            let cell = row.cell(column);
            let value = match form {
                Encoding::Number => cell::number(cell, feature),
                Encoding::Length => cell::length(cell),
            };
            self.values.push(value.map_err(|error| format!("{feature} {error}"))?);
        }
        Ok(())
    }

    /// At least one track must have been taken. Nothing where there is no room for the ids that are made.
    fn finish(mut self) -> Option<Table> {
        let features: Vec<Feature> = self.columns.features.iter().map(|&(feature, ..)| feature).collect();
        // Hardly any of these is made of few strings: sorted on all cores rather than looked up one by one.
        let (artists, albums) = (self.artists, self.albums);
        let (artists, albums): (DictColumn, Option<DictColumn>) =
            rayon::join(|| artists.into(), || albums.map(DictColumn::from));
        self.songs.shrink_to_fit();
        let mut ids = id::fill(self.ids, &artists, &self.songs)?;
        ids.shrink_to_fit();
        self.values.shrink_to_fit();
        let shape = (self.songs.len(), features.len());
        Some(Table {
            // Every track pushed exactly one value for every feature.
            values: Array2::from_shape_vec(shape, self.values).expect("as many values as tracks times features"),
            features,
            absent: self.columns.absent,
            rows: self.rows,
            ids,
            songs: self.songs,
            artists,
            albums,
            genres: self.genres.map(DictBuilder::finish),
            playlists: self.playlists.map(DictBuilder::finish),
            years: self.years.map(|years| IntColumn::new(&years)),
            explicit: self.explicit.map(|explicit| IntColumn::new(&explicit)),
            dropped: self.dropped,
            warnings: self.columns.warnings,
        })
    }
}

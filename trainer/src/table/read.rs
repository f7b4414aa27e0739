//! The streaming reader: rows in, columns out.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use ndarray::Array2;
use recommender::{
    catalog::attributes::Attribute,
    column::{DictBuilder, DictColumn, IntColumn, StringColumn},
    features::Feature,
};

use super::{
    artists, cell,
    columns::{Columns, Encoding},
    decompress::unpacked,
    dropped::Dropped,
    error::Error,
    genres, id,
    rows::{Row, Rows},
    track_table::Table,
};

/// The most tracks that a table may have. Room enough for any catalogue, and an end for a file that unpacks for ever.
pub const MAX_TRACKS: usize = 1 << 25;

/// How a table is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// 2 to 16 features, each of them required, in this order. Without it: those of [`Feature::DEFAULT`] that the file
    /// has, in the canonical order.
    pub features: Option<Vec<Feature>>,
    /// More tracks than this are an error. [`MAX_TRACKS`] at most and by default.
    pub max_tracks: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { features: None, max_tracks: MAX_TRACKS }
    }
}

/// Reads the track table in a file. As [`read`], which see.
///
/// # Errors
///
/// Where there is no such file, it is a directory, or cannot be opened; otherwise those of [`read`].
pub fn open(path: &Path, options: &Options, progress: &mut dyn FnMut(u64)) -> Result<Table, Error> {
    read(open_file(path)?, &path.display().to_string(), options, progress)
}

pub(super) fn open_file(path: &Path) -> Result<File, Error> {
    let path = path.to_path_buf();
    let opened = File::open(&path).and_then(|file| Ok((file.metadata()?.is_dir(), file)));
    match opened {
        Ok((true, _)) => Err(Error::Directory { path }),
        Ok((false, file)) => Ok(file),
        // Systems that do not open directories at all say so here.
        Err(_) if path.is_dir() => Err(Error::Directory { path }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::NotFound { path }),
        Err(source) => Err(Error::Open { path, source }),
    }
}

/// Reads a track table: CSV in UTF-8, as it is or compressed with gzip, which shows from its first bytes.
///
/// `name` stands for the file in messages. `progress` is told how many bytes of the input (compressed, where it is
/// compressed) have been read so far. Rows that lack something needed are left out and counted in
/// [`Table::dropped`]; memory in use stays near what the table itself takes.
///
/// # Errors
///
/// Where the input as a whole cannot be used: see [`Error`].
pub fn read(input: impl Read, name: &str, options: &Options, progress: &mut dyn FnMut(u64)) -> Result<Table, Error> {
    if let Some(features) = &options.features {
        let repeats = (1..features.len()).any(|i| features[..i].contains(&features[i]));
        if repeats || !(2..=16).contains(&features.len()) {
            return Err(Error::FeatureList { got: features.clone() });
        }
    }
    let (mut input, gzip) = unpacked(input, name, progress)?;
    read_rows(&mut input, name, gzip, options)
}

fn read_rows(input: &mut dyn Read, name: &str, gzip: bool, options: &Options) -> Result<Table, Error> {
    let mut rows = Rows::new(input).map_err(|error| error.into_error(name, gzip, &[]))?;
    let header: Vec<String> = match rows.next_row().map_err(|error| error.into_error(name, gzip, &[]))? {
        Some(row) => row.cells().map(str::to_owned).collect(),
        None => return Err(Error::Empty { name: name.to_owned() }),
    };
    if let [only] = &header[..]
        && let Some(separator) = only.chars().find(|c| [';', '\t', '|'].contains(c))
    {
        return Err(Error::NotCommas { name: name.to_owned(), separator });
    }
    let mut builder = Builder::new(Columns::find(name, &header, options.features.as_deref())?);
    let max_tracks = options.max_tracks.min(MAX_TRACKS);
    let no_room = |line| Error::TooLarge {
        name: name.to_owned(),
        line,
        what: "4 GiB of titles, artists, albums or ids before its end",
    };
    let mut line = 0;
    while let Some(row) = rows.next_row().map_err(|error| error.into_error(name, gzip, &header))? {
        if row.len() != header.len() {
            let (expected, got) = (header.len(), row.len());
            return Err(Error::RowWidth { name: name.to_owned(), line: row.line, expected, got });
        }
        line = row.line;
        if !builder.push(row) {
            return Err(no_room(line));
        }
        if builder.songs.len() > max_tracks {
            return Err(Error::TooManyTracks { name: name.to_owned(), limit: max_tracks });
        }
    }
    match builder.rows {
        0 => Err(Error::HeaderOnly { name: name.to_owned() }),
        rows if builder.songs.is_empty() => {
            Err(Error::NoRowsLeft { name: name.to_owned(), rows, dropped: builder.dropped })
        }
        _ => builder.finish().ok_or_else(|| no_room(line)),
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
    /// By [`Attribute`].
    attributes: [Option<Vec<u32>>; Attribute::ALL.len()],
    dropped: Dropped,
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
            attributes: Attribute::ALL.map(|attribute| columns.attribute(attribute).map(|_| Vec::new())),
            dropped: Dropped::default(),
            columns,
        }
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
        if let (Some(albums), Some(column)) = (&mut self.albums, columns.album) {
            room &= albums.push(row.cell(column));
        }
        if !room {
            return false;
        }
        if let (Some(genres), Some(column)) = (&mut self.genres, columns.genre) {
            genres.push(row.cell(column));
        }
        if let (Some(playlists), Some(column)) = (&mut self.playlists, columns.playlist) {
            playlists.push(row.cell(column));
        }
        if let (Some(years), Some(column)) = (&mut self.years, columns.year) {
            years.push(cell::year(row.cell(column)).map_or(0, u32::from));
        }
        if let (Some(explicit), Some(column)) = (&mut self.explicit, columns.explicit) {
            explicit.push(cell::flag(row.cell(column)).map_or(0, |explicit| 1 + u32::from(explicit)));
        }
        for (values, attribute) in self.attributes.iter_mut().zip(Attribute::ALL) {
            if let (Some(values), Some(column)) = (values, columns.attribute(attribute)) {
                values.push(cell::attribute(row.cell(column), *attribute.range().end()));
            }
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
        if artist.is_empty() || artists::is_nobody(artist) {
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

    /// At least one track must have been taken. Nothing where there is no room for the ids that are made, or the names.
    fn finish(mut self) -> Option<Table> {
        let features: Vec<Feature> = self.columns.features.iter().map(|&(feature, ..)| feature).collect();
        // Hardly any of these is made of few strings: sorted on all cores rather than looked up one by one.
        let (artists, albums) = (self.artists, self.albums);
        let (artists, albums): (DictColumn, Option<DictColumn>) =
            rayon::join(|| artists.into(), || albums.map(DictColumn::from));
        self.songs.shrink_to_fit();
        let mut ids = id::fill(self.ids, &artists, &self.songs)?;
        ids.shrink_to_fit();
        // Ids are made of the cells as they are in the file, whatever the other rows say of them.
        let (artists, credits) = artists::credited(artists)?;
        let genres = match self.genres {
            Some(cells) => Some(genres::listed(cells.finish())?),
            None => None,
        };
        self.values.shrink_to_fit();
        let shape = (self.songs.len(), features.len());
        let [key, mode, time_signature, duration_ms] =
            self.attributes.map(|values| values.map(|values| IntColumn::new(&values)));
        Some(Table {
            // Every track pushed exactly one value for every feature.
            values: Array2::from_shape_vec(shape, self.values).expect("as many values as tracks times features"),
            features,
            absent: self.columns.absent,
            rows: self.rows,
            ids,
            songs: self.songs,
            artists,
            credits,
            albums,
            genres,
            playlists: self.playlists.map(DictBuilder::finish),
            years: self.years.map(|years| IntColumn::new(&years)),
            explicit: self.explicit.map(|explicit| IntColumn::new(&explicit)),
            key,
            mode,
            time_signature,
            duration_ms,
            dropped: self.dropped,
            warnings: self.columns.warnings,
        })
    }
}

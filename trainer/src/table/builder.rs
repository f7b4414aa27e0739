//! The table in the making: rows in, columns out.
//!
//! A file begins with its header; its first rows are kept until there are enough of them to judge what its columns hold
//! ([`Sample`]). A row that lacks something needed is dropped at once, but for one case: where no row had a value of a
//! feature so far, nobody knows yet whether the file has the feature at all. Such rows stay, and what becomes of them is
//! decided at the end: a feature that no row has counts as absent.

use recommender::{
    column::{DictBuilder, StringColumn},
    features::Feature,
};

use super::{
    artists, attributes,
    cell::{self, CellError},
    cells::Cells,
    columns::{self, Columns, Meaning, Sample},
    dropped::Dropped,
    error::Error,
    extremes::{self, Extremes},
    read::{MAX_TRACKS, Options},
    schema::{Tally, UnusedColumn},
    track_table::Table,
};

mod finish;
#[cfg(test)]
mod tests;

/// A track that was never analysed has 0 in each of these.
pub(super) const NEVER_ANALYSED: &str = "danceability, tempo and valence are all 0: the track was never analysed";

/// The longest title, artist or album.
pub(super) const MAX_NAME_CHARS: usize = 1_024;
/// The most lines of one.
const MAX_NAME_LINES: usize = 3;

/// A table in the making.
pub(super) struct Builder {
    options: Options,
    /// How messages call all files together.
    all: String,
    /// The file that rows come from, and its header.
    name: String,
    header: Vec<String>,
    /// Its first rows, until its columns are known.
    sample: Option<Sample>,
    columns: Columns,
    features: Vec<FeatureColumn>,
    /// Whether the file's lengths are a feature.
    has_duration_feature: bool,
    rows: u64,
    line: u64,
    /// Values of each track, feature by feature; NaN in a row that is pending.
    values: Vec<f64>,
    /// By feature.
    extremes: Vec<Extremes>,
    ids: StringColumn,
    songs: StringColumn,
    artists: StringColumn,
    albums: Option<StringColumn>,
    genres: Option<DictBuilder>,
    playlists: Option<DictBuilder>,
    years: Option<Vec<u32>>,
    explicit: Option<Vec<u32>>,
    key: Option<Vec<u8>>,
    mode: Option<Vec<u8>>,
    time_signature: Option<Vec<u8>>,
    duration_ms: Option<Vec<u32>>,
    /// Cells without a value in rows that stay for now, in the order of the rows.
    pending: Vec<Pending>,
    /// How many of these rows are sure to be dropped.
    doomed: usize,
    /// Whether the last row was the first that has a value of some feature.
    has_new_values: bool,
    dropped: Dropped,
    tallies: Vec<Tally>,
    unused: Vec<UnusedColumn>,
    warnings: Vec<String>,
    files: usize,
    /// Whether there are several files.
    several: bool,
    /// What the file's playlist is called where no column says it.
    file_playlist: Option<String>,
    /// Rows and dropped rows before the file.
    before: (u64, u64),
}

/// A feature of the table.
struct FeatureColumn {
    feature: Feature,
    /// Whether a row has a value, be it one that is dropped.
    has_values: bool,
    /// Whether every file has such a column.
    in_every_file: bool,
}

impl FeatureColumn {
    /// Whether a row without a value has to be dropped, as far as is known.
    fn is_needed(&self) -> bool {
        self.has_values && self.in_every_file
    }
}

/// A cell without a value, in a feature that no row before it had a value of.
struct Pending {
    track: usize,
    line: u64,
    feature: usize,
    error: CellError,
}

impl Builder {
    /// Of tables that messages call `name` together.
    pub(super) fn new(options: &Options, name: &str) -> Self {
        Builder {
            options: options.clone(),
            all: name.to_owned(),
            name: String::new(),
            header: Vec::new(),
            sample: None,
            columns: Columns::default(),
            features: Vec::new(),
            has_duration_feature: false,
            rows: 0,
            line: 0,
            values: Vec::new(),
            extremes: Vec::new(),
            ids: StringColumn::default(),
            songs: StringColumn::default(),
            artists: StringColumn::default(),
            albums: None,
            genres: None,
            playlists: None,
            years: None,
            explicit: None,
            key: None,
            mode: None,
            time_signature: None,
            duration_ms: None,
            pending: Vec::new(),
            doomed: 0,
            has_new_values: false,
            dropped: Dropped::default(),
            tallies: vec![Tally::default(); Meaning::COUNT],
            unused: Vec::new(),
            warnings: Vec::new(),
            files: 0,
            several: false,
            file_playlist: None,
            before: (0, 0),
        }
    }

    /// Begins a file, one of `several`: the rows that follow are of this header. The name of its `playlist` is taken where
    /// there are several, and it has no such column.
    pub(super) fn begin(&mut self, name: &str, header: Vec<String>, several: bool, playlist: Option<String>) {
        name.clone_into(&mut self.name);
        self.header = header;
        self.sample = Some(Sample::default());
        self.line = 0;
        self.several = several;
        self.file_playlist = playlist.filter(|_| several);
        self.before = (self.rows, self.dropped.total);
    }

    /// Leaves out a row that is no row of the file.
    pub(super) fn skip(&mut self, line: u64, reason: String) {
        self.rows += 1;
        self.dropped.add(line, reason);
    }

    /// Takes a row of the file.
    ///
    /// # Errors
    ///
    /// Where the file's columns cannot be used, or there is no room for more.
    pub(super) fn push(&mut self, row: &impl Cells) -> Result<(), Error> {
        match &mut self.sample {
            None => self.take(row),
            Some(sample) => {
                sample.push(row, self.header.len());
                if sample.is_full() { self.settle_columns() } else { Ok(()) }
            }
        }
    }

    /// Ends the file, of which these are warnings.
    ///
    /// # Errors
    ///
    /// Those of [`Builder::push`].
    pub(super) fn end(&mut self, warnings: Vec<String>) -> Result<(), Error> {
        if self.sample.is_some() {
            self.settle_columns()?;
        }
        self.warnings.extend(warnings);
        let (rows, dropped) = (self.rows - self.before.0, self.dropped.total - self.before.1);
        if self.several && dropped > 0 {
            // Lines of several files say nothing beside one another.
            let first = std::mem::take(&mut self.dropped.first);
            let first =
                first.first().map_or_else(String::new, |(line, why)| format!(", the first at line {line}: {why}"));
            self.warnings.push(format!("{}: {dropped} of {rows} rows left out{first}", self.name));
        }
        Ok(())
    }

    /// Finds the columns by the first rows, and takes these.
    fn settle_columns(&mut self) -> Result<(), Error> {
        let sample = self.sample.take().unwrap_or_default();
        self.columns = Columns::find(&self.name, &self.header, &sample, &self.options)?;
        self.begin_columns();
        sample.into_rows().iter().try_for_each(|row| self.take(row))
    }

    /// Makes room for what this file has, and leaves empty what files before it did not have.
    fn begin_columns(&mut self) {
        let (columns, tracks) = (&self.columns, self.songs.len());
        if self.files == 0 {
            let found = columns.features.iter().map(|(feature, ..)| *feature);
            self.features =
                found.map(|feature| FeatureColumn { feature, has_values: false, in_every_file: true }).collect();
        } else {
            for column in &mut self.features {
                column.in_every_file &= columns.features.iter().any(|(feature, ..)| *feature == column.feature);
            }
            // In the table's order, and without those that files before did not have.
            self.doomed = self.count_doomed();
        }
        self.files += 1;
        let columns = &self.columns;
        let texts = || (0..tracks).map(|_| "").collect::<StringColumn>();
        let names = || {
            let mut names = DictBuilder::default();
            (0..tracks).for_each(|_| names.push(""));
            names
        };
        if columns.album.is_some() {
            self.albums.get_or_insert_with(texts);
        }
        if columns.genre.is_some() {
            self.genres.get_or_insert_with(names);
        }
        if columns.playlist.is_some() || self.file_playlist.is_some() {
            self.playlists.get_or_insert_with(names);
        }
        if columns.year.is_some() {
            self.years.get_or_insert_with(|| vec![0; tracks]);
        }
        if columns.explicit.is_some() {
            self.explicit.get_or_insert_with(|| vec![0; tracks]);
        }
        if columns.key.is_some() {
            self.key.get_or_insert_with(|| vec![0; tracks]);
        }
        if columns.mode.or(columns.key).is_some() {
            self.mode.get_or_insert_with(|| vec![0; tracks]);
        }
        if columns.time_signature.is_some() {
            self.time_signature.get_or_insert_with(|| vec![0; tracks]);
        }
        if columns.duration.is_some() {
            self.duration_ms.get_or_insert_with(|| vec![0; tracks]);
        }
        for meaning in Meaning::all() {
            let tally = &mut self.tallies[meaning.index()];
            if let Some(column) = columns.of(meaning)
                && !tally.used
            {
                tally.used = true;
                tally.column = columns::label(&self.header, column);
            }
        }
        if let Some((_, encoding)) = columns.duration {
            let tally = &mut self.tallies[Meaning::Feature(Feature::DurationMs).index()];
            tally.unit.get_or_insert(encoding.unit());
        }
        self.has_duration_feature = columns.features.iter().any(|(feature, ..)| *feature == Feature::DurationMs);
        for unused in &columns.unused {
            if !self.unused.iter().any(|known| known.column == unused.column) {
                self.unused.push(unused.clone());
            }
        }
        let named = |warning: &String| if self.several { format!("{}: {warning}", self.name) } else { warning.clone() };
        self.warnings.extend(columns.warnings.iter().map(named));
    }

    fn take(&mut self, row: &impl Cells) -> Result<(), Error> {
        self.rows += 1;
        self.line = row.line();
        let (kept, pending) = (self.values.len(), self.pending.len());
        let (song, artist) = (row.cell(self.columns.title), row.cell(self.columns.artist));
        let named = self.named(song, artist, row.may_span_lines());
        let analysed = self.take_values(row);
        let optional = self.optional(row);
        let taken =
            named.and(name_fault("album", optional.album, row.may_span_lines()).map_or(Ok(()), Err)).and(analysed);
        if taken.is_err() {
            self.values.truncate(kept);
            self.pending.truncate(pending);
        }
        if std::mem::take(&mut self.has_new_values) {
            self.doomed = self.count_doomed();
        }
        if let Err(reason) = taken {
            self.dropped.add(row.line(), reason);
            return Ok(());
        }
        let line = if self.several { 0 } else { self.line };
        extremes::add(&mut self.extremes, line, &self.values[kept..]);
        let mut room = self.ids.push(optional.id) && self.songs.push(song) && self.artists.push(artist);
        if let Some(albums) = &mut self.albums {
            room &= albums.push(optional.album);
        }
        if !room {
            return Err(self.no_room());
        }
        if let Some(genres) = &mut self.genres {
            genres.push(optional.genre);
        }
        if let Some(playlists) = &mut self.playlists {
            let of_file = self.file_playlist.as_deref().filter(|_| self.columns.playlist.is_none());
            playlists.push(of_file.unwrap_or(optional.playlist));
        }
        for (values, value) in [(&mut self.years, optional.year), (&mut self.explicit, optional.explicit)] {
            values.iter_mut().for_each(|values| values.push(value));
        }
        self.duration_ms.iter_mut().for_each(|values| values.push(optional.duration_ms));
        for (values, value) in [
            (&mut self.key, optional.key),
            (&mut self.mode, optional.mode),
            (&mut self.time_signature, optional.time_signature),
        ] {
            values.iter_mut().for_each(|values| values.push(value));
        }
        let limit = self.options.max_tracks.min(MAX_TRACKS);
        if self.songs.len() - self.doomed > limit {
            return Err(Error::TooManyTracks { name: self.name.clone(), limit });
        }
        Ok(())
    }

    /// Checks that a track has a title and an artist, or says which is missing.
    fn named(&mut self, song: &str, artist: &str, may_span_lines: bool) -> Result<(), String> {
        // "NA" or "nan" in both is what is missing; in one it may be a name: there is a song called NA.
        let nothing = cell::is_empty(song) && cell::is_empty(artist);
        let (no_song, no_artist) =
            (nothing || cell::is_no_name(song), nothing || cell::is_no_name(artist) || artists::is_nobody(artist));
        self.tallies[Meaning::Title.index()].text(if no_song { "" } else { song });
        self.tallies[Meaning::Artist.index()].text(if no_artist { "" } else { artist });
        if no_song {
            return Err("song is missing".to_owned());
        }
        if no_artist {
            return Err("artist is missing".to_owned());
        }
        let fault = name_fault("song", song, may_span_lines);
        fault.or_else(|| name_fault("artist", artist, may_span_lines)).map_or(Ok(()), Err)
    }

    /// Takes the features of a track, as many values as there are features; or says why the row is to be dropped.
    fn take_values(&mut self, row: &impl Cells) -> Result<(), String> {
        let begin = self.values.len();
        let mut first_fault = None;
        for (place, column) in self.features.iter_mut().enumerate() {
            // The columns of the first file are in the order of the features; of others, those that are not are looked up.
            let found = match self.columns.features.get(place) {
                Some(found) if found.0 == column.feature => Some(found),
                _ => self.columns.features.iter().find(|found| found.0 == column.feature),
            };
            let Some(&(feature, at, encoding)) = found else {
                self.values.push(f64::NAN);
                continue;
            };
            let text = row.cell(at);
            let tally = &mut self.tallies[Meaning::Feature(feature).index()];
            match encoding.parse(text, feature) {
                Ok(value) => {
                    tally.filled(text);
                    self.values.push(value);
                    self.has_new_values |= !column.has_values;
                    column.has_values = true;
                }
                Err(error) => {
                    match error {
                        CellError::Empty => tally.empty += 1,
                        _ => tally.unreadable += 1,
                    }
                    self.values.push(f64::NAN);
                    if column.is_needed() {
                        first_fault.get_or_insert((feature, error));
                    } else if column.in_every_file {
                        let track = self.songs.len();
                        self.pending.push(Pending { track, line: row.line(), feature: place, error });
                    }
                }
            }
        }
        if let Some((feature, error)) = first_fault {
            return Err(format!("{feature} {error}"));
        }
        if !self.options.keep_unanalysed && self.is_never_analysed(row, begin) {
            return Err(NEVER_ANALYSED.to_owned());
        }
        Ok(())
    }

    fn is_never_analysed(&self, row: &impl Cells, begin: usize) -> bool {
        let Some(analysis) = self.columns.analysis else { return false };
        // Most tracks show by a value that has been read already.
        let danceability = self.features.iter().position(|column| column.feature == Feature::Danceability);
        if danceability.is_some_and(|place| self.values[begin + place] != 0.0) {
            return false;
        }
        analysis.iter().all(|column| cell::number(row.cell(*column), Feature::Tempo) == Ok(0.0))
    }

    /// What a track may have.
    fn optional<'a>(&mut self, row: &'a impl Cells) -> Optional<'a> {
        let (columns, tallies) = (&self.columns, &mut self.tallies);
        let mut text = |column: Option<usize>, meaning: Meaning, clean: fn(&str) -> &str| {
            let Some(column) = column else { return "" };
            let text = clean(row.cell(column));
            tallies[meaning.index()].text(text);
            text
        };
        let id = text(columns.id, Meaning::Id, cell::id);
        let album = text(columns.album, Meaning::Album, cell::album);
        let genre = text(columns.genre, Meaning::Genre, cell::text);
        let playlist = text(columns.playlist, Meaning::Playlist, cell::text);
        let year = columns.year.and_then(|column| {
            let text = row.cell(column);
            tallies[Meaning::Year.index()].read(text, cell::year(text))
        });
        let explicit = columns.explicit.and_then(|column| {
            let text = row.cell(column);
            tallies[Meaning::Explicit.index()].read(text, cell::flag(text))
        });
        let key = columns.key.map_or_else(Default::default, |column| {
            let text = row.cell(column);
            let key = attributes::key(text);
            // Spotify's number of no key.
            if text == "-1" {
                tallies[Meaning::Key.index()].empty += 1;
            } else {
                tallies[Meaning::Key.index()].read(text, key.pitch);
            }
            key
        });
        let mode = columns.mode.and_then(|column| {
            let text = row.cell(column);
            tallies[Meaning::Mode.index()].read(text, attributes::mode(text))
        });
        let time_signature = columns.time_signature.and_then(|column| {
            let text = row.cell(column);
            tallies[Meaning::TimeSignature.index()].read(text, attributes::time_signature(text))
        });
        let duration = columns.duration.and_then(|(column, encoding)| {
            let text = row.cell(column);
            let duration = cell::milliseconds(text, encoding);
            if !self.has_duration_feature {
                tallies[Meaning::Feature(Feature::DurationMs).index()].read(text, duration);
            }
            duration
        });
        Optional {
            id,
            album,
            genre,
            playlist,
            year: year.map_or(0, u32::from),
            explicit: explicit.map_or(0, |explicit| 1 + u32::from(explicit)),
            key: key.pitch.map_or(0, |pitch| pitch + 1),
            mode: mode.or(key.mode).map_or(0, |mode| mode + 1),
            time_signature: time_signature.map_or(0, |beats| beats + 1),
            duration_ms: duration.map_or(0, |duration| duration + 1),
        }
    }

    /// How many rows are kept that are sure to be dropped: each lacks a feature that other tracks have.
    fn count_doomed(&self) -> usize {
        let mut tracks: Vec<usize> = self
            .pending
            .iter()
            .filter(|pending| self.features[pending.feature].is_needed())
            .map(|pending| pending.track)
            .collect();
        tracks.dedup();
        tracks.len()
    }

    fn no_room(&self) -> Error {
        Error::TooLarge {
            name: self.name.clone(),
            line: self.line,
            what: "4 GiB of titles, artists, albums or ids before its end",
        }
    }
}

/// Why a title, an artist or an album cannot be kept: each answer would carry it.
fn name_fault(what: &str, text: &str, may_span_lines: bool) -> Option<String> {
    if text.len() > MAX_NAME_CHARS && text.chars().count() > MAX_NAME_CHARS {
        return Some(format!("{what} is longer than {MAX_NAME_CHARS} characters"));
    }
    if !may_span_lines {
        return None;
    }
    let lines = 1 + text.bytes().filter(|byte| *byte == b'\n').count();
    (lines > MAX_NAME_LINES).then(|| format!("{what} spans {lines} lines: a quote may lack its partner"))
}

/// What a track may have; 0 and nothing where it has not.
struct Optional<'a> {
    id: &'a str,
    album: &'a str,
    genre: &'a str,
    playlist: &'a str,
    year: u32,
    explicit: u32,
    key: u8,
    mode: u8,
    time_signature: u8,
    duration_ms: u32,
}

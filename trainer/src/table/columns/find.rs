//! The search for the columns: overrides first, then names, then values where several columns have a name of one meaning.

use std::cell::OnceCell;

use recommender::features::Feature;

use super::{
    ColumnOverride, Columns, Encoding, Meaning, PlaylistColumns, Sample,
    aliases::{self, meaning_of, normalize},
    hints, list,
    profile::{Profile, readable},
    quoted,
};
use crate::table::{Options, cell, cells::Cells, error::Error};

/// Names that may lead to a track or anywhere else: columns of them hold ids where their values are Spotify's.
const WEAK_ID_NAMES: [&str; 3] = ["href", "url", "link"];
/// A name of a length or of an hour.
const WEAK_LENGTH_NAME: &str = "time";

/// A title column names the artist too in this share of its cells: it holds the titles of videos, or whole lines.
const WHOLE_LINES: f64 = 0.3;

impl Columns {
    /// Finds the columns of a header. Without `features`, takes those of the default ones that are there.
    pub(crate) fn find(name: &str, header: &[String], sample: &Sample, options: &Options) -> Result<Self, Error> {
        let mut search = Search::new(name, header, sample, &options.columns)?;
        // The artist first: it tells titles from whole lines.
        let artist = search.taken(Meaning::Artist);
        let title = search.taken(Meaning::Title);
        let mut columns = Columns {
            id: search.taken(Meaning::Id),
            album: search.taken(Meaning::Album),
            genre: search.taken(Meaning::Genre),
            year: search.taken(Meaning::Year),
            explicit: search.taken(Meaning::Explicit),
            playlist: search.taken(Meaning::Playlist),
            key: search.taken(Meaning::Key),
            mode: search.taken(Meaning::Mode),
            time_signature: search.taken(Meaning::TimeSignature),
            ..Columns::default()
        };
        let features = options.features.as_deref();
        let mut missing = None;
        for &feature in features.unwrap_or(&Feature::DEFAULT) {
            match search.taken(Meaning::Feature(feature)) {
                Some(column) => columns.features.push((feature, column, search.encoding(column, feature))),
                None => missing = missing.or(features.map(|_| feature)),
            }
        }
        let length = columns.features.iter().find(|(feature, ..)| *feature == Feature::DurationMs);
        columns.duration = length.map(|(_, column, encoding)| (*column, *encoding)).or_else(|| {
            let column = search.taken(Meaning::Feature(Feature::DurationMs))?;
            Some((column, search.encoding(column, Feature::DurationMs)))
        });
        columns.analysis = search.analysis();
        columns.unused = search.unused(title.is_none() || artist.is_none());
        let hints = || hints::sentence(&columns.unused);
        columns.title = title.ok_or_else(|| search.missing(Meaning::Title, false, hints()))?;
        columns.artist = artist.ok_or_else(|| search.missing(Meaning::Artist, false, hints()))?;
        if let Some(feature) = missing {
            return Err(search.missing(Meaning::Feature(feature), true, hints()));
        }
        if columns.features.len() < 2 {
            let found = columns.features.iter().map(|(feature, ..)| *feature).collect();
            return Err(Error::TooFewFeatures { name: name.to_owned(), found, columns: list(header) + &hints() });
        }
        columns.warnings = search.warnings;
        Ok(columns)
    }
}

impl PlaylistColumns {
    /// Finds the columns of a header: the playlist where one `needs_playlist`, and the id or the title.
    pub(crate) fn find(name: &str, header: &[String], needs_playlist: bool) -> Result<Self, Error> {
        let sample = Sample::default();
        let mut search = Search::new(name, header, &sample, &[])?;
        let playlist = search.taken(Meaning::Playlist);
        if needs_playlist && playlist.is_none() {
            return Err(search.missing(Meaning::Playlist, false, String::new()));
        }
        let (artist, song) = (search.taken(Meaning::Artist), search.taken(Meaning::Title));
        let id = search.taken(Meaning::Id);
        if song.is_none() && id.is_none() {
            return Err(search.missing(Meaning::Id, false, String::new()));
        }
        Ok(Self { playlist, id, song, artist })
    }
}

/// The columns that may hold numbers, by their names and by what is said of them.
pub(crate) fn numeric(header: &[String], options: &Options) -> Vec<usize> {
    let sample = Sample::default();
    // What is wrong with an override is told when the columns are found.
    let Ok(search) = Search::new("", header, &sample, &options.columns) else { return Vec::new() };
    let features = Feature::ALL.map(|feature| Meaning::Feature(feature).index());
    features.iter().flat_map(|feature| search.candidates[*feature].iter().copied()).collect()
}

/// What a column is called: its name, or its number where it has none.
pub(crate) fn label(header: &[String], column: usize) -> String {
    match header.get(column) {
        Some(name) if !name.is_empty() => name.clone(),
        _ => format!("#{}", column + 1),
    }
}

struct Search<'a> {
    name: &'a str,
    header: &'a [String],
    sample: &'a Sample,
    /// The columns that may hold each meaning, the best name first.
    candidates: Vec<Vec<usize>>,
    /// The meaning that each column is taken for.
    taken: Vec<Option<Meaning>>,
    keys: Vec<String>,
    /// Whether an override names the column.
    named: Vec<bool>,
    profiles: Vec<OnceCell<Profile>>,
    warnings: Vec<String>,
}

impl<'a> Search<'a> {
    fn new(
        name: &'a str,
        header: &'a [String],
        sample: &'a Sample,
        overrides: &[ColumnOverride],
    ) -> Result<Self, Error> {
        let keys: Vec<String> = header.iter().map(|name| normalize(name)).collect();
        let mut search = Self {
            name,
            header,
            sample,
            candidates: vec![Vec::new(); Meaning::COUNT],
            taken: vec![None; header.len()],
            keys,
            named: vec![false; header.len()],
            profiles: vec![OnceCell::new(); header.len()],
            warnings: Vec::new(),
        };
        for wanted in overrides {
            let column = search.column_of(wanted)?;
            let candidates = &mut search.candidates[wanted.meaning.index()];
            if !candidates.is_empty() {
                return Err(Error::RepeatedOverride { meaning: wanted.meaning });
            }
            candidates.push(column);
            search.named[column] = true;
        }
        let mut by_rank: Vec<(usize, usize, Meaning)> = Vec::new();
        for (column, key) in search.keys.iter().enumerate().filter(|(column, _)| !search.named[*column]) {
            if let Some((meaning, rank)) = meaning_of(key)
                && !overrides.iter().any(|wanted| wanted.meaning == meaning)
            {
                by_rank.push((rank, column, meaning));
            }
        }
        by_rank.sort_unstable();
        for (_, column, meaning) in by_rank {
            if search.may_have_the_name(meaning, column) {
                search.candidates[meaning.index()].push(column);
            }
        }
        Ok(search)
    }

    /// The column that an override names: by its name as it stands, by its name as names are compared, or by its number.
    fn column_of(&self, wanted: &ColumnOverride) -> Result<usize, Error> {
        let exact = self.header.iter().position(|name| *name == wanted.column);
        let key = normalize(&wanted.column);
        let alike = || self.keys.iter().position(|other| !key.is_empty() && *other == key);
        let number = || {
            let number: usize = wanted.column.strip_prefix('#')?.parse().ok()?;
            number.checked_sub(1).filter(|column| *column < self.header.len())
        };
        exact.or_else(number).or_else(alike).ok_or_else(|| Error::UnknownColumn {
            name: self.name.to_owned(),
            meaning: wanted.meaning,
            column: wanted.column.clone(),
            found: list(self.header),
        })
    }

    /// Whether a column that is called like a meaning is not something else of that name.
    fn may_have_the_name(&self, meaning: Meaning, column: usize) -> bool {
        let key = self.keys[column].as_str();
        match meaning {
            Meaning::Id if WEAK_ID_NAMES.contains(&key) => self.profile(column).is_ids(),
            Meaning::Feature(Feature::DurationMs) if key == WEAK_LENGTH_NAME => {
                let profile = self.profile(column);
                profile.mostly(profile.lengths + profile.numbers)
            }
            // "pop", "dance" or "live" may be a genre's column of zeros and ones.
            Meaning::Feature(feature) => key == normalize(feature.name()) || !self.profile(column).is_flags(),
            _ => true,
        }
    }

    fn profile(&self, column: usize) -> &Profile {
        self.profiles[column].get_or_init(|| Profile::of(self.sample, column))
    }

    /// Takes the column of a meaning, where there is one, and warns where another could be it.
    fn taken(&mut self, meaning: Meaning) -> Option<usize> {
        let candidates = self.candidates[meaning.index()].clone();
        let column = self.best(meaning, &candidates)?;
        self.taken[column] = Some(meaning);
        let others: Vec<usize> = candidates
            .into_iter()
            .filter(|other| *other != column && !self.are_alike(meaning, column, *other))
            .collect();
        let confusable = matches!(meaning, Meaning::Title | Meaning::Artist | Meaning::Id | Meaning::Feature(_));
        if let (true, Some(other)) = (confusable, others.first()) {
            let names: Vec<String> = others.iter().map(|other| quoted(&label(self.header, *other))).collect();
            self.warnings.push(format!(
                "{meaning} is taken from column {} ({}), and not from {}; to change that: {}",
                column + 1,
                quoted(&label(self.header, column)),
                names.join(", "),
                hints::option(meaning, &label(self.header, *other)),
            ));
        }
        Some(column)
    }

    /// Of columns with a name of one meaning, the one whose values are most like it; of several, the one of the best name.
    fn best(&self, meaning: Meaning, candidates: &[usize]) -> Option<usize> {
        let first = *candidates.first()?;
        if self.named[first] {
            return Some(first);
        }
        let usable = |column: usize| readable(self.sample, column, meaning, self.encoding_of(column, meaning));
        let fits: Box<dyn Fn(usize) -> bool> = match meaning {
            Meaning::Year | Meaning::Explicit | Meaning::Key | Meaning::Mode | Meaning::TimeSignature => {
                let most = candidates.iter().map(|column| usable(*column)).max().unwrap_or(0);
                // A column of which no cell can be read holds something else.
                if most == 0 && candidates.iter().any(|column| self.sample.filled(*column).next().is_some()) {
                    return None;
                }
                Box::new(move |column| usable(column) * 2 >= most)
            }
            _ if candidates.len() == 1 => return Some(first),
            Meaning::Feature(_) => {
                let most = candidates.iter().map(|column| usable(*column)).max().unwrap_or(0);
                Box::new(move |column| usable(column) * 2 >= most)
            }
            Meaning::Id if candidates.iter().any(|column| self.profile(*column).is_ids()) => {
                Box::new(|column| self.profile(column).is_ids())
            }
            _ => {
                let most = candidates.iter().map(|column| self.profile(*column).filled).max().unwrap_or(0);
                Box::new(move |column| self.profile(column).filled * 2 >= most && self.may_be(meaning, column))
            }
        };
        Some(candidates.iter().copied().find(|column| fits(*column)).unwrap_or(first))
    }

    /// Whether the values of a column do not speak against a meaning.
    fn may_be(&self, meaning: Meaning, column: usize) -> bool {
        let profile = self.profile(column);
        let is_text = !profile.is_numeric() && !profile.is_ids();
        match meaning {
            Meaning::Title => is_text && !(profile.distinct == 1 && profile.filled > 1) && !self.names_artists(column),
            Meaning::Artist | Meaning::Album | Meaning::Genre => is_text,
            _ => true,
        }
    }

    /// Whether many cells of a column hold the artist beside something else.
    fn names_artists(&self, column: usize) -> bool {
        const MIN_ARTIST_CHARS: usize = 3;
        let Some(artist) = self.taken.iter().position(|taken| *taken == Some(Meaning::Artist)) else { return false };
        let named = self.sample.rows().iter().filter(|row| {
            let (line, artist) = (row.cell(column).to_lowercase(), row.cell(artist).to_lowercase());
            artist.chars().count() >= MIN_ARTIST_CHARS && line.len() > artist.len() + 1 && line.contains(&artist)
        });
        self.sample.len() > 0 && named.count() as f64 >= WHOLE_LINES * self.sample.len() as f64
    }

    /// Whether two columns say the same in every row that was looked at: then it does not matter which is taken.
    fn are_alike(&self, meaning: Meaning, a: usize, b: usize) -> bool {
        let value = |text| if meaning == Meaning::Id { cell::id(text) } else { text };
        let mut rows = self.sample.rows().iter();
        self.sample.len() > 0 && rows.all(|row| value(row.cell(a)) == value(row.cell(b)))
    }

    fn encoding_of(&self, column: usize, meaning: Meaning) -> Encoding {
        match meaning {
            Meaning::Feature(feature) => self.encoding(column, feature),
            _ => Encoding::Number,
        }
    }

    /// How the cells of a column that holds a feature are to be read. Of a length, the name of the column says the unit, or
    /// the size of its values does.
    fn encoding(&self, column: usize, feature: Feature) -> Encoding {
        /// No track of half of a catalogue is as short in milliseconds, nor as long in seconds.
        const MIN_MILLISECONDS: f64 = 10_000.0;
        /// Nor as short in seconds, nor as long in minutes.
        const MIN_SECONDS: f64 = 20.0;
        if feature != Feature::DurationMs {
            return Encoding::Number;
        }
        let (key, profile) = (self.keys[column].as_str(), self.profile(column));
        let ends_with = |units: &[&str]| units.iter().any(|unit| key.ends_with(unit));
        if profile.lengths > profile.numbers {
            Encoding::Length
        } else if ends_with(&["ms", "milliseconds", "millis", "ミリ秒", "毫秒", "بالمللي ثانية", "بالملليثانية"])
        {
            Encoding::Number
        } else if ends_with(&["durations", "lengths", "sec", "secs", "seconds"]) {
            Encoding::Seconds
        } else if ends_with(&["min", "mins", "minutes"]) {
            Encoding::Minutes
        } else if profile.numbers == 0 {
            Encoding::Length
        } else if profile.median >= MIN_MILLISECONDS {
            Encoding::Number
        } else if profile.median >= MIN_SECONDS {
            Encoding::Seconds
        } else {
            Encoding::Minutes
        }
    }

    /// The columns that are 0 in tracks that were never analysed.
    fn analysis(&self) -> Option<[usize; 3]> {
        let column = |feature: Feature| {
            let meaning = Meaning::Feature(feature);
            self.best(meaning, &self.candidates[meaning.index()])
        };
        Some([column(Feature::Danceability)?, column(Feature::Tempo)?, column(Feature::Valence)?])
    }

    /// The columns that nothing is taken from.
    fn unused(&self, texts: bool) -> Vec<crate::table::schema::UnusedColumn> {
        let is_free = |meaning: Meaning| !self.taken.contains(&Some(meaning));
        (0..self.header.len())
            .filter(|column| self.taken[*column].is_none())
            .map(|column| {
                let looks_like = hints::looks_like(&self.keys[column], self.profile(column), &is_free, texts);
                crate::table::schema::UnusedColumn { column: label(self.header, column), looks_like }
            })
            .collect()
    }

    fn missing(&self, meaning: Meaning, asked_for: bool, hints: String) -> Error {
        Error::MissingColumn {
            name: self.name.to_owned(),
            column: meaning.name(),
            accepted: aliases::examples(meaning),
            found: list(self.header) + &hints,
            asked_for,
        }
    }
}

//! Songs as people name them: without "feat.", without accents, an artist by one word of its name, with a typo.
//!
//! What is named exactly is found in the order of titles ([`Titles::find`](crate::catalog::titles::Titles::find)). For everything else
//! the text search brings candidates, each is held against title and artist, and those of the strictest step that has any remain:
//! spelling, version, artist, typo. Where these are several songs, the one that outweighs the others clearly is meant
//! ([`Model::outweighing`]).

use super::error::{Error, SongOption};
use crate::{
    catalog::titles::TitleMatch,
    model::Model,
    text::{self, allowed_typos, fold, normalize, song_key},
    text_search::Effort,
};

/// How many candidates are held against title and artist.
const MAX_CANDIDATES: usize = 128;
/// How many hits of a typed text may be meant.
const MAX_TYPED_CANDIDATES: usize = 20;
/// How many songs a question lists.
const MAX_OPTIONS: usize = 10;
/// How many titles an error suggests, and the longest that it does, in bytes: nobody types a longer one.
const MAX_SUGGESTIONS: usize = 5;
const MAX_SUGGESTED_BYTES: usize = 1 << 12;
/// Words that tell no artist from another.
const STOP_WORDS: [&str; 11] = ["the", "and", "feat", "ft", "featuring", "with", "x", "y", "los", "las", "el"];

/// How a song was understood that the catalogue has under another name, the strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Understood {
    /// Accents, apostrophes and other signs aside, it is the title.
    Spelling,
    /// It is the title without what names a version, such as `(feat. Guest)`.
    Version,
    /// The artist has the words that were given, among others.
    Artist,
    /// With a typo or two.
    Typo,
    /// Several artists have a song of this title; it is the one that is far more popular.
    Popularity,
    /// By the search for what was typed.
    Search,
}

impl Understood {
    /// Its name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spelling => "spelling",
            Self::Version => "version",
            Self::Artist => "artist",
            Self::Typo => "typo",
            Self::Popularity => "popularity",
            Self::Search => "search",
        }
    }
}

impl Model {
    /// Whether a song is not in the catalogue under this very title and artist: then [`Model::look_up`] needs the text search.
    pub fn is_named_otherwise(&self, song: &str, artist: Option<&str>) -> bool {
        self.titles().find(self.catalog(), song, artist) == TitleMatch::Unknown
    }

    /// The row of a song as people name it, and how it was understood if not by its very name.
    ///
    /// # Errors
    ///
    /// Where no track, or several songs of which none outweighs the others, are meant.
    pub fn look_up(&self, song: &str, artist: Option<&str>) -> Result<(u32, Option<Understood>), Error> {
        self.look_up_with(song, artist, &mut Effort::default())
    }

    /// As [`Model::look_up`]; typos and titles to suggest are looked for while `effort` is left.
    pub(super) fn look_up_with(
        &self,
        song: &str,
        artist: Option<&str>,
        effort: &mut Effort,
    ) -> Result<(u32, Option<Understood>), Error> {
        let found = match self.titles().find(self.catalog(), song, artist) {
            TitleMatch::Song(releases) => releases[..1].to_vec(),
            TitleMatch::Shared(rows) => rows,
            TitleMatch::Unknown => Vec::new(),
        };
        if !found.is_empty() {
            // `Get Lucky` is a cover's title, and better known with a guest behind it.
            let mut rows = found.clone();
            if artist.is_none() {
                rows.extend(self.titles().find_versions(self.catalog(), song));
            }
            return match (self.outweighing(&rows), &found[..]) {
                (Some(row), [only]) if row == *only || self.songs().of(row) == self.songs().of(*only) => {
                    Ok((*only, None))
                }
                (Some(row), _) if found.contains(&row) => Ok((row, Some(Understood::Popularity))),
                (Some(row), _) => Ok((row, Some(Understood::Version))),
                (None, [only]) => Ok((*only, None)),
                (None, _) => Err(Error::ArtistNeeded { song: song.into(), artists: self.list_artists(&found) }),
            };
        }
        let wanted = Wanted::new(song, artist);
        let mut candidates = self.candidates(&wanted, &[&wanted.key, " ", artist.unwrap_or_default()].concat(), effort);
        if candidates.is_empty() && artist.is_some() {
            candidates = self.candidates(&wanted, &wanted.key, effort);
        }
        let Some(step) = candidates.iter().map(|(_, step)| *step).min() else {
            return Err(self.not_found(song, artist, effort));
        };
        let rows: Vec<u32> = candidates.into_iter().filter(|(_, of)| *of == step).map(|(row, _)| row).collect();
        let (step, _) = step;
        // Who has named the artist cannot say more: of its songs of this title the best known is meant.
        let best_known = || self.by_popularity(&rows).first().copied();
        let is_by_artist = artist.is_some() && step <= Understood::Version;
        match self.outweighing(&rows).or_else(|| best_known().filter(|_| is_by_artist)) {
            Some(row) => Ok((row, Some(step))),
            // A guess that is none of one song is no better than a suggestion.
            None if step == Understood::Typo => Err(self.not_found(song, artist, effort)),
            None => Err(Error::ArtistNeeded { song: song.into(), artists: self.list_artists(&rows) }),
        }
    }

    /// The row of the song that a typed text means, as [`Model::search`] finds it.
    ///
    /// # Errors
    ///
    /// Where it finds nothing, or several songs of which none outweighs the others.
    pub(super) fn look_up_typed(&self, typed: &str, effort: &mut Effort) -> Result<(u32, Understood), Error> {
        let hits = self.search_with(typed, MAX_TYPED_CANDIDATES, effort).unwrap_or_default();
        let Some(first) = hits.first() else { return Err(self.not_found(typed, None, effort)) };
        let rows: Vec<u32> = hits.iter().filter(|hit| hit.matched == first.matched).map(|hit| hit.row).collect();
        self.outweighing(&rows).map(|row| (row, Understood::Search)).ok_or_else(|| {
            let mut seen = Vec::new();
            let is_new = |row: &u32| {
                let song = self.songs().of(*row);
                let is_new = !seen.contains(&song);
                seen.push(song);
                is_new
            };
            let different: Vec<u32> = self.by_popularity(&rows).into_iter().filter(is_new).take(MAX_OPTIONS).collect();
            let option = |row: &u32| {
                let track = self.catalog().track(*row);
                SongOption { id: track.id.into(), song: track.song.into(), artist: track.artist.into() }
            };
            Error::SongNeeded { typed: typed.into(), options: different.iter().map(option).collect() }
        })
    }

    /// The songs that the text search finds and that may be the one that is wanted, and by which step.
    fn candidates(&self, wanted: &Wanted, typed: &str, effort: &mut Effort) -> Vec<(u32, Step)> {
        let hits = self.search_with(typed, MAX_CANDIDATES, effort).unwrap_or_default();
        hits.iter().filter_map(|hit| Some((hit.row, wanted.step(self, hit.row)?))).collect()
    }

    /// Why there is no such song, and titles that are near while `effort` is left.
    pub(super) fn not_found(&self, song: &str, artist: Option<&str>, effort: &mut Effort) -> Error {
        let unknown = |artist: &str, rows: &[u32]| Error::UnknownArtist {
            song: song.into(),
            artist: artist.into(),
            artists: self.list_artists(rows),
        };
        match (artist, self.titles().find(self.catalog(), song, None)) {
            (Some(artist), TitleMatch::Song(rows)) => unknown(artist, &rows[..1]),
            (Some(artist), TitleMatch::Shared(rows)) => unknown(artist, &rows),
            _ => Error::UnknownSong { song: song.into(), suggestions: self.suggest(song, artist, effort) },
        }
    }

    /// Titles that are near in spelling: what the search finds, otherwise the titles around where this one would stand.
    fn suggest(&self, song: &str, artist: Option<&str>, effort: &mut Effort) -> Vec<String> {
        if !effort.is_left() {
            return Vec::new();
        }
        let mut titles: Vec<String> = Vec::new();
        for typed in [[song, " ", artist.unwrap_or_default()].concat(), song_key(song)] {
            for hit in self.search_with(&typed, MAX_CANDIDATES, effort).unwrap_or_default() {
                let title = self.catalog().track(hit.row).song;
                if titles.len() < MAX_SUGGESTIONS
                    && title.len() <= MAX_SUGGESTED_BYTES
                    && titles.iter().all(|other| song_key(other) != song_key(title))
                {
                    titles.push(title.to_owned());
                }
            }
        }
        if titles.is_empty() {
            titles = self.titles().suggest(self.catalog(), song, MAX_SUGGESTIONS);
            // Those that begin alike for half of what was typed.
            let wanted = normalize(song);
            let shared = |title: &str| normalize(title).chars().zip(wanted.chars()).take_while(|(a, b)| a == b).count();
            let half = wanted.chars().count() / 2;
            titles.retain(|title| title.len() <= MAX_SUGGESTED_BYTES && shared(title) >= half);
        }
        titles
    }
}

/// By what a row is what is wanted, and with how many typos: the least counts.
type Step = (Understood, usize);

/// A title and an artist, in the forms that candidates are held against.
struct Wanted {
    /// The title's letters and digits, folded.
    letters: String,
    /// The title without its version.
    key: String,
    artist: Option<WantedArtist>,
}

struct WantedArtist {
    /// The names that were given, folded.
    names: Vec<String>,
    letters: String,
    /// Its words, but for [`STOP_WORDS`].
    words: Vec<String>,
}

impl Wanted {
    fn new(song: &str, artist: Option<&str>) -> Self {
        let artist = artist.map(|artist| WantedArtist {
            names: text::artists(artist).map(|name| fold(&name)).collect(),
            letters: letters(artist),
            words: telling_words(artist),
        });
        Self { letters: letters(song), key: song_key(song), artist }
    }

    /// The strictest step by which a row is what is wanted, if it is at all.
    fn step(&self, model: &Model, row: u32) -> Option<Step> {
        let track = model.catalog().track(row);
        let by_title = if letters(track.song) == self.letters {
            (Understood::Spelling, 0)
        } else {
            let key = song_key(track.song);
            if key == self.key || song_key(before_addition(track.song)) == self.key {
                (Understood::Version, 0)
            } else {
                (Understood::Typo, typos(&key, &self.key)?)
            }
        };
        let cell = model.catalog().artists.code(row as usize);
        let by_artist = match &self.artist {
            Some(artist) => artist.step(track.artist, model.catalog().credited(cell))?,
            None => (Understood::Spelling, 0),
        };
        Some((by_title.0.max(by_artist.0), by_title.1 + by_artist.1))
    }
}

impl WantedArtist {
    fn step<'a>(&self, cell: &str, credited: impl Iterator<Item = &'a str>) -> Option<Step> {
        let names: Vec<String> = credited.map(fold).collect();
        if letters(cell) == self.letters
            || (!self.names.is_empty() && self.names.iter().all(|name| names.contains(name)))
        {
            return Some((Understood::Spelling, 0));
        }
        let words = telling_words(cell);
        let has_words =
            |all: &[String], some: &[String]| !some.is_empty() && some.iter().all(|word| all.contains(word));
        let leads = names.first().is_some_and(|lead| has_words(&self.words, &telling_words(lead)));
        if has_words(&words, &self.words) || leads {
            return Some((Understood::Artist, 0));
        }
        let names = names.iter().map(String::as_str).chain([cell]);
        let typos = names.filter_map(|name| typos(&letters(name), &self.letters)).min()?;
        Some((Understood::Typo, typos))
    }
}

/// A title before its first bracket or dash: people leave out what stands there, whatever it is.
fn before_addition(title: &str) -> &str {
    let end = [" (", " [", " - "].iter().filter_map(|sign| title.find(sign)).min();
    &title[..end.unwrap_or(title.len())]
}

/// How many typos make one text of another, if these are few.
fn typos(text: &str, wanted: &str) -> Option<usize> {
    text::typos(text, wanted, allowed_typos(wanted.chars().count()))
}

/// The letters and digits of a text, folded; of a text without any, all of it.
fn letters(text: &str) -> String {
    let folded = fold(text);
    let letters: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    if letters.is_empty() { folded } else { letters }
}

/// The words of an artist's name that tell it from others; all words of a name that has no other.
fn telling_words(artist: &str) -> Vec<String> {
    let folded = fold(artist);
    let words: Vec<String> = folded
        .split(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '&' | '/'))
        .map(letters)
        .filter(|word| !word.is_empty())
        .collect();
    let telling: Vec<String> = words.iter().filter(|word| !STOP_WORDS.contains(&word.as_str())).cloned().collect();
    if telling.is_empty() { words } else { telling }
}

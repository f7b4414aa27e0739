//! Finding tracks by title and by artist.
//!
//! Titles and artists are compared [`normalize`]d. Nothing normalised is stored: the rows are kept in the order of their
//! normalised titles, and a look-up normalises the few titles that a binary search meets.

use std::ops::Range;

use rayon::prelude::*;

use super::{Catalog, songs::SongIds, versions};
use crate::{
    column::{DictColumn, IntColumn, StringColumn},
    invalid::Invalid,
    partition_point::partition_point,
    text::{self, normalize, song_key},
    text_order::in_order,
};

/// What is compared of the artists of a song: each once, in no order of the cell's.
fn artist_set(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What songs of one title are ordered by. No name has a semicolon: it stands between them in tables.
fn artist_key(names: impl Iterator<Item = String>) -> String {
    artist_set(names).join(";")
}

/// How many rows of a title are walked one by one before its end is searched for.
const MAX_ROWS_WALKED: usize = 16;

/// What stands between a title and the name of a version, and how many rows of each form are walked.
const VERSION_SIGNS: [&str; 6] = [" (", " [", " -", " –", " feat. ", " ft. "];
const MAX_VERSIONS_WALKED: usize = 64;

/// How a row in title order relates to the one before it.
const SAME_SONG: u32 = 0;
const SAME_TITLE: u32 = 1;
const NEW_TITLE: u32 = 2;

/// Whether a version begins with a row, by its place and its relation to the row before it.
fn is_version((place, relation): (usize, u32)) -> bool {
    place == 0 || relation != SAME_SONG
}

/// Rows in the order of (title, artist), the most popular release of a song first.
#[derive(Clone, Debug, PartialEq)]
pub struct Titles {
    rows: IntColumn,
    /// For each of `rows`: 0 the same title and artist as the row before, 1 the same title, 2 another title.
    relations: IntColumn,
    /// For each version, which is a title and a set of artists: how many versions before it the first one of its song stands; 0 for the first.
    back: IntColumn,
}

/// The tracks that a title names.
#[derive(Clone, Debug, PartialEq)]
pub enum TitleMatch {
    /// One song, in one or several releases; the first is the most popular.
    Song(Vec<u32>),
    /// Several artists have a song of this title: one row each, in the order of the artists.
    Shared(Vec<u32>),
    /// Nobody has.
    Unknown,
}

impl Titles {
    /// Orders the rows of a catalogue. `popularity` decides which release of a song comes first; ties go by row.
    pub fn new(catalog: &Catalog, popularity: Option<usize>) -> Self {
        let places = SortKeys::of(catalog);
        let mut rows: Vec<u32> = (0..catalog.len() as u32).collect();
        let popularity = |row: u32| popularity.map_or(0.0, |feature| catalog.features[feature].get(row as usize));
        // No two rows are the same: one order is right.
        rows.par_sort_unstable_by(|a, b| {
            let by_key = places.of_row(catalog, *a).cmp(&places.of_row(catalog, *b));
            by_key.then_with(|| popularity(*b).total_cmp(&popularity(*a))).then_with(|| a.cmp(b))
        });
        let mut before = None;
        let relations: Vec<u32> = rows
            .iter()
            .map(|row| {
                let this = places.of_row(catalog, *row);
                match before.replace(this) {
                    Some(that) if this == that => SAME_SONG,
                    Some(that) if this.0 == that.0 => SAME_TITLE,
                    _ => NEW_TITLE,
                }
            })
            .collect();
        drop(places);
        let titles = Self { rows: rows.into(), relations: IntColumn::new(&relations), back: IntColumn::new(&[]) };
        Self { back: titles.link(catalog).into(), ..titles }
    }

    /// Finds the versions that are of one song.
    fn link(&self, catalog: &Catalog) -> Vec<u32> {
        let songs = catalog.songs.dictionary();
        let keys = places(songs.len(), |word| song_key(songs.get(word)));
        let firsts: Vec<u32> = self.versions_first().collect();
        versions::link(catalog, &firsts, |row| keys[catalog.songs.code(row as usize) as usize])
    }

    /// The same order of a catalogue whose rows were put in another order: `place` is each old row's new one.
    #[must_use]
    pub fn renumbered(self, place: &[u32]) -> Self {
        Self { rows: self.rows.renumbered(place), ..self }
    }

    /// Rows in order, relations and first versions, as an artifact keeps them.
    pub(crate) fn of(rows: IntColumn, relations: IntColumn, back: IntColumn) -> Self {
        Self { rows, relations, back }
    }

    /// Rows in order, how each relates to the one before it, and how far before each version the first one of its song stands.
    pub(crate) fn in_order(&self) -> (&IntColumn, &IntColumn, &IntColumn) {
        (&self.rows, &self.relations, &self.back)
    }

    /// The distinct titles of a catalogue, numbered as `songs` numbers them, in the order of their first use here.
    pub fn spellings(&self, songs: &DictColumn) -> Vec<u32> {
        let mut seen = vec![false; songs.dictionary().len()];
        let codes = self.rows.iter().map(|row| songs.code(row as usize));
        codes.filter(|code| !std::mem::replace(&mut seen[*code as usize], true)).collect()
    }

    /// Numbers the versions: rows of the same title and artist have the same number, those of the next ones in title order the next.
    ///
    /// # Errors
    ///
    /// Where the rows are not each of the catalogue's once, or a relation is none.
    pub fn versions(&self, tracks: usize) -> Result<SongIds, Invalid> {
        self.check(tracks)?;
        SongIds::new(tracks, self.numbered())
    }

    /// Numbers the songs: all versions of one have the same number.
    ///
    /// # Errors
    ///
    /// Those of [`Titles::versions`], and where the first version of a song is none.
    pub fn songs(&self, tracks: usize) -> Result<SongIds, Invalid> {
        self.check(tracks)?;
        let versions = self.relations.iter().enumerate().filter(|place| is_version(*place)).count();
        Invalid::count("versions with a first one", versions, self.back.len())?;
        let (mut song_of, mut count) = (Vec::with_capacity(self.back.len()), 0);
        for (version, back) in (0_u32..).zip(self.back.iter()) {
            let first = version.checked_sub(back).filter(|first| back == 0 || self.back.get(*first as usize) == 0);
            let Some(first) = first else {
                return Err(Invalid::Order { what: format!("the first version of version {version}").into() });
            };
            song_of.push(if back == 0 { count } else { song_of[first as usize] });
            count += u32::from(back == 0);
        }
        SongIds::new(tracks, self.numbered().map(|(row, version)| (row, song_of[version as usize])))
    }

    /// Whether there is a row and a relation for each track.
    fn check(&self, tracks: usize) -> Result<(), Invalid> {
        Invalid::count("titles in order", tracks, self.rows.len())?;
        Invalid::count("relations of titles", tracks, self.relations.len())?;
        Invalid::index("a title has relation", NEW_TITLE as usize + 1, self.relations.max())
    }

    /// The rows in order, and the number of each one's version.
    fn numbered(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let mut count = 0_u32;
        self.rows.iter().zip(self.relations.iter().enumerate()).map(move |(row, place)| {
            count += u32::from(is_version(place));
            (row, count - 1)
        })
    }

    /// The most popular release of the first version of every song, in the order of the numbers in `songs`, which are of
    /// [`Titles::songs`].
    pub fn songs_first(&self, songs: &SongIds) -> Vec<u32> {
        let mut firsts = Vec::with_capacity(songs.count() as usize);
        // A song has the next number where its first version stands.
        for row in self.versions_first() {
            if songs.of(row) as usize == firsts.len() {
                firsts.push(row);
            }
        }
        firsts
    }

    /// The most popular release of every version, in the order of the versions' numbers.
    pub(crate) fn versions_first(&self) -> impl Iterator<Item = u32> + '_ {
        let rows = self.rows.iter().zip(self.relations.iter().enumerate());
        rows.filter(|(_, place)| is_version(*place)).map(|(row, _)| row)
    }

    /// Where a title's rows lie in title order.
    fn range(&self, catalog: &Catalog, title: &str) -> Range<usize> {
        let key_at = |place: usize| normalize(catalog.songs.get(self.rows.get(place) as usize));
        let start = partition_point(0..self.rows.len(), |place| key_at(place).as_str() < title);
        if start == self.rows.len() || key_at(start) != title {
            return start..start;
        }
        // Mostly there are few rows; where there are many, they are not walked one by one.
        let past = (start + 1 + MAX_ROWS_WALKED).min(self.rows.len());
        let end = (start + 1..past).find(|place| self.relations.get(*place) == NEW_TITLE);
        start..end.unwrap_or_else(|| partition_point(past..self.rows.len(), |place| key_at(place).as_str() <= title))
    }

    /// The rows of the song that begins at a place.
    fn releases(&self, start: usize) -> Vec<u32> {
        let others = (start + 1..self.rows.len()).take_while(|place| self.relations.get(*place) == SAME_SONG);
        std::iter::once(start).chain(others).map(|place| self.rows.get(place)).collect()
    }

    /// Which rows have a title that several artists have: one entry a row.
    pub fn shared(&self) -> Vec<bool> {
        let mut shared = vec![false; self.rows.len()];
        let mut rows: Vec<u32> = Vec::new();
        let mut artists = 0;
        let mut mark = |rows: &mut Vec<u32>, artists: u32| {
            rows.drain(..).for_each(|row| shared[row as usize] = artists > 1);
        };
        for (row, relation) in self.rows.iter().zip(self.relations.iter()) {
            if relation == NEW_TITLE {
                mark(&mut rows, artists);
                artists = 0;
            }
            artists += u32::from(relation != SAME_SONG);
            rows.push(row);
        }
        mark(&mut rows, artists);
        shared
    }

    /// Finds a song by its title and, where given, its artist: one or several of the cell's with `;` between them, or the cell.
    pub fn find(&self, catalog: &Catalog, song: &str, artist: Option<&str>) -> TitleMatch {
        let range = self.range(catalog, &normalize(song));
        if let Some(artist) = artist {
            // Within a title the songs are in the order of their artists.
            let wanted = artist_key(text::artists(artist));
            let key_at = |place: usize| {
                let code = catalog.artists.code(self.rows.get(place) as usize);
                artist_key(catalog.credited(code).map(normalize))
            };
            let place = partition_point(range.clone(), |place| key_at(place) < wanted);
            if place < range.end && key_at(place) == wanted {
                return TitleMatch::Song(self.releases(place));
            }
        }
        let mut songs: Vec<Vec<u32>> = Vec::new();
        for place in range {
            let row = self.rows.get(place);
            match songs.last_mut() {
                Some(releases) if self.relations.get(place) == SAME_SONG => releases.push(row),
                _ => songs.push(vec![row]),
            }
        }
        if let Some(artist) = artist {
            let (cell, wanted) = (normalize(artist), artist_set(text::artists(artist)));
            let code = |releases: &[u32]| catalog.artists.code(releases[0] as usize);
            let set = |releases: &[u32]| artist_set(catalog.credited(code(releases)).map(normalize));
            let is_whole = |releases: &Vec<u32>| {
                normalize(catalog.artists.get(releases[0] as usize)) == cell || set(releases) == wanted
            };
            match songs.iter().position(is_whole) {
                Some(whole) => songs = vec![songs.swap_remove(whole)],
                None => songs.retain(|releases| {
                    let set = set(releases);
                    !wanted.is_empty() && wanted.iter().all(|name| set.binary_search(name).is_ok())
                }),
            }
        }
        match songs.len() {
            0 => TitleMatch::Unknown,
            1 => TitleMatch::Song(songs.swap_remove(0)),
            _ => TitleMatch::Shared(songs.iter().map(|releases| releases[0]).collect()),
        }
    }

    /// The most popular release of each version of songs that have this title, if it is named behind the title: `Song (Live)` of
    /// `Song`. At most so many of each form are looked at as a person would list.
    pub fn find_versions(&self, catalog: &Catalog, song: &str) -> Vec<u32> {
        let (title, key) = (normalize(song), song_key(song));
        let title_at = |place: usize| normalize(catalog.songs.get(self.rows.get(place) as usize));
        let mut found = Vec::new();
        for sign in VERSION_SIGNS {
            let begin = [&title, sign].concat();
            let start = partition_point(0..self.rows.len(), |place| title_at(place).as_str() < begin.as_str());
            for place in start..self.rows.len().min(start + MAX_VERSIONS_WALKED) {
                let title = title_at(place);
                if !title.starts_with(&begin) {
                    break;
                }
                if (place == start || self.relations.get(place) != SAME_SONG) && song_key(&title) == key {
                    found.push(self.rows.get(place));
                }
            }
        }
        found
    }

    /// Up to `count` different titles around where an unknown one would stand in title order: what a user may have
    /// meant, where the beginning is right.
    pub fn suggest(&self, catalog: &Catalog, song: &str, count: usize) -> Vec<String> {
        let wanted = normalize(song);
        let start = partition_point(0..self.rows.len(), |place| {
            normalize(catalog.songs.get(self.rows.get(place) as usize)).as_str() < wanted.as_str()
        });
        let shared = |title: &str| normalize(title).chars().zip(wanted.chars()).take_while(|(a, b)| a == b).count();
        let firsts = |places: &mut dyn Iterator<Item = usize>| -> Vec<String> {
            places
                .filter(|place| self.relations.get(*place) == NEW_TITLE)
                .take(count)
                .map(|place| catalog.songs.get(self.rows.get(place) as usize).to_owned())
                .collect()
        };
        let mut near = firsts(&mut (start..self.rows.len()));
        near.extend(firsts(&mut (0..start).rev()));
        near.sort_by_key(|title| std::cmp::Reverse(shared(title)));
        near.retain(|title| shared(title) > 0);
        near.truncate(count);
        near
    }

    /// Whether the rows really are in title order, and related as they say.
    pub(crate) fn verify(&self, catalog: &Catalog) -> Result<(), Invalid> {
        let places = SortKeys::of(catalog);
        let mut before: Option<(u32, u32)> = None;
        for (row, relation) in self.rows.iter().zip(self.relations.iter()) {
            let this = places.of_row(catalog, row);
            let expected = match before {
                Some(that) if this < that => {
                    return Err(Invalid::Order { what: format!("the title of track {row}").into() });
                }
                Some(that) if this == that => SAME_SONG,
                Some(that) if this.0 == that.0 => SAME_TITLE,
                _ => NEW_TITLE,
            };
            Invalid::equal(format!("the relation of the title of track {row}"), &expected, &relation)?;
            before = Some(this);
        }
        drop(places);
        Invalid::equal("the versions of one song", &true, &self.back.iter().eq(self.link(catalog)))
    }
}

/// How many words are normalised at a time.
const BLOCK_WORDS: usize = 1 << 12;

/// The place of each distinct title and artist cell in the order of their keys; those of one key have one place.
struct SortKeys {
    songs: Vec<u32>,
    artists: Vec<u32>,
}

impl SortKeys {
    fn of(catalog: &Catalog) -> Self {
        let songs = catalog.songs.dictionary();
        let song = |word: usize| normalize(songs.get(word));
        let artist = |word: usize| artist_key(catalog.credited(word as u32).map(normalize));
        Self { songs: places(songs.len(), song), artists: places(catalog.artists.dictionary().len(), artist) }
    }

    /// What rows are ordered by: title, then artist.
    fn of_row(&self, catalog: &Catalog, row: u32) -> (u32, u32) {
        let (song, artist) = (catalog.songs.code(row as usize), catalog.artists.code(row as usize));
        (self.songs[song as usize], self.artists[artist as usize])
    }
}

/// The place of each of so many words in the order of their keys.
fn places(words: usize, key: impl Fn(usize) -> String + Sync) -> Vec<u32> {
    let starts: Vec<usize> = (0..words).step_by(BLOCK_WORDS).collect();
    let block = |start: usize| (start..words.min(start + BLOCK_WORDS)).map(&key).collect();
    // Some at a time side by side, and not a string each: they would take several times the memory.
    let blocks: Vec<StringColumn> = starts.into_par_iter().map(block).collect();
    let key = |word: u32| blocks[word as usize / BLOCK_WORDS].get(word as usize % BLOCK_WORDS);
    let mut places = vec![0; words];
    let mut place = 0;
    for pair in in_order(words, key).windows(2) {
        place += u32::from(key(pair[0]) != key(pair[1]));
        places[pair[1] as usize] = place;
    }
    places
}

//! Finding tracks by title and by artist.
//!
//! Titles and artists are compared [`normalize`]d. Nothing normalised is stored: the rows are kept in the order of their
//! normalised titles, and a look-up normalises the few titles that a binary search meets.

use std::ops::Range;

use rayon::prelude::*;

use super::Catalog;
use crate::{
    bit_set::BitSet,
    column::{DictColumn, IntColumn, StringColumn},
    invalid::Invalid,
    partition_point::partition_point,
    text::{self, normalize},
    text_order::in_order,
};

/// Whether `wanted` names the artist of a cell: the whole cell, or one of the artists it separates with `;`.
fn has_artist(cell: &str, wanted: &str) -> bool {
    normalize(cell) == wanted || text::artists(cell).any(|artist| artist == wanted)
}

/// How a row in title order relates to the one before it.
const SAME_SONG: u32 = 0;
const SAME_TITLE: u32 = 1;
const NEW_TITLE: u32 = 2;

/// Rows in the order of (title, artist), the most popular release of a song first.
#[derive(Clone, Debug, PartialEq)]
pub struct Titles {
    rows: IntColumn,
    /// For each of `rows`: 0 the same title and artist as the row before, 1 the same title, 2 another title.
    relations: IntColumn,
}

/// Which rows are the same song: one number for each (title, artist).
#[derive(Clone, Debug)]
pub struct SongIds {
    song_of: Vec<u32>,
    count: u32,
    /// Rows whose song has other rows, too.
    repeated: BitSet,
}

impl SongIds {
    /// The song of a track: tracks with the same title and artist have the same number.
    ///
    /// # Panics
    ///
    /// If `row` is not a row of the catalogue.
    #[inline]
    pub fn of(&self, row: u32) -> u32 {
        self.song_of[row as usize]
    }

    /// How many different songs there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Rows whose song has other rows, too.
    pub(crate) fn repeated(&self) -> &BitSet {
        &self.repeated
    }
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
        Self { rows: IntColumn::new(&rows), relations: IntColumn::new(&relations) }
    }

    /// The same order of a catalogue whose rows were put in another order: `place` is each old row's new one.
    #[must_use]
    pub fn renumbered(self, place: &[u32]) -> Self {
        Self { rows: self.rows.renumbered(place), relations: self.relations }
    }

    /// Rows in order and relations, as an artifact keeps them.
    pub(crate) fn of(rows: IntColumn, relations: IntColumn) -> Self {
        Self { rows, relations }
    }

    /// Rows in order, and how each relates to the one before it.
    pub(crate) fn in_order(&self) -> (&IntColumn, &IntColumn) {
        (&self.rows, &self.relations)
    }

    /// The distinct titles of a catalogue, numbered as `songs` numbers them, in the order of their first use here.
    pub fn spellings(&self, songs: &DictColumn) -> Vec<u32> {
        let mut seen = vec![false; songs.dictionary().len()];
        let codes = self.rows.iter().map(|row| songs.code(row as usize));
        codes.filter(|code| !std::mem::replace(&mut seen[*code as usize], true)).collect()
    }

    /// Numbers the songs.
    ///
    /// # Errors
    ///
    /// Where the rows are not each of the catalogue's once, or a relation is none.
    pub fn songs(&self, tracks: usize) -> Result<SongIds, Invalid> {
        Invalid::count("titles in order", tracks, self.rows.len())?;
        Invalid::count("relations of titles", tracks, self.relations.len())?;
        Invalid::index("a title has relation", NEW_TITLE as usize + 1, self.relations.max())?;
        let mut song_of = vec![u32::MAX; tracks];
        let mut repeated = BitSet::new(tracks);
        let mut count = 0_u32;
        let mut before = None;
        for (row, relation) in self.rows.iter().zip(self.relations.iter()) {
            count += u32::from(relation != SAME_SONG || count == 0);
            match song_of.get_mut(row as usize) {
                Some(song) if *song == u32::MAX => *song = count - 1,
                Some(_) => return Err(Invalid::Repeated { what: format!("track {row}").into() }),
                None => {
                    return Err(Invalid::Index {
                        what: "a title is of track".into(),
                        count: tracks,
                        got: row as usize,
                    });
                }
            }
            if let (SAME_SONG, Some(before)) = (relation, before) {
                repeated.insert(before);
                repeated.insert(row);
            }
            before = Some(row);
        }
        Ok(SongIds { song_of, count, repeated })
    }

    /// The most popular release of every song, in the order of the songs' numbers.
    pub fn songs_first(&self) -> impl Iterator<Item = u32> + '_ {
        let first = |(place, relation): (usize, u32)| place == 0 || relation != SAME_SONG;
        let rows = self.rows.iter().zip(self.relations.iter().enumerate());
        rows.filter(move |(_, place)| first(*place)).map(|(row, _)| row)
    }

    /// Where a title's rows lie in title order.
    fn range(&self, catalog: &Catalog, title: &str) -> Range<usize> {
        let key_at = |place: usize| normalize(catalog.songs.get(self.rows.get(place) as usize));
        let start = partition_point(0..self.rows.len(), |place| key_at(place).as_str() < title);
        let mut end = start;
        while end < self.rows.len() && (end == start || self.relations.get(end) != NEW_TITLE) {
            end += 1;
        }
        if start == end || key_at(start) != title { start..start } else { start..end }
    }

    /// Finds a song by its title and, where given, its artist.
    pub fn find(&self, catalog: &Catalog, song: &str, artist: Option<&str>) -> TitleMatch {
        let range = self.range(catalog, &normalize(song));
        let mut songs: Vec<Vec<u32>> = Vec::new();
        for place in range {
            let row = self.rows.get(place);
            match songs.last_mut() {
                Some(releases) if self.relations.get(place) == SAME_SONG => releases.push(row),
                _ => songs.push(vec![row]),
            }
        }
        if let Some(artist) = artist {
            let artist = normalize(artist);
            let cell = |releases: &[u32]| catalog.artists.get(releases[0] as usize);
            match songs.iter().position(|releases| normalize(cell(releases)) == artist) {
                Some(whole) => songs = vec![songs.swap_remove(whole)],
                None => songs.retain(|releases| has_artist(cell(releases), &artist)),
            }
        }
        match songs.len() {
            0 => TitleMatch::Unknown,
            1 => TitleMatch::Song(songs.swap_remove(0)),
            _ => TitleMatch::Shared(songs.iter().map(|releases| releases[0]).collect()),
        }
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
        Ok(())
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
        let places = |words: &DictColumn| {
            let dictionary = words.dictionary();
            let starts: Vec<usize> = (0..dictionary.len()).step_by(BLOCK_WORDS).collect();
            let block = |start: usize| {
                let words = start..dictionary.len().min(start + BLOCK_WORDS);
                words.map(|word| normalize(dictionary.get(word))).collect()
            };
            // Some at a time side by side, and not a string each: they would take several times the memory.
            let blocks: Vec<StringColumn> = starts.into_par_iter().map(block).collect();
            let key = |word: u32| blocks[word as usize / BLOCK_WORDS].get(word as usize % BLOCK_WORDS);
            let mut places = vec![0; dictionary.len()];
            let mut place = 0;
            for pair in in_order(dictionary.len(), key).windows(2) {
                place += u32::from(key(pair[0]) != key(pair[1]));
                places[pair[1] as usize] = place;
            }
            places
        };
        Self { songs: places(&catalog.songs), artists: places(&catalog.artists) }
    }

    /// What rows are ordered by: title, then artist.
    fn of_row(&self, catalog: &Catalog, row: u32) -> (u32, u32) {
        let (song, artist) = (catalog.songs.code(row as usize), catalog.artists.code(row as usize));
        (self.songs[song as usize], self.artists[artist as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_artists_names_the_cell() {
        assert!(has_artist("Simon; Garfunkel", "garfunkel"));
        assert!(has_artist("Simon; Garfunkel", "simon; garfunkel"));
        assert!(!has_artist("Simon & Garfunkel", "garfunkel"));
    }
}

//! The index as the trainer makes it and the artifact keeps it, and what it takes to search it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{
    postings::{Postings, Skips},
    words,
};
use crate::{
    catalog::{Catalog, titles::Titles},
    column::{IntColumn, StringColumn},
    invalid::Invalid,
};

/// The words of a catalogue's titles and artists, and where they are: section `text-search`.
///
/// Songs are numbered by the popularity of their most popular release, the most popular first; ties, and all of them where the
/// catalogue has no popularity, go by title and artist. Artist cells have the numbers of their dictionary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvertedIndex {
    /// Distinct words, ascending.
    pub(super) words: StringColumn,
    /// The songs that have each word in their title.
    pub(super) titles: Postings,
    /// The artist cells that have each word.
    pub(super) artists: Postings,
    /// How many words a person counts in each song's title, at most 255: `ac/dc` is one.
    pub(super) title_lengths: IntColumn,
    /// The same of each artist cell.
    pub(super) artist_lengths: IntColumn,
}

/// An [`InvertedIndex`] that can be searched, beside the catalogue that it was made of.
#[derive(Debug)]
pub struct TextSearch {
    pub(super) index: InvertedIndex,
    /// How many bytes each word begins with that the word before it begins with, 255 if there are more.
    pub(super) shared: Vec<u8>,
    pub(super) title_skips: Skips,
    pub(super) artist_skips: Skips,
    /// How many songs have a word before each in title or artist, and before the end; one that has it in both counts twice.
    frequencies: Vec<u32>,
    /// Row of the most popular release of each song.
    pub(super) rows: Vec<u32>,
    /// Where each artist cell's songs begin in `artist_songs`; one more at the end.
    artist_starts: Vec<u32>,
    /// The songs of each artist cell, ascending.
    artist_songs: Vec<u32>,
}

/// The most popular release of each song, the most popular song first.
pub(super) fn songs_by_popularity(catalog: &Catalog, titles: &Titles, popularity: Option<usize>) -> Vec<u32> {
    let rows: Vec<u32> = titles.versions_first().collect();
    let Some(column) = popularity.map(|feature| &catalog.features[feature]) else { return rows };
    // The codes of a column are in the order of its values: counted, not compared.
    let codes = column.codes();
    let distinct = column.values().len();
    let place = |row: u32| distinct - 1 - codes.get(row as usize) as usize;
    let mut starts = starts(distinct, rows.iter().map(|row| place(*row)));
    let mut sorted = vec![0; rows.len()];
    for row in rows {
        let next = &mut starts[place(row)];
        sorted[*next as usize] = row;
        *next += 1;
    }
    sorted
}

/// Where each group begins, of which `members` names one for each member; and the end of the last.
fn starts(groups: usize, members: impl Iterator<Item = usize>) -> Vec<u32> {
    let mut starts = vec![0_u32; groups + 1];
    members.for_each(|group| starts[group + 1] += 1);
    for group in 0..groups {
        starts[group + 1] += starts[group];
    }
    starts
}

impl TextSearch {
    /// Makes an index ready for searches. `popularity` is the feature that songs are numbered by, where there is one.
    ///
    /// # Errors
    ///
    /// Where a search would not be safe.
    pub(crate) fn new(
        index: InvertedIndex,
        catalog: &Catalog,
        titles: &Titles,
        popularity: Option<usize>,
    ) -> Result<Self, Invalid> {
        let rows = songs_by_popularity(catalog, titles, popularity);
        let cells = catalog.artists.dictionary().len();
        let shared = words::shared(&index.words)?;
        Invalid::count("lengths of titles", rows.len(), index.title_lengths.len())?;
        Invalid::count("lengths of artists", cells, index.artist_lengths.len())?;
        let artist = |row: &u32| catalog.artists.code(*row as usize) as usize;
        let artist_starts = starts(cells, rows.iter().map(artist));
        let mut next = artist_starts.clone();
        let mut artist_songs = vec![0; rows.len()];
        for (song, row) in (0..).zip(&rows) {
            let next = &mut next[artist(row)];
            artist_songs[*next as usize] = song;
            *next += 1;
        }
        let mut frequencies = vec![0_u32; index.words.len() + 1];
        let mut total = 0_usize;
        let mut count = |word: u32, songs: u32| {
            total = total.saturating_add(songs as usize);
            let frequency = &mut frequencies[word as usize + 1];
            *frequency = frequency.wrapping_add(songs);
        };
        let title_skips = index.titles.check(index.words.len(), "song", rows.len(), |word, _| count(word, 1))?;
        let artist_skips = index.artists.check(index.words.len(), "artist", cells, |word, cell| {
            count(word, artist_starts[cell as usize + 1] - artist_starts[cell as usize]);
        })?;
        Invalid::count_range("songs in the lists of all words", 0..=u32::MAX as usize, total)?;
        (1..frequencies.len()).for_each(|word| frequencies[word] += frequencies[word - 1]);
        Ok(Self { index, shared, title_skips, artist_skips, frequencies, rows, artist_starts, artist_songs })
    }

    /// The index, as the artifact has it.
    pub fn index(&self) -> &InvertedIndex {
        &self.index
    }

    /// How many songs it finds.
    pub fn songs(&self) -> usize {
        self.rows.len()
    }

    /// How many different words it knows.
    pub fn words(&self) -> usize {
        self.index.words.len()
    }

    /// How much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        let numbers = self.rows.len() + self.artist_starts.len() + self.artist_songs.len() + self.frequencies.len();
        let InvertedIndex { words, titles, artists, title_lengths, artist_lengths } = &self.index;
        words.memory()
            + titles.memory()
            + artists.memory()
            + title_lengths.memory()
            + artist_lengths.memory()
            + self.title_skips.memory()
            + self.artist_skips.memory()
            + numbers * size_of::<u32>()
            + self.shared.len()
    }

    /// The songs of an artist cell, ascending.
    pub(super) fn songs_of_artist(&self, cell: u32) -> &[u32] {
        let cell = cell as usize;
        &self.artist_songs[self.artist_starts[cell] as usize..self.artist_starts[cell + 1] as usize]
    }

    /// How many songs have these words in title or artist; one that has them in both, or several of them, counts for each.
    pub(super) fn doc_freq(&self, words: Range<u32>) -> usize {
        (self.frequencies[words.end as usize] - self.frequencies[words.start as usize]) as usize
    }
}

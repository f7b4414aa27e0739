//! From the catalogue to the index.

use std::collections::HashMap;

use super::{InvertedIndex, Song, tokens::tokens};
use crate::{
    catalog::{Catalog, titles::Titles},
    text::fold,
};

/// The most different words of one title, and of one artist cell, that are kept.
const MAX_FIELD_WORDS: usize = u8::MAX as usize;

impl InvertedIndex {
    /// Indexes the songs of a catalogue. `popularity` is the feature that orders songs which match equally well; ties,
    /// and all of them where there is none, go by title and artist.
    pub(crate) fn new(catalog: &Catalog, titles: &Titles, popularity: Option<usize>) -> Self {
        let popularity = |row: u32| popularity.map_or(0.0, |feature| catalog.features[feature].get(row as usize));
        let mut rows: Vec<(f64, u32)> = titles.songs_first().map(|row| (popularity(row), row)).collect();
        rows.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut vocabulary = Vocabulary::default();
        // An artist has many songs: each cell is taken apart once.
        let artists: Vec<Field> = catalog.artists.dictionary().iter().map(|artist| vocabulary.field(artist)).collect();
        let mut songs = Vec::with_capacity(rows.len());
        let mut song_words = Vec::with_capacity(rows.len() * 8);
        for (_, row) in rows {
            if song_words.len() + 2 * MAX_FIELD_WORDS > u32::MAX as usize {
                // Places are `u32`. The least popular of some five hundred million songs cannot be found.
                break;
            }
            let title = vocabulary.field(catalog.songs.get(row as usize));
            let artist = &artists[catalog.artists.code(row as usize) as usize];
            song_words.extend_from_slice(&title.words);
            song_words.extend_from_slice(&artist.words);
            songs.push(Song {
                row,
                end: song_words.len() as u32,
                title: title.title_hash,
                in_title: title.words.len() as u8,
                title_length: title.length,
                artist_length: artist.length,
            });
        }
        drop(artists);
        song_words.shrink_to_fit();

        let (words, places) = vocabulary.in_order();
        for word in &mut song_words {
            *word = places[*word as usize];
        }
        let (starts, postings) = postings(places.len(), &songs, &song_words);
        Self { words, starts, postings, songs, song_words }
    }
}

/// The songs of each word, ascending: where each word's begin, and the songs.
fn postings(words: usize, songs: &[Song], song_words: &[u32]) -> (Vec<u32>, Vec<u32>) {
    // A word that is in title and artist names its song twice in `song_words`, and once here.
    let each = |take: &mut dyn FnMut(u32, u32)| {
        let mut start = 0;
        for (number, song) in songs.iter().enumerate() {
            let (title, artist) = song_words[start..song.end as usize].split_at(song.in_title.into());
            start = song.end as usize;
            title.iter().for_each(|word| take(*word, number as u32));
            artist.iter().filter(|word| !title.contains(word)).for_each(|word| take(*word, number as u32));
        }
    };
    let mut starts = vec![0_u32; words + 1];
    each(&mut |word, _| starts[word as usize + 1] += 1);
    for word in 0..words {
        starts[word + 1] += starts[word];
    }
    let mut next = starts.clone();
    let mut postings = vec![0; starts[words] as usize];
    each(&mut |word, song| {
        postings[next[word as usize] as usize] = song;
        next[word as usize] += 1;
    });
    (starts, postings)
}

/// The words of a title or an artist cell.
struct Field {
    /// Each once, as the vocabulary numbers them.
    words: Vec<u32>,
    /// Length in words as a person counts them.
    length: u8,
    /// CRC-32 of the letters and digits.
    title_hash: u32,
}

/// Distinct words, numbered as they come.
#[derive(Default)]
struct Vocabulary {
    numbers: HashMap<Box<str>, u32>,
}

impl Vocabulary {
    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(word.into(), number);
        number
    }

    fn field(&mut self, text: &str) -> Field {
        let mut words = Vec::new();
        let mut length = 0_u8;
        let mut title_hash = crc32fast::Hasher::new();
        let mut keep = |word: u32| {
            if words.len() < MAX_FIELD_WORDS && !words.contains(&word) {
                words.push(word);
            }
        };
        for token in tokens(&fold(text)) {
            if let Some(word) = token.plain() {
                title_hash.update(word.as_bytes());
                keep(self.number(word));
                length = length.saturating_add(1);
                continue;
            }
            for subtoken in token.subtokens() {
                title_hash.update(subtoken.as_bytes());
                keep(self.number(subtoken));
            }
            length = length.saturating_add(token.length());
            for other in [token.joined(), token.leet_variant()].into_iter().flatten() {
                keep(self.number(&other));
            }
        }
        Field { words, length, title_hash: title_hash.finalize() }
    }

    /// The words in their order, and the place of each in it by the number that it had.
    fn in_order(self) -> (fst::Map<Vec<u8>>, Vec<u32>) {
        let mut sorted: Vec<(Box<str>, u32)> = self.numbers.into_iter().collect();
        sorted.sort_unstable();
        let mut places = vec![0; sorted.len()];
        for (place, (_, number)) in sorted.iter().enumerate() {
            places[*number as usize] = place as u32;
        }
        let numbered = sorted.iter().enumerate().map(|(place, (word, _))| (word.as_bytes(), place as u64));
        let words = fst::Map::from_iter(numbered).expect("the words are sorted, and each is there once");
        (words, places)
    }
}

//! From the catalogue to the index.

use std::collections::HashMap;

use super::{
    InvertedIndex,
    index::songs_by_popularity,
    postings::{ListBuilder, Postings},
    tokens::{symbols, tokens},
};
use crate::{
    catalog::{Catalog, titles::Titles},
    column::{IntColumn, StringColumn},
    text::fold,
};

/// The most different words of one title, and of one artist cell, that are kept.
const MAX_FIELD_WORDS: usize = 255;

/// The words and their lists take 4 GiB or more.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the words of titles and artists take 4 GiB or more")]
pub struct TooManyWords;

impl InvertedIndex {
    /// Indexes the songs of a catalogue. `popularity` is the feature that numbers them, where there is one.
    ///
    /// # Errors
    ///
    /// Where the words or their lists are too long to be addressed.
    pub fn build(catalog: &Catalog, titles: &Titles, popularity: Option<usize>) -> Result<Self, TooManyWords> {
        let rows = songs_by_popularity(catalog, titles, popularity);
        let mut vocabulary = Vocabulary::default();
        let mut songs = Field::of(rows.iter().map(|row| catalog.songs.get(*row as usize)), &mut vocabulary);
        let mut artists = Field::of(catalog.artists.dictionary().iter(), &mut vocabulary);
        let (words, order) = vocabulary.in_order().ok_or(TooManyWords)?;
        let postings =
            |field: &mut Field| Postings::new(order.iter().map(|word| field.take_list(*word))).ok_or(TooManyWords);
        Ok(Self {
            words,
            titles: postings(&mut songs)?,
            artists: postings(&mut artists)?,
            title_lengths: IntColumn::U8(songs.lengths),
            artist_lengths: IntColumn::U8(artists.lengths),
        })
    }
}

/// Titles or artist cells.
struct Field {
    /// Which of them have each word, by the word's first number.
    lists: Vec<ListBuilder>,
    /// How many words a person counts in each.
    lengths: Vec<u8>,
}

impl Field {
    fn of<'a>(texts: impl Iterator<Item = &'a str>, vocabulary: &mut Vocabulary) -> Self {
        let (mut lists, mut lengths) = (Vec::<ListBuilder>::new(), Vec::new());
        for (number, text) in (0..).zip(texts) {
            let (words, length) = vocabulary.words(text);
            if lists.len() < vocabulary.numbers.len() {
                lists.resize_with(vocabulary.numbers.len(), ListBuilder::default);
            }
            words.into_iter().for_each(|word| lists[word as usize].push(number));
            lengths.push(length);
        }
        Self { lists, lengths }
    }

    /// Moves the list of a word out, so that it is freed when it has been copied: all lists take as much memory as the index.
    fn take_list(&mut self, word: u32) -> ListBuilder {
        self.lists.get_mut(word as usize).map(std::mem::take).unwrap_or_default()
    }
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

    /// The words of a text, each once, and how many a person counts.
    fn words(&mut self, text: &str) -> (Vec<u32>, u8) {
        let folded = fold(text);
        if let Some(word) = symbols(&folded) {
            return (vec![self.number(&word)], 1);
        }
        let mut words = Vec::new();
        let mut length = 0_u8;
        let mut keep = |word: u32| {
            if words.len() < MAX_FIELD_WORDS && !words.contains(&word) {
                words.push(word);
            }
        };
        for token in tokens(&folded) {
            length = length.saturating_add(token.length());
            if let Some(word) = token.plain() {
                keep(self.number(word));
                continue;
            }
            token.subtokens().for_each(|subtoken| keep(self.number(subtoken)));
            for other in [token.joined(), token.leet_variant()].into_iter().flatten() {
                keep(self.number(&other));
            }
        }
        (words, length)
    }

    /// The words in their order, and the number that each had. Nothing where they are 4 GiB or longer.
    fn in_order(self) -> Option<(StringColumn, Vec<u32>)> {
        let mut sorted: Vec<(Box<str>, u32)> = self.numbers.into_iter().collect();
        sorted.sort_unstable();
        let mut words = StringColumn::default();
        let order = sorted.iter().map(|(word, number)| words.push(word).then_some(*number)).collect::<Option<_>>()?;
        words.shrink_to_fit();
        Some((words, order))
    }
}

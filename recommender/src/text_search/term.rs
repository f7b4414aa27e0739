//! One typed word, and the words of the index that it may mean.

use std::ops::Range;

use super::{
    index::TextSearch,
    rank::{EXACT, PREFIX, PREFIX_LAST, TYPO},
    typos::{MAX_TYPOS, near},
    words,
};
use crate::text;

/// Words of the index that stand side by side and cost the same.
#[derive(Clone, Debug)]
struct Expansion {
    words: Range<u32>,
    cost: u8,
}

/// One typed word, and the words of the index that it may mean.
pub(super) struct Term<'a> {
    typed: &'a str,
    characters: usize,
    is_last: bool,
    /// Ascending, none in two.
    expansions: Vec<Expansion>,
    /// How many songs have them, one that has several counted for each.
    doc_freq: usize,
}

/// The longest word that one typo is looked for in, in characters.
const MAX_ONE_TYPO_CHARS: usize = 32;
/// The longest word that two typos are looked for in.
const MAX_TWO_TYPO_CHARS: usize = 16;
/// The most words that one typed word with typos may mean.
const MAX_EXPANSIONS: usize = 2_048;

impl<'a> Term<'a> {
    /// The strictest reading: the word itself and, of the last word, those that it begins.
    pub(super) fn new(search: &TextSearch, typed: &'a str, is_last: bool) -> Self {
        let characters = typed.chars().count();
        let mut term = Self { typed, characters, is_last, expansions: Vec::new(), doc_freq: 0 };
        if let Some(word) = words::find(&search.index.words, typed) {
            term.add(search, word..word + 1, EXACT);
        }
        if is_last {
            term.add(search, words::prefix_range(&search.index.words, typed), PREFIX_LAST);
        }
        term
    }

    /// How many typos the word is long enough for.
    pub(super) fn typos(&self) -> u8 {
        if self.characters < 4 || self.characters > MAX_ONE_TYPO_CHARS {
            return 0;
        }
        if (8..=MAX_TWO_TYPO_CHARS).contains(&self.characters) { MAX_TYPOS as u8 } else { 1 }
    }

    /// How many songs have its words, one that has several counted for each.
    pub(super) fn doc_freq(&self) -> usize {
        self.doc_freq
    }

    /// Whether the index does not know it: then it must be a typo, if it is to be found at all.
    pub(super) fn is_unknown(&self) -> bool {
        self.expansions.iter().all(|expansion| expansion.cost != EXACT && expansion.cost != PREFIX_LAST)
    }

    /// Adds the words that it begins.
    pub(super) fn allow_prefix(&mut self, search: &TextSearch) {
        self.add(search, words::prefix_range(&search.index.words, self.typed), PREFIX);
    }

    /// Adds the words that it is with `typos` typos; of the last word, those that it begins with them.
    pub(super) fn allow_typos(&mut self, search: &TextSearch, typos: u8) {
        let typed: Vec<char> = self.typed.chars().collect();
        let words = &search.index.words;
        let found = near(words, &search.shared, &typed, typos, self.is_last);
        let is_whole = |word: &u32| text::typos(words.get(*word as usize), self.typed, typos.into()).is_some();
        let (whole, begun): (Vec<u32>, Vec<u32>) =
            if self.is_last { found.into_iter().partition(is_whole) } else { (found, Vec::new()) };
        for (words, cost) in [(whole, EXACT), (begun, PREFIX_LAST)] {
            for word in most_frequent(search, words) {
                self.add(search, word..word + 1, TYPO * typos + cost);
            }
        }
    }

    /// Adds those of `words` that are not there yet.
    fn add(&mut self, search: &TextSearch, words: Range<u32>, cost: u8) {
        let mut start = words.start;
        let mut at = self.expansions.partition_point(|expansion| expansion.words.end <= start);
        while start < words.end {
            let free = self.expansions.get(at).map_or(words.end, |expansion| expansion.words.start.min(words.end));
            if start < free {
                self.doc_freq += search.doc_freq(start..free);
                match self.expansions.get_mut(at.wrapping_sub(1)) {
                    Some(before) if before.words.end == start && before.cost == cost => before.words.end = free,
                    _ => {
                        self.expansions.insert(at, Expansion { words: start..free, cost });
                        at += 1;
                    }
                }
            }
            start = self.expansions.get(at).map_or(words.end, |expansion| expansion.words.end);
            at += 1;
        }
    }

    /// The words that are meant, ascending, and what each costs.
    pub(super) fn words(&self) -> impl Iterator<Item = (u32, u8)> {
        self.expansions.iter().flat_map(|expansion| expansion.words.clone().map(|word| (word, expansion.cost)))
    }

    /// The word itself, where the index has it.
    pub(super) fn exact(&self) -> Option<u32> {
        let exact = self.expansions.iter().find(|expansion| expansion.cost == EXACT);
        exact.map(|expansion| expansion.words.start)
    }
}

/// Some words: where there are more than [`MAX_EXPANSIONS`], those that are in the most songs.
fn most_frequent(search: &TextSearch, mut words: Vec<u32>) -> Vec<u32> {
    if words.len() > MAX_EXPANSIONS {
        // Of equally frequent words the earlier.
        words.sort_by_cached_key(|word| (std::cmp::Reverse(search.doc_freq(*word..*word + 1)), *word));
        words.truncate(MAX_EXPANSIONS);
        words.sort_unstable();
    }
    words
}

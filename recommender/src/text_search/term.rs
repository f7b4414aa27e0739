//! One typed word, and the words of the index that it may mean.

use std::ops::Range;

use fst::{Automaton, IntoStreamer, Streamer, automaton::Levenshtein};

use super::{
    InvertedIndex,
    rank::{EXACT, PREFIX, PREFIX_LAST, TYPO},
};

/// Words of the index that stand side by side and cost the same.
#[derive(Clone, Debug)]
struct Expansion {
    words: Range<u32>,
    cost: u32,
}

/// One typed word, and the words of the index that it may mean.
pub(super) struct Term<'a> {
    typed: &'a str,
    characters: usize,
    is_last: bool,
    /// Ascending, none in two.
    expansions: Vec<Expansion>,
    /// How many places in the postings they have.
    doc_freq: usize,
}

/// The longest word that one typo is looked for in, in characters.
const MAX_ONE_TYPO_CHARS: usize = 32;
/// The longest word that two typos are looked for in: its automaton grows quickly, to 1 ms of making at 12 characters.
const MAX_TWO_TYPO_CHARS: usize = 16;
/// The most words that one typed word with typos may mean.
const MAX_EXPANSIONS: usize = 2_048;
/// The most states of an automaton: about 4 KiB each.
const MAX_AUTOMATON_STATES: usize = 4_000;

impl<'a> Term<'a> {
    /// The strictest reading: the word itself and, of the last word, those that it begins.
    pub(super) fn new(index: &InvertedIndex, typed: &'a str, is_last: bool) -> Self {
        let characters = typed.chars().count();
        let mut term = Self { typed, characters, is_last, expansions: Vec::new(), doc_freq: 0 };
        if let Some(word) = index.words.get(typed) {
            term.add(index, word as u32..word as u32 + 1, EXACT);
        }
        if is_last {
            term.add(index, index.prefix_range(typed), PREFIX_LAST);
        }
        term
    }

    /// How many typos the word is long enough for.
    pub(super) fn typos(&self) -> u32 {
        if self.characters < 4 || self.characters > MAX_ONE_TYPO_CHARS {
            return 0;
        }
        1 + u32::from((8..=MAX_TWO_TYPO_CHARS).contains(&self.characters))
    }

    /// How many places in the postings its words have.
    pub(super) fn doc_freq(&self) -> usize {
        self.doc_freq
    }

    /// Whether the index does not know it: then it must be a typo, if it is to be found at all.
    pub(super) fn is_unknown(&self) -> bool {
        self.expansions.iter().all(|expansion| expansion.cost != EXACT && expansion.cost != PREFIX_LAST)
    }

    /// Adds the words that it begins.
    pub(super) fn allow_prefix(&mut self, index: &InvertedIndex) {
        self.add(index, index.prefix_range(self.typed), PREFIX);
    }

    /// Adds the words that it is with `typos` typos; of the last word, those that it begins with them.
    pub(super) fn allow_typos(&mut self, index: &InvertedIndex, typos: u32) {
        let Ok(automaton) = Levenshtein::new_with_limit(self.typed, typos, MAX_AUTOMATON_STATES) else { return };
        for word in most_frequent(index, &automaton) {
            self.add(index, word..word + 1, TYPO * typos + EXACT);
        }
        if self.is_last {
            for word in most_frequent(index, (&automaton).starts_with()) {
                self.add(index, word..word + 1, TYPO * typos + PREFIX_LAST);
            }
        }
    }

    /// Adds those of `words` that are not there yet.
    fn add(&mut self, index: &InvertedIndex, words: Range<u32>, cost: u32) {
        let mut start = words.start;
        let mut at = self.expansions.partition_point(|expansion| expansion.words.end <= start);
        while start < words.end {
            let free = self.expansions.get(at).map_or(words.end, |expansion| expansion.words.start.min(words.end));
            if start < free {
                self.doc_freq += index.songs_of(&(start..free)).len();
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

    /// What a word of a song costs, if it is one that is meant.
    #[inline]
    pub(super) fn cost(&self, word: u32) -> Option<u32> {
        // Most words are none of those that are meant: told without a search among them.
        let (first, last) = (self.expansions.first()?, self.expansions.last()?);
        if word < first.words.start || last.words.end <= word {
            return None;
        }
        let at = self.expansions.partition_point(|expansion| expansion.words.end <= word);
        self.expansions.get(at).filter(|expansion| expansion.words.contains(&word)).map(|expansion| expansion.cost)
    }

    /// The songs of its words, ascending for each word only.
    pub(super) fn songs<'i>(&self, index: &'i InvertedIndex) -> impl Iterator<Item = &'i [u32]> {
        self.expansions.iter().map(|expansion| index.songs_of(&expansion.words))
    }

    /// The songs of the word itself.
    pub(super) fn exact<'i>(&self, index: &'i InvertedIndex) -> &'i [u32] {
        let exact = self.expansions.iter().find(|expansion| expansion.cost == EXACT);
        exact.map_or(&[], |expansion| index.songs_of(&expansion.words))
    }
}

impl InvertedIndex {
    /// The words that begin with `prefix`.
    fn prefix_range(&self, prefix: &str) -> Range<u32> {
        let first = |from: &[u8]| match self.words.range().ge(from).into_stream().next() {
            Some((_, word)) => word as u32,
            None => self.words.len() as u32,
        };
        // No byte of UTF-8 is 0xff: this stands behind everything that begins with the prefix.
        first(prefix.as_bytes())..first(&[prefix.as_bytes(), &[0xff]].concat())
    }
}

/// The words that an automaton accepts: where there are more than [`MAX_EXPANSIONS`], those that are in the most songs.
fn most_frequent(index: &InvertedIndex, automaton: impl Automaton) -> Vec<u32> {
    let mut words = Vec::new();
    let mut stream = index.words.search(automaton).into_stream();
    while let Some((_, word)) = stream.next() {
        words.push(word as u32);
    }
    if words.len() > MAX_EXPANSIONS {
        // Of equally frequent words the earlier.
        let order = |word: &u32| (std::cmp::Reverse(index.songs_of(&(*word..*word + 1)).len()), *word);
        words.select_nth_unstable_by_key(MAX_EXPANSIONS, order);
        words.truncate(MAX_EXPANSIONS);
        words.sort_unstable();
    }
    words
}

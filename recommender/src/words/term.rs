//! One typed word, and the words of the index that it may mean.

use std::ops::Range;

use fst::{Automaton, IntoStreamer, Streamer, automaton::Levenshtein};

use super::{
    Index,
    rank::{BEGUN, BEGUN_LAST, TYPO, WHOLE},
};

/// Words of the index that stand side by side and cost the same.
#[derive(Clone, Debug)]
struct Form {
    words: Range<u32>,
    cost: u32,
}

/// One typed word, and the words of the index that it may mean.
pub(super) struct Term<'a> {
    typed: &'a str,
    characters: usize,
    is_last: bool,
    /// Ascending, none in two.
    forms: Vec<Form>,
    /// How many places in the postings they have.
    places: usize,
}

/// The longest word that one typo is looked for in, in characters.
const LONGEST_WITH_ONE: usize = 32;
/// The longest word that two typos are looked for in: its automaton grows quickly, to 1 ms of making at 12 characters.
const LONGEST_WITH_TWO: usize = 16;
/// The most words that one typed word with typos may mean.
const MOST_MEANT: usize = 2_048;
/// The most states of an automaton: about 4 KiB each.
const MOST_STATES: usize = 4_000;

impl<'a> Term<'a> {
    /// The strictest reading: the word itself and, of the last word, those that it begins.
    pub(super) fn new(index: &Index, typed: &'a str, is_last: bool) -> Self {
        let characters = typed.chars().count();
        let mut term = Self { typed, characters, is_last, forms: Vec::new(), places: 0 };
        if let Some(word) = index.words.get(typed) {
            term.add(index, word as u32..word as u32 + 1, WHOLE);
        }
        if is_last {
            term.add(index, index.begun(typed), BEGUN_LAST);
        }
        term
    }

    /// How many typos the word is long enough for.
    pub(super) fn typos(&self) -> u32 {
        if self.characters < 4 || self.characters > LONGEST_WITH_ONE {
            return 0;
        }
        1 + u32::from((8..=LONGEST_WITH_TWO).contains(&self.characters))
    }

    /// How many places in the postings its words have.
    pub(super) fn places(&self) -> usize {
        self.places
    }

    /// Whether the index does not know it: then it must be a typo, if it is to be found at all.
    pub(super) fn is_unknown(&self) -> bool {
        self.forms.iter().all(|form| form.cost != WHOLE && form.cost != BEGUN_LAST)
    }

    /// Adds the words that it begins.
    pub(super) fn allow_begun(&mut self, index: &Index) {
        self.add(index, index.begun(self.typed), BEGUN);
    }

    /// Adds the words that it is with `typos` typos; of the last word, those that it begins with them.
    pub(super) fn allow_typos(&mut self, index: &Index, typos: u32) {
        let Ok(automaton) = Levenshtein::new_with_limit(self.typed, typos, MOST_STATES) else { return };
        for word in most_frequent(index, &automaton) {
            self.add(index, word..word + 1, TYPO * typos + WHOLE);
        }
        if self.is_last {
            for word in most_frequent(index, (&automaton).starts_with()) {
                self.add(index, word..word + 1, TYPO * typos + BEGUN_LAST);
            }
        }
    }

    /// Adds those of `words` that are not there yet.
    fn add(&mut self, index: &Index, words: Range<u32>, cost: u32) {
        let mut start = words.start;
        let mut at = self.forms.partition_point(|form| form.words.end <= start);
        while start < words.end {
            let free = self.forms.get(at).map_or(words.end, |form| form.words.start.min(words.end));
            if start < free {
                self.places += index.songs_of(&(start..free)).len();
                match self.forms.get_mut(at.wrapping_sub(1)) {
                    Some(before) if before.words.end == start && before.cost == cost => before.words.end = free,
                    _ => {
                        self.forms.insert(at, Form { words: start..free, cost });
                        at += 1;
                    }
                }
            }
            start = self.forms.get(at).map_or(words.end, |form| form.words.end);
            at += 1;
        }
    }

    /// What a word of a song costs, if it is one that is meant.
    #[inline]
    pub(super) fn cost(&self, word: u32) -> Option<u32> {
        // Most words are none of those that are meant: told without a search among them.
        let (first, last) = (self.forms.first()?, self.forms.last()?);
        if word < first.words.start || last.words.end <= word {
            return None;
        }
        let at = self.forms.partition_point(|form| form.words.end <= word);
        self.forms.get(at).filter(|form| form.words.contains(&word)).map(|form| form.cost)
    }

    /// The songs of its words, ascending for each word only.
    pub(super) fn songs<'i>(&self, index: &'i Index) -> impl Iterator<Item = &'i [u32]> {
        self.forms.iter().map(|form| index.songs_of(&form.words))
    }

    /// The songs of the word itself.
    pub(super) fn whole<'i>(&self, index: &'i Index) -> &'i [u32] {
        let whole = self.forms.iter().find(|form| form.cost == WHOLE);
        whole.map_or(&[], |form| index.songs_of(&form.words))
    }
}

impl Index {
    /// The words that begin with `prefix`.
    fn begun(&self, prefix: &str) -> Range<u32> {
        let first = |from: &[u8]| match self.words.range().ge(from).into_stream().next() {
            Some((_, word)) => word as u32,
            None => self.words.len() as u32,
        };
        // No byte of UTF-8 is 0xff: this stands behind everything that begins with the prefix.
        first(prefix.as_bytes())..first(&[prefix.as_bytes(), &[0xff]].concat())
    }
}

/// The words that an automaton accepts: where there are more than [`MOST_MEANT`], those that are in the most songs.
fn most_frequent(index: &Index, automaton: impl Automaton) -> Vec<u32> {
    let mut words = Vec::new();
    let mut stream = index.words.search(automaton).into_stream();
    while let Some((_, word)) = stream.next() {
        words.push(word as u32);
    }
    if words.len() > MOST_MEANT {
        // Of equally frequent words the earlier.
        let order = |word: &u32| (std::cmp::Reverse(index.songs_of(&(*word..*word + 1)).len()), *word);
        words.select_nth_unstable_by_key(MOST_MEANT, order);
        words.truncate(MOST_MEANT);
        words.sort_unstable();
    }
    words
}

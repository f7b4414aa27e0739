//! Strings that repeat: each distinct one is stored once.

use std::{
    collections::{HashMap, HashSet},
    hash::BuildHasher,
};

use hashbrown::{DefaultHashBuilder, HashTable};
use serde::{Deserialize, Serialize};

use super::{IntColumn, StringColumn};
use crate::{invalid::Invalid, text_order::in_order};

/// One string a row, from a dictionary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DictColumn {
    dictionary: StringColumn,
    codes: IntColumn,
}

impl DictColumn {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The string of one row.
    ///
    /// # Panics
    ///
    /// If `row` is not below [`DictColumn::len`].
    #[inline]
    pub fn get(&self, row: usize) -> &str {
        self.dictionary.get(self.codes.get(row) as usize)
    }

    /// How much memory it takes, in bytes.
    pub fn memory(&self) -> usize {
        self.dictionary.memory() + self.codes.memory()
    }

    /// The distinct strings.
    pub fn dictionary(&self) -> &StringColumn {
        &self.dictionary
    }

    /// Which of the distinct strings each row has.
    pub fn codes(&self) -> &IntColumn {
        &self.codes
    }

    /// Which of the distinct strings a row has.
    ///
    /// # Panics
    ///
    /// If `row` is not below [`DictColumn::len`].
    #[inline]
    pub fn code(&self, row: usize) -> u32 {
        self.codes.get(row)
    }

    /// What look-ups by code rely on: each string is in the dictionary once.
    pub(crate) fn verify(&self, name: &str) -> Result<(), Invalid> {
        let mut seen = HashSet::new();
        match self.dictionary.iter().find(|string| !seen.insert(*string)) {
            Some(string) => Err(Invalid::Repeated { what: format!("{name} {string:?} of the dictionary").into() }),
            None => Ok(()),
        }
    }

    /// Whether every code is of a string. `name` says what a string is.
    pub(crate) fn check(&self, name: &str) -> Result<(), Invalid> {
        Invalid::index(format!("a track has {name}"), self.dictionary.len(), self.codes.max())
    }
}

impl DictColumn {
    /// The same strings, from a dictionary in another order: `order` names each of its strings once.
    ///
    /// # Panics
    ///
    /// If `order` does not.
    #[must_use]
    pub fn with_dictionary_order(self, order: &[u32]) -> Self {
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old as usize] = new as u32;
        }
        Self { dictionary: self.dictionary.of_rows(order), codes: self.codes.renumbered(&place) }
    }

    /// The same rows in another order: `rows` names each once.
    ///
    /// # Panics
    ///
    /// If one is not below [`DictColumn::len`].
    #[must_use]
    pub fn reordered(self, rows: &[u32]) -> Self {
        Self { codes: self.codes.of_rows(rows), dictionary: self.dictionary }
    }

    /// The same rows, with `words` in the place of the strings of the dictionary, one for each.
    ///
    /// # Panics
    ///
    /// If there are fewer.
    #[must_use]
    pub fn with_words(self, words: Self) -> Self {
        let number: Vec<u32> = words.codes.iter().collect();
        Self { dictionary: words.dictionary, codes: self.codes.renumbered(&number) }
    }

    /// Strings from a dictionary, by code.
    pub(crate) fn of(dictionary: StringColumn, codes: Vec<u32>) -> Self {
        Self { dictionary, codes: codes.into() }
    }

    /// All strings in row order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|row| self.get(row))
    }
}

impl From<StringColumn> for DictColumn {
    /// Its dictionary is sorted, as that of a [`DictBuilder`].
    fn from(rows: StringColumn) -> Self {
        let hasher = DefaultHashBuilder::default();
        // The first row of each distinct string, and of each row which of these it is.
        let mut firsts: Vec<u32> = Vec::new();
        let mut codes: Vec<u32> = Vec::with_capacity(rows.len());
        let mut known: HashTable<u32> = HashTable::new();
        for (row, string) in (0..).zip(rows.iter()) {
            let text = |code: &u32| rows.get(firsts[*code as usize] as usize);
            let hash = hasher.hash_one(string);
            match known.find(hash, |code| text(code) == string) {
                Some(code) => codes.push(*code),
                None => {
                    let code = firsts.len() as u32;
                    known.insert_unique(hash, code, |code| hasher.hash_one(text(code)));
                    firsts.push(row);
                    codes.push(code);
                }
            }
        }
        drop(known);
        let order = in_order(firsts.len(), |code| rows.get(firsts[code as usize] as usize));
        let mut place = vec![0; order.len()];
        let mut sorted = Vec::with_capacity(order.len());
        for (new, old) in (0..).zip(&order) {
            place[*old as usize] = new;
            sorted.push(firsts[*old as usize]);
        }
        codes.iter_mut().for_each(|code| *code = place[*code as usize]);
        Self { dictionary: rows.of_rows(&sorted), codes: codes.into() }
    }
}

/// A [`DictColumn`] in the making, row by row.
#[derive(Clone, Debug, Default)]
pub struct DictBuilder {
    /// The distinct strings, numbered in the order of their first use.
    numbers: HashMap<String, u32>,
    codes: Vec<u32>,
}

impl DictBuilder {
    /// Appends a row. The caller keeps the number of rows below 2^32.
    pub fn push(&mut self, string: &str) {
        let next = self.numbers.len() as u32;
        let code = match self.numbers.get(string) {
            Some(code) => *code,
            None => *self.numbers.entry(string.to_owned()).or_insert(next),
        };
        self.codes.push(code);
    }

    /// The column. Its dictionary is sorted, so that the same rows in another order share it.
    pub fn finish(mut self) -> DictColumn {
        let mut sorted: Vec<(String, u32)> = self.numbers.into_iter().collect();
        sorted.sort_unstable();
        let mut rank = vec![0; sorted.len()];
        for (position, (_, code)) in sorted.iter().enumerate() {
            rank[*code as usize] = position as u32;
        }
        for code in &mut self.codes {
            *code = rank[*code as usize];
        }
        DictColumn { dictionary: sorted.iter().map(|(string, _)| string).collect(), codes: IntColumn::new(&self.codes) }
    }
}

impl<S: AsRef<str>> FromIterator<S> for DictColumn {
    fn from_iter<I: IntoIterator<Item = S>>(strings: I) -> Self {
        let mut builder = DictBuilder::default();
        for string in strings {
            builder.push(string.as_ref());
        }
        builder.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_strings_are_stored_once() {
        let words: DictColumn = ["rock", "pop", "rock"].into_iter().collect();
        assert_eq!(DictColumn::from(["rock", "pop", "rock"].into_iter().collect::<StringColumn>()), words);
        assert_eq!(words.dictionary().iter().collect::<Vec<_>>(), ["pop", "rock"]);
        assert_eq!((0..3).map(|row| words.get(row)).collect::<Vec<_>>(), ["rock", "pop", "rock"]);
    }
}

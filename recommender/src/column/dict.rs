//! Strings that repeat: each distinct one is stored once.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{IntColumn, StringColumn};

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

    /// The distinct strings.
    pub fn dictionary(&self) -> &StringColumn {
        &self.dictionary
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
    pub(crate) fn verify(&self) -> Result<(), String> {
        let mut seen = HashSet::new();
        match self.dictionary.iter().find(|string| !seen.insert(*string)) {
            Some(string) => Err(format!("{string:?} is in the dictionary twice")),
            None => Ok(()),
        }
    }

    pub(crate) fn check(&self, name: &str) -> Result<(), String> {
        match self.codes.max() {
            Some(max) if max as usize >= self.dictionary.len() => {
                Err(format!("{name} {max} is not among the {} of its dictionary", self.dictionary.len()))
            }
            _ => Ok(()),
        }
    }
}

impl DictColumn {
    /// The same strings, from a dictionary in another order: `order` names each of its strings once.
    pub(crate) fn reordered(&self, order: &[u32]) -> Self {
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old as usize] = new as u32;
        }
        let codes: Vec<u32> = self.codes.iter().map(|code| place[code as usize]).collect();
        let dictionary = order.iter().map(|word| self.dictionary.get(*word as usize)).collect();
        Self { dictionary, codes: IntColumn::new(&codes) }
    }

    /// Strings from a dictionary, by code.
    pub(crate) fn of(dictionary: StringColumn, codes: &[u32]) -> Self {
        Self { dictionary, codes: IntColumn::new(codes) }
    }

    /// All strings in row order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|row| self.get(row))
    }
}

impl<S: AsRef<str>> FromIterator<S> for DictColumn {
    /// The dictionary is sorted, so that the same rows in another order share it.
    fn from_iter<I: IntoIterator<Item = S>>(strings: I) -> Self {
        let mut seen: HashMap<String, u32> = HashMap::new();
        let mut codes: Vec<u32> = Vec::new();
        for string in strings {
            let string = string.as_ref();
            let next = seen.len() as u32;
            let code = match seen.get(string) {
                Some(code) => *code,
                None => *seen.entry(string.to_owned()).or_insert(next),
            };
            codes.push(code);
        }
        let mut sorted: Vec<(String, u32)> = seen.into_iter().collect();
        sorted.sort_unstable();
        let mut rank = vec![0; sorted.len()];
        for (position, (_, code)) in sorted.iter().enumerate() {
            rank[*code as usize] = position as u32;
        }
        for code in &mut codes {
            *code = rank[*code as usize];
        }
        Self { dictionary: sorted.iter().map(|(string, _)| string).collect(), codes: IntColumn::new(&codes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_strings_are_stored_once() {
        let words: DictColumn = ["rock", "pop", "rock"].into_iter().collect();
        assert_eq!(words.dictionary().iter().collect::<Vec<_>>(), ["pop", "rock"]);
        assert_eq!((0..3).map(|row| words.get(row)).collect::<Vec<_>>(), ["rock", "pop", "rock"]);
    }
}

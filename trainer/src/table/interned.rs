//! A text column that says the same thing often, kept as a dictionary and a code per row.

use std::collections::HashMap;

/// Text per row, each distinct one held once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interned {
    /// The distinct texts, in the order in which the file first has them. None is empty.
    pub dictionary: Vec<String>,
    /// For every row an index into the dictionary, or [`Interned::NONE`].
    pub codes: Vec<u32>,
}

impl Interned {
    /// The code of a row that has no text.
    pub const NONE: u32 = u32::MAX;

    /// The text of a row. Nothing where the row has none, or where there is no such row.
    pub fn get(&self, row: usize) -> Option<&str> {
        let code = *self.codes.get(row)?;
        self.dictionary.get(usize::try_from(code).ok()?).map(String::as_str)
    }
}

/// An [`Interned`] in the making.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    known: HashMap<String, u32>,
    codes: Vec<u32>,
}

impl Interner {
    /// Appends a row; an empty text is none. The caller keeps the number of rows below [`Interned::NONE`].
    pub(crate) fn push(&mut self, text: &str) {
        let code = if text.is_empty() {
            Interned::NONE
        } else if let Some(&code) = self.known.get(text) {
            code
        } else {
            let code = u32::try_from(self.known.len()).unwrap_or(Interned::NONE);
            self.known.insert(text.to_owned(), code);
            code
        };
        self.codes.push(code);
    }

    pub(crate) fn finish(mut self) -> Interned {
        let mut by_code: Vec<(u32, String)> = self.known.into_iter().map(|(text, code)| (code, text)).collect();
        by_code.sort_unstable_by_key(|&(code, _)| code);
        self.codes.shrink_to_fit();
        Interned { dictionary: by_code.into_iter().map(|(_, text)| text).collect(), codes: self.codes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_text_and_each_text_is_held_once() {
        let mut interner = Interner::default();
        let rows = ["b", "a", "", "b", "c", "a"];
        rows.iter().for_each(|text| interner.push(text));
        let interned = interner.finish();
        assert_eq!(interned.dictionary, ["b", "a", "c"]);
        for (row, text) in rows.iter().enumerate() {
            assert_eq!(interned.get(row).unwrap_or_default(), *text);
        }
        assert_eq!(interned.get(2), None);
        assert_eq!(interned.get(rows.len()), None);
    }
}

//! Strings, one a row, end to end in one allocation.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::IntColumn;

/// One string a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StringColumn {
    text: String,
    /// Where each string ends in `text`; it starts where the one before ends.
    ends: Vec<u32>,
}

impl StringColumn {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How much memory it takes, in bytes.
    pub fn memory(&self) -> usize {
        self.text.len() + self.ends.len() * size_of::<u32>()
    }

    /// The string of one row.
    ///
    /// # Panics
    ///
    /// If `row` is not below [`StringColumn::len`].
    #[inline]
    pub fn get(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        &self.text[start..self.ends[row] as usize]
    }

    /// The strings of some rows, in their order, without room for more.
    ///
    /// # Panics
    ///
    /// If one is not below [`StringColumn::len`], or the strings together are 4 GiB or longer.
    #[must_use]
    pub fn of_rows(&self, rows: &[u32]) -> Self {
        let length = rows.iter().map(|row| self.get(*row as usize).len()).sum();
        let mut strings = Self { text: String::with_capacity(length), ends: Vec::with_capacity(rows.len()) };
        for row in rows {
            assert!(strings.push(self.get(*row as usize)), "a column of strings must stay below 4 GiB");
        }
        strings
    }

    /// All strings in row order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|row| self.get(row))
    }
}

impl StringColumn {
    /// Appends a string; false, and nothing is appended, where all together would be 4 GiB or longer.
    #[must_use]
    pub fn push(&mut self, string: &str) -> bool {
        let end = u32::try_from(self.text.len() + string.len());
        if let Ok(end) = end {
            self.text.push_str(string);
            self.ends.push(end);
        }
        end.is_ok()
    }

    /// Lets go of memory that was taken for more.
    pub fn shrink_to_fit(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

impl<const N: usize> PartialEq<[&str; N]> for StringColumn {
    fn eq(&self, other: &[&str; N]) -> bool {
        self.iter().eq(other.iter().copied())
    }
}

impl<S: AsRef<str>> FromIterator<S> for StringColumn {
    /// # Panics
    ///
    /// If the strings together are 4 GiB or longer.
    fn from_iter<I: IntoIterator<Item = S>>(strings: I) -> Self {
        let mut texts = Self::default();
        for string in strings {
            assert!(texts.push(string.as_ref()), "a column of strings must stay below 4 GiB");
        }
        texts
    }
}

/// The text, then the length of each string.
#[derive(Serialize, Deserialize)]
struct Encoded<T> {
    text: T,
    lengths: IntColumn,
}

impl Serialize for StringColumn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut start = 0;
        let lengths: Vec<u32> = self.ends.iter().map(|end| *end - std::mem::replace(&mut start, *end)).collect();
        Encoded { text: self.text.as_str(), lengths: IntColumn::new(&lengths) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StringColumn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Encoded { text, lengths } = Encoded::<&str>::deserialize(deserializer)?;
        if u32::try_from(text.len()).is_err() {
            return Err(D::Error::custom("a column of strings is longer than 4 GiB"));
        }
        let (mut end, mut all_end) = (0_usize, true);
        let mut ends = Vec::with_capacity(lengths.len());
        lengths.each(0..lengths.len(), |_, length| {
            end = end.saturating_add(length as usize);
            all_end &= text.is_char_boundary(end);
            // No longer than the text, or refused below.
            ends.push(end as u32);
        });
        if !all_end {
            return Err(D::Error::custom("a string ends outside the text or inside a character"));
        }
        if end != text.len() {
            return Err(D::Error::custom("the strings do not fill their text"));
        }
        Ok(Self { text: text.to_owned(), ends })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_back_in_order() {
        let texts: StringColumn = ["", "Beyoncé", "", "a"].into_iter().collect();
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["", "Beyoncé", "", "a"]);
    }
}

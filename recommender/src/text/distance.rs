//! How many typos are between two texts.

/// The longest text that is compared, in characters: nobody types a longer title.
const MAX_CHARS: usize = 256;

/// By how many typos one text becomes the other, if not by more than `most`: a character too many, missing, another, or two that have
/// changed places (optimal string alignment, Damerau 1964).
pub fn typos(a: &str, b: &str, most: usize) -> Option<usize> {
    Compared::new(a).typos(b, most)
}

/// A text that many others are compared with.
pub struct Compared<'a> {
    text: &'a str,
    chars: usize,
    characters: u64,
}

impl<'a> Compared<'a> {
    /// Looks at the text once.
    pub fn new(text: &'a str) -> Self {
        Self { text, chars: text.chars().count(), characters: characters(text) }
    }

    /// As [`typos`].
    pub fn typos(&self, other: &str, most: usize) -> Option<usize> {
        // A character has 1 to 4 bytes: this needs no look at them.
        if other.len() + most < self.chars || other.len() > 4 * (self.chars + most) || self.chars > MAX_CHARS {
            return None;
        }
        let chars = other.chars().count();
        if chars.abs_diff(self.chars) > most || chars > MAX_CHARS {
            return None;
        }
        // Each typo adds a character, takes one away, or both. Most texts are seen to be others by that.
        if (self.characters ^ characters(other)).count_ones() as usize > 2 * most {
            return None;
        }
        Some(strsim::osa_distance(self.text, other)).filter(|typos| *typos <= most)
    }
}

/// The characters of a text, as a set in which some share a place.
fn characters(text: &str) -> u64 {
    text.chars().fold(0, |set, c| set | 1 << (c as u32 % u64::BITS))
}

/// How many typos a text of so many characters may have: none below 4, one below 8, two from there on.
pub fn allowed_typos(chars: usize) -> usize {
    match chars {
        ..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_are_counted() {
        for (a, b, count) in [
            ("", "", 0),
            ("spirit", "spirt", 1),
            ("spirit", "spirti", 1),
            ("spirit", "sprit", 1),
            ("spirit", "spirot", 1),
            ("preguntó", "pregonto", 2),
            ("kitten", "sitting", 3),
            ("ab", "ba", 1),
        ] {
            for most in 0..5 {
                let expected = (count <= most).then_some(count);
                assert_eq!((typos(a, b, most), typos(b, a, most)), (expected, expected), "{a} {b} {most}");
            }
        }
        assert_eq!(typos(&"a".repeat(300), &"a".repeat(300), 0), None);
        assert_eq!([3, 4, 7, 8].map(allowed_typos), [0, 1, 1, 2]);
    }
}

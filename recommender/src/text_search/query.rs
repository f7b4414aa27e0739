//! What was typed, taken apart.

use super::tokens::{Token, symbols, tokens};
use crate::text::{fold, song_key};

/// The most words of a query that are looked for.
pub(super) const MAX_QUERY_WORDS: usize = 16;
/// The most characters of a query that are looked at.
const MAX_QUERY_CHARS: usize = 256;

/// A query's words.
pub(super) struct Query {
    /// The ways to read it, each a list of words that must all be found: parted at every sign (`ac dc`), and, where
    /// there are signs within words, with these joined (`acdc`).
    pub(super) readings: Vec<Vec<String>>,
    /// Its letters and digits, or all of it where it has none.
    letters: String,
}

impl Query {
    pub(super) fn new(typed: &str) -> Self {
        let typed: String = typed.chars().take(MAX_QUERY_CHARS).collect();
        // A character may fold to several.
        let folded: String = fold(&typed).chars().take(MAX_QUERY_CHARS).collect();
        let mut letters = String::new();
        let (mut parted, mut joined) = (Vec::new(), Vec::new());
        let mut differ = false;
        if let Some(word) = symbols(&folded) {
            letters.push_str(&word);
            parted.push(word);
        } else {
            for token in tokens(&folded) {
                let subtokens = token.subtokens().map(str::to_owned);
                let before = parted.len();
                parted.extend(subtokens.inspect(|subtoken| letters.push_str(subtoken)));
                match token.leet_variant().or_else(|| Token::joined(token)) {
                    Some(word) => {
                        differ = true;
                        joined.push(word);
                    }
                    None => joined.extend_from_slice(&parted[before..]),
                }
            }
        }
        let mut readings = vec![parted];
        if differ {
            readings.push(joined);
        }
        for words in &mut readings {
            words.truncate(MAX_QUERY_WORDS);
        }
        readings.retain(|words| !words.is_empty());
        Self { readings, letters }
    }

    /// Whether it is this title, or the title without what names a version, apart from case, diacritics and signs.
    pub(super) fn is_title(&self, title: &str) -> bool {
        if !self.may_begin(title) {
            return false;
        }
        self.is_whole_title(title) || (has_version(title) && self.is_whole_title(&song_key(title)))
    }

    /// Whether a title may begin with it, as its first letter shows: most titles need not be folded.
    fn may_begin(&self, title: &str) -> bool {
        let first = title.chars().find(|c| c.is_alphanumeric());
        let (Some(first), Some(typed)) = (first, self.letters.chars().next()) else { return true };
        !first.is_ascii() || !typed.is_ascii() || first.eq_ignore_ascii_case(&typed)
    }

    fn is_whole_title(&self, title: &str) -> bool {
        let folded = fold(title);
        if let Some(word) = symbols(&folded) {
            return word == self.letters;
        }
        let letters = tokens(&folded).flat_map(Token::subtokens).flat_map(str::bytes);
        letters.eq(self.letters.bytes())
    }
}

/// Whether a title may name a version: what all of them have in common, quickly seen.
fn has_version(title: &str) -> bool {
    title.contains(['(', '[', '{', '【', '<', '（'])
        || [" -", " –", " —", "eat", "ft", "FT", "EAT"].iter().any(|sign| title.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_within_words_have_two_readings() {
        assert_eq!(Query::new("Andante, andante").readings, [["andante", "andante"]]);
        assert_eq!(Query::new("AC/DC tnt").readings, [vec!["ac", "dc", "tnt"], vec!["acdc", "tnt"]]);
        assert_eq!(Query::new("P!nk").readings, [vec!["p", "nk"], vec!["pink"]]);
    }

    #[test]
    fn a_query_of_symbols_alone_is_one_word() {
        assert_eq!(Query::new("★").readings, [["★"]]);
        assert_eq!(Query::new("…").readings, [["..."]]);
        assert!(Query::new("? !").is_title("?!") && !Query::new("?").is_title("a"));
        for typed in ["", " ", "\u{301}"] {
            assert!(Query::new(typed).readings.is_empty(), "{typed:?}");
        }
    }

    #[test]
    fn long_queries_are_cut() {
        assert_eq!(Query::new(&"a ".repeat(500)).readings, [vec!["a"; MAX_QUERY_WORDS]]);
        assert_eq!(Query::new(&"x".repeat(5_000)).readings[0][0].len(), MAX_QUERY_CHARS);
        assert!(Query::new(&"\u{fdfa}".repeat(300)).readings[0].len() <= MAX_QUERY_WORDS);
    }
}

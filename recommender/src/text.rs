//! Text as people write it, in the forms that it is compared in: one place for titles, artists, genres, searches and column
//! names.
//!
//! [`normalize`] decides what is the same title, artist or genre, and the order of titles. [`fold`] is looser: it leaves out the
//! marks that people leave out when they type. [`artists`] takes apart what a request names, [`genres`] a genre cell. [`song_key`] is
//! the same for all versions of a song.

mod distance;
mod versions;

pub use distance::{Compared, allowed_typos, typos};
pub use versions::song_key;

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

/// What titles, artists and genres are compared by: compatibility form and full case folding (NFKC and default caseless
/// matching of the Unicode Standard, sections 3.11 and 3.13), white space trimmed and single. `STRASSE` equals `Straße`, and
/// `ΚΟΣΜΟΣ` equals `Κόσμος` but for its accent.
pub fn normalize(text: &str) -> String {
    let folded: String =
        if text.is_ascii() { text.to_ascii_lowercase() } else { text.nfkc().default_case_fold().nfkc().collect() };
    if !folded.contains(|c: char| c.is_whitespace()) {
        return folded;
    }
    let mut normalized = String::with_capacity(folded.len());
    for word in folded.split_whitespace() {
        if !normalized.is_empty() {
            normalized.push(' ');
        }
        normalized.push_str(word);
    }
    normalized
}

/// [`normalize`]d text without diacritics, and with plain letters for those that a keyboard may lack: what a search compares.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in normalize(text).nfkd().filter(|c| !is_diacritic(*c)) {
        match plain(c) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(c),
        }
    }
    // Together again where marks are part of the writing: が, 한, कि.
    folded.nfc().collect()
}

/// Letters and digits alone, case-folded: what names of columns are compared by, so that `Track Name`, `track_name` and
/// `trackName` are one.
pub fn alphanumeric(text: &str) -> String {
    normalize(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The artists that a user names, [`normalize`]d: `Simon;Garfunkel` names two. None is empty. What a cell of the catalogue names,
/// its [`Credits`](crate::catalog::credits::Credits) say.
pub fn artists(named: &str) -> impl Iterator<Item = String> + '_ {
    parts(named, &[';'])
}

/// The genres that a cell names, [`normalize`]d: `rock, pop` names two. None is empty.
pub fn genres(cell: &str) -> impl Iterator<Item = String> + '_ {
    parts(cell, &GENRE_SEPARATORS)
}

/// The genres that a cell names, as it spells them, without white space around them. None is empty.
pub fn genre_spellings(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(GENRE_SEPARATORS).map(str::trim).filter(|part| !part.is_empty())
}

const GENRE_SEPARATORS: [char; 2] = [',', ';'];

fn parts<'a>(cell: &'a str, separators: &'static [char]) -> impl Iterator<Item = String> + 'a {
    cell.split(separators).map(normalize).filter(|part| !part.is_empty())
}

/// Marks that are often left out: those of Latin, Greek and Cyrillic, Hebrew points, Arabic vowels.
fn is_diacritic(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Letters that Unicode does not take apart, as a keyboard without them would have it.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "n",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalised_text_has_no_case_no_repeated_white_space_and_one_unicode_form() {
        assert_eq!(normalize("  Andante,\t ANDANTE "), "andante, andante");
        assert_eq!(normalize("Beyonce\u{301}"), normalize("BEYONCÉ"));
        assert_eq!(normalize("Ｄａｎｃｅ"), "dance");
        assert_eq!(normalize(" \u{a0} "), "");
    }

    #[test]
    fn case_is_folded_and_not_lowered() {
        assert_eq!(normalize("STRASSE"), normalize("Straße"));
        assert_eq!(normalize("STRAẞE"), normalize("strasse"));
        assert_eq!(normalize("ΚΌΣΜΟΣ"), normalize("κόσμος"));
        assert_eq!(normalize("ﬁn"), normalize("FIN"));
        assert_eq!(normalize("Ꭰ"), normalize("ꭰ"), "Cherokee folds to capitals");
    }

    #[test]
    fn normalised_text_is_normalised() {
        for text in ["ΐ İ ŉ ǰ ẖ ᾳ ﬗ ᾼ", "e\u{345}\u{301}", "ẛ\u{323} Å ĳ ㎏", "\u{1f88}\u{300}"] {
            assert_eq!(normalize(&normalize(text)), normalize(text), "{text}");
        }
    }

    #[test]
    fn folded_text_has_no_diacritics() {
        assert_eq!(fold("ΚΟΣΜΟΣ"), fold("Κόσμος"));
        assert_eq!(fold("Røyksopp, Łona & Æther ẞ"), "royksopp, lona & aether ss");
    }

    #[test]
    fn a_cell_names_one_or_several() {
        let all = |parts: &mut dyn Iterator<Item = String>| parts.collect::<Vec<_>>();
        assert_eq!(all(&mut artists("Simon; GARFUNKEL;;")), ["simon", "garfunkel"]);
        assert_eq!(all(&mut artists("Tyler, The Creator")), ["tyler, the creator"]);
        assert_eq!(all(&mut genres("Rock, pop;R&B")), ["rock", "pop", "r&b"]);
        assert_eq!(all(&mut genres(" , ")), [""; 0]);
    }

    #[test]
    fn names_of_columns_are_alphanumeric() {
        for name in ["Track Name", "track_name", "trackName", "TRACK-NAME (1)"] {
            assert!(alphanumeric(name).starts_with("trackname"), "{name}");
        }
        assert_eq!(alphanumeric("Größe"), "grösse");
    }
}

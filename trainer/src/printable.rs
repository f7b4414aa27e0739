//! Text of a table or an artifact on its way to a terminal.
//!
//! Titles, artists, genres and names of clusters are whatever a file says they are. A terminal would obey their control
//! characters: escape sequences that colour, move the cursor, set the title of the window or answer back. Bidirectional
//! controls change the order in which the rest of a line is seen (CVE-2021-42574). Both are shown by their numbers.

use std::borrow::Cow;

/// Whether a terminal shows the character and does not obey it.
fn is_shown(c: char) -> bool {
    // Unicode Standard Annex 9, table 4, and the separators of lines and paragraphs, which some terminals break lines at.
    let is_obeyed = matches!(c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !c.is_control() && !is_obeyed
}

/// Whether a terminal shows the text as it is.
pub fn is_printable(text: &str) -> bool {
    text.chars().all(is_shown)
}

/// The text, with what a terminal would obey as `\u{1b}`: the same where there is nothing of the kind.
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, is_shown, |c| c.escape_unicode().to_string())
}

/// As [`printable`], with its line ends: a text of several lines.
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| is_shown(c) || c == '\n', |c| c.escape_unicode().to_string())
}

/// JSON that means the same, with what a terminal would obey as `\u202e`. Indented or not, it has such characters in strings
/// only.
pub fn printable_json(json: &str) -> Cow<'_, str> {
    // All are below U+10000: none takes two escapes.
    escaped(json, |c| is_shown(c) || c == '\n', |c| format!("\\u{:04x}", u32::from(c)))
}

fn escaped(text: &str, is_kept: impl Fn(char) -> bool, escape: impl Fn(char) -> String) -> Cow<'_, str> {
    if text.chars().all(&is_kept) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_kept(c) {
            escaped.push(c);
        } else {
            escaped.push_str(&escape(c));
        }
    }
    escaped.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_by_its_number() {
        for (text, shown) in [
            ("Déjà Vu 音楽 العربية 👩‍🎤", "Déjà Vu 音楽 العربية 👩‍🎤"),
            ("\u{1b}[31mred\u{1b}]0;title\u{7}", r"\u{1b}[31mred\u{1b}]0;title\u{7}"),
            ("a\rb\nc\td", r"a\u{d}b\u{a}c\u{9}d"),
            ("\u{9b}2J\u{7f}", r"\u{9b}2J\u{7f}"),
            ("abc\u{202e}fed\u{2069}\u{200f}", r"abc\u{202e}fed\u{2069}\u{200f}"),
            ("\u{2028}\u{2029}", r"\u{2028}\u{2029}"),
        ] {
            assert_eq!(printable(text), shown);
            assert_eq!(is_printable(text), text == shown, "{shown}");
            assert!(is_printable(&printable(text)));
        }
        assert_eq!(printable_lines("a\nb\u{1b}"), "a\nb\\u{1b}");
    }

    #[test]
    fn json_means_the_same() {
        let value = serde_json::json!({ "na\u{9b}me": "\u{1b}[2J\u{7f}\u{202e}é\n" });
        for json in [value.to_string(), serde_json::to_string_pretty(&value).expect("JSON")] {
            let shown = printable_json(&json);
            assert!(shown.chars().all(|c| is_shown(c) || c == '\n'), "{shown}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).expect("JSON"), value);
        }
    }
}

//! What may stand between two artists of a cell.

use std::ops::Range;

/// What stands between two artists, or within the name of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `;`
    Semicolon,
    /// `feat.`, `ft.`, `featuring`, `(with …)`, and the bracket that closes it.
    Featuring,
    /// `|`
    Pipe,
    /// `/` with white space around it.
    Slash,
    /// `,` without white space after it.
    TightComma,
    /// `,` with white space after it.
    Comma,
    /// `&`
    Ampersand,
    /// `and`
    And,
    /// `x` or `X`
    X,
    /// `+`
    Plus,
    /// `vs` or `vs.`
    Versus,
    /// `con`
    Con,
    /// `with`
    With,
}

impl Kind {
    pub(super) const COUNT: usize = Self::With as usize + 1;
    /// Every kind, by its number.
    pub(super) const ALL: [Self; Self::COUNT] = [
        Self::Semicolon,
        Self::Featuring,
        Self::Pipe,
        Self::Slash,
        Self::TightComma,
        Self::Comma,
        Self::Ampersand,
        Self::And,
        Self::X,
        Self::Plus,
        Self::Versus,
        Self::Con,
        Self::With,
    ];

    /// Whether it separates artists whatever the column is like.
    pub(super) fn is_certain(self) -> bool {
        matches!(self, Self::Semicolon | Self::Featuring)
    }

    /// Whether it is what lists are written with: where the column's lists are, it separates all artists.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::Pipe | Self::Slash | Self::TightComma | Self::Comma)
    }

    /// Whether a person would write a comma in its place.
    pub(super) fn is_shown_as_comma(self) -> bool {
        matches!(self, Self::Semicolon | Self::Pipe | Self::TightComma)
    }
}

/// What may stand between two artists, and where: from the end of what is before it to the start of what is after it, white space
/// included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Connector {
    pub(super) kind: Kind,
    pub(super) at: Range<usize>,
}

/// Words that say who is a guest.
const FEATURING: [&str; 5] = ["feat.", "feat", "ft.", "ft", "featuring"];

fn word_kind(word: &str) -> Option<Kind> {
    let is = |of: &str| word.eq_ignore_ascii_case(of);
    Some(match word {
        "&" => Kind::Ampersand,
        "+" => Kind::Plus,
        "/" => Kind::Slash,
        _ if is("x") => Kind::X,
        _ if is("and") => Kind::And,
        _ if is("vs") || is("vs.") => Kind::Versus,
        _ if is("con") => Kind::Con,
        _ if is("with") => Kind::With,
        _ if FEATURING.iter().any(|of| is(of)) => Kind::Featuring,
        _ => return None,
    })
}

/// The closing bracket of a word such as `(feat.`.
fn opened(word: &str) -> Option<char> {
    let (close, said) = match word.chars().next()? {
        '(' => (')', &word[1..]),
        '[' => (']', &word[1..]),
        _ => return None,
    };
    (said.eq_ignore_ascii_case("with") || FEATURING.iter().any(|of| said.eq_ignore_ascii_case(of))).then_some(close)
}

/// Puts the connectors of a cell into `found`, in their order, and at most `most` of them; false where there are more. Of what stands
/// side by side, one is given; none begins or ends the cell but for a closing bracket.
pub(super) fn find(cell: &str, most: usize, found: &mut Vec<Connector>) -> bool {
    found.clear();
    // What joins artists is a sign within a word, or a word between others: most names of one word are told by their bytes.
    if !cell.bytes().any(|byte| matches!(byte, b',' | b';' | b'|' | ..=b' ' | 0x80..)) {
        return true;
    }
    let mut close: Option<char> = None;
    // Looked for once: what opens again and again and never closes would be looked for again and again.
    let last_close = cell.rfind([')', ']']).unwrap_or(0);
    let mut before_end = 0;
    let mut words = words(cell).peekable();
    while let Some((start, word)) = words.next() {
        let end = start + word.len();
        let next = words.peek().map(|(next, _)| *next);
        if let (Some(bracket), Some(next)) = (opened(word), next)
            && next <= last_close
        {
            push(found, Kind::Featuring, before_end..next);
            close = Some(bracket);
        } else if let (Some(kind), Some(next)) = (word_kind(word), next) {
            push(found, kind, before_end..next);
        } else {
            if word.bytes().any(|byte| matches!(byte, b',' | b';' | b'|')) {
                for (place, byte) in word.bytes().enumerate() {
                    if found.len() > most {
                        return false;
                    }
                    let kind = match byte {
                        b';' => Kind::Semicolon,
                        b'|' => Kind::Pipe,
                        b',' if place + 1 == word.len() => Kind::Comma,
                        b',' => Kind::TightComma,
                        _ => continue,
                    };
                    let digit =
                        |at: Option<usize>| at.and_then(|at| word.as_bytes().get(at)).is_some_and(u8::is_ascii_digit);
                    if kind == Kind::TightComma && digit(place.checked_sub(1)) && digit(Some(place + 1)) {
                        continue;
                    }
                    let from = if place == 0 { before_end } else { start + place };
                    let to = if place + 1 == word.len() { next.unwrap_or(end) } else { start + place + 1 };
                    // What ends the cell separates nothing.
                    if to < cell.len() {
                        push(found, kind, from..to);
                    }
                }
            }
            if let Some(bracket) = close.filter(|bracket| word.ends_with(*bracket)) {
                push(found, Kind::Featuring, end - bracket.len_utf8()..next.unwrap_or(end));
                close = None;
            }
        }
        before_end = end;
        if found.len() > most {
            return false;
        }
    }
    true
}

/// Adds a connector: what is between two of them is no artist, and they are one.
fn push(found: &mut Vec<Connector>, kind: Kind, at: Range<usize>) {
    match found.last_mut() {
        Some(last) if at.start <= last.at.end => {
            last.at.end = last.at.end.max(at.end);
            if kind.is_certain() {
                last.kind = kind;
            }
        }
        _ if at.start == 0 => {}
        _ => found.push(Connector { kind, at }),
    }
}

/// The words of a cell and where they begin.
fn words(cell: &str) -> impl Iterator<Item = (usize, &str)> {
    let base = cell.as_ptr() as usize;
    // A word is a piece of the cell.
    cell.split_whitespace().map(move |word| (word.as_ptr() as usize - base, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(cell: &str) -> Vec<&str> {
        let mut found = Vec::new();
        assert!(find(cell, 255, &mut found));
        let mut start = 0;
        let mut pieces = Vec::new();
        for connector in found {
            pieces.push(&cell[start..connector.at.start]);
            start = connector.at.end;
        }
        pieces.push(&cell[start..]);
        pieces
    }

    #[test]
    fn connectors_stand_between_words() {
        for (cell, expected) in [
            ("A feat. B", vec!["A", "B"]),
            ("A FEATURING B & C", vec!["A", "B", "C"]),
            ("A (with B)", vec!["A", "B", ""]),
            ("A (feat. B) & C", vec!["A", "B", "C"]),
            ("A [ft. B, C]", vec!["A", "B", "C", ""]),
            ("A (feat. B", vec!["A (feat. B"]),
            ("A,B, C;D|E | F", vec!["A", "B", "C", "D", "E", "F"]),
            ("A ; B", vec!["A", "B"]),
            ("A\u{b}&\u{b}B", vec!["A", "B"]),
            ("A\u{3000}&\u{3000}B", vec!["A", "B"]),
            ("A x B X C vs. D con E + F / G", vec!["A", "B", "C", "D", "E", "F", "G"]),
            ("10,000 Maniacs", vec!["10,000 Maniacs"]),
            ("AC/DC", vec!["AC/DC"]),
            ("R&B Xavier Connie", vec!["R&B Xavier Connie"]),
            ("A, & B", vec!["A", "B"]),
            ("& A &", vec!["& A &"]),
            ("x", vec!["x"]),
            ("A;;B;", vec!["A", "B;"]),
            (", A", vec![", A"]),
        ] {
            assert_eq!(pieces(cell), expected, "{cell}");
        }
    }

    #[test]
    fn too_many_are_none() {
        let mut found = Vec::new();
        assert!(find(&"a,".repeat(255), 255, &mut found));
        assert!(!find(&"a,".repeat(100_000), 255, &mut found));
        assert!(found.len() <= 257);
        // Brackets that never close are looked for once.
        find(&"(feat. ".repeat(100_000), 255, &mut found);
    }
}

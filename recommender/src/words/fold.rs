//! From text to the words that it can be found by.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::title::key;

/// The longest word made by joining the pieces of one, in bytes.
const LONGEST_JOINED: usize = 32;

/// Text as it is compared: its [`key`], without the marks that people leave out when they type.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in key(text).nfkd().filter(|c| !is_diacritic(*c)) {
        match plain(c) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(c),
        }
    }
    // Together again where marks are part of the writing: が, 한, कि.
    folded.nfc().collect()
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
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "n",
        'ς' => "σ",
        _ => return None,
    })
}

fn is_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() || is_combining_mark(c) }
}

/// Scripts that put no space between words: each character is a word, so that the middle of a title is found too.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// What folded text holds between white space. Artist cells separate artists with `;`, with or without a space.
pub(super) fn chunks(folded: &str) -> impl Iterator<Item = Chunk<'_>> {
    let is_space = |c: char| if c.is_ascii() { c == ';' || c.is_ascii_whitespace() } else { c.is_whitespace() };
    folded.split(is_space).filter(|text| !text.is_empty()).map(Chunk)
}

/// A run of text without white space: `dancing`, `ac/dc`, `what's`.
#[derive(Clone, Copy)]
pub(super) struct Chunk<'a>(&'a str);

impl<'a> Chunk<'a> {
    /// The chunk where it is simply one word, as nearly all are: the quick way through what follows.
    pub(super) fn plain(self) -> Option<&'a str> {
        self.0.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some(self.0)
    }

    /// Its words, at what is neither letter nor digit taken apart: `ac`, `dc`. A lone `&` is `and`.
    pub(super) fn pieces(self) -> impl Iterator<Item = &'a str> {
        let mut rest = if self.0 == "&" { "and" } else { self.0 };
        std::iter::from_fn(move || {
            rest = rest.trim_start_matches(|c| !is_word(c));
            let first = rest.chars().next()?;
            let end = if is_ideograph(first) {
                first.len_utf8()
            } else {
                rest.find(|c| !is_word(c) || is_ideograph(c)).unwrap_or(rest.len())
            };
            let (piece, after) = rest.split_at(end);
            rest = after;
            Some(piece)
        })
    }

    /// How many words a person would count in it: `ac/dc` is one, and so is each ideograph.
    pub(super) fn length(self) -> u8 {
        let ideograph = |piece: &str| piece.starts_with(is_ideograph);
        let (mut length, mut spelled) = (0_u8, 0);
        for piece in self.pieces() {
            if ideograph(piece) {
                length = length.saturating_add(1);
            } else {
                spelled = 1;
            }
        }
        length.saturating_add(spelled)
    }

    /// Its pieces as one word, where there are several: `acdc`, `whats`, `pnk`.
    pub(super) fn joined(self) -> Option<String> {
        if self.pieces().take(2).count() < 2 || self.0.chars().any(is_ideograph) {
            return None;
        }
        let joined: String = self.pieces().collect();
        (joined.len() <= LONGEST_JOINED).then_some(joined)
    }

    /// With signs read as the letters that they stand for: `pink` for `p!nk`, `kesha` for `ke$ha`.
    pub(super) fn spelled(self) -> Option<String> {
        if !self.0.contains(['$', '!', '@']) || self.0.len() > LONGEST_JOINED {
            return None;
        }
        let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let mut spelled = String::with_capacity(self.0.len());
        let mut meant = false;
        let mut chars = self.0.chars().peekable();
        while let Some(c) = chars.next() {
            let (before, after) = (letter(spelled.chars().next_back()), letter(chars.peek().copied()));
            let sign = match c {
                '$' if before || after => Some('s'),
                '!' if before && after => Some('i'),
                '@' if before && after => Some('a'),
                _ => None,
            };
            meant |= sign.is_some();
            spelled.extend(sign.or(is_word(c).then_some(c)));
        }
        (meant && !spelled.chars().any(is_ideograph)).then_some(spelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<String> {
        chunks(&fold(text)).flat_map(|chunk| chunk.pieces().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn words_have_no_case_and_no_diacritics() {
        assert_eq!(pieces("Beyoncé  HALO"), ["beyonce", "halo"]);
        assert_eq!(pieces("Beyonce\u{301}"), ["beyonce"]);
        assert_eq!(pieces("Röyksopp, Mø & Łona"), ["royksopp", "mo", "and", "lona"]);
        assert_eq!(pieces("Straße Ｄａｎｃｅ"), ["strasse", "dance"]);
        assert_eq!(pieces("Ёлка ΚΌΣΜΟΣ κόσμος"), ["елка", "κοσμοσ", "κοσμοσ"]);
    }

    #[test]
    fn marks_that_are_part_of_the_writing_stay() {
        assert_eq!(pieces("हिन्दी"), ["हिन्दी"]);
        assert_eq!(pieces("한국 노래"), ["한국", "노래"]);
        assert_eq!(pieces("が か"), ["が", "か"]);
        assert_eq!(pieces("ไทย"), ["ไทย"]);
    }

    #[test]
    fn every_ideograph_is_a_word() {
        assert_eq!(pieces("君の名は。feat.RADWIMPS"), ["君", "の", "名", "は", "feat", "radwimps"]);
    }

    #[test]
    fn what_is_neither_letter_nor_digit_parts_words() {
        assert_eq!(pieces("AC/DC - What's (Live)"), ["ac", "dc", "what", "s", "live"]);
        assert_eq!(pieces("Ann;Bob"), ["ann", "bob"]);
        assert_eq!(pieces("?!… --- \u{a0}"), [""; 0]);
    }

    #[test]
    fn parted_words_are_also_one_word() {
        let joined = |text: &str| chunks(&fold(text)).filter_map(Chunk::joined).collect::<Vec<_>>();
        assert_eq!(joined("AC/DC What's R.E.M. plain (plain)"), ["acdc", "whats", "rem"]);
        assert_eq!(joined("Ann;Bob 君の名"), [""; 0]);
    }

    #[test]
    fn signs_stand_for_letters_within_words() {
        let spelled = |text: &str| chunks(&fold(text)).filter_map(Chunk::spelled).collect::<Vec<_>>();
        assert_eq!(spelled("P!nk Ke$ha Bada$$ A$AP $100 Wham! M@tt"), ["pink", "kesha", "badass", "asap", "matt"]);
    }
}

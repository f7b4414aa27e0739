//! From folded text to the words that it can be found by.

use unicode_normalization::char::is_combining_mark;

/// The longest word made by joining the pieces of one, in bytes.
const MAX_JOINED_BYTES: usize = 32;

fn is_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() || is_combining_mark(c) }
}

/// Scripts that put no space between words: each character is a word, so that the middle of a title is found too.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// What folded text holds between white space. Artist cells separate artists with `;`, with or without a space.
pub(super) fn tokens(folded: &str) -> impl Iterator<Item = Token<'_>> {
    let is_space = |c: char| if c.is_ascii() { c == ';' || c.is_ascii_whitespace() } else { c.is_whitespace() };
    folded.split(is_space).filter(|text| !text.is_empty()).map(Token)
}

/// The one word of folded text that has no letter or digit, which is all of it: `★`, `(...)`, `!!!`. Nothing of other text.
pub(super) fn symbols(folded: &str) -> Option<String> {
    if folded.chars().any(|c| is_word(c) && !is_combining_mark(c)) || folded.trim() == "&" {
        return None;
    }
    let mut word: String = folded.split_whitespace().collect();
    let end = (0..=MAX_JOINED_BYTES.min(word.len())).rev().find(|end| word.is_char_boundary(*end)).unwrap_or(0);
    word.truncate(end);
    (!word.is_empty()).then_some(word)
}

/// A run of text without white space: `dancing`, `ac/dc`, `what's`.
#[derive(Clone, Copy)]
pub(super) struct Token<'a>(&'a str);

impl<'a> Token<'a> {
    /// The chunk where it is simply one word, as nearly all are: the quick way through what follows.
    pub(super) fn plain(self) -> Option<&'a str> {
        self.0.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some(self.0)
    }

    /// Its words, at what is neither letter nor digit taken apart: `ac`, `dc`. A lone `&` is `and`.
    pub(super) fn subtokens(self) -> impl Iterator<Item = &'a str> {
        let mut rest = if self.0 == "&" { "and" } else { self.0 };
        std::iter::from_fn(move || {
            rest = rest.trim_start_matches(|c| !is_word(c));
            let first = rest.chars().next()?;
            let end = if is_ideograph(first) {
                first.len_utf8()
            } else {
                rest.find(|c| !is_word(c) || is_ideograph(c)).unwrap_or(rest.len())
            };
            let (subtoken, after) = rest.split_at(end);
            rest = after;
            Some(subtoken)
        })
    }

    /// How many words a person would count in it: `ac/dc` is one, and so is each ideograph.
    pub(super) fn length(self) -> u8 {
        let ideograph = |subtoken: &str| subtoken.starts_with(is_ideograph);
        let (mut length, mut leet_variant) = (0_u8, 0);
        for subtoken in self.subtokens() {
            if ideograph(subtoken) {
                length = length.saturating_add(1);
            } else {
                leet_variant = 1;
            }
        }
        length.saturating_add(leet_variant)
    }

    /// Its pieces as one word, where there are several: `acdc`, `whats`, `pnk`.
    pub(super) fn joined(self) -> Option<String> {
        if self.subtokens().take(2).count() < 2 || self.0.chars().any(is_ideograph) {
            return None;
        }
        let joined: String = self.subtokens().collect();
        (joined.len() <= MAX_JOINED_BYTES).then_some(joined)
    }

    /// With signs read as the letters that they stand for: `pink` for `p!nk`, `kesha` for `ke$ha`.
    pub(super) fn leet_variant(self) -> Option<String> {
        if !self.0.contains(['$', '!', '@']) || self.0.len() > MAX_JOINED_BYTES {
            return None;
        }
        let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let mut leet_variant = String::with_capacity(self.0.len());
        let mut meant = false;
        let mut chars = self.0.chars().peekable();
        while let Some(c) = chars.next() {
            let (before, after) = (letter(leet_variant.chars().next_back()), letter(chars.peek().copied()));
            let sign = match c {
                '$' if before || after => Some('s'),
                '!' if before && after => Some('i'),
                '@' if before && after => Some('a'),
                _ => None,
            };
            meant |= sign.is_some();
            leet_variant.extend(sign.or(is_word(c).then_some(c)));
        }
        (meant && !leet_variant.chars().any(is_ideograph)).then_some(leet_variant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    fn subtokens(text: &str) -> Vec<String> {
        tokens(&fold(text)).flat_map(|token| token.subtokens().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn words_have_no_case_and_no_diacritics() {
        assert_eq!(subtokens("Beyoncé  HALO"), ["beyonce", "halo"]);
        assert_eq!(subtokens("Beyonce\u{301}"), ["beyonce"]);
        assert_eq!(subtokens("Röyksopp, Mø & Łona"), ["royksopp", "mo", "and", "lona"]);
        assert_eq!(subtokens("Straße Ｄａｎｃｅ"), ["strasse", "dance"]);
        assert_eq!(subtokens("Ёлка ΚΌΣΜΟΣ κόσμος"), ["елка", "κοσμοσ", "κοσμοσ"]);
    }

    #[test]
    fn marks_that_are_part_of_the_writing_stay() {
        assert_eq!(subtokens("हिन्दी"), ["हिन्दी"]);
        assert_eq!(subtokens("한국 노래"), ["한국", "노래"]);
        assert_eq!(subtokens("が か"), ["が", "か"]);
        assert_eq!(subtokens("ไทย"), ["ไทย"]);
    }

    #[test]
    fn every_ideograph_is_a_word() {
        assert_eq!(subtokens("君の名は。feat.RADWIMPS"), ["君", "の", "名", "は", "feat", "radwimps"]);
    }

    #[test]
    fn what_is_neither_letter_nor_digit_parts_words() {
        assert_eq!(subtokens("AC/DC - What's (Live)"), ["ac", "dc", "what", "s", "live"]);
        assert_eq!(subtokens("Ann;Bob"), ["ann", "bob"]);
        assert_eq!(subtokens("?!… --- \u{a0}"), [""; 0]);
    }

    #[test]
    fn text_of_symbols_alone_is_one_word() {
        let word = |text: &str| symbols(&fold(text));
        assert_eq!(word("★").as_deref(), Some("★"));
        assert_eq!(word("(…)").as_deref(), Some("(...)"));
        assert_eq!(word(" ! !!").as_deref(), Some("!!!"));
        assert_eq!(word(&"★".repeat(100)).as_deref(), Some(&*"★".repeat(10)));
        for text in ["", " ", "★ a", "1!", "&", "の"] {
            assert_eq!(word(text), None, "{text}");
        }
    }

    #[test]
    fn parted_words_are_also_one_word() {
        let joined = |text: &str| tokens(&fold(text)).filter_map(Token::joined).collect::<Vec<_>>();
        assert_eq!(joined("AC/DC What's R.E.M. plain (plain)"), ["acdc", "whats", "rem"]);
        assert_eq!(joined("Ann;Bob 君の名"), [""; 0]);
    }

    #[test]
    fn signs_stand_for_letters_within_words() {
        let leet_variant = |text: &str| tokens(&fold(text)).filter_map(Token::leet_variant).collect::<Vec<_>>();
        assert_eq!(leet_variant("P!nk Ke$ha Bada$$ A$AP $100 Wham! M@tt"), ["pink", "kesha", "badass", "asap", "matt"]);
    }
}

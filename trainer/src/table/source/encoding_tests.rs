//! What is found of an encoding, and that the text is the same however it is read.

use encoding_rs::{GB18030, SHIFT_JIS, WINDOWS_1252};
use proptest::prelude::*;

use super::*;

/// Hands out a few bytes at a time, so that every character is torn apart somewhere.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.1.min(out.len()).min(self.0.len());
        out[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

fn decode_by(bytes: &[u8], named: Option<&'static Encoding>, step: usize) -> (String, TextStats) {
    let mut decoded = Decoded::new(Trickle(bytes, step), named);
    let mut text = Vec::new();
    let mut buffer = [0; MIN_ROOM_BYTES];
    loop {
        let n = decoded.fill(&mut buffer).expect("readable");
        if n == 0 {
            assert_eq!(decoded.fill(&mut buffer).expect("readable"), 0, "more came after the end");
            let text = String::from_utf8(text).expect("UTF-8");
            assert_eq!(decoded.stats().written, text.len() as u64);
            return (text, *decoded.stats());
        }
        text.extend_from_slice(&buffer[..n]);
    }
}

/// The text and what was found, which are the same whatever the steps.
fn decode(bytes: &[u8], named: Option<&'static Encoding>) -> (String, TextStats) {
    let (text, stats) = decode_by(bytes, named, usize::MAX);
    for step in [1, 3, 1000] {
        let (other, other_stats) = decode_by(bytes, named, step);
        assert_eq!((other == text, other_stats.encoding), (true, stats.encoding), "in steps of {step}");
        assert_eq!(other_stats.beyond_ascii, stats.beyond_ascii);
    }
    (text, stats)
}

fn utf16(text: &str, big_endian: bool, mark: bool) -> Vec<u8> {
    let mark = if mark { "\u{FEFF}" } else { "" };
    let units = mark.encode_utf16().chain(text.encode_utf16());
    units.flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

const TEXT: &str = "song,artist\nCanción,Björk\nÀ tout à l'heure,Beyoncé\n東京,椎名林檎\n";
const LATIN: &str = "song,artist\nCanción del corazón,Björk\nÀ tout à l'heure,Beyoncé\nGlück,Mädchen\n";

#[test]
fn utf8_is_handed_on_as_it_is_without_its_mark() {
    for bytes in [TEXT.as_bytes(), ["\u{FEFF}", TEXT].concat().as_bytes()] {
        let (text, stats) = decode(bytes, None);
        assert_eq!((text.as_str(), stats.encoding, stats.suspicious), (TEXT, UTF_8, 0));
        assert_eq!(stats.beyond_ascii, TEXT.chars().filter(|c| !c.is_ascii()).count() as u64);
    }
    for text in ["", "\u{FEFF}"] {
        assert_eq!(decode(text.as_bytes(), None).0, "");
    }
}

#[test]
fn utf16_is_found_with_and_without_its_mark() {
    for (big_endian, encoding) in [(false, UTF_16LE), (true, UTF_16BE)] {
        for (mark, evidence) in [(true, Evidence::Mark), (false, Evidence::Guessed)] {
            let (text, stats) = decode(&utf16(TEXT, big_endian, mark), None);
            assert_eq!((text.as_str(), stats.encoding, stats.evidence), (TEXT, encoding, evidence));
        }
    }
    // Cut within a character.
    let cut = utf16(TEXT, false, true);
    assert!(decode(&cut[..cut.len() - 1], None).0.ends_with(REPLACEMENT));
}

#[test]
fn what_is_no_utf8_is_guessed_and_can_be_named() {
    let (bytes, ..) = WINDOWS_1252.encode(LATIN);
    let (text, stats) = decode(&bytes, None);
    assert_eq!((text.as_str(), stats.encoding, stats.evidence), (LATIN, WINDOWS_1252, Evidence::Guessed));
    assert_eq!((stats.beyond_ascii, stats.suspicious), (8, 0));
    let japanese = "曲名,アーティスト\n丸の内サディスティック,椎名林檎\n接吻,オリジナル・ラヴ\n".repeat(3);
    let (bytes, ..) = SHIFT_JIS.encode(&japanese);
    let (text, stats) = decode(&bytes, None);
    assert_eq!((text.as_str(), stats.encoding), (japanese.as_str(), SHIFT_JIS));
    let (bytes, ..) = GB18030.encode("青花瓷");
    let (text, stats) = decode(&bytes, Some(GB18030));
    assert_eq!((text.as_str(), stats.evidence), ("青花瓷", Evidence::Named));
}

#[test]
fn first_character_beyond_ascii_may_come_late() {
    let ascii = "song,artist\n".repeat(500_000);
    for late in [TEXT, LATIN] {
        let is_utf8 = late == TEXT;
        let mut bytes = ascii.clone().into_bytes();
        bytes.extend_from_slice(&if is_utf8 { late.as_bytes().into() } else { WINDOWS_1252.encode(late).0 });
        let (text, stats) = decode_by(&bytes, None, usize::MAX);
        assert!(text.len() == ascii.len() + late.len() && text.ends_with(late));
        assert_eq!((stats.encoding == UTF_8, stats.suspicious), (is_utf8, 0));
    }
}

#[test]
fn bytes_that_are_broken_in_utf8_are_counted_and_replaced() {
    let mut bytes = TEXT.repeat(3).into_bytes();
    bytes.extend_from_slice(b"caf\xE9,x\n");
    let (text, stats) = decode(&bytes, None);
    assert!(text.ends_with("caf\u{FFFD},x\n"));
    assert_eq!((stats.encoding, stats.suspicious), (UTF_8, 1));
    assert_eq!(stats.first_suspicious, Some(text.len() as u64 - 3));
    // After megabytes of it.
    let mut bytes = TEXT.repeat(50_000).into_bytes();
    bytes.extend_from_slice(b"caf\xE9,x\n");
    let (text, stats) = decode_by(&bytes, None, usize::MAX);
    assert_eq!((stats.encoding, stats.suspicious, text.len()), (UTF_8, 1, bytes.len() + 2));
    // In a file that is whole otherwise, and at the end of one that is cut.
    assert_eq!(decode("lost \u{FFFD}\u{FFFD}".as_bytes(), None).1.suspicious, 2);
    assert_eq!(decode(&[TEXT.as_bytes(), b"\xC3"].concat(), None).1.suspicious, 1);
}

#[test]
fn utf8_that_was_taken_for_something_else_is_suspicious() {
    let (text, stats) = decode(LATIN.as_bytes(), Some(WINDOWS_1252));
    assert!(text.contains("CanciÃ³n"));
    assert!(stats.suspicious >= 6, "{stats:?}");
    let line_one = text.find("Ã³").expect("the first one") as u64;
    assert_eq!(stats.first_suspicious, Some(line_one));
}

proptest! {
    #[test]
    fn any_bytes_become_the_same_text_whatever_the_steps(
        bytes in prop::collection::vec(prop::sample::select(b"a,\n\xC3\xA9\xE6\x9D\xB1\xFF\xFE\x00\x93".to_vec()), 0..200),
        step in 1_usize..9,
    ) {
        let (text, stats) = decode_by(&bytes, None, usize::MAX);
        let (other, other_stats) = decode_by(&bytes, None, step);
        prop_assert_eq!((other, other_stats.encoding), (text, stats.encoding));
    }

    #[test]
    fn any_text_is_handed_on_as_it_is(text in "\\PC{0,200}", step in 1_usize..9) {
        // A mark is none of the text, and text that begins with NULs is UTF-16's.
        prop_assume!(!text.starts_with('\u{FEFF}'));
        prop_assert_eq!(decode_by(text.as_bytes(), None, step).0, text);
    }
}

//! Text of any encoding into UTF-8, piece by piece.
//!
//! A file in UTF-8 is handed on as it is. Otherwise the encoding is found where the first character beyond ASCII stands,
//! which may be megabytes after the beginning: a byte-order mark or the pattern of UTF-16 at the beginning, UTF-8 where
//! the bytes that follow are valid or nearly so, and what `chardetng` (the detector of Firefox) makes of them where not.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use memchr::memmem;

/// The room that [`Decoded::fill`] needs at least.
pub(crate) const MIN_ROOM_BYTES: usize = 64;
/// Where UTF-16 without a mark is looked for.
const START_BYTES: usize = 4096;
/// Bytes from the first one beyond ASCII on that must be UTF-8, so that the file is taken for UTF-8.
const UTF8_SAMPLE_BYTES: usize = 64 << 10;
/// Bytes that are looked at where they are not.
const GUESS_SAMPLE_BYTES: usize = 1 << 20;
const READ_BYTES: usize = 16 << 10;
const REPLACEMENT: &str = "\u{FFFD}";

/// How an encoding was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// It was named by an option.
    Named,
    /// The file begins with its mark.
    Mark,
    /// The bytes look like it.
    Guessed,
}

/// What was found of the text of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextStats {
    pub(crate) encoding: &'static Encoding,
    pub(crate) evidence: Evidence,
    /// Characters beyond ASCII.
    pub(crate) beyond_ascii: u64,
    /// Those of them that hardly anybody has written: U+FFFD, control characters, and in encodings other than UTF-8
    /// pairs such as `Ã©`, which are UTF-8 that was taken for something else.
    pub(crate) suspicious: u64,
    /// Where the first suspicious one ends, in bytes of UTF-8 from the beginning.
    pub(crate) first_suspicious: Option<u64>,
    /// Bytes handed on.
    written: u64,
}

enum State {
    Start,
    /// All has been ASCII so far.
    Ascii,
    /// The next byte is the first one beyond ASCII.
    Decide,
    Utf8,
    Other(Box<Decoder>),
    End,
}

/// The text of an input, as UTF-8.
pub(crate) struct Decoded<R> {
    input: R,
    named: Option<&'static Encoding>,
    state: State,
    /// Bytes of the input that wait to be decoded.
    raw: Vec<u8>,
    raw_at: usize,
    /// Text that waits for room.
    text: String,
    text_at: usize,
    stats: TextStats,
}

impl<R: Read> Decoded<R> {
    /// In the encoding that is named, or else found.
    pub(crate) fn new(input: R, named: Option<&'static Encoding>) -> Self {
        let stats = TextStats {
            encoding: named.unwrap_or(UTF_8),
            evidence: if named.is_some() { Evidence::Named } else { Evidence::Guessed },
            beyond_ascii: 0,
            suspicious: 0,
            first_suspicious: None,
            written: 0,
        };
        let (raw, text) = (Vec::new(), String::new());
        Self { input, named, state: State::Start, raw, raw_at: 0, text, text_at: 0, stats }
    }

    /// What was found so far.
    pub(crate) fn stats(&self) -> &TextStats {
        &self.stats
    }

    /// Hands out more text; 0 bytes at the end. `out` has room for [`MIN_ROOM_BYTES`] or more. Characters may be torn
    /// apart between one call and the next.
    pub(crate) fn fill(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.text_at < self.text.len() {
                let n = copy(&self.text.as_bytes()[self.text_at..], out);
                self.text_at += n;
                return Ok(n);
            }
            let n = match &mut self.state {
                State::Start => {
                    self.start()?;
                    continue;
                }
                State::Decide => {
                    self.decide()?;
                    continue;
                }
                State::End => return Ok(0),
                State::Ascii => self.fill_ascii(out)?,
                State::Utf8 => self.fill_utf8(out)?,
                State::Other(_) => self.fill_other(out)?,
            };
            match n {
                Some(n) => return Ok(n),
                None => continue,
            }
        }
    }

    /// Reads into `raw` until `bytes` wait there, or the input ends.
    fn look_ahead(&mut self, bytes: usize) -> io::Result<()> {
        self.raw.drain(..std::mem::take(&mut self.raw_at));
        let more = bytes.saturating_sub(self.raw.len()) as u64;
        (&mut self.input).take(more).read_to_end(&mut self.raw)?;
        Ok(())
    }

    fn start(&mut self) -> io::Result<()> {
        self.look_ahead(START_BYTES)?;
        let mark = Encoding::for_bom(&self.raw);
        let found = match (self.named, mark) {
            (Some(named), mark) => {
                self.raw_at = mark.filter(|(encoding, _)| *encoding == named).map_or(0, |(_, bytes)| bytes);
                Some(named)
            }
            (None, Some((encoding, bytes))) => {
                self.raw_at = bytes;
                self.stats.evidence = Evidence::Mark;
                Some(encoding)
            }
            (None, None) => utf16(&self.raw),
        };
        match found {
            Some(encoding) => self.decode_as(encoding),
            None => self.state = State::Ascii,
        }
        Ok(())
    }

    fn decode_as(&mut self, encoding: &'static Encoding) {
        self.stats.encoding = encoding;
        self.state = if encoding == UTF_8 {
            State::Utf8
        } else {
            State::Other(Box::new(encoding.new_decoder_without_bom_handling()))
        };
    }

    /// Says which encoding it is, at the first byte beyond ASCII.
    fn decide(&mut self) -> io::Result<()> {
        self.look_ahead(UTF8_SAMPLE_BYTES)?;
        let sample = &self.raw[..self.raw.len().min(UTF8_SAMPLE_BYTES)];
        let whole = sample.len() < UTF8_SAMPLE_BYTES;
        let is_utf8 = std::str::from_utf8(sample).map_or_else(|error| !whole && error.error_len().is_none(), |_| true);
        if is_utf8 {
            self.decode_as(UTF_8);
            return Ok(());
        }
        self.look_ahead(GUESS_SAMPLE_BYTES)?;
        let sample = &self.raw[..self.raw.len().min(GUESS_SAMPLE_BYTES)];
        let (mut valid, mut invalid) = (0, 0);
        for chunk in sample.utf8_chunks() {
            valid += beyond_ascii(chunk.valid().as_bytes());
            invalid += u64::from(!chunk.invalid().is_empty());
        }
        if valid >= invalid {
            // UTF-8 with something broken in it: hardly any other text has bytes that go together so.
            self.decode_as(UTF_8);
            return Ok(());
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(sample, true);
        self.decode_as(detector.guess(None, Utf8Detection::Deny));
        Ok(())
    }

    /// Takes waiting bytes, or reads some: into `out` either way.
    fn take(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.raw_at < self.raw.len() {
            let n = copy(&self.raw[self.raw_at..], out);
            self.raw_at += n;
            return Ok(n);
        }
        if self.raw.capacity() > READ_BYTES {
            self.raw = Vec::new();
        }
        self.raw.clear();
        self.raw_at = 0;
        read(&mut self.input, out)
    }

    fn fill_ascii(&mut self, out: &mut [u8]) -> io::Result<Option<usize>> {
        let n = self.take(out)?;
        if n == 0 {
            self.state = State::End;
            return Ok(Some(0));
        }
        let ascii = if out[..n].is_ascii() { n } else { out[..n].iter().take_while(|byte| byte.is_ascii()).count() };
        if ascii < n {
            self.put_back(&out[ascii..n]);
            self.state = State::Decide;
        }
        self.stats.written += ascii as u64;
        Ok((ascii > 0).then_some(ascii))
    }

    fn put_back(&mut self, bytes: &[u8]) {
        self.raw.splice(..self.raw_at, bytes.iter().copied());
        self.raw_at = 0;
    }

    fn fill_utf8(&mut self, out: &mut [u8]) -> io::Result<Option<usize>> {
        // What waits may be the beginning of a character, of which the rest is to be read.
        let mut n = self.take(out)?;
        if n < 4 {
            let more = self.take(&mut out[n..])?;
            if more == 0 && n == 0 {
                self.state = State::End;
                return Ok(Some(0));
            }
            if more == 0 {
                self.state = State::End;
                self.decode_lossily(&out[..n], true);
                return Ok(None);
            }
            n += more;
        }
        let valid = match std::str::from_utf8(&out[..n]) {
            Ok(_) => n,
            Err(error) if error.error_len().is_none() => {
                let valid = error.valid_up_to();
                self.put_back(&out[valid..n]);
                valid
            }
            Err(_) => {
                self.decode_lossily(&out[..n], false);
                return Ok(None);
            }
        };
        self.stats.add(&out[..valid]);
        Ok((valid > 0).then_some(valid))
    }

    /// Replaces what is no character, and puts back what may become one where `last` is false.
    fn decode_lossily(&mut self, bytes: &[u8], last: bool) {
        self.text.clear();
        self.text_at = 0;
        let end = bytes.as_ptr_range().end;
        for chunk in bytes.utf8_chunks() {
            self.text.push_str(chunk.valid());
            let invalid = chunk.invalid();
            let is_cut = !last && invalid.as_ptr_range().end == end && is_cut(invalid);
            if is_cut {
                self.put_back(invalid);
            } else if !invalid.is_empty() {
                self.text.push_str(REPLACEMENT);
            }
        }
        let text = std::mem::take(&mut self.text);
        self.stats.add(text.as_bytes());
        self.text = text;
    }

    fn fill_other(&mut self, out: &mut [u8]) -> io::Result<Option<usize>> {
        let mut at_end = false;
        if self.raw_at >= self.raw.len() {
            self.raw.resize(READ_BYTES, 0);
            self.raw_at = 0;
            let n = read(&mut self.input, &mut self.raw)?;
            self.raw.truncate(n);
            at_end = n == 0;
        }
        let State::Other(decoder) = &mut self.state else { return Ok(None) };
        let (result, read, written, _) = decoder.decode_to_utf8(&self.raw[self.raw_at..], out, at_end);
        self.raw_at += read;
        if at_end && result == CoderResult::InputEmpty {
            self.state = State::End;
        }
        self.stats.add(&out[..written]);
        self.stats.add_mojibake(&out[..written]);
        Ok((written > 0).then_some(written))
    }
}

impl TextStats {
    /// Adds text that is handed on: whole characters.
    fn add(&mut self, text: &[u8]) {
        let beyond = beyond_ascii(text);
        self.beyond_ascii += beyond;
        if beyond > 0 {
            let places = memmem::find_iter(text, REPLACEMENT.as_bytes()).map(|at| at + REPLACEMENT.len());
            let (count, first) = places.fold((0, None), |(count, first), at| (count + 1, first.or(Some(at))));
            self.suspect(count, first);
        }
        self.written += text.len() as u64;
    }

    /// Adds what looks like another encoding in text that was decoded, after it was [added](Self::add).
    fn add_mojibake(&mut self, text: &[u8]) {
        let (mut count, mut first) = (0, None);
        for (at, window) in text.windows(4).enumerate() {
            // Ã or Â before another character of Latin-1 or of Windows-1252; or a control character.
            let pair = window[0] == 0xC3 && matches!(window[1], 0x82 | 0x83);
            let mojibake = pair && window[2] >= 0xC2;
            let control = window[0] == 0xC2 && window[1] < 0xA0;
            if mojibake || control {
                count += 1;
                first = first.or(Some(at));
            }
        }
        let begin = self.written - text.len() as u64;
        self.suspicious += count;
        self.first_suspicious = self.first_suspicious.or(first.map(|at| begin + at as u64));
    }

    fn suspect(&mut self, count: u64, first: Option<usize>) {
        self.suspicious += count;
        self.first_suspicious = self.first_suspicious.or(first.map(|at| self.written + at as u64));
    }
}

/// How many characters of UTF-8 are beyond ASCII: as many as have a first byte of several.
fn beyond_ascii(text: &[u8]) -> u64 {
    // In sums of bytes, which processors do sixteen or more at a time.
    text.chunks(255).map(|some| u64::from(some.iter().map(|byte| u8::from(*byte >= 0xC0)).sum::<u8>())).sum()
}

/// Whether bytes that are no UTF-8 are so only because the rest of the character is missing.
fn is_cut(invalid: &[u8]) -> bool {
    std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none())
}

fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let n = from.len().min(to.len());
    to[..n].copy_from_slice(&from[..n]);
    n
}

/// Reads, and again where it was interrupted. A reader that says more than it was given room for is stopped at the room.
fn read(input: &mut impl Read, out: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(out) {
            Ok(n) => return Ok(n.min(out.len())),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// UTF-16 without a mark: a header is mostly ASCII, of which every other byte is 0.
fn utf16(start: &[u8]) -> Option<&'static Encoding> {
    let pairs = start.chunks_exact(2).take(256);
    let (mut high_zero, mut low_zero, mut count) = (0, 0, 0);
    for pair in pairs {
        count += 1;
        high_zero += usize::from(pair[0] == 0 && pair[1] != 0);
        low_zero += usize::from(pair[1] == 0 && pair[0] != 0);
    }
    match count {
        0..=3 => None,
        _ if low_zero * 2 > count && high_zero * 16 < count => Some(UTF_16LE),
        _ if high_zero * 2 > count && low_zero * 16 < count => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
#[path = "encoding_tests.rs"]
mod tests;

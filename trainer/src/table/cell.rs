//! One cell of text into what it means.

use std::fmt;

use recommender::features::Feature;

use super::columns::Encoding;

/// Why a needed cell cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellError {
    Empty,
    NotANumber,
    NotALength,
    Infinite,
    Huge,
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CellError::Empty => "is empty",
            CellError::NotANumber => "is not a number",
            CellError::NotALength => "is not a length like 03:47",
            CellError::Infinite => "is infinite",
            CellError::Huge => "is beyond ±1e30",
        })
    }
}

/// No feature is as large as this, and sums of squares of smaller ones stay finite.
const MAX_ABS_VALUE: f64 = 1e30;

/// A feature's value: a finite number up to ±1e30, which may carry the feature's own unit (`-6.85db`), or a percent sign where
/// it has none (`85%`).
pub(crate) fn number(cell: &str, feature: Feature) -> Result<f64, CellError> {
    let value = match cell.parse::<f64>() {
        Ok(value) => value,
        Err(_) if is_empty(cell) => return Err(CellError::Empty),
        Err(_) => {
            let number = without_unit(cell, feature.unit().unwrap_or("%"));
            number.and_then(|number| number.parse().ok()).ok_or(CellError::NotANumber)?
        }
    };
    if value.is_nan() {
        // How pandas writes an empty cell.
        Err(CellError::Empty)
    } else if value.is_infinite() {
        Err(CellError::Infinite)
    } else if value.abs() > MAX_ABS_VALUE {
        Err(CellError::Huge)
    } else {
        Ok(value)
    }
}

fn without_unit<'a>(cell: &'a str, unit: &str) -> Option<&'a str> {
    let (number, end) = cell.split_at_checked(cell.len().checked_sub(unit.len())?)?;
    end.eq_ignore_ascii_case(unit).then(|| number.trim_end())
}

/// Cells that hold nothing, in the ways that R, pandas, databases, spreadsheets and Python's lists write it.
const NOTHING: [&str; 23] = [
    "NA", "nan", "NaN", "None", "none", "null", "Null", "NULL", "N/A", "n/a", "-", "--", "NaT", "\\N", "[]", "{}",
    "()", "set()", "['']", "[\"\"]", "[None]", "#N/A", "<NA>",
];
/// How many of these, from the end, are nobody's name.
const NO_NAMES: usize = 10;
const MAX_NOTHING_BYTES: usize = 6;

/// False of most cells, at the price of a byte.
#[inline]
fn may_be_nothing(cell: &str) -> bool {
    cell.len() <= MAX_NOTHING_BYTES
        && cell
            .bytes()
            .next()
            .is_none_or(|byte| matches!(byte, b'N' | b'n' | b'-' | b'\\' | b'[' | b'{' | b'(' | b's' | b'#' | b'<'))
}

/// Whether a cell holds nothing.
pub(crate) fn is_empty(cell: &str) -> bool {
    may_be_nothing(cell) && (cell.is_empty() || NOTHING.contains(&cell))
}

/// Whether a cell holds no name for certain. There is a song called NA, and `-` is an album.
pub(crate) fn is_no_name(cell: &str) -> bool {
    may_be_nothing(cell) && (cell.is_empty() || NOTHING[NOTHING.len() - NO_NAMES..].contains(&cell))
}

/// The cell, or nothing where it says that it holds nothing.
pub(crate) fn text(cell: &str) -> &str {
    if is_empty(cell) { "" } else { cell }
}

/// An album's name. `NA` and `-` are some, and so is `NAN`.
pub(crate) fn album(cell: &str) -> &str {
    if matches!(cell, "NA" | "-") { cell } else { text(cell) }
}

/// A number of `milliseconds` each, such as seconds, or a length as [`length`] takes it, in milliseconds.
pub(crate) fn seconds(cell: &str, milliseconds: f64) -> Result<f64, CellError> {
    if cell.contains(':') {
        return length(cell);
    }
    let number = cell.strip_suffix('s').map_or(cell, str::trim_end);
    Ok(self::number(number, Feature::DurationMs)? * milliseconds)
}

/// `03:47` or `1:02:03` in milliseconds. A plain number is none: nothing says whether it is seconds or milliseconds.
pub(crate) fn length(cell: &str) -> Result<f64, CellError> {
    if is_empty(cell) {
        return Err(CellError::Empty);
    }
    let mut seconds = 0_u32;
    let mut parts = 0;
    for part in cell.split(':') {
        let below = if parts == 0 { 100_000 } else { 60 };
        let digits = !part.is_empty() && part.len() <= 5 && part.bytes().all(|byte| byte.is_ascii_digit());
        let n: u32 = part.parse().ok().filter(|&n| digits && n < below && parts < 3).ok_or(CellError::NotALength)?;
        seconds = seconds.checked_mul(60).and_then(|s| s.checked_add(n)).ok_or(CellError::NotALength)?;
        parts += 1;
    }
    if parts < 2 { Err(CellError::NotALength) } else { Ok(f64::from(seconds) * 1000.0) }
}

/// A length in milliseconds, where the cell holds one below 24 days.
pub(crate) fn milliseconds(cell: &str, encoding: Encoding) -> Option<u32> {
    if let (Encoding::Number, Ok(ms)) = (encoding, cell.parse::<u32>()) {
        return Some(ms).filter(|ms| (1..2_000_000_000).contains(ms));
    }
    let length = encoding.parse(cell, Feature::DurationMs);
    // Rounded and within the range, so no bit is lost.
    length.ok().map(f64::round).filter(|ms| (1.0..2e9).contains(ms)).map(|ms| ms as u32)
}

/// The year in a date: the first group of exactly four digits (`2019-06-14`, `2019`, `29th April 2013`).
pub(crate) fn year(cell: &str) -> Option<u16> {
    cell.split(|c: char| !c.is_ascii_digit())
        .filter(|digits| digits.len() == 4)
        .filter_map(|digits| digits.parse().ok())
        .find(|year| (1000..3000).contains(year))
}

/// Yes or no, in the ways that tables say it.
pub(crate) fn flag(cell: &str) -> Option<bool> {
    const YES: [&str; 6] = ["yes", "true", "1", "1.0", "y", "t"];
    const NO: [&str; 6] = ["no", "false", "0", "0.0", "n", "f"];
    let is_one_of = |words: [&str; 6]| words.iter().any(|word| word.eq_ignore_ascii_case(cell));
    if is_one_of(YES) {
        Some(true)
    } else if is_one_of(NO) {
        Some(false)
    } else {
        None
    }
}

/// The id itself: out of Spotify's `spotify:track:<id>`, or the address of a track on its site or of its Web API
/// (`https://open.spotify.com/intl-de/track/<id>?si=…`). Anything else stays as it is.
pub(crate) fn id(cell: &str) -> &str {
    if let Some(id) = cell.strip_prefix("spotify:track:") {
        return id;
    }
    if !cell.as_bytes().contains(&b'/') {
        return text(cell);
    }
    let Some((host, path)) = cell.split_once("spotify.com/") else { return text(cell) };
    let host = host.strip_prefix("https://").or_else(|| host.strip_prefix("http://")).unwrap_or(host);
    if !["open.", "play.", "api."].contains(&host) {
        return cell;
    }
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    match path.rsplit_once('/') {
        Some((kind, id)) if ["track", "tracks"].iter().any(|end| kind.split('/').next_back() == Some(end)) => id,
        _ => cell,
    }
}

/// Whether a cell holds Spotify's id of a track, bare or within a URI or an address.
pub(crate) fn is_track_id(cell: &str) -> bool {
    let id = id(cell);
    id.len() == super::id::LENGTH && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn number_is_parsed_exactly() {
        for (cell, value) in [
            ("1.01e-06", 1.01e-6),
            ("5.55E-05", 5.55e-5),
            ("-7", -7.0),
            ("+.5", 0.5),
            ("0.4476190476190476", 0.4476190476190476),
        ] {
            assert_eq!(number(cell, Feature::Energy), Ok(value), "{cell}");
        }
    }

    #[test]
    fn number_may_carry_its_own_unit_only() {
        for cell in ["-6.85db", "-6.85 dB", "-6.85DB"] {
            assert_eq!(number(cell, Feature::Loudness), Ok(-6.85), "{cell}");
        }
        assert_eq!(number("120 bpm", Feature::Tempo), Ok(120.0));
        assert_eq!(number("221000ms", Feature::DurationMs), Ok(221_000.0));
        assert_eq!(number("-6.85db", Feature::Energy), Err(CellError::NotANumber));
        assert_eq!(number("85%", Feature::Energy), Ok(85.0));
        assert_eq!(number("0.5 %", Feature::Valence), Ok(0.5));
        assert_eq!(number("85%", Feature::Tempo), Err(CellError::NotANumber));
        for cell in ["db", "é", "1é", "dbdb"] {
            assert_eq!(number(cell, Feature::Loudness), Err(CellError::NotANumber), "{cell}");
        }
    }

    #[test]
    fn faults_are_told_apart() {
        let fault = |cell| number(cell, Feature::Energy);
        for cell in ["", "NA", "null", "None", "N/A", "-", "\\N", "[]", "set()", "NaN", "nan", "-NAN"] {
            assert_eq!(fault(cell), Err(CellError::Empty), "{cell}");
        }
        for cell in ["high", "1,5", "0x10", "1_000", "1 2", "--1"] {
            assert_eq!(fault(cell), Err(CellError::NotANumber), "{cell}");
        }
        for cell in ["inf", "-Infinity", "1e309", "-1e999"] {
            assert_eq!(fault(cell), Err(CellError::Infinite), "{cell}");
        }
        for cell in ["1e308", "-1.1e30"] {
            assert_eq!(fault(cell), Err(CellError::Huge), "{cell}");
        }
        assert_eq!(fault("-1e30"), Ok(-1e30));
    }

    #[test]
    fn length_is_minutes_and_seconds() {
        assert_eq!(length("03:47"), Ok(227_000.0));
        assert_eq!(length("0:05"), Ok(5_000.0));
        assert_eq!(length("75:00"), Ok(4_500_000.0));
        assert_eq!(length("1:02:03"), Ok(3_723_000.0));
        assert_eq!(length(""), Err(CellError::Empty));
        for cell in ["227", "3:60", "3:", ":47", "+3:47", "3:4x", "1:2:3:4", "999999:00", "3-47", ":", "99999:59:59:1"]
        {
            assert_eq!(length(cell), Err(CellError::NotALength), "{cell}");
        }
    }

    #[test]
    fn year_is_found_in_every_date() {
        for cell in
            ["2013", "2013-06-14", "29th April 2013", "14/06/2013", "2013.0", "Apr 2013", "2013-06-14T00:00:00Z"]
        {
            assert_eq!(year(cell), Some(2013), "{cell}");
        }
        for cell in ["", "unknown", "0000-00-00", "13", "20130614", "9999"] {
            assert_eq!(year(cell), None, "{cell}");
        }
    }

    #[test]
    fn flag_knows_every_spelling() {
        assert!(["Yes", "TRUE", "true", "1"].iter().all(|cell| flag(cell) == Some(true)));
        assert!(["No", "FALSE", "false", "0"].iter().all(|cell| flag(cell) == Some(false)));
        assert!(["", "maybe", "2"].iter().all(|cell| flag(cell).is_none()));
    }

    #[test]
    fn id_is_taken_out_of_a_uri() {
        assert_eq!(id("spotify:track:5SuOikwiRyPMVoIQDJUgSV"), "5SuOikwiRyPMVoIQDJUgSV");
        for cell in [
            "5SuOikwiRyPMVoIQDJUgSV",
            "https://open.spotify.com/track/5SuOikwiRyPMVoIQDJUgSV",
            "https://open.spotify.com/track/5SuOikwiRyPMVoIQDJUgSV?si=0123456789abcdef",
            "http://open.spotify.com/intl-de/track/5SuOikwiRyPMVoIQDJUgSV/",
            "open.spotify.com/embed/track/5SuOikwiRyPMVoIQDJUgSV#top",
            "https://api.spotify.com/v1/tracks/5SuOikwiRyPMVoIQDJUgSV",
        ] {
            assert_eq!(id(cell), "5SuOikwiRyPMVoIQDJUgSV", "{cell}");
            assert!(is_track_id(cell), "{cell}");
        }
        for cell in [
            "x0",
            "https://open.spotify.com/album/5SuOikwiRyPMVoIQDJUgSV",
            "https://spotify.com/",
            "a spotify.com/track/b",
        ] {
            assert_eq!(id(cell), cell);
            assert!(!is_track_id(cell), "{cell}");
        }
        assert_eq!(id("nan"), "");
    }

    #[test]
    fn nothing_is_written_in_many_ways_and_some_of_them_are_names() {
        assert!(NOTHING.iter().all(|cell| is_empty(cell) && cell.len() <= MAX_NOTHING_BYTES));
        assert!(["[]", "\\N", "set()", "['']", ""].iter().all(|cell| is_no_name(cell)));
        assert!(["NA", "None", "nan", "null", "-", "N/A", "Nothing"].iter().all(|cell| !is_no_name(cell)));
        assert_eq!((text("None"), text("pop"), album("-"), album("nan")), ("", "pop", "-", ""));
    }

    #[test]
    fn seconds_and_minutes_become_milliseconds() {
        assert_eq!(seconds("227", 1_000.0), Ok(227_000.0));
        assert_eq!(seconds("130.404 s", 1_000.0), Ok(130_404.0));
        assert_eq!(seconds("3.5", 60_000.0), Ok(210_000.0));
        assert_eq!(seconds("03:47", 1_000.0), Ok(227_000.0));
        assert_eq!(seconds("", 1_000.0), Err(CellError::Empty));
        assert_eq!(seconds("long", 1_000.0), Err(CellError::NotANumber));
        assert_eq!(milliseconds("247", Encoding::Seconds), Some(247_000));
        assert_eq!(milliseconds("0", Encoding::Number), None);
    }

    proptest! {
        #[test]
        fn no_cell_panics_and_no_value_is_other_than_finite(cell in "\\PC{0,20}|[0-9:.eEdbinfa+-]{0,12}") {
            for feature in Feature::ALL {
                prop_assert!(number(&cell, feature).map_or(true, f64::is_finite));
            }
            prop_assert!(length(&cell).map_or(true, |ms| ms.is_finite() && ms >= 0.0));
            let _ = (year(&cell), flag(&cell), id(&cell));
        }

        #[test]
        fn every_number_within_the_limit_comes_back_to_the_bit(
            value in (prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL)
                .prop_filter("within the limit", |value| value.abs() <= MAX_ABS_VALUE)
        ) {
            prop_assert_eq!(number(&value.to_string(), Feature::Tempo).map(f64::to_bits), Ok(value.to_bits()));
        }
    }
}

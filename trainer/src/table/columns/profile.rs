//! What the values of a column look like.

use recommender::features::Feature;

use super::{Encoding, Meaning, sample::Sample};
use crate::table::{
    attributes,
    cell::{self, CellError},
    source::dialect::{shows_decimal, with_decimal_point},
};

/// What the filled cells of a column look like, in the first rows of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Profile {
    /// Cells that hold something.
    pub(super) filled: usize,
    /// Numbers among them.
    pub(super) numbers: usize,
    /// Whole numbers among these.
    pub(super) whole: usize,
    /// Spotify's ids, addresses and URIs of tracks.
    pub(super) ids: usize,
    /// Lengths such as `03:47`.
    pub(super) lengths: usize,
    /// Texts that are no number.
    pub(super) texts: usize,
    /// Of the numbers.
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) median: f64,
    /// One in twenty is below, and one above.
    pub(super) low: f64,
    pub(super) high: f64,
    /// How many different texts and numbers.
    pub(super) distinct: usize,
}

impl Profile {
    pub(super) fn of(sample: &Sample, column: usize) -> Self {
        let mut profile = Self::default();
        let mut numbers = Vec::new();
        let mut cells: Vec<&str> = Vec::new();
        // Only columns with the name of a feature have been given points. A comma before three digits may separate thousands.
        let has_commas = sample.filled(column).any(|cell| shows_decimal(cell.as_bytes(), b','));
        for filled in sample.filled(column) {
            cells.push(filled);
            // A text of digits may be an id as well.
            profile.ids += usize::from(cell::is_track_id(filled));
            match number(filled, has_commas) {
                Ok(number) => {
                    profile.whole += usize::from(number.fract() == 0.0);
                    numbers.push(number);
                }
                Err(_) if cell::length(filled).is_ok() => profile.lengths += 1,
                Err(_) => profile.texts += 1,
            }
        }
        profile.filled = cells.len();
        cells.sort_unstable();
        cells.dedup();
        profile.distinct = cells.len();
        profile.numbers = numbers.len();
        numbers.sort_by(f64::total_cmp);
        if let (Some(min), Some(max)) = (numbers.first(), numbers.last()) {
            profile.min = *min;
            profile.max = *max;
            let at = |share: usize| numbers[(numbers.len() - 1) * share / 20];
            (profile.low, profile.median, profile.high) = (at(1), at(10), at(19));
        }
        profile
    }

    /// Whether at least this share of the filled cells, of which there is one, is of a kind.
    pub(super) fn mostly(&self, of_the_kind: usize) -> bool {
        const MOST: f64 = 0.8;
        self.filled > 0 && of_the_kind as f64 >= MOST * self.filled as f64
    }

    pub(super) fn is_numeric(&self) -> bool {
        self.mostly(self.numbers)
    }

    /// Whether it holds nothing but zeros and ones, in more rows than that would be by chance.
    pub(super) fn is_flags(&self) -> bool {
        const MIN_FLAGS: usize = 20;
        let whole = self.numbers == self.filled && self.whole == self.numbers;
        self.filled >= MIN_FLAGS && whole && self.min >= 0.0 && self.max <= 1.0
    }

    /// Whether it holds Spotify's ids of tracks.
    pub(super) fn is_ids(&self) -> bool {
        self.mostly(self.ids)
    }
}

/// A number as a feature's cell may hold it, or one with a decimal comma.
fn number(cell: &str, has_commas: bool) -> Result<f64, CellError> {
    let plain = cell::number(cell, Feature::Energy);
    if plain.is_ok() || !has_commas {
        return plain;
    }
    let mut bytes = cell.as_bytes().to_vec();
    with_decimal_point(&mut bytes);
    std::str::from_utf8(&bytes).map_or(plain, |cell| cell::number(cell, Feature::Energy))
}

/// How many filled cells of a column can be read as a meaning.
pub(super) fn readable(sample: &Sample, column: usize, meaning: Meaning, encoding: Encoding) -> usize {
    let can_be_read = |text: &&str| match meaning {
        Meaning::Year => cell::year(text).is_some(),
        Meaning::Explicit => cell::flag(text).is_some(),
        Meaning::Key => attributes::key(text).pitch.is_some() || *text == "-1",
        Meaning::Mode => attributes::mode(text).is_some(),
        Meaning::TimeSignature => attributes::time_signature(text).is_some(),
        Meaning::Feature(feature) => encoding.parse(text, feature).is_ok(),
        _ => true,
    };
    sample.filled(column).filter(can_be_read).count()
}

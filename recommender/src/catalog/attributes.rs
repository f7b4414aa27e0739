//! Attributes: numbers of a track that are no part of the distance between tracks.

use std::ops::{Range, RangeInclusive};

use serde::{Deserialize, Serialize};

use crate::{column::IntColumn, invalid::Invalid};

/// A number that a table may have of each track, and that is answered, bounded and aimed at, but not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attribute {
    /// Pitch class of the tonic: 0 is C, 1 C sharp, up to 11, B.
    Key,
    /// 1 major, 0 minor.
    Mode,
    /// Beats of a bar, 0 to 7.
    TimeSignature,
    /// Length in milliseconds.
    DurationMs,
}

impl Attribute {
    /// Every attribute, in the order of the artifact.
    pub const ALL: [Self; 4] = [Self::Key, Self::Mode, Self::TimeSignature, Self::DurationMs];

    /// Spotify's name, as it stands in JSON and in parameters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Mode => "mode",
            Self::TimeSignature => "time_signature",
            Self::DurationMs => "duration_ms",
        }
    }

    /// The attribute of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attribute| attribute.name() == name)
    }

    /// The values that a track may have. A length fits 31 bits, which is 24 days.
    pub const fn range(self) -> RangeInclusive<u32> {
        match self {
            Self::Key => 0..=11,
            Self::Mode => 0..=1,
            Self::TimeSignature => 0..=7,
            Self::DurationMs => 0..=i32::MAX as u32,
        }
    }
}

/// The attributes of all tracks, those that the table has. A column holds each value plus 1, and 0 where it is unknown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attributes {
    columns: [Option<IntColumn>; Attribute::ALL.len()],
}

impl Attributes {
    /// Attributes of these columns, which hold each value plus 1, and 0 where it is unknown.
    pub fn new(column: impl FnMut(Attribute) -> Option<IntColumn>) -> Self {
        Self { columns: Attribute::ALL.map(column) }
    }

    /// The column of an attribute, where the table has it: each value plus 1, and 0 where it is unknown.
    pub fn column(&self, attribute: Attribute) -> Option<&IntColumn> {
        self.columns[attribute as usize].as_ref()
    }

    /// The columns that are there.
    pub fn columns(&self) -> impl Iterator<Item = (Attribute, &IntColumn)> {
        Attribute::ALL.into_iter().filter_map(|attribute| Some((attribute, self.column(attribute)?)))
    }

    /// The value of a track, where it is known.
    ///
    /// # Panics
    ///
    /// If the column is there and has no such row.
    pub fn get(&self, attribute: Attribute, row: u32) -> Option<u32> {
        self.column(attribute)?.get(row as usize).checked_sub(1)
    }

    /// The same attributes of other rows: `rows` names one for each new row.
    ///
    /// # Panics
    ///
    /// If one is not a row.
    #[must_use]
    pub(crate) fn of_rows(self, rows: &[u32]) -> Self {
        Self { columns: self.columns.map(|column| column.map(|column| column.of_rows(rows))) }
    }

    /// The codes of the values within bounds, themselves allowed. What is unknown is within none.
    pub(crate) fn codes_within(min: Option<f64>, max: Option<f64>) -> Range<u32> {
        // Casts saturate, and no code is above 2^31.
        let code = |value: f64| (value as u32).saturating_add(1);
        let start = min.map_or(1, |min| code(min.ceil()));
        let end = max.map_or(u32::MAX, |max| if max < 0.0 { 1 } else { code(max.floor()).saturating_add(1) });
        start..end
    }

    /// Whether these can be the attributes of so many tracks with these features.
    pub(crate) fn check(&self, tracks: usize, features: &[String]) -> Result<(), Invalid> {
        for (attribute, column) in self.columns() {
            let name = attribute.name();
            Invalid::count(format!("rows of column {name}"), tracks, column.len())?;
            Invalid::index(format!("a track has {name}"), *attribute.range().end() as usize + 2, column.max())?;
            if features.iter().any(|feature| feature == name) {
                return Err(Invalid::Repeated { what: format!("column {name}").into() });
            }
        }
        Ok(())
    }
}

/// Mean and population standard deviation of what is known of an attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moments {
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
}

impl Moments {
    /// Of a column of [`Attributes`]; 0 and 0 where nothing is known.
    pub(crate) fn of(column: &IntColumn) -> Self {
        let (mut count, mut sum, mut squares) = (0_u64, 0_u64, 0_u128);
        column.each(0..column.len(), |_, code| {
            if let Some(value) = code.checked_sub(1) {
                count += 1;
                sum += u64::from(value);
                squares += u128::from(value) * u128::from(value);
            }
        });
        let n = count.max(1) as f64;
        let mean = sum as f64 / n;
        // Exact sums: n² times the variance is a whole number.
        let variance = (u128::from(count) * squares).saturating_sub(u128::from(sum) * u128::from(sum)) as f64 / (n * n);
        Self { mean, deviation: variance.sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(codes: &[u32]) -> Attributes {
        Attributes::new(|attribute| (attribute == Attribute::Key).then(|| IntColumn::new(codes)))
    }

    #[test]
    fn every_name_is_one_attributes_alone() {
        for (place, attribute) in Attribute::ALL.into_iter().enumerate() {
            assert_eq!(attribute as usize, place);
            assert_eq!(Attribute::named(attribute.name()), Some(attribute));
        }
        assert_eq!(Attribute::named("Key"), None);
    }

    #[test]
    fn what_is_unknown_has_no_value_and_is_within_no_bounds() {
        let attributes = key(&[0, 1, 12]);
        let values: Vec<_> = (0..3).map(|row| attributes.get(Attribute::Key, row)).collect();
        assert_eq!(values, [None, Some(0), Some(11)]);
        assert_eq!(attributes.get(Attribute::Mode, 0), None);
        let within = |min, max| {
            let codes = Attributes::codes_within(min, max);
            [0_u32, 1, 12].map(|code| codes.contains(&code))
        };
        assert_eq!(within(None, None), [false, true, true]);
        assert_eq!(within(Some(-5.0), Some(0.5)), [false, true, false]);
        assert_eq!(within(Some(0.1), None), [false, false, true]);
        assert_eq!(within(Some(f64::MIN), Some(f64::MAX)), [false, true, true]);
        assert_eq!(within(None, Some(-0.5)), [false, false, false]);
        assert_eq!(within(Some(11.0), Some(11.0)), [false, false, true]);
        assert_eq!(within(Some(1e12), None), [false, false, false]);
    }

    #[test]
    fn values_beyond_their_range_and_columns_of_another_length_are_refused() {
        assert!(key(&[0, 12]).check(2, &[]).is_ok());
        assert!(key(&[0, 13]).check(2, &[]).is_err());
        assert!(key(&[0, 12]).check(3, &[]).is_err());
        assert!(key(&[0, 12]).check(2, &["key".into()]).is_err());
        let longest =
            |codes: &[u32]| Attributes::new(|of| (of == Attribute::DurationMs).then(|| IntColumn::new(codes)));
        assert!(longest(&[1 << 31]).check(1, &[]).is_ok());
        assert!(longest(&[(1 << 31) + 1]).check(1, &[]).is_err());
    }

    #[test]
    fn moments_are_those_of_the_known_values() {
        assert_eq!(Moments::of(&IntColumn::new(&[0, 3, 0, 7])), Moments { mean: 4.0, deviation: 2.0 });
        assert_eq!(Moments::of(&IntColumn::new(&[0, 0])), Moments { mean: 0.0, deviation: 0.0 });
        let long = Moments::of(&IntColumn::new(&vec![1 << 31; 1_000]));
        assert_eq!(long, Moments { mean: f64::from(i32::MAX), deviation: 0.0 });
    }
}

//! How the values of a model break what they must be. One type for every part, so that each check says what it expected and
//! what it got in the same way.

use std::{borrow::Cow, fmt::Debug, ops::RangeInclusive};

/// How a value breaks what it must be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// There are not as many of something as something else demands.
    #[error("{got} {what}, expected {expected}")]
    Count {
        /// What is counted.
        what: Cow<'static, str>,
        /// How many there must be.
        expected: usize,
        /// How many there are.
        got: usize,
    },
    /// There are too few or too many of something.
    #[error("{got} {what}, expected {least} to {most}")]
    CountRange {
        /// What is counted.
        what: Cow<'static, str>,
        /// The fewest there may be.
        least: usize,
        /// The most there may be.
        most: usize,
        /// How many there are.
        got: usize,
    },
    /// A number is infinite or not a number.
    #[error("{what} is {got}, expected a finite number")]
    NotFinite {
        /// Which number.
        what: Cow<'static, str>,
        /// The number.
        got: f64,
    },
    /// A number lies outside of its range, or is not a number.
    #[error("{what} is {got}, expected {least:?} to {most:?}")]
    OutOfRange {
        /// Which number.
        what: Cow<'static, str>,
        /// The least it may be.
        least: f64,
        /// The most it may be.
        most: f64,
        /// The number.
        got: f64,
    },
    /// A number names something beyond the last there is.
    #[error("{what} {got}, and there are {count}")]
    Index {
        /// What names it.
        what: Cow<'static, str>,
        /// How many there are.
        count: usize,
        /// The number, counted from 0.
        got: usize,
    },
    /// Something is there twice that must be there once.
    #[error("{what} is there twice")]
    Repeated {
        /// What it is.
        what: Cow<'static, str>,
    },
    /// Something does not stand where its order puts it.
    #[error("{what} is out of order")]
    Order {
        /// What it is.
        what: Cow<'static, str>,
    },
    /// Bytes are not encoded as they must be.
    #[error("{what} is encoded wrongly")]
    Encoding {
        /// What it is.
        what: Cow<'static, str>,
    },
    /// Two parts of the model disagree.
    #[error("{what} is {got}, expected {expected}")]
    Differs {
        /// What they disagree about.
        what: Cow<'static, str>,
        /// What one says.
        expected: String,
        /// What the other says.
        got: String,
    },
}

impl Invalid {
    /// Fails unless there are `expected`.
    pub(crate) fn count(what: impl Into<Cow<'static, str>>, expected: usize, got: usize) -> Result<(), Self> {
        if got == expected { Ok(()) } else { Err(Self::Count { what: what.into(), expected, got }) }
    }

    /// Fails unless there are as many as `range` says.
    pub(crate) fn count_range(
        what: impl Into<Cow<'static, str>>,
        range: RangeInclusive<usize>,
        got: usize,
    ) -> Result<(), Self> {
        if range.contains(&got) {
            return Ok(());
        }
        Err(Self::CountRange { what: what.into(), least: *range.start(), most: *range.end(), got })
    }

    /// Fails unless every value is finite.
    pub(crate) fn finite<'a>(
        what: impl Into<Cow<'static, str>>,
        values: impl IntoIterator<Item = &'a f64>,
    ) -> Result<(), Self> {
        match values.into_iter().find(|value| !value.is_finite()) {
            Some(got) => Err(Self::NotFinite { what: what.into(), got: *got }),
            None => Ok(()),
        }
    }

    /// Fails unless every value lies in `range`. What is not a number does not.
    pub(crate) fn range<'a>(
        what: impl Into<Cow<'static, str>>,
        range: RangeInclusive<f64>,
        values: impl IntoIterator<Item = &'a f64>,
    ) -> Result<(), Self> {
        match values.into_iter().find(|value| !range.contains(value)) {
            Some(got) => {
                Err(Self::OutOfRange { what: what.into(), least: *range.start(), most: *range.end(), got: *got })
            }
            None => Ok(()),
        }
    }

    /// Fails unless the largest of some numbers, if there are any, is below `count`.
    pub(crate) fn index(what: impl Into<Cow<'static, str>>, count: usize, largest: Option<u32>) -> Result<(), Self> {
        match largest {
            Some(got) if got as usize >= count => Err(Self::Index { what: what.into(), count, got: got as usize }),
            _ => Ok(()),
        }
    }

    /// Fails unless both are equal.
    pub(crate) fn equal<T: PartialEq + Debug + ?Sized>(
        what: impl Into<Cow<'static, str>>,
        expected: &T,
        got: &T,
    ) -> Result<(), Self> {
        if got == expected {
            return Ok(());
        }
        Err(Self::Differs { what: what.into(), expected: format!("{expected:?}"), got: format!("{got:?}") })
    }
}

//! Small whole numbers, one a row, in as many bytes as the largest needs.

use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// One unsigned number a row: 1, 2 or 4 bytes each.
#[derive(Clone, Debug, PartialEq)]
pub enum IntColumn {
    /// All below 2^8.
    U8(Vec<u8>),
    /// All below 2^16.
    U16(Vec<u16>),
    /// All below 2^32.
    U32(Vec<u32>),
}

impl IntColumn {
    /// Stores `codes` in the narrowest form that holds the largest.
    pub fn new(codes: &[u32]) -> Self {
        match codes.iter().copied().max().unwrap_or(0) {
            // The casts keep every bit: the largest was just seen to fit.
            0..=0xff => Self::U8(codes.iter().map(|code| *code as u8).collect()),
            0x100..=0xffff => Self::U16(codes.iter().map(|code| *code as u16).collect()),
            _ => Self::U32(codes.to_vec()),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(codes) => codes.len(),
            Self::U16(codes) => codes.len(),
            Self::U32(codes) => codes.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code of one row.
    ///
    /// # Panics
    ///
    /// If `row` is not below [`IntColumn::len`].
    #[inline]
    pub fn get(&self, row: usize) -> u32 {
        match self {
            Self::U8(codes) => codes[row].into(),
            Self::U16(codes) => codes[row].into(),
            Self::U32(codes) => codes[row],
        }
    }

    /// How much memory it takes, in bytes.
    pub fn memory(&self) -> usize {
        match self {
            Self::U8(codes) => codes.len(),
            Self::U16(codes) => codes.len() * size_of::<u16>(),
            Self::U32(codes) => codes.len() * size_of::<u32>(),
        }
    }

    /// All codes in row order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + Clone + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The codes of other rows: `rows` names one for each new row.
    ///
    /// # Panics
    ///
    /// If one is not below [`IntColumn::len`].
    #[must_use]
    pub fn of_rows(&self, rows: &[u32]) -> Self {
        match self {
            Self::U8(codes) => Self::U8(rows.iter().map(|row| codes[*row as usize]).collect()),
            Self::U16(codes) => Self::U16(rows.iter().map(|row| codes[*row as usize]).collect()),
            Self::U32(codes) => Self::U32(rows.iter().map(|row| codes[*row as usize]).collect()),
        }
    }

    /// `number` of each code.
    ///
    /// # Panics
    ///
    /// If a code has none.
    #[must_use]
    pub fn renumbered(self, number: &[u32]) -> Self {
        let codes: Vec<u32> = match self {
            Self::U32(mut codes) => {
                codes.iter_mut().for_each(|code| *code = number[*code as usize]);
                codes
            }
            narrow => narrow.iter().map(|code| number[code as usize]).collect(),
        };
        Self::from(codes)
    }

    /// Calls `each` with the position in `rows` and the code, row by row. Quicker than [`IntColumn::get`] one by one.
    ///
    /// # Panics
    ///
    /// If `rows` is not within the rows.
    #[inline]
    pub fn each(&self, rows: Range<usize>, mut each: impl FnMut(usize, u32)) {
        match self {
            Self::U8(codes) => codes[rows].iter().enumerate().for_each(|(at, code)| each(at, (*code).into())),
            Self::U16(codes) => codes[rows].iter().enumerate().for_each(|(at, code)| each(at, (*code).into())),
            Self::U32(codes) => codes[rows].iter().enumerate().for_each(|(at, code)| each(at, *code)),
        }
    }

    /// The largest code.
    pub fn max(&self) -> Option<u32> {
        match self {
            Self::U8(codes) => codes.iter().copied().max().map(u32::from),
            Self::U16(codes) => codes.iter().copied().max().map(u32::from),
            Self::U32(codes) => codes.iter().copied().max(),
        }
    }
}

impl From<Vec<u32>> for IntColumn {
    /// As [`IntColumn::new`], without a copy where the codes are wide.
    fn from(codes: Vec<u32>) -> Self {
        match codes.iter().copied().max().unwrap_or(0) {
            0..=0xffff => Self::new(&codes),
            _ => Self::U32(codes),
        }
    }
}

/// Width in bytes, then the lowest byte of every code, then the next byte of every code, and so on: bytes of one place
/// are alike, which compresses.
#[derive(Serialize, Deserialize)]
struct Encoded<T> {
    width: u8,
    byte_planes: T,
}

impl Serialize for IntColumn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let width = match self.max().unwrap_or(0) {
            0..=0xff => 1,
            0x100..=0xffff => 2,
            0x1_0000..=0xff_ffff => 3,
            _ => 4,
        };
        let mut byte_planes = Vec::with_capacity(usize::from(width) * self.len());
        for place in 0..width {
            byte_planes.extend(self.iter().map(|code| code.to_le_bytes()[usize::from(place)]));
        }
        Encoded { width, byte_planes: Bytes(&byte_planes) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for IntColumn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Encoded { width, byte_planes } = Encoded::<&[u8]>::deserialize(deserializer)?;
        if !(1..=4).contains(&width) {
            return Err(D::Error::custom(format_args!("codes are {width} bytes wide, expected 1 to 4")));
        }
        if byte_planes.len() % usize::from(width) != 0 {
            return Err(D::Error::custom("codes end inside a number"));
        }
        let (low, high) = byte_planes.split_at(byte_planes.len() / usize::from(width));
        Ok(match width {
            1 => Self::U8(low.to_vec()),
            2 => Self::U16(low.iter().zip(high).map(|(a, b)| u16::from_le_bytes([*a, *b])).collect()),
            _ => {
                let (high, top) = high.split_at(low.len());
                let mut codes: Vec<u32> =
                    low.iter().zip(high).map(|(a, b)| u32::from_le_bytes([*a, *b, 0, 0])).collect();
                for (place, plane) in top.chunks_exact(low.len().max(1)).enumerate() {
                    for (code, byte) in codes.iter_mut().zip(plane) {
                        *code |= u32::from(*byte) << (16 + 8 * place);
                    }
                }
                Self::U32(codes)
            }
        })
    }
}

/// Serialises as one run of bytes, not as a sequence of numbers.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::bytes::codec;

    #[test]
    fn codes_take_the_narrowest_width() {
        assert!(matches!(IntColumn::new(&[0, 255]), IntColumn::U8(_)));
        assert!(matches!(IntColumn::new(&[0, 256]), IntColumn::U16(_)));
        assert!(matches!(IntColumn::new(&[65_536]), IntColumn::U32(_)));
    }

    #[test]
    fn codes_of_every_width_come_back() {
        for largest in [0, 0xff, 0x100, 0xffff, 0x1_0000, 0xff_ffff, 0x100_0000, u32::MAX] {
            let codes = IntColumn::new(&[largest, 0, largest / 3, 7.min(largest)]);
            let bytes = codec::encode(&codes).unwrap();
            assert_eq!(codec::decode::<IntColumn>(&bytes).unwrap(), codes);
        }
        let none = IntColumn::new(&[]);
        assert_eq!(codec::decode::<IntColumn>(&codec::encode(&none).unwrap()).unwrap(), none);
    }
}

//! Small whole numbers, one a row, in as many bytes as the largest needs.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// One unsigned number a row: 1, 2 or 4 bytes each.
#[derive(Clone, Debug, PartialEq)]
pub enum Codes {
    /// All below 2^8.
    U8(Vec<u8>),
    /// All below 2^16.
    U16(Vec<u16>),
    /// All below 2^32.
    U32(Vec<u32>),
}

impl Codes {
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
    /// If `row` is not below [`Codes::len`].
    #[inline]
    pub fn get(&self, row: usize) -> u32 {
        match self {
            Self::U8(codes) => codes[row].into(),
            Self::U16(codes) => codes[row].into(),
            Self::U32(codes) => codes[row],
        }
    }

    /// All codes in row order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.len()).map(|row| self.get(row))
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

/// Width in bytes, then the codes little-endian.
#[derive(Serialize, Deserialize)]
struct Encoded<T> {
    width: u8,
    codes: T,
}

impl Serialize for Codes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (width, codes): (u8, Vec<u8>) = match self {
            Self::U8(codes) => (1, codes.clone()),
            Self::U16(codes) => (2, codes.iter().flat_map(|code| code.to_le_bytes()).collect()),
            Self::U32(codes) => (4, codes.iter().flat_map(|code| code.to_le_bytes()).collect()),
        };
        Encoded { width, codes: Bytes(&codes) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Codes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Encoded { width, codes } = Encoded::<&[u8]>::deserialize(deserializer)?;
        let whole = |width: usize| {
            if codes.len() % width == 0 { Ok(()) } else { Err(D::Error::custom("codes end inside a number")) }
        };
        match width {
            1 => Ok(Self::U8(codes.to_vec())),
            2 => {
                whole(2)?;
                Ok(Self::U16(codes.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect()))
            }
            4 => {
                whole(4)?;
                Ok(Self::U32(codes.chunks_exact(4).map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect()))
            }
            other => Err(D::Error::custom(format_args!("codes are {other} bytes wide, expected 1, 2 or 4"))),
        }
    }
}

/// Serialises as one run of bytes, not as a sequence of numbers.
struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_take_the_narrowest_width() {
        assert!(matches!(Codes::new(&[0, 255]), Codes::U8(_)));
        assert!(matches!(Codes::new(&[0, 256]), Codes::U16(_)));
        assert!(matches!(Codes::new(&[65_536]), Codes::U32(_)));
    }
}

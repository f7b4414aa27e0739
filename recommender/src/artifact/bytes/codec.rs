//! The one place that knows bincode: values to bytes and back, with a limit on what may be read.

use bincode::config::{Configuration, Limit, LittleEndian, Varint};
use serde::{Deserialize, Serialize};

/// No section may be longer: 2 GiB.
pub const MAX_SECTION_BYTES: usize = 1 << 31;

/// Bytes that could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value did not fit its form, or was longer than [`MAX_SECTION_BYTES`].
    #[error("cannot encode: {0}")]
    Encode(#[from] bincode::error::EncodeError),
    /// The bytes are not of the form that was expected.
    #[error("cannot decode: {0}")]
    Decode(#[from] bincode::error::DecodeError),
    /// The bytes are not the JSON that was expected, or a value does not fit JSON.
    #[error("not the JSON that was expected: {0}")]
    Json(#[from] serde_json::Error),
    /// A section is longer than one of its kind may be.
    #[error("{got} bytes unpacked, at most {most} are allowed")]
    TooLong {
        /// Its length.
        got: u64,
        /// The most that it may have.
        most: u64,
    },
    /// The bytes could not be packed.
    #[error("cannot pack: {0}")]
    Compress(#[source] std::io::Error),
    /// The bytes are not packed as they should be, or are more than was said.
    #[error("cannot unpack: {0}")]
    Decompress(#[source] std::io::Error),
    /// There were fewer bytes than was said.
    #[error("expected {expected} bytes unpacked, got {got}")]
    UncompressedLength {
        /// Length that was said.
        expected: usize,
        /// Length found.
        got: usize,
    },
    /// Memory does not suffice.
    #[error("{length} bytes do not fit into memory")]
    Memory {
        /// How many bytes were asked for.
        length: usize,
    },
    /// Bytes were left over.
    #[error("{left} of {length} bytes are left over")]
    LeftOver {
        /// How many.
        left: usize,
        /// Out of how many.
        length: usize,
    },
}

const VARINT: Configuration<LittleEndian, Varint, Limit<MAX_SECTION_BYTES>> =
    bincode::config::standard().with_limit::<MAX_SECTION_BYTES>();

/// Encodes with variable-length integers: what sections hold.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    Ok(bincode::serde::encode_to_vec(value, VARINT)?)
}

/// Decodes what [`encode`] made. Strings and bytes are borrowed (owned ones: [`owned`](crate::owned)), so that no length can ask for
/// more memory than there are bytes.
pub(crate) fn decode<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Error> {
    let (value, read) = bincode::serde::borrow_decode_from_slice(bytes, VARINT)?;
    match bytes.len() - read {
        0 => Ok(value),
        left => Err(Error::LeftOver { left, length: bytes.len() }),
    }
}

//! The one place that knows bincode: values to bytes and back, with a limit on what may be read.

use bincode::{
    config::{Configuration, Fixint, Limit, LittleEndian, Varint},
    enc::write::Writer,
    error::EncodeError,
};
use serde::{Deserialize, Serialize};

/// No section may be longer: 1 GiB.
pub const MAX_SECTION_BYTES: usize = 1 << 30;

/// Bytes that could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value did not fit its form, or was longer than [`MAX_SECTION_BYTES`].
    #[error("cannot encode: {0}")]
    Encode(#[from] bincode::error::EncodeError),
    /// The bytes are not of the form that was expected.
    #[error("cannot decode: {0}")]
    Decode(#[from] bincode::error::DecodeError),
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
    /// A graph cannot be rebuilt.
    #[error("cannot rebuild a graph: {0}")]
    Rebuild(String),
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
const FIXINT: Configuration<LittleEndian, Fixint> = bincode::config::standard().with_fixed_int_encoding();

/// Encodes with variable-length integers: what sections hold.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    Ok(bincode::serde::encode_to_vec(value, VARINT)?)
}

/// Decodes what [`encode`] made. Strings and bytes are borrowed, so that no length can ask for more memory than there
/// are bytes.
pub(crate) fn decode<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Error> {
    let (value, read) = bincode::serde::borrow_decode_from_slice(bytes, VARINT)?;
    match bytes.len() - read {
        0 => Ok(value),
        left => Err(Error::LeftOver { left, length: bytes.len() }),
    }
}

/// Hands out the numbers that a value serialises to, one by one, lengths of sequences among them: nothing is kept.
/// Floats come as their bits.
pub(crate) fn numbers<T: Serialize>(value: &T, each: impl FnMut(u64)) -> Result<(), Error> {
    struct NumberSink<F>(F);

    impl<F: FnMut(u64)> Writer for NumberSink<F> {
        // With integers of fixed width, each number is one write.
        #[inline]
        fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
            let mut number = [0; 8];
            number
                .get_mut(..bytes.len())
                .ok_or(EncodeError::Other("a number of more than 8 bytes"))?
                .copy_from_slice(bytes);
            (self.0)(u64::from_le_bytes(number));
            Ok(())
        }
    }

    Ok(bincode::serde::encode_into_writer(value, NumberSink(each), FIXINT)?)
}

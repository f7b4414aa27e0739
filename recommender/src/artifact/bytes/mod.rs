//! The outer form of an artifact: header, section table, checksums, compression, and values as bytes. Nothing here knows what a
//! section means.

pub mod codec;
mod compression;
mod error;
mod header;

pub(super) use compression::compress;
pub use compression::{Compression, Scratch};
pub use error::{Error, HeaderError};
pub(super) use header::{CompressedSection, file_length, read, verify_checksum, with_first, write};
pub use header::{Entry, FORMAT_VERSION, HEADER_PREFIX_BYTES, MAGIC, header_length, unpacked_bytes};

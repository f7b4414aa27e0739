//! Why bytes do not have the outer form of an artifact.

use super::codec::MAX_SECTION_BYTES;
use super::header::{FORMAT_VERSION, MAGIC, MAX_SECTIONS};

/// Why bytes do not have the outer form of an artifact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes do not begin as an artifact does.
    #[error(
        "not a segue artifact: expected it to begin with {MAGIC:02x?}, got {got:02x?}; make one with `trainer train`"
    )]
    Magic {
        /// The first bytes found, as many as there are up to 8.
        got: Vec<u8>,
    },
    /// The artifact is of a format that this program does not read.
    #[error(
        "the artifact has format version {got}, this program reads {FORMAT_VERSION}: train again with `trainer train`, or \
         use the segue that wrote it"
    )]
    FormatVersion {
        /// The version found.
        got: u32,
    },
    /// The artifact is not as long as it says.
    #[error("the artifact says it is {expected} bytes long, got {got}: it was cut short or added to, fetch it again")]
    Length {
        /// Bytes, as the header says.
        expected: u64,
        /// Bytes there are.
        got: u64,
    },
    /// There are fewer bytes than a header has.
    #[error("{got} bytes, an artifact's header has {expected}: the file was cut short, fetch it again")]
    CutShort {
        /// Bytes that a header has.
        expected: u64,
        /// Bytes there are.
        got: u64,
    },
    /// The header contradicts itself.
    #[error("the artifact's header is damaged: {0}; fetch it again, or train again")]
    Header(#[from] HeaderError),
    /// A section's bytes are not as many as the header says.
    #[error("section {section} has {got} bytes, expected {expected}; fetch it again, or train again")]
    SectionLength {
        /// Name of the section.
        section: String,
        /// Bytes, as the header says.
        expected: u64,
        /// Bytes there are.
        got: u64,
    },
    /// A section's bytes are not those that were written.
    #[error(
        "section {section} is damaged: checksum {expected:08x} expected, got {got:08x}; fetch it again, or train again"
    )]
    Checksum {
        /// Name of the section.
        section: String,
        /// CRC-32, as the header says.
        expected: u32,
        /// CRC-32 of the bytes.
        got: u32,
    },
}

/// How a header contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// There are more sections than a file may have.
    #[error("{got} sections, at most {MAX_SECTIONS} are allowed")]
    SectionCount {
        /// Number of sections.
        got: usize,
    },
    /// The header's bytes are not those that were written.
    #[error("checksum {expected:08x} expected, got {got:08x}")]
    Checksum {
        /// CRC-32, as the header says.
        expected: u32,
        /// CRC-32 of the bytes.
        got: u32,
    },
    /// Bytes that must be zero are not.
    #[error("bytes that must be zero are not")]
    Padding,
    /// A name is not 1 to 16 printable ASCII characters, padded with zeros.
    #[error("a section's name is not 1 to 16 printable characters")]
    SectionName,
    /// A section is packed in a way that this format does not have.
    #[error("section {section} is packed in an unknown way: {got}")]
    Compression {
        /// Name of the section.
        section: String,
        /// The number that stands for the packing.
        got: u32,
    },
    /// A section does not begin where the one before ends.
    #[error("section {section} begins at {got}, expected {expected}")]
    Offset {
        /// Name of the section.
        section: String,
        /// Where the section before ends.
        expected: u64,
        /// Where it begins.
        got: u64,
    },
    /// A section is too long to be unpacked.
    #[error("section {section} has {got} bytes, at most {MAX_SECTION_BYTES} are allowed")]
    SectionBytes {
        /// Name of the section.
        section: String,
        /// Its length unpacked.
        got: u64,
    },
    /// The sections are too long to be unpacked, all together.
    #[error("the sections have {got} bytes unpacked, at most {limit} are allowed for a file of this length")]
    UnpackedBytes {
        /// The most that is allowed.
        limit: u64,
        /// Their lengths unpacked, added up.
        got: u64,
    },
    /// A section ends behind the file.
    #[error("section {section} ends behind the file")]
    SectionEnd {
        /// Name of the section.
        section: String,
    },
    /// Two sections have one name.
    #[error("there are two sections {section}")]
    RepeatedSection {
        /// Name of the sections.
        section: String,
    },
    /// The last section does not end with the file.
    #[error("the sections end at {got}, the file at {expected}")]
    End {
        /// Length of the file.
        expected: u64,
        /// Where the last section ends.
        got: u64,
    },
    /// No section of this format has this name.
    #[error("section {section} is not known to this format")]
    UnknownSection {
        /// The name.
        section: String,
    },
}

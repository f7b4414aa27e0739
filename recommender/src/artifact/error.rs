//! Why bytes are not an artifact that can be served.

use std::path::PathBuf;

use super::codec;

/// Why bytes are not an artifact that can be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The bytes do not begin as an artifact does.
    #[error(
        "not a segue artifact: expected it to begin with {expected:02x?}, got {got:02x?}; make one with `trainer train`"
    )]
    Magic {
        /// The first bytes of every artifact.
        expected: [u8; 8],
        /// The first bytes found, as many as there are up to 8.
        got: Vec<u8>,
    },
    /// The artifact is of a format that this program does not read.
    #[error(
        "the artifact has format version {got}, this program reads {expected}: train again with `trainer train`, or use the segue that wrote it"
    )]
    FormatVersion {
        /// The version that is read.
        expected: u32,
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
    /// The header contradicts itself.
    #[error("the artifact's header is damaged: {reason}; fetch it again, or train again")]
    Header {
        /// What is wrong.
        reason: String,
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
    /// A section that every artifact has is not there.
    #[error("section {section} is missing; train again with `trainer train`")]
    Missing {
        /// Name of the section.
        section: String,
    },
    /// A section's bytes do not have its form.
    #[error("section {section} cannot be read: {source}; train again with `trainer train`")]
    Form {
        /// Name of the section.
        section: String,
        /// Why.
        source: codec::Error,
    },
    /// A section's values contradict each other, or another section's.
    #[error("section {section} is wrong: {reason}; train again with `trainer train`")]
    Invalid {
        /// Name of the section.
        section: String,
        /// What is wrong.
        reason: String,
    },
}

impl Error {
    pub(crate) fn invalid(section: impl Into<String>) -> impl FnOnce(String) -> Self {
        let section = section.into();
        move |reason| Self::Invalid { section, reason }
    }
}

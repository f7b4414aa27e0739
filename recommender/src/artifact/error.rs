//! Why bytes are not an artifact that can be served.

use std::path::PathBuf;

use super::{bytes, bytes::codec, registry::Section};
use crate::invalid::Invalid;

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
    /// The bytes do not have the outer form of an artifact: another file, another format, damaged or cut short.
    #[error(transparent)]
    Bytes(#[from] bytes::Error),
    /// A section that every artifact has is not there.
    #[error("section {section} is missing; train again with `trainer train`")]
    Missing {
        /// Which section.
        section: Section,
    },
    /// A section's bytes do not have its encoding.
    #[error("section {section} cannot be read: {source}; train again with `trainer train`")]
    Encoding {
        /// Which section.
        section: Section,
        /// Why.
        source: codec::Error,
    },
    /// A section's values contradict each other, or another section's.
    #[error("section {section} is wrong: {source}; train again with `trainer train`")]
    Invalid {
        /// Which section.
        section: Section,
        /// What is wrong.
        source: Invalid,
    },
}

impl Error {
    /// What is wrong with a section's values.
    pub(crate) fn invalid(section: Section) -> impl FnOnce(Invalid) -> Self {
        move |source| Self::Invalid { section, source }
    }
}

impl From<bytes::HeaderError> for Error {
    fn from(error: bytes::HeaderError) -> Self {
        Self::Bytes(error.into())
    }
}

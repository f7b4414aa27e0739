//! The artifact: a whole model in one immutable file. `docs/artifact-format.md` specifies its bytes.
//!
//! Nothing in it depends on when or how fast it was made: the same tracks and options give the same bytes, and their
//! SHA-256 is the model's version.

pub mod bytes;
mod error;
mod reader;
mod registry;
mod section_data;
mod title_order;
mod version;

pub use bytes::{Compression, Entry, FORMAT_VERSION, HEADER_PREFIX_BYTES, MAGIC, Scratch, unpacked_bytes};
pub use error::Error;
pub use reader::ArtifactReader;
pub use registry::{Need, Section};
pub use section_data::SectionData;
pub use version::{BadVersion, Version};

use std::{fs::File, io::Read, path::Path};

use rayon::prelude::*;

use crate::{
    card::Card,
    catalog::{Catalog, titles::Titles},
    clusters::{Cluster, NaiveBayes},
    companions::Companions,
    features::Scaler,
    projection::Projection,
    search::GraphData,
    text_search::InvertedIndex,
};

/// Everything that an artifact holds, section by section.
#[derive(Clone, Debug, PartialEq)]
pub struct Artifact {
    /// Section `card`.
    pub card: Card,
    /// Section `companions`; nothing where the trainer was given no playlists.
    pub companions: Option<Box<Companions>>,
    /// Section `scaler`.
    pub scaler: Scaler,
    /// Section `projection`.
    pub projection: Projection,
    /// Section `clusters`, by id.
    pub clusters: Vec<Cluster>,
    /// Section `bayes`.
    pub bayes: NaiveBayes,
    /// Sections `feature-0` and so on, `artists`, `ids`, `albums`, `genres` and `attributes`, and of `titles` the texts.
    pub catalog: Catalog,
    /// Of section `titles` the order.
    pub titles: Titles,
    /// Sections `graph-0`, `graph-1` and so on, one for each cluster. While an artifact is being fetched, the last ones
    /// may not be there yet.
    pub graphs: Vec<GraphData>,
    /// Section `text-search`; nothing where it was not fetched.
    pub text_search: Option<Box<InvertedIndex>>,
}

/// The bytes of an artifact.
///
/// # Errors
///
/// [`Error::Encoding`] or [`Error::Invalid`] where a section grows beyond [`bytes::codec::MAX_SECTION_BYTES`], or one that does not grow with
/// the catalogue beyond 1 MiB, or its titles are not in the order that the format keeps.
pub fn encode(artifact: &Artifact) -> Result<Vec<u8>, Error> {
    Ok(bytes::write(&section_data::sections(artifact)?))
}

/// The bytes of an artifact with another card: the other sections stay as they are.
///
/// # Errors
///
/// Where the bytes are no artifact that this program wrote: one whose first section is not the card.
pub fn with_card(file: Vec<u8>, card: &Card) -> Result<Vec<u8>, Error> {
    with_first(file, &[(Section::Card, section_data::card(card)?)])
}

/// The bytes of an artifact with another card and other companions: the other sections stay as they are.
///
/// # Errors
///
/// Where the bytes are no artifact that this program wrote: one whose first sections are not these.
pub fn with_companions(file: Vec<u8>, card: &Card, companions: Option<&Companions>) -> Result<Vec<u8>, Error> {
    let companions = section_data::companions(companions)?;
    with_first(file, &[(Section::Card, section_data::card(card)?), (Section::Companions, companions)])
}

/// The bytes of an artifact whose first sections are replaced by these.
fn with_first(file: Vec<u8>, first: &[(Section, bytes::CompressedSection)]) -> Result<Vec<u8>, Error> {
    let entries = sections(&file)?;
    for (place, (section, _)) in first.iter().enumerate() {
        if entries.get(place).is_none_or(|entry| entry.section != *section) {
            return Err(Error::Missing { section: *section });
        }
    }
    let named = |entry: Entry<Section>| {
        let name = entry.section.to_string();
        entry.named(name)
    };
    let first: Vec<&bytes::CompressedSection> = first.iter().map(|(_, data)| data).collect();
    Ok(bytes::with_first(file, entries.into_iter().map(named).collect(), &first))
}

/// How long the header of a file is, in bytes. `start` is the first [`HEADER_PREFIX_BYTES`] bytes of the file, or more.
///
/// # Errors
///
/// [`Error::Bytes`] where the bytes do not begin an artifact, or one of another format.
pub fn header_length(start: &[u8]) -> Result<usize, Error> {
    Ok(bytes::header_length(start)?)
}

/// The bytes of an artifact in a file: as many as its header says that there are, and one more where there are more. What is
/// no artifact, such as a device that never ends, is left after its first bytes.
///
/// # Errors
///
/// [`Error::Read`] where the file cannot be read, [`Error::Bytes`] where it does not begin as an artifact does.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::Read { path: path.into(), source };
    let mut file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    (&mut file).take(HEADER_PREFIX_BYTES as u64).read_to_end(&mut bytes).map_err(failed)?;
    let length = bytes::file_length(&bytes)?;
    let rest = length.saturating_sub(bytes.len() as u64).saturating_add(1);
    // What is there, not what is said.
    let there = file.metadata().map_or(0, |file| file.len()).min(length);
    bytes.reserve_exact(usize::try_from(there).unwrap_or(0).saturating_sub(bytes.len()).saturating_add(1));
    file.take(rest).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// The section table of an artifact, without reading the sections.
///
/// # Errors
///
/// [`Error::Bytes`] where the bytes are no artifact, or not of this format, or the header is damaged.
pub fn sections(file: &[u8]) -> Result<Vec<Entry<Section>>, Error> {
    reader::sections(file, file.len() as u64)
}

/// The bytes of one section of a file.
///
/// # Panics
///
/// If the section is not one of this file's, of which [`sections`] tells.
pub fn section<'a>(file: &'a [u8], entry: &Entry<Section>) -> &'a [u8] {
    &file[entry.offset as usize..(entry.offset + entry.length) as usize]
}

/// The card of an artifact, without reading its other sections.
///
/// # Errors
///
/// Where the bytes are no artifact, or its card cannot be read.
pub fn card(file: &[u8]) -> Result<Card, Error> {
    let sections = sections(file)?;
    let entry = sections.iter().find(|entry| entry.section == Section::Card);
    let entry = entry.ok_or(Error::Missing { section: Section::Card })?;
    match SectionData::read(entry, section(file, entry))? {
        SectionData::Card(card) => Ok(*card),
        // A section's data is of its own kind.
        _ => Err(Error::Missing { section: Section::Card }),
    }
}

/// Reads an artifact, checksums first. The parts are each of the right encoding, and not yet held against each other:
/// [`Model::assemble`](crate::model::Model::assemble) does that.
///
/// # Errors
///
/// See [`Error`]. No input panics.
pub fn decode(file: &[u8]) -> Result<Artifact, Error> {
    let mut reader = ArtifactReader::new(file, file.len() as u64)?;
    let read = |entry: &Entry<Section>| SectionData::read(entry, section(file, entry));
    let sections: Vec<Result<SectionData, Error>> = reader.sections().par_iter().with_max_len(1).map(read).collect();
    // Of several errors, the first.
    for data in sections {
        reader.add(data?);
    }
    reader.finish()
}

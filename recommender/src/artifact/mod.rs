//! The artifact: a whole model in one immutable file. `docs/artifact-format.md` specifies its bytes.
//!
//! Nothing in it depends on when or how fast it was made: the same tracks and options give the same bytes, and their
//! SHA-256 is the model's version.

pub mod codec;
mod compression;
mod error;
mod layout;
mod reader;
mod section_data;
mod version;

pub use compression::Compression;
pub use error::Error;
pub use layout::{FORMAT_VERSION, HEADER_PREFIX_BYTES, MAGIC, Section, header_length};
pub use reader::ArtifactReader;
pub use section_data::SectionData;
pub(crate) use section_data::{feature_name, graph_name};
pub use version::{BadVersion, Version};

use crate::{
    card::Card,
    catalog::{Catalog, ids::IdIndex, titles::Titles},
    clusters::{Cluster, NaiveBayes},
    features::Scaler,
    projection::Projection,
    search::GraphData,
};

/// Everything that an artifact holds, section by section.
#[derive(Clone, Debug, PartialEq)]
pub struct Artifact {
    /// Section `card`.
    pub card: Card,
    /// Section `scaler`.
    pub scaler: Scaler,
    /// Section `projection`.
    pub projection: Projection,
    /// Section `clusters`, by id.
    pub clusters: Vec<Cluster>,
    /// Section `bayes`.
    pub bayes: NaiveBayes,
    /// Sections `feature-0` and so on, `artists`, `albums`, `genres` and `facts`, and of `titles` and `ids` the texts.
    pub catalog: Catalog,
    /// Of section `titles` the order.
    pub titles: Titles,
    /// Of section `ids` the order.
    pub ids: IdIndex,
    /// Sections `graph-0`, `graph-1` and so on, one for each cluster. While an artifact is being fetched, the last ones
    /// may not be there yet.
    pub graphs: Vec<GraphData>,
}

/// The bytes of an artifact.
///
/// # Errors
///
/// [`Error::Form`] or [`Error::Invalid`] where a section grows beyond [`codec::MAX_SECTION_BYTES`].
pub fn encode(artifact: &Artifact) -> Result<Vec<u8>, Error> {
    Ok(layout::write(&section_data::sections(artifact)?))
}

/// The bytes of an artifact with another card: the other sections stay as they are.
///
/// # Errors
///
/// Where the bytes are no artifact.
pub fn with_card(file: &[u8], card: &Card) -> Result<Vec<u8>, Error> {
    let packed = |part: Section| match part.name.as_str() {
        "card" => section_data::card(card),
        _ => Ok(layout::CompressedSection {
            bytes: section(file, &part).to_vec(),
            uncompressed: part.uncompressed as usize,
            name: part.name,
            compression: part.compression,
        }),
    };
    Ok(layout::write(&sections(file)?.into_iter().map(packed).collect::<Result<Vec<_>, _>>()?))
}

/// The sections of an artifact, in their order, without reading them.
///
/// # Errors
///
/// Where the bytes are no artifact, or not of this format, or the header is damaged.
pub fn sections(file: &[u8]) -> Result<Vec<Section>, Error> {
    layout::read(file, file.len() as u64)
}

/// The bytes of one section of a file.
///
/// # Panics
///
/// If the section is not one of this file's, of which [`sections`] tells.
pub fn section<'a>(file: &'a [u8], section: &Section) -> &'a [u8] {
    &file[section.offset as usize..(section.offset + section.length) as usize]
}

/// Reads an artifact, checksums first. The parts are each of the right form, and not yet held against each other:
/// [`Model::assemble`](crate::model::Model::assemble) does that.
///
/// # Errors
///
/// See [`Error`]. No input panics.
pub fn decode(file: &[u8]) -> Result<Artifact, Error> {
    let mut reader = ArtifactReader::new(file, file.len() as u64)?;
    for part in reader.sections().to_vec() {
        reader.add(SectionData::read(&part, section(file, &part))?);
    }
    reader.finish()
}

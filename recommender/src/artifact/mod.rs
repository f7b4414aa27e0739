//! The artifact: a whole model in one immutable file. `docs/artifact-format.md` specifies its bytes.
//!
//! Nothing in it depends on when or how fast it was made: the same tracks and options give the same bytes, and their
//! SHA-256 is the model's version.

pub mod codec;
mod error;
mod layout;
mod loading;
mod packing;
mod piece;
mod version;

pub use error::Error;
pub use layout::{FORMAT_VERSION, MAGIC, START, Section, header_length};
pub use loading::Loading;
pub use packing::Packing;
pub use piece::Piece;
pub(crate) use piece::{feature_name, graph_name};
pub use version::{BadVersion, Version};

use crate::{
    card::Card,
    catalog::Catalog,
    cluster::{Cluster, NaiveBayes},
    feature::Scaler,
    neighbor::GraphParts,
    projection::Projection,
    title::{Ids, Titles},
};

/// Everything that an artifact holds, section by section.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
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
    pub ids: Ids,
    /// Sections `graph-0`, `graph-1` and so on, one for each cluster. While an artifact is being fetched, the last ones
    /// may not be there yet.
    pub graphs: Vec<GraphParts>,
}

/// The bytes of an artifact.
///
/// # Errors
///
/// [`Error::Form`] or [`Error::Invalid`] where a section grows beyond [`codec::LIMIT`].
pub fn encode(parts: &Parts) -> Result<Vec<u8>, Error> {
    Ok(layout::write(&piece::sections(parts)?))
}

/// The bytes of an artifact with another card: the other sections stay as they are.
///
/// # Errors
///
/// Where the bytes are no artifact.
pub fn with_card(file: &[u8], card: &Card) -> Result<Vec<u8>, Error> {
    let packed = |part: Section| match part.name.as_str() {
        "card" => piece::card(card),
        _ => Ok(layout::Packed {
            bytes: section(file, &part).to_vec(),
            unpacked: part.unpacked as usize,
            name: part.name,
            packing: part.packing,
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
pub fn decode(file: &[u8]) -> Result<Parts, Error> {
    let mut loading = Loading::begin(file, file.len() as u64)?;
    for part in loading.sections().to_vec() {
        loading.add(Piece::read(&part, section(file, &part))?);
    }
    loading.finish()
}

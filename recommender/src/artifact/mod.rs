//! The artifact: a whole model in one immutable file. `docs/artifact-format.md` specifies its bytes.
//!
//! Nothing in it depends on when or how fast it was made: the same tracks and options give the same bytes, and their
//! SHA-256 is the model's version.

pub mod codec;
mod error;
mod layout;
mod version;

pub use error::Error;
pub use layout::{FORMAT_VERSION, MAGIC, Section};
use serde::Deserialize;
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
    /// Section `tracks`.
    pub catalog: Catalog,
    /// Section `titles`.
    pub titles: Titles,
    /// Section `ids`.
    pub ids: Ids,
    /// Sections `graph-0`, `graph-1` and so on, one for each cluster.
    pub graphs: Vec<GraphParts>,
}

fn graph_name(cluster: usize) -> String {
    format!("graph-{cluster}")
}

/// The bytes of an artifact.
///
/// # Errors
///
/// [`Error::Form`] where a section grows beyond [`codec::LIMIT`].
pub fn encode(parts: &Parts) -> Result<Vec<u8>, Error> {
    let mut sections = Vec::new();
    let mut add = |name: String, bytes: Result<Vec<u8>, codec::Error>| match bytes {
        Ok(bytes) => {
            sections.push((name, bytes));
            Ok(())
        }
        Err(source) => Err(Error::Form { section: name, source }),
    };
    // JSON, so that the card of any artifact can be read with nothing but a text editor. A card is plain numbers and
    // strings: it always serialises.
    let card = serde_json::to_vec(&parts.card).map_err(|error| Error::invalid("card")(error.to_string()))?;
    add("card".into(), Ok(card))?;
    add("scaler".into(), codec::encode(&parts.scaler))?;
    add("projection".into(), codec::encode(&parts.projection))?;
    add("clusters".into(), codec::encode(&parts.clusters))?;
    add("bayes".into(), codec::encode(&parts.bayes))?;
    add("tracks".into(), codec::encode(&parts.catalog))?;
    add("titles".into(), codec::encode(&parts.titles))?;
    add("ids".into(), codec::encode(&parts.ids))?;
    for (cluster, graph) in parts.graphs.iter().enumerate() {
        add(graph_name(cluster), codec::encode(graph))?;
    }
    Ok(layout::write(&sections))
}

/// The sections of an artifact, in their order, without reading them.
///
/// # Errors
///
/// Where the bytes are no artifact, or not of this format, or the header is damaged.
pub fn sections(file: &[u8]) -> Result<Vec<Section>, Error> {
    layout::read(file)
}

/// Reads an artifact, checksums first. The parts are each of the right form, and not yet held against each other:
/// [`Model::assemble`](crate::model::Model::assemble) does that.
///
/// # Errors
///
/// See [`Error`]. No input panics, or asks for much more memory than it is long.
pub fn decode(file: &[u8]) -> Result<Parts, Error> {
    let mut sections = Sections { file, left: layout::read(file)? };
    let card = sections.take("card")?;
    let card = serde_json::from_slice(card).map_err(|error| Error::invalid("card")(error.to_string()))?;
    let scaler = sections.decode("scaler")?;
    let projection = sections.decode("projection")?;
    let clusters: Vec<Cluster> = sections.decode("clusters")?;
    let bayes = sections.decode("bayes")?;
    let catalog = sections.decode("tracks")?;
    let titles = sections.decode("titles")?;
    let ids = sections.decode("ids")?;
    let graphs =
        (0..clusters.len()).map(|cluster| sections.decode(&graph_name(cluster))).collect::<Result<Vec<_>, _>>()?;
    if let Some(section) = sections.left.first() {
        return Err(Error::Header { reason: format!("section {} is not known to this format", section.name) });
    }
    Ok(Parts { card, scaler, projection, clusters, bayes, catalog, titles, ids, graphs })
}

struct Sections<'a> {
    file: &'a [u8],
    left: Vec<Section>,
}

impl<'a> Sections<'a> {
    fn take(&mut self, name: &str) -> Result<&'a [u8], Error> {
        match self.left.iter().position(|section| section.name == name) {
            Some(place) => layout::section(self.file, &self.left.remove(place)),
            None => Err(Error::Missing { section: name.into() }),
        }
    }

    fn decode<T: Deserialize<'a>>(&mut self, name: &str) -> Result<T, Error> {
        codec::decode(self.take(name)?).map_err(|source| Error::Form { section: name.into(), source })
    }
}

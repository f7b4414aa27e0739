//! What each section holds, and its encoding.

use rayon::prelude::*;

use super::{
    Artifact,
    bytes::{self, CompressedSection, Entry, Scratch, codec},
    error::Error,
    registry::Section,
    title_order::TitleOrder,
};
use crate::{
    card::Card,
    catalog::{self, Column, attributes::Attributes, credits::Credits, ids::Ids, titles::Titles},
    clusters::{Cluster, NaiveBayes},
    column::{DictColumn, IntColumn, NumericColumn},
    companions::Companions,
    features::Scaler,
    projection::Projection,
    search::GraphData,
    text_search::InvertedIndex,
};

/// The content of one [`Section`].
#[derive(Clone, Debug)]
pub enum SectionData {
    /// Of [`Section::Card`].
    Card(Box<Card>),
    /// Of [`Section::Companions`].
    Companions(Option<Box<Companions>>),
    /// Of [`Section::Scaler`].
    Scaler(Scaler),
    /// Of [`Section::Projection`].
    Projection(Projection),
    /// Of [`Section::Clusters`].
    Clusters(Vec<Cluster>),
    /// Of [`Section::Bayes`].
    Bayes(NaiveBayes),
    /// Of [`Section::Feature`], with its number.
    Feature(usize, NumericColumn),
    /// Of [`Section::Titles`].
    Titles(DictColumn, Titles),
    /// Of [`Section::Artists`].
    Artists(DictColumn, Credits),
    /// Of [`Section::Ids`].
    Ids(Ids),
    /// Of [`Section::Albums`].
    Albums(Option<DictColumn>),
    /// Of [`Section::Genres`].
    Genres(Option<DictColumn>),
    /// Of [`Section::Attributes`]: years, explicit lyrics, and the others.
    Attributes(Option<IntColumn>, Option<IntColumn>, Attributes),
    /// Of [`Section::Graph`], with its number.
    Graph(usize, GraphData),
    /// Of [`Section::TextSearch`].
    TextSearch(Box<InvertedIndex>),
}

impl From<catalog::Error> for Error {
    /// Names the section to blame.
    fn from(error: catalog::Error) -> Self {
        let section = match error.column {
            Column::Ids => Section::Ids,
            Column::Songs => Section::Titles,
            Column::Artists => Section::Artists,
            Column::Albums => Section::Albums,
            Column::Genres => Section::Genres,
            Column::Years | Column::Explicit | Column::Attributes => Section::Attributes,
            Column::Feature(number) => Section::Feature(number),
        };
        Self::Invalid { section, source: error.source }
    }
}

impl SectionData {
    /// Reads a section: checksum, packing, encoding. Its values are not held against those of others yet.
    ///
    /// # Errors
    ///
    /// See [`Error`]: it names the section. No input panics. No more is allocated than the section says that it is
    /// long, and what its values take in memory.
    pub fn read(entry: &Entry<Section>, bytes: &[u8]) -> Result<Self, Error> {
        Self::read_chunks(entry, &[bytes], &mut Scratch::default())
    }

    /// As [`SectionData::read`], of bytes that came in several chunks.
    ///
    /// # Errors
    ///
    /// As [`SectionData::read`].
    pub fn read_chunks(entry: &Entry<Section>, chunks: &[&[u8]], scratch: &mut Scratch) -> Result<Self, Error> {
        bytes::verify_checksum(entry, chunks)?;
        let section = entry.section;
        let encoding = |source| Error::Encoding { section, source };
        check_length(section, entry.uncompressed).map_err(encoding)?;
        // Both fit: the section table was held against `codec::MAX_SECTION_BYTES`.
        let joined = scratch.join(chunks, entry.length as usize).map_err(encoding)?;
        let bytes = joined.decompress(entry.compression, entry.uncompressed as usize).map_err(encoding)?;
        let data = match section {
            Section::Card => serde_json::from_slice(bytes).map(Self::Card).map_err(codec::Error::from),
            Section::Companions => codec::decode(bytes).map(Self::Companions),
            Section::Scaler => codec::decode(bytes).map(Self::Scaler),
            Section::Projection => codec::decode(bytes).map(Self::Projection),
            Section::Clusters => codec::decode(bytes).map(Self::Clusters),
            Section::Bayes => codec::decode(bytes).map(Self::Bayes),
            Section::Feature(number) => codec::decode(bytes).map(|column| Self::Feature(number, column)),
            Section::Titles => {
                let order: TitleOrder = codec::decode(bytes).map_err(encoding)?;
                let (songs, titles) = order.restore().map_err(Error::invalid(section))?;
                Ok(Self::Titles(songs, titles))
            }
            Section::Artists => codec::decode(bytes).map(|(cells, credits)| Self::Artists(cells, credits)),
            Section::Ids => codec::decode(bytes).map(Self::Ids),
            Section::Albums => codec::decode(bytes).map(Self::Albums),
            Section::Genres => codec::decode(bytes).map(Self::Genres),
            Section::Attributes => {
                codec::decode(bytes).map(|(years, explicit, others)| Self::Attributes(years, explicit, others))
            }
            Section::Graph(cluster) => codec::decode(bytes).map(|graph| Self::Graph(cluster, graph)),
            Section::TextSearch => codec::decode(bytes).map(Self::TextSearch),
        };
        data.map_err(encoding)
    }
}

/// The sections of a model, packed, in the order of the file.
pub(super) fn sections(artifact: &Artifact) -> Result<Vec<CompressedSection>, Error> {
    let sections: Vec<Section> = Section::all(artifact.catalog.features.len(), artifact.graphs.len()).collect();
    // Encoded and packed one by one: what is not packed is short-lived.
    sections.into_par_iter().with_max_len(1).map(|section| compress(section, encode(artifact, section)?)).collect()
}

/// The bytes of one section.
fn encode(artifact: &Artifact, section: Section) -> Result<Vec<u8>, Error> {
    let Artifact { card, companions, scaler, projection, clusters, bayes, catalog, titles, graphs, text_search } =
        artifact;
    let bytes = match section {
        // JSON: that of any artifact can be read with general tools.
        Section::Card => serde_json::to_vec(card).map_err(codec::Error::from),
        Section::Companions => codec::encode(companions),
        Section::Scaler => codec::encode(scaler),
        Section::Projection => codec::encode(projection),
        Section::Clusters => codec::encode(clusters),
        Section::Bayes => codec::encode(bayes),
        Section::Feature(number) => codec::encode(&catalog.features[number]),
        Section::Titles => codec::encode(&TitleOrder::of(&catalog.songs, titles).map_err(Error::invalid(section))?),
        Section::Artists => codec::encode(&(&catalog.artists, &catalog.credits)),
        Section::Ids => codec::encode(&catalog.ids),
        Section::Albums => codec::encode(&catalog.albums),
        Section::Genres => codec::encode(&catalog.genres),
        Section::Attributes => codec::encode(&(&catalog.years, &catalog.explicit, &catalog.attributes)),
        Section::Graph(cluster) => codec::encode(&graphs[cluster]),
        Section::TextSearch => codec::encode(text_search.as_ref().ok_or(Error::Missing { section })?),
    };
    bytes.map_err(|source| Error::Encoding { section, source })
}

/// The packed section of a card.
pub(super) fn card(card: &Card) -> Result<CompressedSection, Error> {
    let section = Section::Card;
    let bytes = serde_json::to_vec(card).map_err(|error| Error::Encoding { section, source: error.into() })?;
    compress(section, bytes)
}

/// The packed section of companions.
pub(super) fn companions(companions: Option<&Companions>) -> Result<CompressedSection, Error> {
    let section = Section::Companions;
    compress(section, codec::encode(&companions).map_err(|source| Error::Encoding { section, source })?)
}

fn check_length(section: Section, got: u64) -> Result<(), codec::Error> {
    match section.max_bytes() {
        most if got > most => Err(codec::Error::TooLong { got, most }),
        _ => Ok(()),
    }
}

fn compress(section: Section, bytes: Vec<u8>) -> Result<CompressedSection, Error> {
    let uncompressed = bytes.len();
    let packed = check_length(section, uncompressed as u64).and_then(|()| bytes::compress(bytes));
    let (compression, bytes) = packed.map_err(|source| Error::Encoding { section, source })?;
    Ok(CompressedSection { name: section.to_string(), compression, uncompressed, bytes })
}

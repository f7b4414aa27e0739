//! What each section holds, and its form inside the file.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Artifact, codec, compression,
    error::Error,
    layout::{self, CompressedSection, Section},
};
use crate::{
    card::Card,
    catalog::{self, Column, ids::IdIndex, titles::Titles},
    clusters::{Cluster, NaiveBayes},
    column::{DictColumn, IntColumn, NumericColumn, StringColumn},
    features::Scaler,
    projection::Projection,
    search::GraphData,
};

/// Sections that every artifact has once.
pub(super) const SECTION_NAMES: [&str; 11] =
    ["card", "scaler", "projection", "clusters", "bayes", "titles", "artists", "ids", "albums", "genres", "facts"];

const FEATURE_PREFIX: &str = "feature-";
const GRAPH_PREFIX: &str = "graph-";

/// The content of one section.
#[derive(Clone, Debug)]
pub enum SectionData {
    /// `card`.
    Card(Box<Card>),
    /// `scaler`.
    Scaler(Scaler),
    /// `projection`.
    Projection(Projection),
    /// `clusters`, by id.
    Clusters(Vec<Cluster>),
    /// `bayes`.
    Bayes(NaiveBayes),
    /// `feature-0`, `feature-1` and so on: one column for each feature.
    Feature(usize, NumericColumn),
    /// `titles`: each track's title, and the order of the titles.
    Titles(DictColumn, Titles),
    /// `artists`: each track's artist cell.
    Artists(DictColumn),
    /// `ids`: each track's id, and the order of the ids.
    Ids(StringColumn, IdIndex),
    /// `albums`, where the catalogue has them.
    Albums(Option<DictColumn>),
    /// `genres`, where the catalogue has them.
    Genres(Option<DictColumn>),
    /// `facts`: years and explicit lyrics, where the catalogue has them.
    Attributes(Option<IntColumn>, Option<IntColumn>),
    /// `graph-0`, `graph-1` and so on: one for each cluster.
    Graph(usize, GraphData),
}

/// The name of a cluster's graph.
pub(crate) fn graph_name(cluster: usize) -> String {
    format!("{GRAPH_PREFIX}{cluster}")
}

/// The name of a feature's column.
pub(crate) fn feature_name(feature: usize) -> String {
    format!("{FEATURE_PREFIX}{feature}")
}

/// The cluster whose graph a section holds, if it holds one.
pub(super) fn graph_number(name: &str) -> Option<usize> {
    number(name, GRAPH_PREFIX)
}

/// The feature whose column a section holds, if it holds one.
pub(super) fn feature_number(name: &str) -> Option<usize> {
    number(name, FEATURE_PREFIX)
}

/// The section that a column of the catalogue is in.
fn section_of(column: Column) -> String {
    match column {
        Column::Ids => "ids".into(),
        Column::Songs => "titles".into(),
        Column::Artists => "artists".into(),
        Column::Albums => "albums".into(),
        Column::Genres => "genres".into(),
        Column::Years | Column::Explicit => "facts".into(),
        Column::Feature(number) => feature_name(number),
    }
}

impl From<catalog::Error> for Error {
    /// Names the section to blame. How many features there are, the scaler says.
    fn from(error: catalog::Error) -> Self {
        let section = error.column().map_or_else(|| "scaler".into(), section_of);
        Self::Invalid { section, reason: error.to_string() }
    }
}

/// The number behind a prefix, as this program would write it.
fn number(name: &str, prefix: &str) -> Option<usize> {
    let number: usize = name.strip_prefix(prefix)?.parse().ok()?;
    (format!("{prefix}{number}") == name).then_some(number)
}

/// The titles in title order: how each row relates to the one before it, and where its spelling is found.
#[derive(Serialize, Deserialize)]
struct TitleOrder {
    /// The distinct spellings, in the order of their first use.
    spellings: StringColumn,
    rows: IntColumn,
    relations: IntColumn,
    /// 0: the first spelling that was not used yet; 1: the last that was; 2: the one before it; and so on.
    back: IntColumn,
}

impl TitleOrder {
    /// Fails where the distinct titles are not in the order of their first use: they would come back in that order.
    fn of(songs: &DictColumn, titles: &Titles) -> Result<Self, Error> {
        let (rows, relations) = titles.in_order();
        let mut used = 0;
        let mut back = Vec::with_capacity(rows.len());
        for row in rows.iter() {
            match songs.code(row as usize) {
                code if code < used => back.push(used - code),
                code if code == used => {
                    used += 1;
                    back.push(0);
                }
                code => {
                    let reason = format!("title {code} is used before title {used}");
                    return Err(Error::Invalid { section: "titles".into(), reason });
                }
            }
        }
        Ok(Self {
            spellings: songs.dictionary().clone(),
            rows: rows.clone(),
            relations: relations.clone(),
            back: IntColumn::new(&back),
        })
    }

    fn restore(self) -> Result<(DictColumn, Titles), String> {
        let tracks = self.rows.len();
        if self.back.len() != tracks || self.relations.len() != tracks {
            return Err(format!("{} spellings and {} relations of {tracks}", self.back.len(), self.relations.len()));
        }
        let mut codes = vec![u32::MAX; tracks];
        let mut used = 0;
        for (row, back) in self.rows.iter().zip(self.back.iter()) {
            let code = if back == 0 { Some(used) } else { u32::checked_sub(used, back) };
            match (code, codes.get_mut(row as usize)) {
                (Some(code), Some(place)) if (code as usize) < self.spellings.len() && *place == u32::MAX => {
                    *place = code;
                }
                _ => return Err(format!("track {row} of {tracks} has no title, or two")),
            }
            used += u32::from(back == 0);
        }
        Ok((DictColumn::of(self.spellings, &codes), Titles::of(self.rows, self.relations)))
    }
}

impl SectionData {
    /// Reads a section: checksum, packing, form. Its values are not held against those of others yet.
    ///
    /// # Errors
    ///
    /// See [`Error`]: it names the section. No input panics. No more is allocated than the section says that it is
    /// long, and what its values take in memory.
    pub fn read(section: &Section, bytes: &[u8]) -> Result<Self, Error> {
        layout::check(section, bytes)?;
        let form = |source| Error::Form { section: section.name.clone(), source };
        // Fits: `layout` has held it against `codec::MAX_SECTION_BYTES`.
        let bytes = compression::decompress(section.compression, bytes, section.uncompressed as usize).map_err(form)?;
        let data = match section.name.as_str() {
            "card" => {
                let card = serde_json::from_slice(&bytes).map_err(|error| Error::invalid("card")(error.to_string()))?;
                return Ok(Self::Card(Box::new(card)));
            }
            "scaler" => codec::decode(&bytes).map(Self::Scaler),
            "projection" => codec::decode(&bytes).map(Self::Projection),
            "clusters" => codec::decode(&bytes).map(Self::Clusters),
            "bayes" => codec::decode(&bytes).map(Self::Bayes),
            "titles" => {
                let order: TitleOrder = codec::decode(&bytes).map_err(form)?;
                // Two copies of the titles are not needed at once.
                drop(bytes);
                let (songs, titles) = order.restore().map_err(Error::invalid("titles"))?;
                return Ok(Self::Titles(songs, titles));
            }
            "artists" => codec::decode(&bytes).map(Self::Artists),
            "ids" => codec::decode(&bytes).map(|(ids, order)| Self::Ids(ids, order)),
            "albums" => codec::decode(&bytes).map(Self::Albums),
            "genres" => codec::decode(&bytes).map(Self::Genres),
            "facts" => codec::decode(&bytes).map(|(years, explicit)| Self::Attributes(years, explicit)),
            name => match (feature_number(name), graph_number(name)) {
                (Some(feature), _) => codec::decode(&bytes).map(|column| Self::Feature(feature, column)),
                (_, Some(cluster)) => codec::decode(&bytes).map(|graph| Self::Graph(cluster, graph)),
                _ => return Err(Error::Header { reason: format!("section {name} is not known to this format") }),
            },
        };
        data.map_err(form)
    }
}

/// The sections of a model, packed, in the order of need.
pub(super) fn sections(artifact: &Artifact) -> Result<Vec<CompressedSection>, Error> {
    let names = SECTION_NAMES.into_iter().flat_map(|name| {
        // Columns stand before the titles.
        let columns = if name == "titles" { artifact.catalog.features.len() } else { 0 };
        (0..columns).map(feature_name).chain([name.to_owned()])
    });
    let names: Vec<String> = names.chain((0..artifact.graphs.len()).map(graph_name)).collect();
    // Encoded and packed one by one: what is not packed is short-lived.
    names.into_par_iter().with_max_len(1).map(|name| compress(encode(artifact, &name)?, name)).collect()
}

/// The bytes of one section.
fn encode(artifact: &Artifact, name: &str) -> Result<Vec<u8>, Error> {
    let Artifact { card, scaler, projection, clusters, bayes, catalog, titles, ids, graphs } = artifact;
    let bytes = match name {
        "card" => return card_bytes(card),
        "scaler" => codec::encode(scaler),
        "projection" => codec::encode(projection),
        "clusters" => codec::encode(clusters),
        "bayes" => codec::encode(bayes),
        "titles" => codec::encode(&TitleOrder::of(&catalog.songs, titles)?),
        "artists" => codec::encode(&catalog.artists),
        "ids" => codec::encode(&(&catalog.ids, ids)),
        "albums" => codec::encode(&catalog.albums),
        "genres" => codec::encode(&catalog.genres),
        "facts" => codec::encode(&(&catalog.years, &catalog.explicit)),
        name => match (feature_number(name), graph_number(name)) {
            (Some(feature), _) => codec::encode(&catalog.features[feature]),
            (_, Some(cluster)) => codec::encode(&graphs[cluster]),
            _ => return Err(Error::Missing { section: name.into() }),
        },
    };
    bytes.map_err(|source| Error::Form { section: name.into(), source })
}

/// The bytes of a card. JSON: that of any artifact can be read with general tools.
fn card_bytes(card: &Card) -> Result<Vec<u8>, Error> {
    // Plain numbers and strings always serialise.
    serde_json::to_vec(card).map_err(|error| Error::invalid("card")(error.to_string()))
}

/// A section with this card.
pub(super) fn card(card: &Card) -> Result<CompressedSection, Error> {
    compress(card_bytes(card)?, "card".into())
}

fn compress(bytes: Vec<u8>, name: String) -> Result<CompressedSection, Error> {
    let uncompressed = bytes.len();
    if uncompressed > codec::MAX_SECTION_BYTES {
        return Err(Error::Invalid { section: name, reason: format!("it has {uncompressed} bytes") });
    }
    match compression::compress(bytes) {
        Ok((compression, bytes)) => Ok(CompressedSection { name, compression, uncompressed, bytes }),
        Err(source) => Err(Error::Form { section: name, source }),
    }
}

//! The sections that an artifact has: their names, their order, and when they are needed.
//!
//! A new section is a variant here, what it holds in [`SectionData`](super::SectionData), and its part of
//! [`Artifact`](super::Artifact): the compiler finds the places in between.

use std::fmt;

use super::bytes::codec;

/// One section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Section {
    /// What the model was made from and how good it is, as JSON.
    Card,
    /// Which artists and tracks are often on the same playlists, where the trainer was given playlists.
    Companions,
    /// Names, means, deviations and weights of the features.
    Scaler,
    /// The plane of the map.
    Projection,
    /// The clusters, by id.
    Clusters,
    /// The classifier.
    Bayes,
    /// One feature's values, by its place in the model.
    Feature(usize),
    /// Each track's title, and the order of the titles.
    Titles,
    /// Each track's artist cell, and the artists that it names.
    Artists,
    /// Each track's id.
    Ids,
    /// Each track's album, where the catalogue has them.
    Albums,
    /// Each track's genre cell, where the catalogue has them.
    Genres,
    /// Years, explicit lyrics, and other [`Attribute`](crate::catalog::attributes::Attribute)s, where the catalogue has them.
    Attributes,
    /// One cluster's graph, by the cluster's id.
    Graph(usize),
    /// The words of titles and artists, and where they are.
    TextSearch,
}

/// Sections that do not grow with the catalogue have at most so many bytes unpacked: 1 MiB. What they hold takes some forty times as much
/// memory at worst.
const MAX_SMALL_BYTES: u64 = 1 << 20;

/// When a section is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// No request can be answered without it.
    FirstAnswer,
    /// Requests are answered exactly until it is there, and quicker from then on.
    Graphs,
    /// Only a search by text needs it.
    TextSearch,
}

impl Section {
    /// Every section of a model with so many features and graphs, in the order of the file.
    pub(super) fn all(features: usize, graphs: usize) -> impl Iterator<Item = Self> {
        [Self::Card, Self::Companions, Self::Scaler, Self::Projection, Self::Clusters, Self::Bayes]
            .into_iter()
            .chain((0..features).map(Self::Feature))
            .chain([Self::Titles, Self::Artists, Self::Ids, Self::Albums, Self::Genres, Self::Attributes])
            .chain((0..graphs).map(Self::Graph))
            .chain([Self::TextSearch])
    }

    /// Its name, with its number where there are several of its kind; and when it is needed.
    fn describe(self) -> (&'static str, Option<usize>, Need) {
        match self {
            Self::Card => ("card", None, Need::FirstAnswer),
            Self::Companions => ("companions", None, Need::FirstAnswer),
            Self::Scaler => ("scaler", None, Need::FirstAnswer),
            Self::Projection => ("projection", None, Need::FirstAnswer),
            Self::Clusters => ("clusters", None, Need::FirstAnswer),
            Self::Bayes => ("bayes", None, Need::FirstAnswer),
            Self::Feature(number) => (FEATURE, Some(number), Need::FirstAnswer),
            Self::Titles => ("titles", None, Need::FirstAnswer),
            Self::Artists => ("artists", None, Need::FirstAnswer),
            Self::Ids => ("ids", None, Need::FirstAnswer),
            Self::Albums => ("albums", None, Need::FirstAnswer),
            Self::Genres => ("genres", None, Need::FirstAnswer),
            Self::Attributes => ("attributes", None, Need::FirstAnswer),
            Self::Graph(number) => (GRAPH, Some(number), Need::Graphs),
            Self::TextSearch => ("text-search", None, Need::TextSearch),
        }
    }

    /// The section of this name, spelled as this program writes it.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let number = |prefix| name.strip_prefix(prefix)?.parse::<usize>().ok();
        let numbered = number(FEATURE).map(Self::Feature).or_else(|| number(GRAPH).map(Self::Graph));
        let section = numbered.or_else(|| Self::all(0, 0).find(|section| section.describe().0 == name))?;
        // Not `feature-07`.
        (section.to_string() == name).then_some(section)
    }

    /// How many bytes it may have unpacked.
    pub(super) fn max_bytes(self) -> u64 {
        match self {
            Self::Card | Self::Scaler | Self::Projection | Self::Clusters | Self::Bayes => MAX_SMALL_BYTES,
            _ => codec::MAX_SECTION_BYTES as u64,
        }
    }

    /// When it is needed.
    pub fn need(self) -> Need {
        self.describe().2
    }
}

const FEATURE: &str = "feature-";
const GRAPH: &str = "graph-";

impl fmt::Display for Section {
    /// Its name in the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.describe() {
            (name, None, _) => f.pad(name),
            (prefix, Some(number), _) => f.pad(&format!("{prefix}{number}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_fits_a_file_and_parses_back() {
        for section in Section::all(16, 32) {
            let name = section.to_string();
            assert!((1..=16).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic()), "{name}");
            assert_eq!(Section::parse(&name), Some(section));
        }
        for name in ["", "lyrics", "feature-", "feature-07", "graph-+1", "Card"] {
            assert_eq!(Section::parse(name), None, "{name}");
        }
    }
}

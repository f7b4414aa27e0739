//! What tracks may have in common beyond their audio, and what that counts for.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;

/// The most that an affinity may count for, where a cosine of 1 counts for 1.
pub const MAX_AFFINITY_WEIGHT: f64 = 10.0;

/// What two tracks may have in common beyond their audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AffinityKind {
    /// An artist.
    Artist,
    /// The years in which they were released.
    Year,
    /// A genre.
    Genre,
    /// The playlists that they, or their artists, are on.
    Playlists,
}

impl AffinityKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Artist, Self::Year, Self::Genre, Self::Playlists];

    /// The name used in requests and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Artist => "artist",
            Self::Year => "year",
            Self::Genre => "genre",
            Self::Playlists => "playlists",
        }
    }

    /// What a catalogue must have for it.
    pub(crate) fn needs(self) -> &'static str {
        match self {
            Self::Artist => "artists",
            Self::Year => "years",
            Self::Genre => "genres",
            Self::Playlists => "playlists",
        }
    }

    /// What it counts for by default, where nothing was learned from playlists. Without playlists there is none for these.
    fn default_weight(self) -> Option<f64> {
        match self {
            Self::Artist => Some(0.5),
            Self::Year => Some(0.3),
            Self::Genre => Some(0.2),
            Self::Playlists => None,
        }
    }
}

/// What each affinity counts for, where a cosine of 1 counts for 1: 0 to 10.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AffinityWeights {
    /// An artist in common.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10)]
    pub artist: Option<f64>,
    /// Nearness in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10)]
    pub year: Option<f64>,
    /// A genre in common.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10)]
    pub genre: Option<f64>,
    /// Playlists in common.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10)]
    pub playlists: Option<f64>,
}

impl AffinityWeights {
    /// The weight of an affinity, if it has one.
    pub fn get(&self, kind: AffinityKind) -> Option<f64> {
        match kind {
            AffinityKind::Artist => self.artist,
            AffinityKind::Year => self.year,
            AffinityKind::Genre => self.genre,
            AffinityKind::Playlists => self.playlists,
        }
    }

    /// The same weights, but for one.
    #[must_use]
    pub fn with(mut self, kind: AffinityKind, weight: Option<f64>) -> Self {
        match kind {
            AffinityKind::Artist => self.artist = weight,
            AffinityKind::Year => self.year = weight,
            AffinityKind::Genre => self.genre = weight,
            AffinityKind::Playlists => self.playlists = weight,
        }
        self
    }

    /// The affinities that have a weight.
    pub fn iter(&self) -> impl Iterator<Item = (AffinityKind, f64)> + '_ {
        AffinityKind::ALL.into_iter().filter_map(|kind| Some((kind, self.get(kind)?)))
    }

    /// Whether no affinity counts for anything.
    pub fn is_zero(&self) -> bool {
        self.iter().all(|(_, weight)| weight == 0.0)
    }

    /// What affinities count for where nothing was learned: artist 0.5, year 0.3 and genre 0.2, of a catalogue that has years and
    /// genres.
    pub fn defaults(years: bool, genres: bool) -> Self {
        let is_there = |kind: &AffinityKind| match kind {
            AffinityKind::Year => years,
            AffinityKind::Genre => genres,
            AffinityKind::Artist | AffinityKind::Playlists => true,
        };
        let kinds = AffinityKind::ALL.into_iter().filter(is_there);
        kinds.fold(Self::default(), |weights, kind| weights.with(kind, kind.default_weight()))
    }

    /// Whether these can be weights.
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        let weights: Vec<f64> = self.iter().map(|(_, weight)| weight).collect();
        Invalid::range("a weight of an affinity", 0.0..=MAX_AFFINITY_WEIGHT, &weights)
    }
}

impl fmt::Display for AffinityWeights {
    /// As a request has them: `artist:0.5,year:0.3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weights: Vec<String> = self.iter().map(|(kind, weight)| format!("{}:{weight}", kind.name())).collect();
        f.write_str(&weights.join(","))
    }
}

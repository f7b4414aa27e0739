//! What a query and a body say alike.

use recommender::{
    recommend::{MAX_LIMIT, Order},
    search::Search,
};
use serde::{Deserialize, Serialize};

use super::{
    affinity::{AffinityParameter, AffinityValue},
    cursor::CURSOR,
};
use crate::{
    api::fields::Fields,
    parameters::{Choice, Decimal, Flag, Integer, List, MAX_VALUE_CHARS, Or, Text, members},
};

/// The most tracks that one request may exclude. All lists at their longest fit into a body.
const MAX_EXCLUDED_TRACKS: usize = 1_000;
/// The longest id of one, in characters.
const MAX_EXCLUDED_ID_CHARS: usize = 128;
/// The most artists that one request may exclude.
const MAX_EXCLUDED_ARTISTS: usize = 100;
/// The longest name of one, in characters.
const MAX_EXCLUDED_ARTIST_CHARS: usize = 256;
const DEFAULT_LIMIT: usize = 10;
/// The years that a calendar writes with up to four digits.
pub(super) const YEARS: Integer<u32> = Integer(1..=9_999);
pub(super) const EXCLUDED_TRACKS: List =
    List::separated_by(',', Text::at_most(MAX_EXCLUDED_ID_CHARS)).at_most(MAX_EXCLUDED_TRACKS);
pub(super) const EXCLUDED_ARTISTS: List =
    List::separated_by(';', Text::at_most(MAX_EXCLUDED_ARTIST_CHARS)).at_most(MAX_EXCLUDED_ARTISTS);
pub(super) const SEARCHES: Choice<SearchWord> =
    Choice(&[("auto", SearchWord::Auto), ("exact", SearchWord::Exact), ("hnsw", SearchWord::Hnsw)]);
const ORDERS: Choice<OrderWord> = Choice(&[("similarity", OrderWord::Similarity), ("flow", OrderWord::Flow)]);

members! {
    /// What a query and a body say alike.
    pub(super) struct Options {
        /// How many songs
        pub(super) limit: usize = Or(Integer(1..=MAX_LIMIT), DEFAULT_LIMIT),
        /// Only songs of the seeds' own clusters
        pub(super) same_cluster: bool = Or(Flag, true),
        /// Whether songs must be named by their very titles and artists, and every seed be found
        pub(super) strict: bool = Or(Flag, false),
        /// How to search: exactly, by the graphs, or as is quicker
        pub(super) search: SearchWord = Or(SEARCHES, SearchWord::Auto),
        /// false: no explicit lyrics; true: only those
        pub(super) explicit: Option<bool> = Flag,
        /// Only songs of this genre, or of one of several with commas between them
        pub(super) genre: Option<String> = Text::at_most(MAX_VALUE_CHARS),
        /// The earliest year
        pub(super) min_year: Option<u32> = YEARS,
        /// The latest year
        pub(super) max_year: Option<u32> = YEARS,
        /// Ids of tracks whose songs are not wanted; in a query with commas between them
        pub(super) exclude_tracks: Option<Vec<String>> = EXCLUDED_TRACKS,
        /// Artists who are not wanted; in a query with semicolons between them
        pub(super) exclude_artists: Option<Vec<String>> = EXCLUDED_ARTISTS,
        /// Whether the seeds' artists are not wanted
        pub(super) exclude_seed_artists: bool = Or(Flag, false),
        /// How many songs of one artist, without bound unless set
        pub(super) max_per_artist: Option<usize> = Integer(1..=MAX_LIMIT),
        /// How many songs of one album, without bound unless set
        pub(super) max_per_album: Option<usize> = Integer(1..=MAX_LIMIT),
        /// Whether versions of a song (live, remastered, remixed ...) are songs of their own
        pub(super) versions: bool = Or(Flag, false),
        /// Another answer of equal quality for each number
        pub(super) vary: Option<u32> = Integer(0..=u32::MAX),
        /// The order of the songs: the most similar first, or as they follow one another best
        pub(super) order: OrderWord = Or(ORDERS, OrderWord::Similarity),
        /// What counts beside the audio: balanced, as was found best for the catalogue, or weights of artist, year, genre and
        /// playlists
        pub(super) affinity: Option<AffinityValue> = AffinityParameter,
        /// 0, the most similar, to 1, as unlike one another as they come
        pub(super) diversity: f64 = Or(Decimal(0.0..=1.0), 0.0),
        /// Whether to say what binds each song to the seeds
        pub(super) explain: bool = Or(Flag, false),
        /// Where to go on: next of an answer to the same request
        pub(super) cursor: Option<String> = CURSOR,
        /// The members that tracks and seeds have, all unless set; in a query with commas between them
        pub(super) fields: Option<Vec<String>> = Fields,
    }
}

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub(super) enum SearchWord {
    /// As is quicker.
    Auto,
    /// By comparing with every track.
    Exact,
    /// By the graphs.
    Hnsw,
}

impl TryFrom<String> for SearchWord {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let found = SEARCHES.0.iter().find(|(word, _)| *word == text);
        let words: Vec<&str> = SEARCHES.0.iter().map(|(word, _)| *word).collect();
        found.map(|(_, search)| *search).ok_or_else(|| format!("unknown search, expected {}", words.join(", ")))
    }
}

impl From<SearchWord> for Search {
    fn from(word: SearchWord) -> Self {
        match word {
            SearchWord::Auto => Self::Auto,
            SearchWord::Exact => Self::Exact,
            SearchWord::Hnsw => Self::Hnsw,
        }
    }
}

/// The order of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub(super) enum OrderWord {
    /// The most similar first.
    Similarity,
    /// As the songs follow one another best.
    Flow,
}

impl TryFrom<String> for OrderWord {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let found = ORDERS.0.iter().find(|(word, _)| *word == text);
        let words: Vec<&str> = ORDERS.0.iter().map(|(word, _)| *word).collect();
        found.map(|(_, order)| *order).ok_or_else(|| format!("unknown order, expected {}", words.join(", ")))
    }
}

impl From<OrderWord> for Order {
    fn from(word: OrderWord) -> Self {
        match word {
            OrderWord::Similarity => Self::Similarity,
            OrderWord::Flow => Self::Flow,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::error::Category;

    use super::*;

    #[test]
    fn a_search_has_one_word_in_queries_and_bodies() {
        for (word, search) in SEARCHES.0 {
            assert_eq!(serde_json::from_value::<SearchWord>((*word).into()).expect("a word"), *search);
        }
        for other in [r#""Exact""#, "1", "true", "[]", r#"{"auto":null}"#] {
            let refused = serde_json::from_str::<SearchWord>(other).expect_err("no word");
            assert_eq!(refused.classify(), Category::Data, "{other}: {refused}");
        }
    }

    #[test]
    fn an_order_has_one_word_in_queries_and_bodies() {
        for (word, order) in ORDERS.0 {
            assert_eq!(serde_json::from_value::<OrderWord>((*word).into()).expect("a word"), *order);
        }
        assert!(serde_json::from_str::<OrderWord>(r#""Flow""#).is_err());
    }
}

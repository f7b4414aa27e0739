//! The question and the answer: which songs should follow this one?

use crate::{
    model::Model,
    neighbor::{Query, Search, Searched},
    title::Found,
    vector::similarity,
};

/// The most tracks that one answer may hold.
pub const MAX_LIMIT: usize = 100;
/// How many titles an error suggests.
const SUGGESTIONS: usize = 5;

/// The track to begin from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seed<'a> {
    /// By its id.
    Track(&'a str),
    /// By its title, and its artist where several artists have a song of that title.
    Song {
        /// The title; case, white space and Unicode form do not matter.
        song: &'a str,
        /// The artist, or one of several that the catalogue separates with `;`.
        artist: Option<&'a str>,
    },
}

/// One question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request<'a> {
    /// The track to begin from.
    pub seed: Seed<'a>,
    /// How many tracks to answer with, 1 to [`MAX_LIMIT`].
    pub limit: usize,
    /// Whether to stay within the seed's cluster.
    pub same_cluster: bool,
    /// How to search.
    pub search: Search,
}

/// One answer. Rows are those of [`Model::catalog`].
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// How the search was done.
    pub search: Searched,
    /// The track that was begun from.
    pub seed: u32,
    /// Tracks in the clusters that were searched.
    pub initial_pool_size: u32,
    /// Different songs among them that may be answered with: all but the seed's. An answer holds this many or the
    /// limit, whichever is less.
    pub after_filtering_size: u32,
    /// Nearest first.
    pub tracks: Vec<Recommendation>,
}

/// One track of an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recommendation {
    /// Row of the catalogue.
    pub row: u32,
    /// Cosine of the angle between this track and the seed in the scaled feature space, -1 to 1.
    pub similarity: f32,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// No track has this id.
    #[error("there is no track with id {id:?}")]
    UnknownTrack {
        /// The id that was asked for.
        id: String,
    },
    /// No track has this title.
    #[error("there is no song called {song:?}")]
    UnknownSong {
        /// The title that was asked for.
        song: String,
        /// Titles that the user may have meant.
        suggestions: Vec<String>,
    },
    /// The title is there, but not by this artist.
    #[error("there is no song called {song:?} by {artist:?}; these artists have one: {}", .artists.join(", "))]
    UnknownArtist {
        /// The title that was asked for.
        song: String,
        /// The artist that was asked for.
        artist: String,
        /// The artists that have a song of this title.
        artists: Vec<String>,
    },
    /// Several artists have a song of this title.
    #[error("several artists have a song called {song:?}, name one of them: {}", .artists.join(", "))]
    ArtistNeeded {
        /// The title that was asked for.
        song: String,
        /// The artists that have a song of this title.
        artists: Vec<String>,
    },
    /// The limit is out of range.
    #[error("limit is {limit}, expected 1 to {MAX_LIMIT}")]
    Limit {
        /// The limit that was asked for.
        limit: usize,
    },
}

impl Model {
    /// The row that a seed names.
    ///
    /// # Errors
    ///
    /// Where no track, or several artists', are meant.
    pub fn resolve(&self, seed: &Seed<'_>) -> Result<u32, Error> {
        let (song, artist) = match *seed {
            Seed::Track(id) => return self.find_id(id).ok_or_else(|| Error::UnknownTrack { id: id.into() }),
            Seed::Song { song, artist } => (song, artist),
        };
        let artists = |rows: &[u32]| rows.iter().map(|row| self.catalog().track(*row).artist.to_owned()).collect();
        match self.titles().find(self.catalog(), song, artist) {
            Found::Song(releases) => Ok(releases[0]),
            Found::Shared(rows) => Err(Error::ArtistNeeded { song: song.into(), artists: artists(&rows) }),
            Found::Unknown => Err(match (artist, self.titles().find(self.catalog(), song, None)) {
                (Some(artist), Found::Song(rows) | Found::Shared(rows)) => Error::UnknownArtist {
                    song: song.into(),
                    artist: artist.into(),
                    artists: {
                        let mut artists: Vec<String> = artists(&rows);
                        artists.dedup();
                        artists
                    },
                },
                _ => Error::UnknownSong {
                    song: song.into(),
                    suggestions: self.titles().near(self.catalog(), song, SUGGESTIONS),
                },
            }),
        }
    }

    /// Answers a request: the songs most like the seed, by default of its own cluster.
    ///
    /// The filter is part of the search: an answer is short only where fewer songs than `limit` are there. Neither
    /// the seed's song nor any other is in it twice, whatever the number of releases.
    ///
    /// # Errors
    ///
    /// Where the seed is not found, or the limit is out of range.
    pub fn recommend(&self, request: &Request<'_>) -> Result<Answer, Error> {
        self.recommend_row(self.resolve(&request.seed)?, request)
    }

    /// As [`Model::recommend`], for a row of the catalogue instead of the request's seed.
    ///
    /// # Errors
    ///
    /// Where the limit is out of range.
    ///
    /// # Panics
    ///
    /// If `seed` is not a row of the catalogue.
    pub fn recommend_row(&self, seed: u32, request: &Request<'_>) -> Result<Answer, Error> {
        if !(1..=MAX_LIMIT).contains(&request.limit) {
            return Err(Error::Limit { limit: request.limit });
        }
        let own = self.cluster_of(seed);
        let (clusters, initial, songs): (Vec<usize>, u32, u32) = if request.same_cluster {
            let cluster = &self.clusters()[own];
            (vec![own], cluster.rows.end - cluster.rows.start, cluster.songs)
        } else {
            ((0..self.clusters().len()).collect(), self.catalog().len() as u32, self.songs().count())
        };
        let after_filtering_size = songs.saturating_sub(1);
        let query = Query {
            vector: &self.neighbors().vectors[seed as usize],
            clusters: &clusters,
            want: request.limit.min(after_filtering_size as usize),
            except: Some(self.songs().of(seed)),
            search: request.search,
        };
        let (found, search) = self.neighbors().nearest(&query, self.songs());
        let tracks = found
            .iter()
            .map(|neighbor| Recommendation { row: neighbor.row, similarity: similarity(neighbor.distance) })
            .collect();
        Ok(Answer { search, seed, initial_pool_size: initial, after_filtering_size, tracks })
    }
}

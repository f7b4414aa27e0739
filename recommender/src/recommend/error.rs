//! Why there is no answer.

use super::{artist_list::ArtistList, seed::SeedKind};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
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
    #[error("there is no song called {song:?} by {artist:?}; these artists have one: {artists}")]
    UnknownArtist {
        /// The title that was asked for.
        song: String,
        /// The artist that was asked for.
        artist: String,
        /// The artists that have a song of this title.
        artists: ArtistList,
    },
    /// Several artists have a song of this title.
    #[error("several artists have a song called {song:?}, name one of them: {artists}")]
    ArtistNeeded {
        /// The title that was asked for.
        song: String,
        /// The artists that have a song of this title.
        artists: ArtistList,
    },
    /// What was typed may mean several songs.
    #[error("several songs are found by {typed:?}, name one of them: {}", list_options(.options))]
    SongNeeded {
        /// What was typed.
        typed: String,
        /// The songs, the most popular first.
        options: Vec<SongOption>,
    },
    /// No track is by the artist that is to be a seed.
    #[error("there is no artist called {artist:?}{}{}", hint_separator(artist), list_near(.suggestions))]
    UnknownSeedArtist {
        /// The artist that was asked for.
        artist: String,
        /// Artists that the user may have meant.
        suggestions: Vec<String>,
    },
    /// No track is of the genre that is to be a seed.
    #[error("there is no genre called {genre:?}{}", list_near(.suggestions))]
    UnknownGenre {
        /// The genre that was asked for.
        genre: String,
        /// Genres that the user may have meant, normalised.
        suggestions: Vec<String>,
    },
    /// No track is of a genre that the answer is to be of.
    #[error("genre names {genre:?}, which no track has{}", list_near(.suggestions))]
    NoGenre {
        /// The genre that was asked for, normalised.
        genre: String,
        /// Genres that the user may have meant, normalised.
        suggestions: Vec<String>,
    },
    /// The ends of a path are one song.
    #[error("both ends of the path are the same song, or versions of it: name two songs")]
    SameSong,
    /// The ends of a path have no line between them.
    #[error(
        "the two songs are exactly opposite: every way from one to the other is as long; choose another song, or length=2"
    )]
    Opposite,
    /// Fewer songs are left than a path needs.
    #[error(
        "{songs} songs are left between the two: a path of at most {} is possible; ask for a shorter one, or filter less",
         .songs + 2
    )]
    TooFewSongs {
        /// How many songs could be in between.
        songs: u32,
    },
    /// An artist would follow itself on every path.
    #[error("on every path of {length} songs an artist would follow itself: ask for a shorter one, or filter less")]
    NoPath {
        /// How long the path was to be.
        length: usize,
    },
    /// A seed's features are not those of the model, or not finite.
    #[error("a seed's features must be these, as finite numbers in the catalogue's units: {}", .expected.join(", "))]
    Features {
        /// The model's features.
        expected: Vec<String>,
    },
    /// The model has neither a feature nor an attribute of this name.
    #[error("the model has no feature {feature:?}; it has {}", .expected.join(", "))]
    UnknownFeature {
        /// What was asked for.
        feature: String,
        /// The model's features and attributes.
        expected: Vec<String>,
    },
    /// The catalogue does not have what a filter asks for.
    #[error("this catalogue has no {column}: {parameter} cannot be used")]
    NoColumn {
        /// What it does not have.
        column: &'static str,
        /// What was asked for.
        parameter: &'static str,
    },
    /// The catalogue does not have what an affinity needs.
    #[error("this catalogue has no {needs}: affinity cannot name {affinity}, but {}", .expected.join(", "))]
    NoAffinity {
        /// The affinity that was asked for.
        affinity: &'static str,
        /// What the catalogue does not have.
        needs: &'static str,
        /// The affinities that it has.
        expected: Vec<&'static str>,
    },
    /// A number is out of range.
    #[error("{name} is {got}: expected {expected}")]
    OutOfRange {
        /// Its name.
        name: &'static str,
        /// What is allowed.
        expected: &'static str,
        /// What came.
        got: String,
    },
    /// One of the seeds cannot be used.
    #[error("{error}")]
    Seed {
        /// Which seeds it is of.
        of: SeedKind,
        /// Its place among them, from 0.
        at: usize,
        /// How many there are.
        seeds: usize,
        /// What is wrong with it.
        error: Box<Error>,
    },
}

impl Error {
    /// Whether it says that one seed is not found, or may be several songs: the others can do without it.
    pub(super) fn is_of_one_seed(&self) -> bool {
        matches!(
            self,
            Self::UnknownTrack { .. }
                | Self::UnknownSong { .. }
                | Self::UnknownArtist { .. }
                | Self::ArtistNeeded { .. }
                | Self::SongNeeded { .. }
                | Self::UnknownSeedArtist { .. }
                | Self::UnknownGenre { .. }
        )
    }
}

/// One of the songs that may be meant.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct SongOption {
    /// Id of its track.
    pub id: String,
    /// Its title.
    pub song: String,
    /// Its artist cell.
    pub artist: String,
}

fn list_near(suggestions: &[String]) -> String {
    if suggestions.is_empty() { String::new() } else { ["; near it are: ", &suggestions.join(", ")].concat() }
}

/// Names of artists have commas in them.
fn hint_separator(artist: &str) -> &'static str {
    if artist.contains(',') { " (several artists are separated by semicolons)" } else { "" }
}

fn list_options(options: &[SongOption]) -> String {
    options.iter().map(|option| [&*option.song, " by ", &*option.artist].concat()).collect::<Vec<_>>().join(", ")
}

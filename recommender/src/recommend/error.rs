//! Why there is no answer.

use super::seed::SeedKind;

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
    /// A seed's features are not those of the model, or not finite.
    #[error("a seed's features must be these, as finite numbers in the catalogue's units: {}", .expected.join(", "))]
    Features {
        /// The model's features.
        expected: Vec<String>,
    },
    /// The model does not have this feature.
    #[error("the model has no feature {feature:?}; it has {}", .expected.join(", "))]
    UnknownFeature {
        /// What was asked for.
        feature: String,
        /// The model's features.
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

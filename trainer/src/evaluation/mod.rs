//! How good the recommendations are, by what a catalogue itself knows: genres, artists, popularity, playlists.
//!
//! [`measure()`] asks for the songs that follow a sample of songs, [`continuation`] for the hidden half of playlists, and
//! [`recall`] how much of the exact answers the graphs find. All of them ask as a client asks, through
//! [`Model::recommend`](recommender::Model::recommend).

mod answers;
mod error;
mod measure;
mod options;
mod playlists;
mod recall;
pub mod silhouette;
mod tenth;
#[cfg(test)]
mod tests;

pub use answers::{Answers, Genre};
pub use error::Error;
pub use measure::{Quality, genre_with_artist, measure};
pub use options::{LIMIT, Options};
pub use playlists::{Continuation, Method, Playlists, StandardErrors, continuation};
pub(crate) use playlists::{Halves, continuation_request};
pub use recall::recall;
pub use tenth::tenth_similarities;

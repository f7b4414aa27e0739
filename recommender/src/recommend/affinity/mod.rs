//! Affinities: soft bonuses on the mean cosine, from what the catalogue knows of tracks beyond their audio.
//!
//! The score of a track t for the seeds S is
//!
//! ```text
//! score(t) = mean cosine(t, S) + Σ weight(a) · a(t), over the affinities a that were asked for
//! ```
//!
//! where every a(t) is 0 to 1, whatever the number of seeds:
//!
//! - `artist`: 1 where one of t's artists is a seed's. By how many seeds does not matter: shares of the seeds continue playlists
//!   worse, and with a hundred seeds of a hundred artists would be lost.
//! - `year`: the mean of exp(-years apart / 3) over the seeds whose year is known.
//! - `genre`: the share of the seeds with a genre that share one with t.
//! - `playlists`: the mean over the seeds of how strongly t's artist is a companion of the seed's, plus how strongly t itself is one
//!   of the seed ([`companions`](crate::companions)), at most 1.
//!
//! What is unknown of a track brings it nothing. Seeds count by their weights. Seeds that are not in the catalogue have an affinity to
//! nothing; one that is an artist has the affinities `artist` and `playlists` of the artist.
//!
//! With `search=exact` every track is scored. Otherwise the candidates are the nearest tracks by audio, more of them than are wanted,
//! and a bounded number of tracks of the seeds' artists, of their companions, and of the seeds' own companions ([`candidates`]).

mod bonuses;
pub(super) mod candidates;
mod scored;
mod values;
mod weights;

pub(super) use bonuses::Bonuses;
pub use scored::ScoredCandidate;
pub use values::Affinities;
pub use weights::Affinity;

//! The question and the answer: which songs should follow these?
//!
//! [`Request`] says what is asked; `filter` what may be answered with; `rank` puts the candidates in order, by their mean cosine to the
//! seeds and by what [`Affinities`] bring; `select` takes the answer from them, more or less alike, within a `quota` of each artist and album; `vary` makes it another
//! one for each number, `flow` puts it in the order in which songs follow one another best; [`Explanation`] says why. `groups` makes one
//! seed of an artist or a genre. [`Path`] leads from one song to another.

mod affinity;
mod answer;
mod artist_list;
mod error;
mod explain;
mod filter;
mod flow;
mod groups;
mod lookup;
mod path;
mod popular;
mod quota;
mod rank;
mod request;
mod resolve;
mod run;
mod seed;
mod select;
mod vary;

pub use affinity::{Affinities, Affinity, ScoredCandidate};
pub use answer::{Answer, AnswerSeed, Recommendation};
pub use artist_list::{ArtistList, MAX_LISTED_ARTISTS};
pub use error::{Error, SongOption};
pub use explain::{Contribution, Explanation, explain};
pub use lookup::Understood;
pub use path::{MIN_PATH, Path, PathTrack};
pub use request::{FeatureRange, MAX_LIMIT, MAX_SEEDS, MAX_WEIGHT, MIN_WEIGHT, Order, Request, Target};
pub use seed::{ResolvedSeed, Seed, SeedGroup, SeedKind};

//! The question and the answer: which songs should follow these?
//!
//! [`Request`] says what is asked; `filter` what may be answered with; `rank` puts the candidates in order, by their mean cosine to the
//! seeds and by what [`Affinities`] bring; `select` takes the answer from them, more or less alike, artist by artist;
//! [`Explanation`] says why.

mod affinity;
mod answer;
mod error;
mod explain;
mod filter;
mod rank;
mod request;
mod resolve;
mod run;
mod seed;
mod select;

pub use affinity::{Affinities, Affinity, ScoredCandidate};
pub use answer::{Answer, AnswerSeed, Recommendation};
pub use error::Error;
pub use explain::{Contribution, Explanation, explain};
pub use request::{FeatureRange, MAX_LIMIT, MAX_SEEDS, Request, Target};
pub use seed::{ResolvedSeed, Seed, SeedKind};

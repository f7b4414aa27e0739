//! The question and the answer: which songs should follow these?
//!
//! [`Request`] says what is asked; `filter` what may be answered with; `rank` puts the candidates in order, by their mean cosine to the
//! seeds; `select` takes the answer from them, more or less alike, artist by artist;
//! [`Explanation`] says why.

mod answer;
mod artist_list;
mod error;
mod explain;
mod filter;
mod rank;
mod request;
mod resolve;
mod run;
mod seed;
mod select;

pub use answer::{Answer, AnswerSeed, Recommendation};
pub use artist_list::{ArtistList, MAX_LISTED_ARTISTS};
pub use error::Error;
pub use explain::{Contribution, Explanation, explain};
pub use request::{FeatureRange, MAX_LIMIT, MAX_SEEDS, Request, Target};
pub use seed::{ResolvedSeed, Seed, SeedKind};

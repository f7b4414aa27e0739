//! The answer to a request. Rows are those of [`Model::catalog`](crate::Model::catalog).

use super::{error::Error, seed::ResolvedSeed};
use crate::affinity::AffinityWeights;
use crate::search::SearchMethod;

/// One answer. Rows are those of [`Model::catalog`](crate::Model::catalog).
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// How the search was done.
    pub search: SearchMethod,
    /// What was begun from, in the order of the request.
    pub seeds: Vec<AnswerSeed>,
    /// Why seeds were left out, one for each: [`Error::Seed`].
    pub left_out: Vec<Error>,
    /// What affinities counted for, where they were asked for.
    pub affinity: Option<AffinityWeights>,
    /// How many tracks were asked for.
    pub limit: usize,
    /// Best first, or in the order that was asked for.
    pub tracks: Vec<Recommendation>,
}

/// One seed of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerSeed {
    /// The seed.
    pub seed: ResolvedSeed,
    /// Tracks in the clusters that were searched for this seed.
    pub initial_pool_size: u32,
    /// Different songs among them that may be answered with, once the seeds, all versions of them, and what the request filters and excludes
    /// are taken away. With one seed, an answer holds this many or the limit, whichever is less (unless there is a
    /// limit of songs per artist or album).
    pub after_filtering_size: u32,
}

/// One track of an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recommendation {
    /// Row of the catalogue.
    pub row: u32,
    /// Cosine of the angle between this track and the seed in the scaled feature space, -1 to 1; with several seeds, the
    /// weighted mean over them. 0 where a track is at the mean of every feature.
    pub similarity: f32,
}

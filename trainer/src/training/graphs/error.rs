//! Why a graph was not built.

use recommender::invalid::Invalid;

/// Why a graph was not built. None of these depends on the tracks.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The pool of one thread that builds a graph did not start.
    #[error("a thread to build a graph did not start: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// instant-distance's graph did not serialise.
    #[error("the neighbours cannot be read out of instant-distance: {0}")]
    Serialize(#[from] bincode::error::EncodeError),
    /// instant-distance's graph did not serialise to what is expected of it: it has been updated.
    #[error("instant-distance's graph ended early; build with the version that Cargo.lock names")]
    EndsEarly,
    /// The graph is not one that the function takes.
    #[error("the graph is wrong: {0}")]
    Invalid(#[from] Invalid),
}

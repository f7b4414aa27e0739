//! Why there is no model to answer with.

use std::{sync::Arc, time::Duration};

/// Why there is no model to answer with. Shared by all requests that waited for the same attempt.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// It could not be fetched.
    #[error("the model could not be fetched: {0}")]
    Store(Arc<store::Error>),
    /// It was fetched, and cannot be served.
    #[error("the model cannot be served: {0}")]
    Artifact(Arc<recommender::artifact::Error>),
    /// It would not fit beside the one that is served.
    #[error(
        "{what} takes about {} MB, and of the function's {} MB {} are taken: give it more memory, or wait for \
         its environments to be replaced",
        .needed / MIB, .limit / MIB, .held / MIB
    )]
    Memory {
        /// What would not.
        what: &'static str,
        /// Bytes to load and hold it.
        needed: u64,
        /// Bytes that are taken.
        held: u64,
        /// Bytes that the function has.
        limit: u64,
    },
    /// The model is there, and what searches by text need is not.
    #[error("the index of the text search could not be loaded: {0}")]
    TextSearch(Box<Error>),
    /// It was fetched, and the attempt to read it ended early.
    #[error("loading the model ended early: {0}")]
    Ended(Arc<tokio::task::JoinError>),
    /// The request's time was over first. The download goes on.
    #[error("the model did not arrive within {0:?}")]
    Deadline(Duration),
}

/// As Lambda counts memory.
const MIB: u64 = 1 << 20;

impl Error {
    /// A stable code, for metrics and `GET /health`. Nothing internal is in it.
    pub fn code(&self) -> &'static str {
        use store::Error as Store;
        match self {
            Self::Store(error) => match **error {
                Store::NoModel { .. } | Store::UnknownVersion { .. } => "missing",
                Store::AccessDenied { .. } | Store::MissingOrDenied { .. } | Store::NoCredentials { .. } => "denied",
                Store::Unavailable { .. } => "unreachable",
                Store::Corrupt { .. } => "corrupt",
                _ => "store",
            },
            Self::Artifact(_) => "corrupt",
            Self::Memory { .. } => "memory",
            Self::TextSearch(error) => error.code(),
            Self::Ended(_) => "defect",
            Self::Deadline(_) => "deadline",
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl From<recommender::artifact::Error> for Error {
    fn from(error: recommender::artifact::Error) -> Self {
        Self::Artifact(Arc::new(error))
    }
}

impl From<tokio::task::JoinError> for Error {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Ended(Arc::new(error))
    }
}

/// What is behind an error, for the log.
pub(super) fn causes(error: &Error) -> String {
    if let Error::TextSearch(error) = error {
        return causes(error);
    }
    let first: Option<&dyn std::error::Error> = match error {
        Error::Store(error) => std::error::Error::source(&**error),
        Error::Artifact(error) => std::error::Error::source(&**error),
        _ => None,
    };
    let all = std::iter::successors(first, |error| error.source()).map(ToString::to_string);
    all.collect::<Vec<_>>().join(": ")
}

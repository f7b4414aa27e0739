//! What is told of an upload that made no model: in the log, and in the message that waits in the queue.

use lambda_runtime::Diagnostic;
use trainer::error_chain::error_chain;

/// Why an upload made no model.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The table has more tracks than there is room or time for.
    #[error(
        "{key} is too large to train on here: {bytes} bytes are at least {tracks} tracks, and the function has room and \
         time for {most} in its {memory} MB ({limit} bytes of such a file); raise TrainMemory, or train with the container \
         image on AWS Batch (docs/operations.md); if the file has long columns, such as lyrics, leave them out, or say in \
         its metadata how many tracks it has (segue-tracks)"
    )]
    TooLarge {
        /// The object.
        key: String,
        /// Its size.
        bytes: u64,
        /// How many tracks that is.
        tracks: u64,
        /// How many there is room and time for.
        most: u64,
        /// How many bytes that is.
        limit: u64,
        /// The function's memory, in MB.
        memory: u64,
    },
    /// The same, found while it was read.
    #[error(
        "{key} has more than the {most} tracks that the function has room and time for in its {memory} MB; raise \
         TrainMemory, or train with the container image on AWS Batch (docs/operations.md)"
    )]
    TooManyTracks {
        /// The object.
        key: String,
        /// How many there is room and time for.
        most: u64,
        /// The function's memory, in MB.
        memory: u64,
    },
    /// The metadata holds an option that cannot be used.
    #[error("the object's metadata has {name}: {got:?}, expected {expected}")]
    Option {
        /// The option.
        name: String,
        /// What came.
        got: String,
        /// What is allowed.
        expected: String,
    },
    /// S3 did not say what the object is.
    #[error("nothing is known of s3://{bucket}/{key}: {reason}")]
    Head {
        /// The bucket.
        bucket: String,
        /// The object.
        key: String,
        /// What S3 said.
        reason: String,
        /// Whether it may say something else a little later.
        transient: bool,
    },
    /// The table could not be read.
    #[error(transparent)]
    Input(#[from] trainer::input::Error),
    /// The training came to nothing.
    #[error(transparent)]
    Training(#[from] trainer::training::Error),
    /// The model could not be measured.
    #[error("the model cannot be measured: {0}")]
    Quality(#[from] trainer::evaluation::Error),
    /// The artifact does not read back.
    #[error("the artifact does not read back: {0}")]
    Artifact(#[from] recommender::artifact::Error),
    /// The report could not be made.
    #[error("the report cannot be made: {0}")]
    Report(#[from] trainer::report::charts::Error),
    /// The model could not be published.
    #[error("the table is trained on, and its model is not current: {0}")]
    Publish(#[from] store::Error),
    /// The training panicked, which is a defect.
    #[error("the training ended early: {0}")]
    Ended(#[from] tokio::task::JoinError),
}

impl Error {
    /// Whether the same step may succeed a little later, with nothing changed.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Head { transient, .. } => *transient,
            Self::Input(trainer::input::Error::Store(error)) => error.is_retryable(),
            // The model is there. Of two uploads, the one whose training ends last is meant to be current.
            Self::Publish(store::Error::PointerMoved { .. } | store::Error::BeingRemoved { .. }) => true,
            Self::Publish(error) => error.is_retryable(),
            _ => false,
        }
    }
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        let error_type = match error {
            Error::TooLarge { .. } | Error::TooManyTracks { .. } => "TooLarge",
            Error::Option { .. } => "Option",
            Error::Head { .. } => "Head",
            Error::Input(_) => "Input",
            Error::Training(_) | Error::Quality(_) | Error::Artifact(_) | Error::Ended(_) => "Training",
            Error::Report(_) => "Report",
            Error::Publish(store::Error::WorseThanCurrent { .. }) => "WorseThanCurrent",
            Error::Publish(_) => "Publish",
        };
        Diagnostic { error_type: error_type.to_owned(), error_message: error_chain(&error) }
    }
}

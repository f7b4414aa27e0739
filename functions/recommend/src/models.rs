//! The model that requests are answered with: fetched once, shared by all.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use segue::Model;
use segue_store::{Latest, Location, Store};
use tokio::sync::{OnceCell, watch};

use crate::loading::load;

/// A model, and what its publisher says of it.
pub struct Loaded {
    /// The model. Its graphs may still be on their way.
    pub model: Model,
    /// The pointer that named it.
    pub latest: Latest,
    /// Whether the graphs are there, or will not come.
    settled: watch::Sender<bool>,
}

impl Loaded {
    pub(crate) fn new(model: Model, latest: Latest) -> Self {
        Self { model, latest, settled: watch::Sender::new(false) }
    }

    pub(crate) fn settle(&self) {
        self.settled.send_replace(true);
    }

    /// Waits until the model has all its graphs, or it is known that they will not come: the log says why.
    async fn settled(&self) {
        // It fails where the sender is gone, which `self` holds.
        let _ = self.settled.subscribe().wait_for(|settled| *settled).await;
    }
}

/// Why there is no model to answer with. Shared by all requests that waited for the same attempt.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// It could not be fetched.
    #[error("the model could not be fetched: {0}")]
    Store(Arc<segue_store::Error>),
    /// It was fetched, and cannot be served.
    #[error("the model cannot be served: {0}")]
    Artifact(Arc<segue::artifact::Error>),
    /// It was fetched, and the attempt to read it ended early.
    #[error("loading the model ended early: {0}")]
    Ended(Arc<tokio::task::JoinError>),
    /// The request's time was over first. The download goes on.
    #[error("the model did not arrive within {0:?}")]
    Deadline(Duration),
}

type Outcome = Result<Arc<Loaded>, Error>;

/// One attempt to load: whoever asks while it runs waits for it, and shares what comes of it.
type Attempt = Arc<OnceCell<Outcome>>;

/// Where models come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A place that the environment's AWS settings lead to. The connection is made with the first attempt.
    Environment(Location),
    /// A store that is connected already.
    Store(Store),
}

impl Source {
    pub(crate) fn location(&self) -> &Location {
        match self {
            Self::Environment(location) => location,
            Self::Store(store) => store.location(),
        }
    }

    pub(crate) async fn store(&self) -> Result<Store, segue_store::Error> {
        match self {
            Self::Environment(location) => Store::connect(location.clone()).await,
            Self::Store(store) => Ok(store.clone()),
        }
    }
}

/// Loads the model and keeps it.
pub struct Models {
    source: Source,
    deadline: Duration,
    attempt: Mutex<Attempt>,
}

impl Models {
    /// Nothing is fetched before [`Models::start`] or the first [`Models::get`]. A request waits `deadline` at most.
    pub fn new(source: Source, deadline: Duration) -> Self {
        Self { source, deadline, attempt: Mutex::default() }
    }

    /// Starts the download without waiting for it.
    pub fn start(self: &Arc<Self>) {
        let models = Arc::clone(self);
        tokio::spawn(async move {
            // Whatever comes of it, the requests that need the model are told.
            let _ = models.get().await;
        });
    }

    /// The model, if it is there already.
    pub fn loaded(&self) -> Option<Arc<Loaded>> {
        self.current().get().and_then(|outcome| outcome.as_ref().ok()).cloned()
    }

    /// The model: at once where it is there, otherwise when the attempt that is under way has ended. An attempt that
    /// failed is not kept: the next call begins another.
    ///
    /// # Errors
    ///
    /// What the attempt failed with, or [`Error::Deadline`].
    pub async fn get(&self) -> Outcome {
        self.within_deadline(self.wait()).await
    }

    /// As [`Models::get`], and waits for the graphs too. Where they cannot be had, the model comes without: it then
    /// searches exactly.
    ///
    /// # Errors
    ///
    /// As [`Models::get`].
    pub async fn get_with_graphs(&self) -> Outcome {
        let with_graphs = async {
            let loaded = self.wait().await?;
            loaded.settled().await;
            Ok(loaded)
        };
        self.within_deadline(with_graphs).await
    }

    async fn within_deadline(&self, outcome: impl Future<Output = Outcome>) -> Outcome {
        tokio::time::timeout(self.deadline, outcome).await.unwrap_or(Err(Error::Deadline(self.deadline)))
    }

    async fn wait(&self) -> Outcome {
        let attempt = self.begin();
        let source = self.source.clone();
        let outcome = attempt.get_or_init(|| async {
            // A task of its own: a caller that goes away does not take the download with it.
            match tokio::spawn(load(source)).await {
                Ok(outcome) => outcome,
                Err(error) => Err(Error::Ended(Arc::new(error))),
            }
        });
        outcome.await.clone()
    }

    fn current(&self) -> Attempt {
        Arc::clone(&self.attempt.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The attempt to wait for: the current one, or a new one in the place of one that failed.
    fn begin(&self) -> Attempt {
        let mut attempt = self.attempt.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(attempt.get(), Some(Err(_))) {
            *attempt = Attempt::default();
        }
        Arc::clone(&attempt)
    }
}

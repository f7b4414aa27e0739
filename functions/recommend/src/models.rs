//! The model that requests are answered with: fetched once, shared by all.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use segue::Model;
use segue_store::{Latest, LatestState, Location, Store};
use tokio::sync::OnceCell;

/// A model, and what its publisher says of it.
pub struct Loaded {
    /// The model.
    pub model: Model,
    /// The pointer that named it.
    pub latest: Latest,
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

/// How long after a load the index for searches is begun: requests that waited for the model are answered first.
const SEARCH_AFTER: Duration = Duration::from_millis(100);

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
    fn location(&self) -> &Location {
        match self {
            Self::Environment(location) => location,
            Self::Store(store) => store.location(),
        }
    }

    async fn store(&self) -> Result<Store, segue_store::Error> {
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
        let attempt = self.begin();
        let source = self.source.clone();
        let outcome = attempt.get_or_init(|| async {
            // A task of its own: a caller that goes away does not take the download with it.
            match tokio::spawn(load(source)).await {
                Ok(outcome) => outcome,
                Err(error) => Err(Error::Ended(Arc::new(error))),
            }
        });
        match tokio::time::timeout(self.deadline, outcome).await {
            Ok(outcome) => outcome.clone(),
            Err(_) => Err(Error::Deadline(self.deadline)),
        }
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

async fn load(source: Source) -> Outcome {
    let begun = Instant::now();
    let outcome = fetch(&source).await;
    let milliseconds = begun.elapsed().as_millis() as u64;
    match &outcome {
        Ok(loaded) => {
            tracing::info!(
                version = %loaded.model.version(),
                tracks = loaded.model.catalog().len(),
                bytes = loaded.latest.size,
                milliseconds,
                "model loaded"
            );
            prepare_search(Arc::clone(loaded));
        }
        Err(error) => tracing::error!(%error, location = %source.location(), milliseconds, "model not loaded"),
    }
    outcome
}

/// Indexes the words of the catalogue in the background. A search that comes sooner does it itself.
fn prepare_search(loaded: Arc<Loaded>) {
    tokio::spawn(async move {
        tokio::time::sleep(SEARCH_AFTER).await;
        // Whatever comes of it, a search will tell.
        let _ = tokio::task::spawn_blocking(move || loaded.model.prepare_search()).await;
    });
}

async fn fetch(source: &Source) -> Outcome {
    let from_store = |error| Error::Store(Arc::new(error));
    let store = source.store().await.map_err(from_store)?;
    let latest = match store.latest(None).await.map_err(from_store)? {
        LatestState::Found { latest, .. } => latest,
        LatestState::NotModified => {
            let what = source.location().to_string();
            let reason = "the server says that nothing changed, and nothing was known".to_owned();
            return Err(from_store(segue_store::Error::Corrupt { what, reason }));
        }
    };
    let file = store.fetch(&latest).await.map_err(from_store)?;
    let decoding = tokio::task::spawn_blocking(move || match Model::from_bytes(&file, latest.version) {
        Ok(model) => Ok(Arc::new(Loaded { model, latest })),
        Err(error) => Err(Error::Artifact(Arc::new(error))),
    });
    decoding.await.unwrap_or_else(|error| Err(Error::Ended(Arc::new(error))))
}

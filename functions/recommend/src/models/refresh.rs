//! Looking for a new model, and loading it beside the old one.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use recommender::Version;
use store::{Latest, LatestState, Store};
use tokio_util::task::TaskTracker;

use super::{
    error::{Error, causes},
    loaded::LoadedModel,
    loading::load,
    memory::{self, Budget},
    schedule::{Now, Schedule},
};
use crate::metrics;

/// Why the latest model is not the one that answers.
#[derive(Clone, Debug)]
pub struct Failure {
    /// A word for the kind of failure, see [`Error::code`].
    pub reason: &'static str,
    /// The model that could not be loaded; nothing where it could not even be asked which one it is.
    pub version: Option<Version>,
    /// When it was tried.
    pub at: SystemTime,
}

/// What is known of the pointer, and what came of the last check.
#[derive(Debug)]
pub(super) struct Refresh {
    schedule: Schedule,
    /// Of the pointer to the model that is loaded. Nothing where the pointer is to be read again in any case.
    etag: Option<String>,
    failure: Option<Failure>,
}

impl Refresh {
    pub(super) fn new(schedule: Schedule) -> Self {
        Self { schedule, etag: None, failure: None }
    }

    /// The first model is there, and this is the ETag of what named it.
    pub(super) fn begin_with(&mut self, etag: Option<String>, now: Now) {
        self.etag = etag;
        self.schedule.checked(now);
    }

    /// Whether a check is due now or within `look_ahead`; it then counts as begun.
    pub(super) fn begin(&mut self, now: Now, look_ahead: Duration) -> bool {
        self.schedule.begin(now, look_ahead)
    }

    pub(super) fn etag(&self) -> Option<String> {
        self.etag.clone()
    }

    pub(super) fn failure(&self) -> Option<Failure> {
        self.failure.clone()
    }

    /// Keeps what a check came to, and says it in the log.
    pub(super) fn end(&mut self, checked: Result<CheckOutcome, CheckFailure>) {
        match checked {
            Ok(CheckOutcome { etag, new }) => {
                if let Some(new) = new {
                    tracing::info!(version = %new.model.version(), "the new model answers");
                }
                self.etag = etag;
                self.failure = None;
                self.schedule.end(false);
            }
            Err(CheckFailure { error, version }) => {
                metrics::load_failed();
                let named = version.map(|version| version.to_string()).unwrap_or_default();
                tracing::error!(
                    %error, causes = causes(&error), version = named,
                    "the latest model could not be loaded; the old one goes on answering"
                );
                self.failure = Some(Failure { reason: error.code(), version, at: SystemTime::now() });
                self.schedule.end(version.is_some());
            }
        }
    }
}

/// What a check came to.
#[derive(Default)]
pub(super) struct CheckOutcome {
    /// Of the pointer to the model that answers now.
    etag: Option<String>,
    /// The model that is to take the old one's place, if there is another.
    pub(super) new: Option<Arc<LoadedModel>>,
}

/// A check that did not come to anything.
pub(super) struct CheckFailure {
    error: Error,
    version: Option<Version>,
}

impl From<Error> for CheckFailure {
    fn from(error: Error) -> Self {
        Self { error, version: None }
    }
}

/// A check for a new model.
pub(super) struct Check<'a> {
    pub(super) store: &'a Store,
    /// How much memory the process may take, in bytes, where that is known.
    pub(super) memory: Option<u64>,
    /// What goes on beside requests.
    pub(super) work: &'a TaskTracker,
}

impl Check<'_> {
    /// Looks whether there is another model than the `current` one, whose pointer had the ETag `known`, and loads it.
    pub(super) async fn run(&self, current: &LoadedModel, known: Option<String>) -> Result<CheckOutcome, CheckFailure> {
        // Without its graphs the model is slow: it is loaded again, as another would be.
        let lacks_graphs = current.lacks_graphs();
        let known = known.filter(|_| !lacks_graphs);
        let (latest, etag) = match self.store.latest(known.as_deref()).await.map_err(Error::from)? {
            LatestState::NotModified => return Ok(CheckOutcome { etag: known, new: None }),
            // Written again, or moved and moved back.
            LatestState::Found { latest, etag } if latest.version == current.model.version() && !lacks_graphs => {
                return Ok(CheckOutcome { etag, new: None });
            }
            LatestState::Found { latest, etag } => (latest, etag),
        };
        let version = latest.version;
        match self.load_beside(current, latest).await {
            Ok(loaded) => Ok(CheckOutcome { etag, new: Some(loaded) }),
            Err(error) => Err(CheckFailure { error, version: Some(version) }),
        }
    }

    /// A model with its graphs, and with what searches by text need where the `current` one has that: it is to be no slower than
    /// the one it replaces.
    async fn load_beside(&self, current: &LoadedModel, latest: Latest) -> Result<Arc<LoadedModel>, Error> {
        let budget = self.memory.zip(memory::held()).map(|(limit, held)| Budget { limit, held });
        if let Some(Budget { limit, held }) = budget {
            let needed = memory::needed(&latest);
            if held.saturating_add(needed) > limit {
                return Err(Error::Memory { what: "the model", needed, held, limit });
            }
        }
        let loaded = load(self.store, latest, None, budget, self.work).await?;
        loaded.graphs().await?;
        if current.model.text_search().is_some() {
            Arc::clone(&loaded).load_text_search().await?;
        }
        Ok(loaded)
    }
}

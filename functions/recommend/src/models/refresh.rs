//! Looking for a new model, and putting it in the old one's place.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use recommender::Version;
use store::{Latest, LatestState, Store, StoreOptions};
use tokio::task::spawn_blocking;

use super::{Error, LoadedModel, ModelManager, causes, loading::load, memory, schedule::Now, schedule::Schedule};
use crate::metrics;

/// A request that took so much longer than it may has been frozen.
const FREEZE_SLACK: Duration = Duration::from_secs(1);

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

    pub(super) fn failure(&self) -> Option<Failure> {
        self.failure.clone()
    }
}

/// What a check came to.
struct CheckOutcome {
    /// Of the pointer to the model that answers now.
    etag: Option<String>,
    /// The model that took the old one's place, if one did.
    new: Option<Version>,
}

/// A check that did not come to anything.
struct Failed {
    error: Error,
    version: Option<Version>,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, version: None }
    }
}

impl ModelManager {
    /// Begins a check, if it is time for one, and returns at once.
    pub(super) fn refresh_if_due(self: &Arc<Self>) {
        if self.refreshes().schedule.begin(Now::read()) {
            let models = Arc::clone(self);
            tokio::spawn(async move {
                let checking = Arc::clone(&models);
                // A task of its own: a check that panics ends as one that failed.
                let checked = match tokio::spawn(async move { checking.check().await }).await {
                    Ok(checked) => checked,
                    Err(error) => Err(Error::from(error).into()),
                };
                models.end(checked);
            });
        }
    }

    async fn check(&self) -> Result<CheckOutcome, Failed> {
        let Some(current) = self.loaded() else { return Ok(CheckOutcome { etag: None, new: None }) };
        // Without its graphs the model is slow: it is loaded again, as another would be.
        let lacks_graphs = current.lacks_graphs();
        let known = self.refreshes().etag.clone().filter(|_| !lacks_graphs);
        let store = self.store().await?;
        let (latest, etag) = match self.latest(store, known.as_deref()).await? {
            LatestState::NotModified => return Ok(CheckOutcome { etag: known, new: None }),
            // Written again, or moved and moved back.
            LatestState::Found { latest, etag } if latest.version == current.model.version() && !lacks_graphs => {
                return Ok(CheckOutcome { etag, new: None });
            }
            LatestState::Found { latest, etag } => (latest, etag),
        };
        let version = latest.version;
        match self.load_beside(store, latest).await {
            Ok(loaded) => self.set(&loaded),
            Err(error) => return Err(Failed { error, version: Some(version) }),
        }
        Ok(CheckOutcome { etag, new: Some(version) })
    }

    /// The pointer. A request that was frozen half-way says nothing about the store, and is made again.
    async fn latest(&self, store: &Store, known: Option<&str>) -> Result<LatestState, Error> {
        let longest = StoreOptions::within(self.deadline).operation_timeout + FREEZE_SLACK;
        loop {
            let asked = Instant::now();
            match store.latest(known).await {
                Err(error) if error.is_retryable() && asked.elapsed() > longest => {
                    tracing::info!(%error, "the check was frozen, and begins again");
                }
                found => return Ok(found?),
            }
        }
    }

    /// A model as a whole, graphs and index for searches included: it is to be no slower than the one it replaces.
    async fn load_beside(&self, store: &Store, latest: Latest) -> Result<Arc<LoadedModel>, Error> {
        if let (Some(limit), Some(held)) = (self.memory, memory::held()) {
            let needed = memory::needed(&latest);
            if held.saturating_add(needed) > limit {
                return Err(Error::Memory { needed, held, limit });
            }
        }
        let loaded = load(store, latest).await?;
        loaded.settled().await;
        if loaded.lacks_graphs() {
            return Err(Error::Graphs);
        }
        let prepared = Arc::clone(&loaded);
        spawn_blocking(move || prepared.model.prepare_search()).await?;
        Ok(loaded)
    }

    fn end(&self, checked: Result<CheckOutcome, Failed>) {
        let mut refresh = self.refreshes();
        match checked {
            Ok(CheckOutcome { etag, new }) => {
                if let Some(version) = new {
                    tracing::info!(%version, "the new model answers");
                }
                refresh.etag = etag;
                refresh.failure = None;
                refresh.schedule.end(false);
            }
            Err(Failed { error, version }) => {
                metrics::load_failed();
                let named = version.map(|version| version.to_string()).unwrap_or_default();
                tracing::error!(
                    %error, causes = causes(&error), version = named,
                    "the latest model could not be loaded; the old one goes on answering"
                );
                refresh.failure = Some(Failure { reason: error.code(), version, at: SystemTime::now() });
                refresh.schedule.end(version.is_some());
            }
        }
    }
}

//! The model that is current: loaded once, shared by all requests, and replaced by what a check finds.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;
use store::{LatestState, Location, Store, StoreOptions};
use tokio::sync::{OnceCell, watch};
use tokio_util::task::TaskTracker;

use super::{
    error::{Error, causes},
    loaded::LoadedModel,
    loading::load,
    memory::{self, Budget},
    refresh::{Check, CheckFailure, CheckOutcome, Failure, Refresh},
    schedule::{Now, Schedule},
};
use crate::{metrics, request_info};

type Outcome = Result<Arc<LoadedModel>, Error>;

/// One attempt to load the first model: whoever asks while it runs waits for it, and shares what comes of it. One that
/// has succeeded is let go.
type LoadAttempt = watch::Receiver<Option<Outcome>>;

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

    async fn store(&self) -> Result<Store, store::Error> {
        match self {
            Self::Environment(location) => Store::connect(location.clone()).await,
            Self::Store(store) => Ok(store.clone()),
        }
    }
}

/// Loads the model, keeps it, and replaces it.
pub struct ModelManager {
    source: Source,
    deadline: Duration,
    /// How much memory the process may take, in bytes, where that is known.
    memory: Option<u64>,
    store: OnceCell<Store>,
    first: Mutex<Option<LoadAttempt>>,
    current: ArcSwapOption<LoadedModel>,
    refresh: Mutex<Refresh>,
    /// What goes on beside requests: loading, preparing, checking.
    work: TaskTracker,
}

impl ModelManager {
    /// Nothing is fetched before [`ModelManager::start`] or the first [`ModelManager::get`]. A request waits `deadline` at most.
    /// A model stays until [`ModelManager::refreshing`] says otherwise.
    pub fn new(source: Source, deadline: Duration) -> Self {
        let work = TaskTracker::new();
        // Closed, it can be waited for; tasks are taken all the same.
        work.close();
        Self {
            source,
            deadline,
            memory: None,
            store: OnceCell::new(),
            first: Mutex::default(),
            current: ArcSwapOption::empty(),
            refresh: Mutex::new(Refresh::new(Schedule::new(None))),
            work,
        }
    }

    /// Looks for a new model with a request, at most once in this time.
    #[must_use]
    pub fn refreshing(mut self, every: Duration) -> Self {
        self.refresh = Mutex::new(Refresh::new(Schedule::new(Some(every))));
        self
    }

    /// Leaves a model where it is that would not fit into so many bytes, a new one that would not fit beside the old one.
    #[must_use]
    pub fn within_memory(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Starts the download without waiting for it.
    pub fn start(self: &Arc<Self>) {
        self.begin();
    }

    /// Waits until the first model can answer, or the attempt that is under way has failed: the log says why.
    pub async fn first_attempt(self: &Arc<Self>) {
        let _ = ended(self.begin().0).await;
    }

    /// Waits until nothing goes on beside requests: no download, no preparation, no check.
    pub async fn idle(&self) {
        self.work.wait().await;
    }

    /// The model, if it is there already.
    pub fn loaded(&self) -> Option<Arc<LoadedModel>> {
        self.current.load_full()
    }

    /// Why the latest model that was published is not the one that is loaded, where that is so.
    pub fn failure(&self) -> Option<Failure> {
        self.refreshes().failure()
    }

    /// The model: at once where it is there, otherwise when the attempt that is under way has ended. An attempt that
    /// failed is not kept: the next call begins another.
    ///
    /// # Errors
    ///
    /// What the attempt failed with, or [`Error::Deadline`].
    pub async fn get(self: &Arc<Self>) -> Outcome {
        let loaded = match self.loaded() {
            Some(loaded) => {
                self.refresh_if_due(Duration::ZERO);
                loaded
            }
            None => self.within_deadline(self.wait()).await?,
        };
        request_info::record(|info| {
            info.version = Some(loaded.latest.version);
            info.published = Some(loaded.latest.published_at.as_second());
        });
        Ok(loaded)
    }

    /// As [`ModelManager::get`], and waits for the graphs too. Where they cannot be had, the model comes without: it then
    /// searches exactly.
    ///
    /// # Errors
    ///
    /// As [`ModelManager::get`].
    pub async fn get_with_graphs(self: &Arc<Self>) -> Outcome {
        let with_graphs = async {
            let loaded = self.get().await?;
            // The log says why there are none.
            let _ = loaded.graphs().await;
            Ok(loaded)
        };
        self.within_deadline(with_graphs).await
    }

    /// The model with what searches by text need. Fetching that goes on where this request's time is over.
    ///
    /// # Errors
    ///
    /// As [`ModelManager::get`], and [`Error::TextSearch`] where the model is there and that is not.
    pub async fn get_with_text_search(self: &Arc<Self>) -> Outcome {
        let begun = Instant::now();
        let loaded = self.get().await?;
        self.add_text_search(&loaded, begun).await?;
        Ok(loaded)
    }

    /// Gives a model what searches by text need, for a request that has `begun` before.
    ///
    /// # Errors
    ///
    /// [`Error::TextSearch`] with what went wrong.
    pub async fn add_text_search(&self, loaded: &Arc<LoadedModel>, begun: Instant) -> Result<(), Error> {
        let loading = Arc::clone(loaded);
        // Whoever waits may go away: what went wrong is said by what does the work.
        let work = async move {
            let outcome = loading.load_text_search().await;
            if let Err(error) = &outcome {
                metrics::load_failed();
                tracing::error!(%error, causes = causes(error), "text search not loaded");
            }
            outcome
        };
        let work = self.work.spawn(work);
        let left = self.deadline.saturating_sub(begun.elapsed());
        let outcome = match tokio::time::timeout(left, work).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(Error::Deadline(self.deadline)),
        };
        outcome.map_err(|error| Error::TextSearch(Box::new(error)))
    }

    async fn within_deadline(&self, outcome: impl Future<Output = Outcome>) -> Outcome {
        tokio::time::timeout(self.deadline, outcome).await.unwrap_or(Err(Error::Deadline(self.deadline)))
    }

    async fn wait(self: &Arc<Self>) -> Outcome {
        let (attempt, is_new) = self.begin();
        match ended(attempt).await {
            // It was under way when this request came, perhaps since before a freeze: what ended it may have passed.
            Err(_) if !is_new => ended(self.begin().0).await,
            outcome => outcome,
        }
    }

    /// The attempt to wait for, and whether it is a new one. It runs whether or not anybody waits.
    fn begin(self: &Arc<Self>) -> (LoadAttempt, bool) {
        let mut first = self.first();
        if let Some(loaded) = self.loaded() {
            return (watch::channel(Some(Ok(loaded))).1, false);
        }
        match &*first {
            Some(attempt) if !matches!(&*attempt.borrow(), Some(Err(_))) => (attempt.clone(), false),
            _ => {
                let (sender, attempt) = watch::channel(None);
                let models = Arc::clone(self);
                self.work.spawn(async move {
                    let loading = Arc::clone(&models);
                    // A task of its own, so that a panic is an outcome too.
                    let outcome = match tokio::spawn(async move { loading.load_first().await }).await {
                        Ok(outcome) => outcome,
                        Err(error) => Err(error.into()),
                    };
                    if let Err(error) = &outcome {
                        metrics::load_failed();
                        tracing::error!(%error, causes = causes(error), location = %models.source.location(), "model not loaded");
                    }
                    let succeeded = outcome.is_ok();
                    sender.send_replace(Some(outcome));
                    if succeeded {
                        // Its outcome would keep the first model for as long as the process lives.
                        *models.first() = None;
                    }
                });
                *first = Some(attempt.clone());
                (attempt, true)
            }
        }
    }

    async fn load_first(&self) -> Outcome {
        let store = self.store().await?;
        let prefetch = store.request_prefetch();
        let LatestState::Found { latest, etag } = store.latest(None).await? else {
            let what = self.source.location().to_string();
            let reason = "the server says that nothing changed, and nothing was known".to_owned();
            return Err(store::Error::Corrupt { what, reason }.into());
        };
        let needed = memory::needed(&latest);
        if let Some(limit) = self.memory.filter(|limit| needed > *limit) {
            tracing::warn!(needed, limit, "the model may not fit into the function's memory: give it more");
        }
        // Nothing is held yet but the process itself: what it takes is known too late to be worth a refusal.
        let budget = self.memory.map(|limit| Budget { limit, held: 0 });
        let loaded = match load(store, latest.clone(), Some(prefetch), budget, &self.work).await {
            // Damaged where it lies, or on its way: only another look can tell. It is not at the prefetch again.
            Err(Error::Artifact(error)) => {
                tracing::warn!(%error, "the model came damaged, and is asked for again");
                load(store, latest, None, budget, &self.work).await?
            }
            loaded => loaded?,
        };
        self.refreshes().begin_with(etag, Now::read());
        self.set(&loaded);
        Ok(loaded)
    }

    /// Begins a check for a new model, if one is due now or will be within `look_ahead`, and returns at once. Before the first
    /// model is there, none is.
    pub fn refresh_if_due(self: &Arc<Self>, look_ahead: Duration) {
        if self.loaded().is_some() && self.refreshes().begin(Now::read(), look_ahead) {
            let models = Arc::clone(self);
            self.work.spawn(async move {
                let checking = Arc::clone(&models);
                // A task of its own: a check that panics ends as one that failed.
                let checked = match tokio::spawn(async move { checking.check().await }).await {
                    Ok(checked) => checked,
                    Err(error) => Err(Error::from(error).into()),
                };
                models.refreshes().end(checked);
            });
        }
    }

    async fn check(&self) -> Result<CheckOutcome, CheckFailure> {
        let Some(current) = self.loaded() else { return Ok(CheckOutcome::default()) };
        let known = self.refreshes().etag();
        let check = Check { store: self.store().await?, memory: self.memory, work: &self.work };
        let outcome = check.run(&current, known).await?;
        if let Some(new) = &outcome.new {
            self.set(new);
        }
        Ok(outcome)
    }

    async fn store(&self) -> Result<&Store, Error> {
        let options = StoreOptions::within(self.deadline);
        let connect = || async { Ok::<_, Error>(self.source.store().await?.with_options(options)) };
        self.store.get_or_try_init(connect).await
    }

    /// Makes this the model of all requests from now on.
    fn set(&self, loaded: &Arc<LoadedModel>) {
        self.current.store(Some(Arc::clone(loaded)));
    }

    fn first(&self) -> MutexGuard<'_, Option<LoadAttempt>> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refreshes(&self) -> MutexGuard<'_, Refresh> {
        self.refresh.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What comes of an attempt.
async fn ended(mut attempt: LoadAttempt) -> Outcome {
    match attempt.wait_for(Option::is_some).await.as_deref() {
        Ok(Some(outcome)) => outcome.clone(),
        // The runtime is shutting down: nobody reads this.
        _ => Err(Error::Deadline(Duration::ZERO)),
    }
}

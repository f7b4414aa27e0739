//! A model that answers.

use recommender::Model;
use store::Latest;
use tokio::sync::watch;

/// A model, and what its publisher says of it.
pub struct LoadedModel {
    /// The model. Its graphs may still be on their way.
    pub model: Model,
    /// The pointer that named it.
    pub latest: Latest,
    /// Whether the graphs are there, or will not come.
    settled: watch::Sender<bool>,
}

impl LoadedModel {
    pub(super) fn new(model: Model, latest: Latest) -> Self {
        Self { model, latest, settled: watch::Sender::new(false) }
    }

    pub(super) fn mark_graphs_settled(&self) {
        self.settled.send_replace(true);
    }

    /// Waits until the model has all its graphs, or it is known that they will not come: the log says why.
    pub(super) async fn settled(&self) {
        // It fails where the sender is gone, which `self` holds.
        let _ = self.settled.subscribe().wait_for(|settled| *settled).await;
    }

    /// Whether graphs are missing that will not come.
    pub(super) fn lacks_graphs(&self) -> bool {
        *self.settled.borrow() && !self.model.neighbors().is_complete()
    }
}

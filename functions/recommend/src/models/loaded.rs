//! A model that answers.

use std::{
    panic::resume_unwind,
    sync::{Arc, OnceLock},
    time::Instant,
};

use recommender::{
    Model,
    artifact::{Entry, Section, SectionData},
};
use store::{Latest, Store};
use tokio::{
    sync::{OnceCell, watch},
    task::spawn_blocking,
};

use super::{error::Error, made_ids::ArtistIds};

/// A model, and what its publisher says of it.
pub struct LoadedModel {
    /// The model. Its graphs may still be on their way.
    pub model: Model,
    /// The pointer that named it.
    pub latest: Latest,
    /// Whether the graphs are there, or why they will not come.
    graphs: watch::Sender<Option<Result<(), Error>>>,
    /// Where the model was loaded from, and what of it only searches by text need.
    store: Store,
    text_search: Entry<Section>,
    text_search_loaded: OnceCell<()>,
    artist_ids: OnceLock<ArtistIds>,
}

impl LoadedModel {
    pub(super) fn new(model: Model, latest: Latest, store: Store, text_search: Entry<Section>) -> Self {
        let graphs = watch::Sender::new(None);
        let (text_search_loaded, artist_ids) = (OnceCell::new(), OnceLock::new());
        Self { model, latest, graphs, store, text_search, text_search_loaded, artist_ids }
    }

    /// Fetches what searches by text need, where it is not there yet. One at a time does; after a failure the next one tries.
    pub(super) async fn load_text_search(self: Arc<Self>) -> Result<(), Error> {
        let loading = || async {
            let entry = self.text_search.clone();
            let begun = Instant::now();
            let bytes = self.store.download_range(&self.latest, entry.range()).take(entry.range()).await?;
            let loaded = Arc::clone(&self);
            spawn_blocking(move || match SectionData::read(&entry, &bytes)? {
                SectionData::TextSearch(index) => loaded.model.add_text_search(*index),
                // Its name is that of the index.
                _ => Ok(()),
            })
            .await??;
            let (version, milliseconds) = (self.model.version(), begun.elapsed().as_millis() as u64);
            tracing::info!(%version, milliseconds, "text search ready");
            Ok(())
        };
        self.text_search_loaded.get_or_try_init(loading).await.copied()
    }

    /// Asks the model what may take milliseconds, on a thread that no other request waits for.
    ///
    /// # Errors
    ///
    /// Where the server ends before the answer is there.
    pub(crate) async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&Model) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let loaded = Arc::clone(self);
        match spawn_blocking(move || question(&loaded.model)).await {
            Ok(answer) => Ok(answer),
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(error) => Err(Error::Ended(Arc::new(error))),
            },
        }
    }

    /// The ids of the artists; they are made when first asked for.
    pub(crate) fn artist_ids(&self) -> &ArtistIds {
        self.artist_ids.get_or_init(|| ArtistIds::new(&self.model))
    }

    pub(super) fn settle_graphs(&self, outcome: Result<(), Error>) {
        self.graphs.send_replace(Some(outcome));
    }

    /// Waits until the model has all its graphs.
    ///
    /// # Errors
    ///
    /// Why they will not come.
    pub(super) async fn graphs(&self) -> Result<(), Error> {
        // It fails where the sender is gone, which `self` holds.
        self.graphs
            .subscribe()
            .wait_for(Option::is_some)
            .await
            .map_or(Ok(()), |settled| settled.clone().unwrap_or(Ok(())))
    }

    /// Whether graphs are missing that another load may bring.
    pub(super) fn lacks_graphs(&self) -> bool {
        may_come_again(self.graphs.borrow().as_ref()) && !self.model.neighbors().is_complete()
    }
}

/// Whether the graphs will not come, and another load may bring them: not where there was no memory for them, of which there would be less
/// with this model beside it.
fn may_come_again(graphs: Option<&Result<(), Error>>) -> bool {
    matches!(graphs, Some(Err(error)) if !matches!(error, Error::Memory { .. }))
}

#[cfg(test)]
mod tests {
    use recommender::artifact;

    use super::*;

    #[test]
    fn graphs_are_loaded_again_unless_there_is_no_memory_for_them() {
        let damaged = Error::Artifact(Arc::new(artifact::Error::Missing { section: Section::Graph(0) }));
        let no_memory = Error::Memory { what: "a graph of the model", needed: 2, held: 1, limit: 2 };
        assert!(may_come_again(Some(&Err(damaged))));
        assert!(!may_come_again(Some(&Err(no_memory))));
        assert!(!may_come_again(Some(&Ok(()))) && !may_come_again(None));
    }
}

//! From the store to a model that answers: sections are read as they arrive, and the graphs after the first answer.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use recommender::{
    Model, Version,
    artifact::{self, ArtifactReader, Entry, Need, Scratch, Section, SectionData},
    model::nodes,
    search::Nodes,
};
use store::{Download, Latest, Prefetch, Store};
use tokio::{
    sync::Semaphore,
    task::{JoinSet, spawn_blocking},
};
use tokio_util::task::TaskTracker;

use super::{
    error::Error,
    loaded::LoadedModel,
    memory::{Budget, Reserved},
};
use crate::metrics;

/// Sections up to this many bytes are decoded where they arrive: handing them to another thread would take longer.
const MAX_INLINE_BYTES: u64 = 128 * 1024;

/// Fetches a model, up to where it can answer. The graphs follow as `work` in the background: until a cluster has its graph it is searched exactly.
///
/// Its first bytes are the prefetch's, where it was asked for and is this model's.
///
/// A model that does not fit into `budget` is left where it is, once its header is there.
pub(super) async fn load(
    store: &Store,
    latest: Latest,
    prefetch: Option<Prefetch>,
    budget: Option<Budget>,
    work: &TaskTracker,
) -> Result<Arc<LoadedModel>, Error> {
    let begun = Instant::now();
    let milliseconds = move || begun.elapsed().as_millis() as u64;
    let (loaded, graphs) = begin(store, latest, prefetch, budget).await?;
    let (version, tracks) = (loaded.model.version(), loaded.model.catalog().len());
    let bytes = loaded.latest.size;
    tracing::info!(%version, tracks, bytes, milliseconds = milliseconds(), "model loaded");
    metrics::loaded(begun.elapsed());
    let slow = Arc::clone(&loaded);
    work.spawn(async move {
        let added = graphs.add_to(&slow).await;
        match &added {
            Ok(()) => tracing::info!(%version, milliseconds = milliseconds(), "graphs ready"),
            // Answers stay right, and are slower: the search is exact.
            Err(error) => {
                metrics::load_failed();
                tracing::error!(%error, %version, milliseconds = milliseconds(), "graphs not loaded");
            }
        }
        slow.settle_graphs(added);
    });
    Ok(loaded)
}

async fn begin(
    store: &Store,
    latest: Latest,
    prefetch: Option<Prefetch>,
    budget: Option<Budget>,
) -> Result<(Arc<LoadedModel>, Graphs), Error> {
    let end = latest.text_search_offset.unwrap_or(latest.size);
    let download = Arc::new(match prefetch {
        Some(prefetch) => store.download_with_prefetch(&latest, end, prefetch),
        None => store.download_range(&latest, 0..end),
    });
    let loading = header(&download, latest.size).await?;
    if let Some(budget) = budget {
        budget.check(loading.sections())?;
    }
    let needed =
        |need| -> Vec<_> { loading.sections().iter().filter(|entry| entry.section.need() == need).cloned().collect() };
    let (sections, graphs) = (needed(Need::FirstAnswer), needed(Need::Graphs));
    let missing = artifact::Error::Missing { section: Section::TextSearch };
    let text_search = needed(Need::TextSearch).pop().ok_or(missing)?;
    let reader = Reader { download, decoders: decoders(), scratches: Arc::default() };
    let model = read(&reader, loading, sections, latest.version).await?;
    let loaded = LoadedModel::new(model, latest, store.clone(), text_search);
    Ok((Arc::new(loaded), Graphs { reader, sections: graphs, budget }))
}

/// As many sections are decoded at once as there are processors: more would only take more memory at once.
fn decoders() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)))
}

/// The header of an artifact of `size` bytes.
async fn header(download: &Download, size: u64) -> Result<ArtifactReader, Error> {
    let start = download.take(0..size.min(artifact::HEADER_PREFIX_BYTES as u64)).await?;
    let length = artifact::header_length(&start)? as u64;
    let mut header = start.to_vec();
    if length <= size {
        header.extend_from_slice(&download.take(header.len() as u64..length).await?);
    }
    Ok(ArtifactReader::new(&header, size)?)
}

/// Reads the sections that a first answer needs, in the order in which they are complete.
async fn read(
    reader: &Reader,
    mut loading: ArtifactReader,
    sections: Vec<Entry<Section>>,
    version: Version,
) -> Result<Model, Error> {
    let mut pieces: JoinSet<Result<SectionData, Error>> = JoinSet::new();
    for section in sections {
        let one = reader.clone();
        pieces.spawn(async move {
            let chunks = one.take(&section).await?;
            if section.uncompressed <= MAX_INLINE_BYTES {
                return Ok(one.read(&section, &chunks)?);
            }
            one.clone().decode(move || Ok(one.read(&section, &chunks)?)).await
        });
    }
    let mut made: Option<Nodes> = None;
    while let Some(piece) = pieces.join_next().await {
        loading.add(piece??);
        // Nodes are made as soon as all that they are made of is there. What else comes meanwhile waits its turn.
        if made.is_none() && loading.scaled().is_some() {
            let work = move || {
                let made = loading.scaled().map(|(scaler, features)| nodes(scaler, &features)).transpose()?;
                Ok((loading, made))
            };
            (loading, made) = reader.decode(work).await?;
        }
    }
    let assemble = move || {
        Ok(match made {
            Some(nodes) => Model::assemble_with(loading.finish()?, nodes, version),
            None => Model::assemble(loading.finish()?, version),
        }?)
    };
    reader.decode(assemble).await
}

/// Reads sections of an artifact that is being downloaded.
#[derive(Clone)]
struct Reader {
    download: Arc<Download>,
    decoders: Arc<Semaphore>,
    /// Memory of those who have read a section, for those who will.
    scratches: Arc<Mutex<Vec<Scratch>>>,
}

impl Reader {
    async fn take(&self, section: &Entry<Section>) -> Result<Vec<bytes::Bytes>, Error> {
        Ok(self.download.take_chunks(section.range()).await?)
    }

    fn read(&self, section: &Entry<Section>, chunks: &[bytes::Bytes]) -> Result<SectionData, artifact::Error> {
        let chunks: Vec<&[u8]> = chunks.iter().map(|chunk| &**chunk).collect();
        let scratches = || self.scratches.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = scratches().pop().unwrap_or_default();
        let data = SectionData::read_chunks(section, &chunks, &mut scratch);
        scratches().push(scratch);
        data
    }

    /// Runs what takes a processor's time, when it is its turn.
    async fn decode<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        // Nobody closes the semaphore.
        let _turn = self.decoders.acquire().await;
        spawn_blocking(work).await?
    }
}

/// The graphs of a model that answers already.
struct Graphs {
    reader: Reader,
    sections: Vec<Entry<Section>>,
    budget: Option<Budget>,
}

impl Graphs {
    /// Adds every graph that can be had: a cluster whose graph cannot be is searched exactly, and no other. Makes ready for
    /// look-ups by id.
    ///
    /// # Errors
    ///
    /// The first of what went wrong.
    async fn add_to(self, loaded: &Arc<LoadedModel>) -> Result<(), Error> {
        let mut graphs: JoinSet<Result<(), Error>> = JoinSet::new();
        let reserved = Arc::<Reserved>::default();
        // While the graphs are on their way: whoever asks by id need not wait for it then.
        let (one, of_ids) = (self.reader.clone(), Arc::clone(loaded));
        graphs.spawn(async move {
            one.decode(move || {
                of_ids.model.catalog().ids.prepare();
                Ok(())
            })
            .await
        });
        for section in self.sections {
            let (one, loaded, reserved) = (self.reader.clone(), Arc::clone(loaded), Arc::clone(&reserved));
            graphs.spawn(async move {
                let chunks = one.take(&section).await?;
                one.clone()
                    .decode(move || match one.read(&section, &chunks)? {
                        SectionData::Graph(cluster, graph) => {
                            let _reserved = self.budget.map(|budget| budget.reserve(&graph, &reserved)).transpose()?;
                            Ok(loaded.model.add_graph(cluster, &graph)?)
                        }
                        // Its name is a graph's.
                        _ => Ok(()),
                    })
                    .await
            });
        }
        let mut outcome = Ok(());
        while let Some(added) = graphs.join_next().await {
            outcome = outcome.and(added.map_err(Error::from).flatten());
        }
        outcome
    }
}

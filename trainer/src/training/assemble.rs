//! The artifact of a trained model: tracks put in the catalogue's order, graphs built, titles sorted.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use rayon::prelude::*;
use recommender::{
    artifact::{self, Artifact},
    card::{Card, IndexMetrics},
    catalog::{Catalog, songs::SongIds, titles::Titles},
    clusters::{Cluster, NaiveBayes},
    column::NumericColumn,
    features::Scaler,
    invalid::Invalid,
    model::{self, Vectorizer},
    projection::Projection,
    search::{GraphData, Layer},
    text_search::{InvertedIndex, TooManyWords},
};

use super::graphs::{self, BuildOptions, Job, Nodes};

/// How many central tracks a cluster names.
const CENTRAL_TRACKS: usize = 3;

/// A cluster, before its tracks are put in order.
#[derive(Clone, Debug)]
pub struct ClusterSpec {
    /// A name that a person understands.
    pub name: String,
    /// k-means centroid, in scaled units, shape `(n_features,)`.
    pub centroid: Vec<f64>,
    /// Most typical genres.
    pub genres: Vec<String>,
}

/// How the graphs are built.
#[derive(Clone, Copy, Debug)]
pub struct GraphOptions {
    /// How each one is.
    pub build: BuildOptions,
    /// How many are built side by side. The artifact does not depend on it.
    pub threads: usize,
}

/// What an artifact is made of.
#[derive(Debug)]
pub struct ArtifactBuilder {
    /// The tracks, in the order of the user's file.
    pub catalog: Catalog,
    /// The cluster of each track, an index into `clusters`.
    pub labels: Vec<u32>,
    /// The clusters, by id. None is without tracks.
    pub clusters: Vec<ClusterSpec>,
    /// The scaler of the features.
    pub scaler: Scaler,
    /// The plane of the map.
    pub projection: Projection,
    /// The classifier.
    pub bayes: NaiveBayes,
    /// The card. Its `index` is filled in but for the recall, which takes a finished model to measure.
    pub card: Card,
    /// How the graphs are built. Without it there are none, and the model compares with every track.
    pub graphs: Option<GraphOptions>,
}

/// Why there is no artifact.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Features or labels are not of every track.
    #[error("{labels} labels and features of shape {shape:?} for {tracks} tracks and {features} features")]
    Shape {
        /// Number of tracks.
        tracks: usize,
        /// Number of features of the scaler.
        features: usize,
        /// Number of labels.
        labels: usize,
        /// Shape of the features.
        shape: [usize; 2],
    },
    /// A track's label is no cluster's.
    #[error("a track is labelled with cluster {got} of {clusters}")]
    Label {
        /// The label.
        got: u32,
        /// Number of clusters.
        clusters: usize,
    },
    /// A graph cannot be built.
    #[error(transparent)]
    Graph(#[from] graphs::Error),
    /// The scaler or a feature cannot be a model's.
    #[error(transparent)]
    Artifact(#[from] artifact::Error),
    /// Titles and artists cannot be indexed.
    #[error(transparent)]
    TextSearch(#[from] TooManyWords),
    /// The titles do not number the songs.
    #[error("the titles are wrong: {0}")]
    Titles(#[from] Invalid),
}

impl ArtifactBuilder {
    /// Builds the artifact. `progress` is told how many tracks are in graphs that are finished.
    ///
    /// # Errors
    ///
    /// [`Error::Shape`] and [`Error::Label`] where the input contradicts itself; others are defects.
    pub fn build(self, progress: &(dyn Fn(usize) + Sync)) -> Result<Artifact, Error> {
        let Self { catalog, labels, clusters, scaler, projection, bayes, mut card, graphs } = self;
        let tracks = catalog.len();
        let shape = [catalog.features.first().map_or(0, NumericColumn::len), catalog.features.len()];
        if shape != [tracks, scaler.len()] || labels.len() != tracks {
            return Err(Error::Shape { tracks, features: scaler.len(), labels: labels.len(), shape });
        }
        if let Some(label) = labels.iter().find(|label| **label as usize >= clusters.len()) {
            return Err(Error::Label { got: *label, clusters: clusters.len() });
        }
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); clusters.len()];
        for (track, label) in labels.iter().enumerate() {
            members[*label as usize].push(track as u32);
        }
        drop(labels);
        let popularity = scaler.features.iter().position(|feature| feature == "popularity");
        let (built, texts) = index(&catalog, &scaler, popularity, members, graphs, progress)?;

        let mut order: Vec<u32> = Vec::with_capacity(tracks);
        let (mut rows, mut graphs) = (Vec::with_capacity(built.len()), Vec::with_capacity(built.len()));
        for cluster in built {
            let start = order.len() as u32;
            order.extend(cluster.tracks);
            rows.push(start..order.len() as u32);
            graphs.extend(cluster.graph);
        }
        let mut place = vec![0; tracks];
        for (row, track) in (0..).zip(&order) {
            place[*track as usize] = row;
        }
        let Texts { titles, spellings, text_search } = texts;
        let catalog = Catalog { songs: catalog.songs.with_dictionary_order(&spellings), ..catalog };
        drop(spellings);
        let catalog = catalog.reordered(&order);
        drop(order);
        let titles = titles.renumbered(&place);
        drop(place);
        let songs = titles.songs(tracks)?;
        let clusters = clusters
            .into_par_iter()
            .zip(rows)
            .map(|(spec, rows)| cluster(spec, rows, &catalog, &scaler, &songs))
            .collect();

        let lowest = || graphs.iter().filter_map(|graph| graph.adjacency.layers.first());
        let nodes: usize = lowest().map(Layer::nodes).sum();
        let edges: usize = lowest().map(Layer::edges).sum();
        card.index = IndexMetrics {
            average_degree: 2.0 * edges as f64 / nodes.max(1) as f64,
            unreachable: graphs.iter().map(|graph| graph.unreachable.len() as u64).sum(),
            ..card.index
        };
        let text_search = Some(Box::new(text_search));
        // Counted on the finished model, which knows its songs and artists.
        let companions = None;
        Ok(Artifact { card, companions, scaler, projection, clusters, bayes, catalog, titles, graphs, text_search })
    }
}

/// A cluster's tracks in the order of its rows, node by node, and the graph of its nodes.
struct BuiltCluster {
    tracks: Vec<u32>,
    graph: Option<GraphData>,
}

/// What finds tracks by text. Rows are those of the user's file.
struct Texts {
    titles: Titles,
    /// The distinct titles in the order of their first use.
    spellings: Vec<u32>,
    text_search: InvertedIndex,
}

impl Texts {
    fn of(catalog: &Catalog, popularity: Option<usize>) -> Result<Self, Error> {
        let titles = Titles::new(catalog, popularity);
        let text_search = InvertedIndex::build(catalog, &titles, popularity)?;
        Ok(Self { spellings: titles.spellings(&catalog.songs), titles, text_search })
    }
}

/// Graphs of up to so many tracks are built side by side, whatever memory they take.
const SMALL_TRACKS: usize = 1 << 20;
/// Of more tracks, only those of this share at a time for each thread. On two threads, the largest graph, which takes the most memory when
/// it ends, has none but small ones beside it.
const SHARE_PER_THREAD: f64 = 0.25;

/// Builds the graphs of all clusters, and beside them what finds tracks by text.
fn index(
    catalog: &Catalog,
    scaler: &Scaler,
    popularity: Option<usize>,
    members: Vec<Vec<u32>>,
    options: Option<GraphOptions>,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<(Vec<BuiltCluster>, Texts), Error> {
    let vectorizer = &Vectorizer::new(scaler, catalog.features.iter().collect())?;
    let built: Vec<OnceLock<Result<BuiltCluster, Error>>> = members.iter().map(|_| OnceLock::new()).collect();
    let (texts, done) = (OnceLock::new(), &AtomicUsize::new(0));
    let mut clusters: Vec<(Vec<u32>, &OnceLock<_>)> = members.into_iter().zip(&built).collect();
    let are_small = catalog.len() <= SMALL_TRACKS;
    order_jobs(&mut clusters, |(members, _)| members.len(), are_small);
    let mut jobs: Vec<Job<'_>> = Vec::new();
    for (members, place) in clusters {
        let tracks = members.len();
        let work = Box::new(move || {
            let cluster = build_cluster(members, vectorizer, options.map(|options| options.build));
            progress(done.fetch_add(tracks, Ordering::Relaxed) + tracks);
            // Each place is one job's.
            let _ = place.set(cluster);
        });
        jobs.push(Job { weight: tracks, work });
    }
    // It takes half the time of a large graph, and what it makes stays: where memory matters it is made last.
    let place = if are_small { 1.min(jobs.len()) } else { jobs.len() };
    jobs.insert(place, Job { weight: 0, work: Box::new(|| _ = texts.set(Texts::of(catalog, popularity))) });
    let threads = options.map_or(1, |options| options.threads);
    let share = (catalog.len() as f64 * SHARE_PER_THREAD * threads as f64) as usize;
    graphs::run(jobs, threads, share.max(SMALL_TRACKS));
    // Every job was done: one that panics ends the run with its panic.
    let clusters = built.into_iter().filter_map(OnceLock::into_inner).collect::<Result<_, _>>()?;
    let texts = texts.into_inner().unwrap_or_else(|| Texts::of(catalog, popularity))?;
    Ok((clusters, texts))
}

/// Puts jobs in an order in which threads end at about the same time: the largest first. Unless all are small, the smallest, as many as
/// are as large as that one together, are done beside it: two large graphs at a time would take the most memory.
fn order_jobs<T>(jobs: &mut [T], size: impl Fn(&T) -> usize, are_small: bool) {
    jobs.sort_by_key(|job| Reverse(size(job)));
    let Some(largest) = jobs.first().map(&size).filter(|_| !are_small) else { return };
    let mut beside = 0;
    let is_beside = |job: &&T| {
        beside += size(job);
        beside <= largest
    };
    let count = jobs.iter().skip(1).rev().take_while(is_beside).count();
    jobs[1..].rotate_right(count);
}

fn build_cluster(
    members: Vec<u32>,
    vectorizer: &Vectorizer<'_>,
    options: Option<BuildOptions>,
) -> Result<BuiltCluster, Error> {
    let mut vectors = vectorizer.of(&members);
    let nodes = Nodes::of(&members, &mut vectors);
    drop(members);
    Ok(match options {
        Some(options) => {
            let graph = graphs::build(vectors, &options)?;
            BuiltCluster { tracks: nodes.tracks_of(&graph.order), graph: Some(graph.data) }
        }
        None => BuiltCluster { tracks: nodes.into_tracks(), graph: None },
    })
}

/// A cluster of the catalogue's rows `rows`.
fn cluster(
    spec: ClusterSpec,
    rows: std::ops::Range<u32>,
    catalog: &Catalog,
    scaler: &Scaler,
    songs: &SongIds,
) -> Cluster {
    let ClusterSpec { name, centroid, genres } = spec;
    let size = f64::from(rows.end - rows.start);
    let mean = |feature: &NumericColumn| rows.clone().map(|row| feature.get(row as usize)).sum::<f64>() / size;
    let means = catalog.features.iter().map(mean).collect();
    // Distances are not negative: their bits are in the order of their values.
    let mut nearest: BinaryHeap<Reverse<(u64, u32)>> = rows
        .clone()
        .map(|row| {
            let scaled =
                |(feature, column): (usize, &NumericColumn)| scaler.scale_one(feature, column.get(row as usize));
            let scaled = catalog.features.iter().enumerate().map(scaled);
            let distance = scaled.zip(&centroid).map(|(x, c)| (x - c) * (x - c)).sum::<f64>();
            Reverse((distance.to_bits(), row))
        })
        .collect();
    let nearest_first = std::iter::from_fn(|| nearest.pop().map(|Reverse((_, row))| row));
    let mut named: Vec<u32> = Vec::new();
    let mut is_new_song = |row: &u32| {
        let song = songs.of(*row);
        let new = !named.contains(&song);
        if new {
            named.push(song);
        }
        new
    };
    let central = nearest_first.filter(|row| is_new_song(row)).take(CENTRAL_TRACKS).collect();
    Cluster { name, songs: model::count_songs(rows.clone(), songs), rows, centroid, means, genres, central }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_jobs_come_first() {
        let mut sizes = [5, 30, 12, 7, 21, 3];
        order_jobs(&mut sizes, |size| *size, true);
        assert_eq!(sizes, [30, 21, 12, 7, 5, 3]);
    }

    #[test]
    fn the_smallest_jobs_are_done_beside_the_largest_where_memory_matters() {
        for (mut sizes, expected) in [
            (vec![5, 30, 12, 7, 21, 3], vec![30, 12, 7, 5, 3, 21]),
            (vec![4, 4, 4], vec![4, 4, 4]),
            (vec![1, 9], vec![9, 1]),
            (vec![2], vec![2]),
            (vec![], vec![]),
        ] {
            order_jobs(&mut sizes, |size| *size, false);
            assert_eq!(sizes, expected);
        }
    }
}

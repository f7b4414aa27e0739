//! From labelled tracks to the parts of an artifact: rows put in order, graphs built, titles and ids sorted.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use rayon::prelude::*;

use crate::{
    artifact::{Artifact, Error},
    card::{Card, IndexMetrics},
    catalog::{Catalog, ids::IdIndex, titles::Titles},
    clusters::{Cluster, NaiveBayes},
    column::{DictColumn, IntColumn, NumericColumn, StringColumn},
    features::Scaler,
    model::count_songs,
    projection::Projection,
    search::{BuildOptions, BuiltGraph, build as build_graph},
    vector::{LANES, Vector},
};

/// How many central tracks a cluster names.
const CENTRAL_TRACKS: usize = 3;

/// A text for each track, by its number.
pub type TextOf<'a> = Box<dyn Fn(usize) -> &'a str + Sync + 'a>;
/// A number for each track, by its number.
pub type NumberOf<'a> = Box<dyn Fn(usize) -> u32 + Sync + 'a>;

/// Tracks with their clusters, in the order of the user's file. Columns are asked for, so that none has to be made.
pub struct TrainingTable<'a> {
    /// Features in the file's own units, row by row, shape `(n_tracks, n_features)`.
    pub raw: &'a [f64],
    /// Cluster of each track.
    pub labels: &'a [u32],
    /// Id of each track.
    pub ids: TextOf<'a>,
    /// Title of each track.
    pub songs: TextOf<'a>,
    /// Artist cell of each track.
    pub artists: TextOf<'a>,
    /// Album of each track, empty where unknown.
    pub albums: Option<TextOf<'a>>,
    /// Genre of each track, empty where unknown.
    pub genres: Option<TextOf<'a>>,
    /// Year of each track, 0 where unknown.
    pub years: Option<NumberOf<'a>>,
    /// Explicit lyrics of each track: 0 unknown, 1 no, 2 yes.
    pub explicit: Option<NumberOf<'a>>,
}

/// A cluster, before its tracks are put in order.
#[derive(Clone, Debug)]
pub struct ClusterSpec {
    /// A name that a person understands.
    pub name: String,
    /// k-means centroid, in scaled units.
    pub centroid: Vec<f64>,
    /// Most typical genres.
    pub genres: Vec<String>,
}

/// The distinct vectors of one cluster, and the tracks that each of them stands for.
struct Nodes {
    /// Taken by the graph that is built of them.
    points: Mutex<Vec<Vector>>,
    /// The tracks of every node, end to end.
    tracks: Vec<u32>,
    /// Where each node's tracks end; they begin where those before end.
    ends: Vec<u32>,
}

/// Vectors that are equal, whatever the sign of their zeros.
struct Same<'a>(&'a Vector);

impl Same<'_> {
    /// Adding 0.0 makes -0.0 and 0.0, which are equal, the same bits.
    fn bits(&self) -> [u32; LANES] {
        self.0.lanes().map(|lane| (lane + 0.0).to_bits())
    }
}

impl Hash for Same<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
    }
}

impl PartialEq for Same<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bits() == other.bits()
    }
}

impl Eq for Same<'_> {}

impl Nodes {
    fn of(members: &[u32], vectors: &[Vector]) -> Self {
        let mut node_of: HashMap<Same<'_>, u32> = HashMap::with_capacity(members.len());
        let mut points = Vec::new();
        let mut ends: Vec<u32> = Vec::new();
        let nodes: Vec<u32> = members
            .iter()
            .map(|track| {
                let vector = &vectors[*track as usize];
                let node = *node_of.entry(Same(vector)).or_insert_with(|| {
                    points.push(*vector);
                    ends.push(0);
                    points.len() as u32 - 1
                });
                ends[node as usize] += 1;
                node
            })
            .collect();
        drop(node_of);
        let mut next = Vec::with_capacity(ends.len());
        let mut end = 0;
        for count in &mut ends {
            next.push(end);
            end += *count;
            *count = end;
        }
        let mut tracks = vec![0; members.len()];
        for (track, node) in members.iter().zip(nodes) {
            let next = &mut next[node as usize];
            tracks[*next as usize] = *track;
            *next += 1;
        }
        points.shrink_to_fit();
        Self { points: Mutex::new(points), tracks, ends }
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn tracks(&self, node: u32) -> &[u32] {
        let start = if node == 0 { 0 } else { self.ends[node as usize - 1] };
        &self.tracks[start as usize..self.ends[node as usize] as usize]
    }
}

/// Builds the parts of an artifact. `graphs` says how, and how many graphs are built side by side, each by one thread:
/// the parts do not depend on how many. Without it there are none, and a model of the parts compares with every track.
/// `progress` is told how many tracks are in graphs that are finished.
///
/// `card.index` is filled in but for the recall, which takes a finished model to measure.
///
/// # Errors
///
/// [`Error::Invalid`] where the input contradicts itself.
#[expect(clippy::too_many_arguments, reason = "each is a part of the artifact, or how to make one")]
pub fn build(
    labelled: &TrainingTable<'_>,
    scaler: Scaler,
    projection: Projection,
    clusters: Vec<ClusterSpec>,
    bayes: NaiveBayes,
    mut card: Card,
    graphs: Option<(&BuildOptions, usize)>,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Artifact, Error> {
    let tracks = labelled.labels.len();
    let width = scaler.len();
    if labelled.raw.len() != tracks * width || labelled.labels.iter().any(|label| *label as usize >= clusters.len()) {
        return Err(Error::invalid("tracks")("features or labels are not of every track".into()));
    }
    let features: Vec<NumericColumn> = (0..width)
        .into_par_iter()
        .map(|feature| labelled.raw.iter().skip(feature).step_by(width).copied().collect())
        .collect();
    let vectors = crate::model::vectors(&scaler, &features.iter().collect::<Vec<_>>())?;

    let mut members: Vec<Vec<u32>> = vec![Vec::new(); clusters.len()];
    for (track, label) in labelled.labels.iter().enumerate() {
        members[*label as usize].push(track as u32);
    }
    let nodes: Vec<Nodes> = members.par_iter().map(|members| Nodes::of(members, &vectors)).collect();
    drop((vectors, members));
    let graphs = match graphs {
        Some((options, threads)) => build_graphs(&nodes, options, threads, progress)?,
        None => Vec::new(),
    };

    // The catalogue's order: cluster by cluster, node by node.
    let mut order: Vec<u32> = Vec::with_capacity(tracks);
    let mut rows = Vec::with_capacity(clusters.len());
    for (cluster, nodes) in nodes.iter().enumerate() {
        let start = order.len() as u32;
        match graphs.get(cluster) {
            Some(graph) => order.extend(graph.order.iter().flat_map(|node| nodes.tracks(*node))),
            None => order.extend(&nodes.tracks),
        }
        rows.push(start..order.len() as u32);
    }
    drop(nodes);

    let texts = |column: &TextOf<'_>| -> StringColumn { order.iter().map(|track| column(*track as usize)).collect() };
    let words = |column: &TextOf<'_>| -> DictColumn { order.iter().map(|track| column(*track as usize)).collect() };
    let codes =
        |column: &NumberOf<'_>| IntColumn::new(&order.iter().map(|track| column(*track as usize)).collect::<Vec<_>>());
    let mut catalog = Catalog {
        ids: texts(&labelled.ids),
        songs: words(&labelled.songs),
        artists: words(&labelled.artists),
        albums: labelled.albums.as_ref().map(words),
        genres: labelled.genres.as_ref().map(words),
        years: labelled.years.as_ref().map(codes),
        explicit: labelled.explicit.as_ref().map(codes),
        features: features.into_par_iter().map(|feature| feature.reordered(&order)).collect(),
    };
    let popularity = scaler.features.iter().position(|feature| feature == "popularity");
    let titles = Titles::new(&catalog, popularity, &order);
    catalog.songs = catalog.songs.reordered(&titles.spellings(&catalog.songs));
    let ids = IdIndex::new(&catalog.ids, &order);
    let songs = titles.songs(tracks).map_err(Error::invalid("titles"))?;

    let clusters = clusters
        .into_iter()
        .zip(rows)
        .map(|(ClusterSpec { name, centroid, genres }, rows)| {
            let size = f64::from(rows.end - rows.start);
            let mean = |feature: &NumericColumn| rows.clone().map(|row| feature.get(row as usize)).sum::<f64>() / size;
            let means = catalog.features.iter().map(mean).collect();
            let mut near: Vec<(f64, u32)> = rows
                .clone()
                .map(|row| {
                    let scaled = scaler.scale(&catalog.raw(row));
                    (scaled.iter().zip(&centroid).map(|(x, c)| (x - c) * (x - c)).sum::<f64>(), row)
                })
                .collect();
            near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let mut named: Vec<u32> = Vec::new();
            let central = near
                .iter()
                .map(|(_, row)| *row)
                .filter(|row| {
                    !named.contains(&songs.of(*row)) && {
                        named.push(songs.of(*row));
                        true
                    }
                })
                .take(CENTRAL_TRACKS)
                .collect();
            Cluster { name, songs: count_songs(rows.clone(), &songs), rows, centroid, means, genres, central }
        })
        .collect();

    let nodes: usize = graphs.iter().map(|graph| graph.order.len()).sum();
    let edges: f64 = graphs.iter().map(|graph| graph.data.adjacency.average_degree() * graph.order.len() as f64).sum();
    card.index = IndexMetrics {
        average_degree: edges / nodes.max(1) as f64,
        unreachable: graphs.iter().map(|graph| graph.data.unreachable.len() as u64).sum(),
        ..card.index
    };
    let graphs = graphs.into_iter().map(|graph| graph.data).collect();
    Ok(Artifact { card, scaler, projection, clusters, bayes, catalog, titles, ids, graphs })
}

/// Builds the graphs, the largest first, each by one thread of its own.
fn build_graphs(
    nodes: &[Nodes],
    options: &BuildOptions,
    threads: usize,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<BuiltGraph>, Error> {
    let mut largest_first: Vec<usize> = (0..nodes.len()).collect();
    largest_first.sort_by_key(|cluster| std::cmp::Reverse(nodes[*cluster].len()));
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let built: Vec<Mutex<Option<Result<BuiltGraph, Error>>>> = nodes.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, nodes.len().max(1)) {
            scope.spawn(|| {
                while let Some(&cluster) = largest_first.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let points =
                        std::mem::take(&mut *nodes[cluster].points.lock().unwrap_or_else(PoisonError::into_inner));
                    // Two threads in one graph would make another graph in every run.
                    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
                    let graph = match one {
                        Ok(one) => one
                            .install(|| build_graph(points, options))
                            .map_err(|source| Error::Form { section: format!("graph-{cluster}"), source }),
                        Err(error) => Err(Error::invalid(format!("graph-{cluster}"))(error.to_string())),
                    };
                    let tracks = nodes[cluster].tracks.len();
                    progress(done.fetch_add(tracks, Ordering::Relaxed) + tracks);
                    *built[cluster].lock().unwrap_or_else(PoisonError::into_inner) = Some(graph);
                }
            });
        }
    });
    built
        .into_iter()
        .map(|graph| {
            graph
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner)
                .unwrap_or_else(|| Err(Error::invalid("graphs")("a graph was not built".into())))
        })
        .collect()
}

//! From labelled tracks to the parts of an artifact: rows put in order, graphs built, titles and ids sorted.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use rayon::prelude::*;

use crate::{
    artifact::{Error, Parts},
    card::{Card, IndexMetrics},
    catalog::Catalog,
    cluster::{Cluster, NaiveBayes},
    column::{Codes, Numbers, Texts, Words},
    feature::Scaler,
    model::count_songs,
    neighbor::{BuildOptions, Built, build as build_graph},
    projection::Projection,
    title::{Ids, Titles},
    vector::Vector,
};

/// How many central tracks a cluster names.
const CENTRAL: usize = 3;

/// Tracks with their clusters, in the order of the user's file.
#[derive(Clone, Debug)]
pub struct Labelled<'a> {
    /// Features in the file's own units, row by row, shape `(n_tracks, n_features)`.
    pub raw: &'a [f64],
    /// Cluster of each track.
    pub labels: &'a [u32],
    /// Id of each track.
    pub ids: Vec<&'a str>,
    /// Title of each track.
    pub songs: Vec<&'a str>,
    /// Artist cell of each track.
    pub artists: Vec<&'a str>,
    /// Album of each track, empty where unknown.
    pub albums: Option<Vec<&'a str>>,
    /// Genre of each track, empty where unknown.
    pub genres: Option<Vec<&'a str>>,
    /// Year of each track, 0 where unknown.
    pub years: Option<Vec<u32>>,
    /// Explicit lyrics of each track: 0 unknown, 1 no, 2 yes.
    pub explicit: Option<Vec<u32>>,
}

/// A cluster, before its tracks are put in order.
#[derive(Clone, Debug)]
pub struct NamedCluster {
    /// A name that a person understands.
    pub name: String,
    /// k-means centroid, in scaled units.
    pub centroid: Vec<f64>,
    /// Most typical genres.
    pub genres: Vec<String>,
}

/// The distinct vectors of one cluster, and the tracks that each of them stands for.
struct Nodes {
    points: Vec<Vector>,
    tracks: Vec<Vec<u32>>,
}

impl Nodes {
    fn of(tracks: &[u32], vectors: &[Vector]) -> Self {
        let mut node_of: HashMap<[u32; crate::vector::LANES], usize> = HashMap::with_capacity(tracks.len());
        let mut nodes = Self { points: Vec::new(), tracks: Vec::new() };
        for track in tracks {
            let vector = vectors[*track as usize];
            // Adding 0.0 makes -0.0 and 0.0, which are equal, the same bits.
            let node = *node_of.entry(vector.lanes().map(|lane| (lane + 0.0).to_bits())).or_insert_with(|| {
                nodes.points.push(vector);
                nodes.tracks.push(Vec::new());
                nodes.points.len() - 1
            });
            nodes.tracks[node].push(*track);
        }
        nodes
    }
}

/// Builds the parts of an artifact. `threads` graphs are built side by side, each by one thread: the parts do not
/// depend on how many. `progress` is told how many tracks are in graphs that are finished.
///
/// `card.index` is filled in but for the recall, which takes a finished model to measure.
///
/// # Errors
///
/// [`Error::Invalid`] where the input contradicts itself.
#[expect(clippy::too_many_arguments, reason = "each is a part of the artifact, or how to make one")]
pub fn build(
    labelled: &Labelled<'_>,
    scaler: Scaler,
    projection: Projection,
    clusters: Vec<NamedCluster>,
    bayes: NaiveBayes,
    mut card: Card,
    options: &BuildOptions,
    threads: usize,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Parts, Error> {
    let tracks = labelled.labels.len();
    let width = scaler.len();
    if labelled.raw.len() != tracks * width || labelled.labels.iter().any(|label| *label as usize >= clusters.len()) {
        return Err(Error::invalid("tracks")("features or labels are not of every track".into()));
    }
    let features: Vec<Numbers> =
        (0..width).map(|feature| labelled.raw.iter().skip(feature).step_by(width).copied().collect()).collect();
    let vectors = crate::model::vectors(&scaler, &features, tracks);
    drop(features);

    let mut members: Vec<Vec<u32>> = vec![Vec::new(); clusters.len()];
    for (track, label) in labelled.labels.iter().enumerate() {
        members[*label as usize].push(track as u32);
    }
    let nodes: Vec<Nodes> = members.par_iter().map(|members| Nodes::of(members, &vectors)).collect();
    drop(vectors);
    let graphs = build_graphs(&nodes, options, threads, progress)?;

    // The catalogue's order: cluster by cluster, node by node.
    let mut order: Vec<u32> = Vec::with_capacity(tracks);
    let mut rows = Vec::with_capacity(clusters.len());
    for (nodes, graph) in nodes.iter().zip(&graphs) {
        let start = order.len() as u32;
        order.extend(graph.order.iter().flat_map(|node| &nodes.tracks[*node as usize]));
        rows.push(start..order.len() as u32);
    }
    drop(nodes);

    let texts = |column: &[&str]| -> Texts { order.iter().map(|track| column[*track as usize]).collect() };
    let words = |column: &[&str]| -> Words { order.iter().map(|track| column[*track as usize]).collect() };
    let codes = |column: &[u32]| Codes::new(&order.iter().map(|track| column[*track as usize]).collect::<Vec<_>>());
    let mut catalog = Catalog {
        ids: texts(&labelled.ids),
        songs: words(&labelled.songs),
        artists: words(&labelled.artists),
        albums: labelled.albums.as_deref().map(words),
        genres: labelled.genres.as_deref().map(words),
        years: labelled.years.as_deref().map(codes),
        explicit: labelled.explicit.as_deref().map(codes),
        features: (0..width)
            .into_par_iter()
            .map(|feature| order.iter().map(|track| labelled.raw[*track as usize * width + feature]).collect())
            .collect(),
    };
    let popularity = scaler.features.iter().position(|feature| feature == "popularity");
    let titles = Titles::new(&catalog, popularity, &order);
    catalog.songs = catalog.songs.reordered(&titles.spellings(&catalog.songs));
    let ids = Ids::new(&catalog.ids, &order);
    let songs = titles.songs(tracks).map_err(Error::invalid("titles"))?;

    let clusters = clusters
        .into_iter()
        .zip(rows)
        .map(|(NamedCluster { name, centroid, genres }, rows)| {
            let size = f64::from(rows.end - rows.start);
            let mean = |feature: &Numbers| rows.clone().map(|row| feature.get(row as usize)).sum::<f64>() / size;
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
                .take(CENTRAL)
                .collect();
            Cluster { name, songs: count_songs(rows.clone(), &songs), rows, centroid, means, genres, central }
        })
        .collect();

    let nodes: usize = graphs.iter().map(|graph| graph.order.len()).sum();
    let edges: f64 = graphs.iter().map(|graph| graph.parts.adjacency.average_degree() * graph.order.len() as f64).sum();
    card.index = IndexMetrics {
        average_degree: edges / nodes.max(1) as f64,
        unreachable: graphs.iter().map(|graph| graph.parts.unreachable.len() as u64).sum(),
        ..card.index
    };
    let graphs = graphs.into_iter().map(|graph| graph.parts).collect();
    Ok(Parts { card, scaler, projection, clusters, bayes, catalog, titles, ids, graphs })
}

/// Builds the graphs, the largest first, each by one thread of its own.
fn build_graphs(
    nodes: &[Nodes],
    options: &BuildOptions,
    threads: usize,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Built>, Error> {
    let mut largest_first: Vec<usize> = (0..nodes.len()).collect();
    largest_first.sort_by_key(|cluster| std::cmp::Reverse(nodes[*cluster].points.len()));
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let built: Vec<Mutex<Option<Result<Built, Error>>>> = nodes.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, nodes.len().max(1)) {
            scope.spawn(|| {
                while let Some(&cluster) = largest_first.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let points = &nodes[cluster].points;
                    // Two threads in one graph would make another graph in every run.
                    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
                    let graph = match one {
                        Ok(one) => one
                            .install(|| build_graph(points, options))
                            .map_err(|source| Error::Form { section: format!("graph-{cluster}"), source }),
                        Err(error) => Err(Error::invalid(format!("graph-{cluster}"))(error.to_string())),
                    };
                    let tracks: usize = nodes[cluster].tracks.iter().map(Vec::len).sum();
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

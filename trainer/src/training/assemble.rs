//! The artifact of a trained model: tracks put in the catalogue's order, graphs built, titles and ids sorted.

use ndarray::ArrayView2;
use rayon::prelude::*;
use recommender::{
    artifact::{self, Artifact},
    card::{Card, IndexMetrics},
    catalog::{
        Catalog,
        ids::IdIndex,
        titles::{SongIds, Titles},
    },
    clusters::{Cluster, NaiveBayes},
    column::{DictColumn, IntColumn, NumericColumn, StringColumn},
    features::Scaler,
    invalid::Invalid,
    model,
    projection::Projection,
    text_search::{InvertedIndex, TooManyWords},
};

use super::graphs::{self, BuildOptions, BuiltGraph, Nodes};

/// How many central tracks a cluster names.
const CENTRAL_TRACKS: usize = 3;

/// The columns of a track table, in the order of the user's file. Row i of each is the same track.
#[derive(Clone, Copy, Debug)]
pub struct TrackColumns<'a> {
    /// Features in the file's own units, shape `(n_tracks, n_features)`.
    pub features: ArrayView2<'a, f64>,
    /// Ids.
    pub ids: &'a StringColumn,
    /// Titles.
    pub songs: &'a StringColumn,
    /// Artist cells.
    pub artists: &'a DictColumn,
    /// Albums, empty where unknown.
    pub albums: Option<&'a DictColumn>,
    /// Genre cells, empty where unknown.
    pub genres: Option<&'a DictColumn>,
    /// Years of release, 0 where unknown.
    pub years: Option<&'a IntColumn>,
    /// Explicit lyrics: 0 unknown, 1 no, 2 yes.
    pub explicit: Option<&'a IntColumn>,
}

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
pub struct ArtifactBuilder<'a> {
    /// The tracks.
    pub tracks: TrackColumns<'a>,
    /// The cluster of each track, an index into `clusters`.
    pub labels: &'a [u32],
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

impl ArtifactBuilder<'_> {
    /// Builds the artifact. `progress` is told how many tracks are in graphs that are finished.
    ///
    /// # Errors
    ///
    /// [`Error::Shape`] and [`Error::Label`] where the input contradicts itself; others are defects.
    pub fn build(self, progress: &(dyn Fn(usize) + Sync)) -> Result<Artifact, Error> {
        let Self { tracks: columns, labels, clusters, scaler, projection, bayes, mut card, graphs } = self;
        let tracks = columns.ids.len();
        let shape = [columns.features.nrows(), columns.features.ncols()];
        if shape != [tracks, scaler.len()] || labels.len() != tracks {
            return Err(Error::Shape { tracks, features: scaler.len(), labels: labels.len(), shape });
        }
        if let Some(label) = labels.iter().find(|label| **label as usize >= clusters.len()) {
            return Err(Error::Label { got: *label, clusters: clusters.len() });
        }
        let features: Vec<NumericColumn> = columns
            .features
            .axis_iter(ndarray::Axis(1))
            .into_par_iter()
            .map(|feature| feature.iter().copied().collect())
            .collect();
        let vectors = model::vectors(&scaler, &features.iter().collect::<Vec<_>>())?;
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); clusters.len()];
        for (track, label) in labels.iter().enumerate() {
            members[*label as usize].push(track as u32);
        }
        let nodes: Vec<Nodes> = members.par_iter().map(|members| Nodes::of(members, &vectors)).collect();
        drop((vectors, members));
        let graphs = match graphs {
            Some(GraphOptions { build, threads }) => graphs::build_all(&nodes, &build, threads, progress)?,
            None => Vec::new(),
        };
        let (order, rows) = order(&nodes, &graphs);
        drop(nodes);

        let popularity = scaler.features.iter().position(|feature| feature == "popularity");
        let mut catalog = catalog(&columns, features, &order);
        let titles = Titles::new(&catalog, popularity, &order);
        catalog.songs = catalog.songs.with_dictionary_order(&titles.spellings(&catalog.songs));
        let ids = IdIndex::new(&catalog.ids, &order);
        let songs = titles.songs(tracks)?;
        let clusters =
            clusters.into_iter().zip(rows).map(|(spec, rows)| cluster(spec, rows, &catalog, &scaler, &songs)).collect();

        let count: usize = graphs.iter().map(|graph| graph.order.len()).sum();
        let edges: usize = graphs
            .iter()
            .filter_map(|graph| graph.data.adjacency.layers.first())
            .map(|layer| layer.neighbors.len())
            .sum();
        card.index = IndexMetrics {
            average_degree: edges as f64 / count.max(1) as f64,
            unreachable: graphs.iter().map(|graph| graph.data.unreachable.len() as u64).sum(),
            ..card.index
        };
        let graphs = graphs.into_iter().map(|graph| graph.data).collect();
        let text_search = Some(Box::new(InvertedIndex::build(&catalog, &titles, popularity)?));
        Ok(Artifact { card, scaler, projection, clusters, bayes, catalog, titles, ids, graphs, text_search })
    }
}

/// The catalogue's order, as the tracks' numbers in the table: cluster by cluster, node by node. And the rows of each cluster.
fn order(clusters: &[Nodes], graphs: &[BuiltGraph]) -> (Vec<u32>, Vec<std::ops::Range<u32>>) {
    let mut order: Vec<u32> = Vec::with_capacity(clusters.iter().map(|nodes| nodes.all_tracks().len()).sum());
    let mut rows = Vec::with_capacity(clusters.len());
    for (cluster, nodes) in clusters.iter().enumerate() {
        let start = order.len() as u32;
        match graphs.get(cluster) {
            Some(graph) => order.extend(graph.order.iter().flat_map(|node| nodes.tracks(*node))),
            None => order.extend(nodes.all_tracks()),
        }
        rows.push(start..order.len() as u32);
    }
    (order, rows)
}

fn catalog(columns: &TrackColumns<'_>, features: Vec<NumericColumn>, order: &[u32]) -> Catalog {
    let texts = |column: &StringColumn| order.iter().map(|track| column.get(*track as usize)).collect();
    Catalog {
        ids: texts(columns.ids),
        songs: order.iter().map(|track| columns.songs.get(*track as usize)).collect(),
        artists: columns.artists.of_rows(order),
        albums: columns.albums.map(|albums| albums.of_rows(order)),
        genres: columns.genres.map(|genres| genres.of_rows(order)),
        years: columns.years.map(|years| years.of_rows(order)),
        explicit: columns.explicit.map(|explicit| explicit.of_rows(order)),
        features: features.into_par_iter().map(|feature| feature.reordered(order)).collect(),
    }
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
    let mut nearest_first: Vec<(f64, u32)> = rows
        .clone()
        .map(|row| {
            let scaled = scaler.scale(&catalog.raw(row));
            (scaled.iter().zip(&centroid).map(|(x, c)| (x - c) * (x - c)).sum::<f64>(), row)
        })
        .collect();
    nearest_first.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut named: Vec<u32> = Vec::new();
    let mut is_new_song = |row: &u32| {
        let song = songs.of(*row);
        let new = !named.contains(&song);
        if new {
            named.push(song);
        }
        new
    };
    let central =
        nearest_first.iter().map(|(_, row)| *row).filter(|row| is_new_song(row)).take(CENTRAL_TRACKS).collect();
    Cluster { name, songs: model::count_songs(rows.clone(), songs), rows, centroid, means, genres, central }
}

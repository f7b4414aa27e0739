//! The method, step by step: scale, elbow, cluster, name, classify, index, check.

pub mod assemble;
pub mod cluster_names;
pub mod consistency;
pub mod elbow;
pub mod graphs;
pub mod kmeans;
pub mod naive_bayes;
pub mod outliers;
mod playlists;
pub mod projection;
pub mod scale;
pub mod weights;

use std::{collections::BTreeMap, ops::RangeInclusive, path::PathBuf};

use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;
use recommender::{
    Model, Version,
    affinity::AffinityWeights,
    artifact::{self, Artifact},
    card::{Card, ClusterSummary, FeatureSummary, IndexMetrics},
    catalog::{Catalog, attributes::Attributes},
    clusters::Cluster,
    column::NumericColumn,
    features::Scaler,
};

use crate::{
    affinity::Affinities,
    evaluation,
    evaluation::silhouette::{Silhouette, silhouettes},
    printable,
    progress::Progress,
    table::{self, Schema, Table},
    training::assemble::{ArtifactBuilder, ClusterSpec, GraphOptions},
    training::graphs::BuildOptions,
    training::kmeans::Clustering,
    training::naive_bayes::HoldOut,
    training::weights::Weights,
};

/// How many tracks the recall of the index is measured on.
const RECALL_SAMPLE: usize = 1_000;

/// A title of so many letters fits a line with the command that asks for it.
const MAX_EXAMPLE_CHARS: usize = 32;
/// Among how many of the best-known songs an example is looked for.
const WELL_KNOWN: usize = 10;

/// What a training may be told.
#[derive(Clone, Debug)]
pub struct Options {
    /// Number of clusters, 1 to 32.
    pub k: u32,
    /// Numbers of clusters to try for the elbow.
    pub k_range: RangeInclusive<u32>,
    /// The same tracks, options and seed give the same bytes.
    pub seed: u64,
    /// How many graphs are built side by side. The bytes do not depend on it.
    pub threads: usize,
    /// Names that replace those made from the clusters, by cluster.
    pub names: BTreeMap<u32, String>,
    /// The playlists to learn affinities from; without them those of the table, where it has any.
    pub playlists: Option<PathBuf>,
    /// How much each feature counts where tracks are compared: for clusters, naive Bayes and neighbours.
    pub weights: Weights,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            k: 6,
            k_range: 2..=8,
            seed: 42,
            threads: rayon::current_num_threads(),
            names: BTreeMap::new(),
            playlists: None,
            weights: Weights::default(),
        }
    }
}

/// What a training made.
pub struct Trained {
    /// The artifact.
    pub file: Vec<u8>,
    /// Its SHA-256.
    pub version: Version,
    /// What it was made from and how good it is.
    pub card: Card,
    /// Mean of each scaled feature in each cluster, not weighted, shape `(k, n_features)`: how far a cluster is from the
    /// mean of all tracks, in deviations.
    pub scaled_means: Array2<f64>,
    /// Rows of the table, the dropped ones among them.
    pub rows: u64,
    /// The numbers of clusters that were tried for the elbow. The model's own k need not be among them.
    pub k_range: RangeInclusive<u32>,
    /// How well the clusters of each k are apart; without a k whose clusters a sample does not tell.
    pub silhouettes: BTreeMap<u32, Silhouette>,
    /// What was understood of the table's columns.
    pub schema: Schema,
    /// What to know of the classifier's accuracy.
    pub hold_out: HoldOut,
    /// Share of the tracks' variance that the map shows, 0 to 1.
    pub map_variance: f64,
    /// What affinities bring to the continuation of playlists, where there were enough to tell.
    pub affinities: Option<Affinities>,
    /// The playlists that affinities were learned from.
    pub playlists: Option<evaluation::Playlists>,
    /// A song to ask for.
    pub example: Example,
}

/// A song that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Its title.
    pub song: String,
    /// Its artist, where several artists have a song of the title.
    pub artist: Option<String>,
}

impl Trained {
    /// The elbow: (k, total inertia) in ascending k, of the range that was tried. The model's own k is no part of it where it is
    /// outside of the range: as an end of the curve it would move the knee.
    pub fn elbow(&self) -> Vec<(u32, f64)> {
        let all = self.card.inertia.iter().map(|(k, inertia)| (*k, *inertia));
        all.filter(|(k, _)| self.k_range.contains(k)).collect()
    }
}

/// A training that came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The weights are not of this table.
    #[error(transparent)]
    Weights(#[from] weights::Error),
    /// There are no such clusters.
    #[error(transparent)]
    Clusters(#[from] kmeans::Error),
    /// The clusters cannot be classified.
    #[error(transparent)]
    Classifier(#[from] naive_bayes::Error),
    /// The catalogue cannot be drawn on a plane.
    #[error("the map cannot be made: {0}")]
    Projection(#[from] projection::Error),
    /// The playlists cannot be read.
    #[error(transparent)]
    Playlists(table::Error),
    /// The model cannot be measured.
    #[error("the model cannot be measured: {0}")]
    Quality(#[from] evaluation::Error),
    /// The artifact cannot be made.
    #[error("the artifact cannot be made: {0}")]
    Assemble(#[from] assemble::Error),
    /// The artifact cannot be encoded, or does not read back.
    #[error("the artifact cannot be made: {0}")]
    Artifact(#[from] artifact::Error),
}

/// Trains a model on a table. Its columns are let go of, or become the model's, as soon as the training is done with them: copies
/// of both together would take the most memory.
///
/// # Errors
///
/// Where the table does not hold the clusters that were asked for. An artifact that does not read back, which would be
/// a defect, is an error too: it is never returned.
pub fn train(table: Table, options: &Options, progress: &dyn Progress) -> Result<Trained, Error> {
    Ok(train_and_open(table, options, progress)?.0)
}

/// As [`train`]; gives the model too, as it was read back out of the artifact.
///
/// # Errors
///
/// Those of [`train`].
pub fn train_and_open(table: Table, options: &Options, progress: &dyn Progress) -> Result<(Trained, Model), Error> {
    let (rows, schema) = (table.rows, table.schema.clone());
    let source = playlists::Source::of(&table, options.playlists.as_ref()).map_err(Error::Playlists)?;
    let TrainingOutput { artifact, scaled_means, k_range, silhouettes, hold_out, map_variance } =
        make(table, options, true, progress)?;

    let stage = progress.stage("check", 0);
    // Read back before it is called done: what is published has been loaded once, and has answered.
    let file = artifact::encode(&artifact)?;
    let Artifact { mut card, titles, text_search, catalog, graphs, .. } = artifact;
    drop((catalog, graphs));
    let mut model = Model::read_back(&file, titles, text_search)?;
    card.index.recall_at_10 = evaluation::recall(&model, 10, RECALL_SAMPLE, true)?;
    card.tenth_similarities = evaluation::tenth_similarities(&model)?;
    stage.done(&format!("recall@10 {:.4}", card.index.recall_at_10));

    let learned = source.learn(&mut model, &mut card, options.seed, progress)?;
    let (playlists, affinities) = learned.map(|learned| (learned.playlists, learned.affinities)).unzip();
    let file = artifact::with_companions(file, &card, model.companions())?;
    let version = Version::of(&file);
    let model = model.with_card_of(&file, version)?;
    let example = example(&model);
    let trained = Trained {
        version,
        file,
        card,
        scaled_means,
        rows,
        k_range,
        silhouettes,
        schema,
        hold_out,
        map_variance,
        affinities: affinities.flatten(),
        playlists,
        example,
    };
    Ok((trained, model))
}

/// The model of the same table and options, and of no elbow, in which every feature counts once: to compare with. It
/// has no graphs, which take most of a training; it compares with every track, and so answers as good graphs would.
///
/// # Errors
///
/// Those of [`train`].
pub fn unweighted(table: Table, options: &Options) -> Result<Model, Error> {
    let options = Options { k_range: options.k..=options.k, weights: Weights::default(), ..options.clone() };
    let made = make(table, &options, false, &())?;
    Ok(Model::assemble(made.artifact, Version::of(&[]))?)
}

/// A model in the making.
struct TrainingOutput {
    artifact: Artifact,
    scaled_means: Array2<f64>,
    k_range: RangeInclusive<u32>,
    silhouettes: BTreeMap<u32, Silhouette>,
    hold_out: HoldOut,
    map_variance: f64,
}

fn make(table: Table, options: &Options, with_graphs: bool, progress: &dyn Progress) -> Result<TrainingOutput, Error> {
    let stage = progress.stage("scale", 0);
    let weights = options.weights.of(&table.features)?;
    let names: Vec<String> = table.features.iter().map(|feature| feature.name().to_owned()).collect();
    let Table { values, extremes, ids, songs, artists, credits, albums, genres, years, explicit, dropped, .. } = table;
    let (key, mode, time_signature, duration_ms) = (table.key, table.mode, table.time_signature, table.duration_ms);
    drop(table.playlists);
    let scaler = scale::fit(names.clone(), values.view(), weights);
    outliers::warnings(&scaler, values.view(), &extremes).iter().for_each(|warning| progress.warn(warning));
    // Before they are scaled where they are.
    let columns = |feature: ndarray::ArrayView1<'_, f64>| feature.iter().copied().collect();
    let features: Vec<NumericColumn> = values.axis_iter(Axis(1)).into_par_iter().map(columns).collect();
    let mut scaled = values;
    scale::transform(&scaler, scaled.view_mut());
    stage.done(&format!("{} features", names.len()));
    for feature in scale::constant(&scaler) {
        progress.warn(&format!(
            "{} is the same in every track: it scales to 0 and tells no track from another; leave it out with --features",
            names[feature]
        ));
    }

    let options = &for_tracks(scaled.view(), options, progress);
    // The model's own k first: if there are too few tracks, that is the number to speak of.
    let mut ks = vec![options.k as usize];
    ks.extend(options.k_range.clone().map(|k| k as usize).filter(|k| *k != options.k as usize));
    let stage = progress.stage("clusters", ks.len() as u64);
    let done = std::sync::atomic::AtomicU64::new(0);
    let mut elbow =
        kmeans::elbow(scaled.view(), &ks, &kmeans::Options { seed: options.seed, ..Default::default() }, &|_| {
            stage.set(done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1);
        })?;
    let inertia: BTreeMap<u32, f64> = elbow.iter().map(|found| (found.k() as u32, found.inertia)).collect();
    let labels: Vec<&[u32]> = elbow.iter().map(|found| found.labels.as_slice()).collect();
    let found = silhouettes(scaled.view(), &labels, options.seed);
    let silhouettes = elbow.iter().zip(found).filter_map(|(k, found)| Some((k.k() as u32, found?))).collect();
    let clustering = elbow.swap_remove(0);
    drop(elbow);
    stage.done(&format!("k-means for k = {}, {} clusters kept", spread(&inertia), options.k));

    let stage = progress.stage("classify", 0);
    let (k, labels) = (clustering.k(), &clustering.labels);
    let (map, bayes) = rayon::join(|| projection::fit(scaled.view()), || naive_bayes::fit(scaled.view(), labels, k));
    let (map, bayes) = (map?, bayes?);
    let (evaluated, hold_out) = naive_bayes::evaluate(scaled, labels, k, options.seed)?;
    stage.done(&hold_out.agreement(&evaluated));

    let raw_means = means_by_cluster(&features, &clustering);
    let mut scaled_means = raw_means.clone();
    scale::transform(&Scaler { weights: vec![1.0; names.len()], ..scaler.clone() }, scaled_means.view_mut());
    let typical_genres = match &genres {
        Some(genres) => cluster_names::typical(genres.iter(), labels, k),
        None => vec![Vec::new(); k],
    };
    let feature_names: Vec<&str> = names.iter().map(String::as_str).collect();
    let cluster_names = cluster_names::name(&feature_names, scaled_means.view(), &typical_genres, &options.names);

    let card = Card {
        tracks: labels.len() as u64,
        dropped: dropped.by_reason,
        features: (0..names.len())
            .map(|f| FeatureSummary {
                name: names[f].clone(),
                mean: scaler.mean[f],
                deviation: scaler.deviation[f],
                weight: scaler.weights[f],
            })
            .collect(),
        inertia,
        k: options.k,
        clusters: (0..clustering.k())
            .map(|id| ClusterSummary {
                id: id as u32,
                name: cluster_names[id].clone(),
                size: clustering.sizes[id],
                means: names.iter().cloned().zip(raw_means.row(id).iter().copied()).collect(),
            })
            .collect(),
        classifier: evaluated,
        index: IndexMetrics { recall_at_10: 0.0, average_degree: 0.0, unreachable: 0 },
        balanced: AffinityWeights::defaults(years.is_some(), genres.is_some()),
        tenth_similarities: Vec::new(),
    };

    let stage = progress.stage("index", labels.len() as u64);
    let clusters = cluster_names
        .into_iter()
        .zip(typical_genres)
        .zip(clustering.centroids.rows())
        .map(|((name, genres), centroid)| ClusterSpec {
            name,
            genres: genres.into_iter().map(|genre| genre.name).collect(),
            centroid: centroid.to_vec(),
        })
        .collect();
    let build = BuildOptions { seed: options.seed, ..BuildOptions::default() };
    let graphs = with_graphs.then_some(GraphOptions { build, threads: options.threads });
    let mut columns = [key, mode, time_signature, duration_ms].into_iter();
    let attributes = Attributes::new(|attribute| {
        let column = columns.next().flatten();
        // What is a feature is answered as one.
        column.filter(|_| !names.iter().any(|name| name == attribute.name()))
    });
    let catalog = Catalog {
        ids: ids.into(),
        songs: songs.into(),
        artists,
        credits,
        albums,
        genres,
        years,
        explicit,
        attributes,
        features,
    };
    let labels = clustering.labels;
    let projection = map.projection;
    let builder = ArtifactBuilder { catalog, labels, clusters, scaler, projection, bayes, card, graphs };
    let artifact = builder.build(&|done| stage.set(done as u64))?;
    stage.done(&format!("{:.1} neighbours a node", artifact.card.index.average_degree));
    warn_of_lone_songs(&artifact.clusters, progress);
    let map_variance = map.explained_variance;
    Ok(TrainingOutput { artifact, scaled_means, k_range: options.k_range.clone(), silhouettes, hold_out, map_variance })
}

/// The options with no more clusters than there are tracks that differ.
fn for_tracks(scaled: ArrayView2<'_, f64>, options: &Options, progress: &dyn Progress) -> Options {
    let mut options = options.clone();
    let (k, range) = (options.k, options.k_range.clone());
    let most = k.max(*range.end());
    // Not counted beyond the largest k, which is a u32.
    let distinct = kmeans::distinct_tracks(scaled, most as usize) as u32;
    if (1..most).contains(&distinct) {
        options.k = k.min(distinct);
        options.k_range = (*range.start()).min(distinct)..=(*range.end()).min(distinct);
        progress.warn(&format!(
            "the table has {distinct} tracks whose features differ: k is {}, and the elbow's range {} to {} (asked for: {k}, \
             and {} to {})",
            options.k,
            options.k_range.start(),
            options.k_range.end(),
            range.start(),
            range.end()
        ));
    }
    options
}

/// A song alone in its cluster is answered with nothing. Where there is no other in the catalogue, nobody expects one.
fn warn_of_lone_songs(clusters: &[Cluster], progress: &dyn Progress) {
    let lone = clusters.iter().filter(|cluster| cluster.songs == 1).count();
    if lone > 0 && clusters.iter().map(|cluster| u64::from(cluster.songs)).sum::<u64>() > 1 {
        progress.warn(&format!(
            "{lone} of {} clusters {} a single song, which is answered with nothing unless all clusters are searched \
             (same_cluster=false, or --any-cluster of trainer recommend); a smaller --k may avoid it",
            clusters.len(),
            if lone == 1 { "has" } else { "have" },
        ));
    }
}

/// The ks of an elbow, as a person would write them.
fn spread(inertia: &BTreeMap<u32, f64>) -> String {
    let ks: Vec<String> = inertia.keys().map(u32::to_string).collect();
    ks.join(", ")
}

/// Mean of each column in each cluster, shape `(k, n_features)`.
fn means_by_cluster(features: &[NumericColumn], clustering: &Clustering) -> Array2<f64> {
    let mut means = Array2::zeros((clustering.k(), features.len()));
    means.axis_iter_mut(Axis(1)).into_par_iter().zip(features).for_each(|(mut means, feature)| {
        let values = feature.values();
        feature.codes().each(0..feature.len(), |track, code| {
            means[clustering.labels[track] as usize] += values[code as usize];
        });
        for (mean, size) in means.iter_mut().zip(&clustering.sizes) {
            *mean /= *size as f64;
        }
    });
    means
}

/// A well-known song whose title no other artist has, or a central track, or any such track where there is none, with a short
/// title if it can be. Where artists share every title, a track with its artist.
fn example(model: &Model) -> Example {
    let shared = model.titles().shared();
    let rows = || {
        let central = model.clusters().iter().flat_map(|cluster| cluster.central.iter().copied());
        let all = 0..model.catalog().len() as u32;
        let well_known = model.most_popular(all.clone(), WELL_KNOWN).unwrap_or_default();
        well_known.into_iter().chain(central).chain(all)
    };
    let track = |row: u32| model.catalog().track(row);
    // What is escaped when it is printed would not be the title any more.
    let is_short = |text: &str| text.chars().count() <= MAX_EXAMPLE_CHARS && printable::is_printable(text);
    let is_unshared = |row: &u32| !shared[*row as usize];
    let named =
        |row: &u32| is_short(track(*row).song) && is_short(track(*row).artist) && !track(*row).artist.is_empty();
    let found = rows()
        .find(|row| is_unshared(row) && is_short(track(*row).song))
        .or_else(|| rows().find(named))
        .or_else(|| rows().find(is_unshared))
        .unwrap_or(0);
    let artist = (!is_unshared(&found)).then(|| track(found).artist.to_owned());
    Example { song: track(found).song.to_owned(), artist }
}

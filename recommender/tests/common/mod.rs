//! Small models, made of invented tracks.

#![allow(dead_code, reason = "not every test needs all of it")]

pub(crate) mod artifact_builder;

use std::collections::BTreeMap;

use recommender::{
    affinity::AffinityWeights,
    artifact::Artifact,
    card::{Card, ClassScores, ClassificationReport, ClassifierMetrics, ClusterSummary, FeatureSummary, IndexMetrics},
    catalog::{
        Catalog,
        attributes::{Attribute, Attributes},
        credits::Credits,
    },
    clusters::NaiveBayes,
    column::{DictColumn, IntColumn},
    features::Scaler,
    projection::Projection,
};
use trainer::training::{
    assemble::{ArtifactBuilder, ClusterSpec, GraphOptions},
    graphs::BuildOptions,
};

/// One invented track.
#[derive(Clone, Debug)]
pub(crate) struct Invented {
    pub(crate) id: String,
    pub(crate) song: String,
    pub(crate) artist: String,
    pub(crate) album: String,
    pub(crate) features: Vec<f64>,
}

/// `count` tracks in a few loose groups, some of them releases of the same song, some with the same title by others.
pub(crate) fn tracks(count: usize, features: usize) -> Vec<Invented> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..count)
        .map(|track| {
            let group = track % 4;
            Invented {
                id: format!("id{track:06}"),
                song: if track % 10 == 9 { format!("Song {}", track / 20) } else { format!("Song {track}") },
                artist: format!("Artist {}", track % 37),
                album: "An album".into(),
                features: (0..features)
                    .map(|f| ((random() + if (f + group) % 3 == 0 { 1.0 } else { 0.0 }) * 500.0).round() / 10.0)
                    .collect(),
            }
        })
        .collect()
}

/// The artists of cells that have `; ` between them.
fn credits(cells: &DictColumn) -> Credits {
    let ranges: Vec<Vec<std::ops::Range<u32>>> = cells
        .dictionary()
        .iter()
        .map(|cell| {
            let mut end = 0;
            let several = cell.split("; ").filter(|name| !name.is_empty()).map(|name| {
                let start = end + cell[end..].find(name).unwrap_or_default();
                end = start + name.len();
                start as u32..end as u32
            });
            if cell.contains("; ") { several.collect() } else { Vec::new() }
        })
        .collect();
    Credits::new(ranges.iter().map(Vec::as_slice))
}

/// A model of `k` clusters: a track belongs to the nearest of the first `k` tracks.
pub(crate) fn artifact(tracks: &[Invented], k: usize, threads: usize) -> Artifact {
    let width = tracks[0].features.len();
    let n = tracks.len() as f64;
    let column = |f: usize| tracks.iter().map(move |track| track.features[f]);
    let mean: Vec<f64> = (0..width).map(|f| column(f).sum::<f64>() / n).collect();
    let deviation = (0..width).map(|f| (column(f).map(|x| (x - mean[f]).powi(2)).sum::<f64>() / n).sqrt()).collect();
    let features = (0..width).map(|f| format!("feature {f}")).collect();
    let scaler = Scaler { features, mean, deviation, weights: vec![1.0; width] };
    let scaled: Vec<Vec<f64>> = tracks.iter().map(|track| scaler.scale(&track.features)).collect();
    let distance = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    let nearest = |track: &[f64]| {
        (0..k).min_by(|a, b| distance(track, &scaled[*a]).total_cmp(&distance(track, &scaled[*b]))).unwrap_or(0)
    };
    // The first tracks stay where they are, so that no cluster is empty, even where all tracks are alike.
    let labels: Vec<u32> =
        (0..tracks.len()).map(|track| if track < k { track as u32 } else { nearest(&scaled[track]) as u32 }).collect();
    let clusters: Vec<ClusterSpec> = (0..k)
        .map(|id| ClusterSpec { name: format!("cluster {id}"), centroid: scaled[id].clone(), genres: vec![] })
        .collect();
    let axis = |along: usize| (0..width).map(|f| if f == along { 1.0 } else { 0.0 }).collect();
    let projection = Projection { axes: [axis(0), axis(1)] };
    let bayes = NaiveBayes {
        priors: vec![1.0 / k as f64; k],
        means: scaled[..k].to_vec(),
        variances: vec![vec![1.0; width]; k],
    };
    let scores = ClassScores { precision: 1.0, recall: 1.0, f1: 1.0, support: 1 };
    let card = Card {
        tracks: tracks.len() as u64,
        dropped: BTreeMap::new(),
        features: scaler
            .features
            .iter()
            .zip(scaler.mean.iter().zip(&scaler.deviation))
            .map(|(name, (mean, deviation))| FeatureSummary {
                name: name.clone(),
                mean: *mean,
                deviation: *deviation,
                weight: 1.0,
            })
            .collect(),
        inertia: BTreeMap::from([(k as u32, 1.0)]),
        k: k as u32,
        clusters: Vec::new(),
        classifier: ClassifierMetrics {
            held_out: 1,
            accuracy: Some(1.0),
            confusion_matrix: vec![vec![1]],
            report: ClassificationReport { clusters: vec![scores], macro_average: scores, weighted_average: scores },
        },
        index: IndexMetrics { recall_at_10: 1.0, average_degree: 0.0, unreachable: 0 },
        balanced: AffinityWeights::defaults(true, false),
        tenth_similarities: Vec::new(),
    };
    let numbers = |of: fn(u32) -> u32| IntColumn::new(&(0..tracks.len() as u32).map(of).collect::<Vec<_>>());
    let artists: DictColumn = tracks.iter().map(|track| &track.artist).collect();
    let catalog = Catalog {
        ids: tracks.iter().map(|track| &track.id).collect(),
        songs: tracks.iter().map(|track| &track.song).collect(),
        credits: credits(&artists),
        artists,
        albums: Some(tracks.iter().map(|track| &track.album).collect()),
        genres: None,
        years: Some(numbers(|track| 1960 + track % 60)),
        explicit: Some(numbers(|track| track % 3)),
        attributes: Attributes::new(|attribute| match attribute {
            Attribute::Key => Some(numbers(|track| track % 13)),
            Attribute::DurationMs => Some(numbers(|track| if track % 7 == 0 { 0 } else { 150_000 + 997 * track })),
            Attribute::Mode | Attribute::TimeSignature => None,
        }),
        features: (0..width).map(|f| column(f).collect()).collect(),
    };
    let graphs = Some(GraphOptions { build: BuildOptions::default(), threads });
    let builder = ArtifactBuilder { catalog, labels, clusters, scaler, projection, bayes, card, graphs };
    let mut artifact = builder.build(&|_| {}).expect("the tracks make a model");
    artifact.card.clusters = (0..)
        .zip(&artifact.clusters)
        .map(|(id, cluster)| ClusterSummary {
            id,
            name: cluster.name.clone(),
            size: u64::from(cluster.rows.end - cluster.rows.start),
            means: artifact.scaler.features.iter().cloned().zip(cluster.means.iter().copied()).collect(),
        })
        .collect();
    artifact
}

//! The model card: what a model was made from and how good it is, as kept in the artifact and shown to people.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{affinity::AffinityWeights, clusters::Cluster, features::Scaler, invalid::Invalid};

/// What a model was made from and how good it is. Holds no dates and no timings: the same input gives the same card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Card {
    /// Tracks in the catalogue, after cleaning.
    pub tracks: u64,
    /// Rows that were left out, by reason.
    pub dropped: BTreeMap<String, u64>,
    /// The features, in the model's order.
    pub features: Vec<FeatureSummary>,
    /// The elbow: total inertia (within-cluster sum of squared distances, in scaled units) for each k that was tried.
    #[schema(value_type = BTreeMap<String, f64>)]
    pub inertia: BTreeMap<u32, f64>,
    /// How many clusters the model has.
    pub k: u32,
    /// The clusters, by id.
    pub clusters: Vec<ClusterSummary>,
    /// How well naive Bayes finds the cluster of a track it has not seen.
    pub classifier: ClassifierMetrics,
    /// How good the approximate search is.
    pub index: IndexMetrics,
    /// What `affinity=balanced` counts each affinity for: learned from playlists, where the trainer was given some.
    pub balanced: AffinityWeights,
    /// What a similarity is held against: how similar each of up to a hundred tracks, evenly spaced over the catalogue, is to the tenth of
    /// the songs nearest to it in its own cluster; ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub tenth_similarities: Vec<f32>,
}

impl Card {
    /// Whether this card is that of a model with these parts.
    pub(crate) fn check(&self, scaler: &Scaler, clusters: &[Cluster], tracks: u64) -> Result<(), Invalid> {
        Invalid::equal("the number of tracks", &tracks, &self.tracks)?;
        let names: Vec<&str> = self.features.iter().map(|feature| feature.name.as_str()).collect();
        Invalid::equal("the list of features", &scaler.features.iter().map(String::as_str).collect(), &names)?;
        for (number, feature) in self.features.iter().enumerate() {
            let model = [scaler.mean[number], scaler.deviation[number], scaler.weights[number]];
            let card = [feature.mean, feature.deviation, feature.weight];
            Invalid::equal(format!("[mean, deviation, weight] of {}", feature.name), &model, &card)?;
        }
        if !self.tenth_similarities.is_sorted() {
            let (expected, got) = ("ascending numbers".to_owned(), format!("{:?}", self.tenth_similarities));
            return Err(Invalid::Differs { what: "similarities of tenth neighbours".into(), expected, got });
        }
        Invalid::count("clusters on the card", clusters.len(), self.clusters.len())?;
        Invalid::equal("k", &clusters.len(), &(self.k as usize))?;
        for (id, (card, cluster)) in self.clusters.iter().zip(clusters).enumerate() {
            let rows = cluster.rows.end - cluster.rows.start;
            let (said, held) = ((card.id as usize, &card.name, card.size), (id, &cluster.name, u64::from(rows)));
            Invalid::equal(format!("(id, name, size) of cluster {id}"), &held, &said)?;
            let means: BTreeMap<&str, f64> =
                scaler.features.iter().map(String::as_str).zip(cluster.means.iter().copied()).collect();
            // Both are sums of the same values, in another order.
            let near = |x: f64, y: f64| (x - y).abs() <= 1e-9 * x.abs().max(y.abs()).max(1.0);
            let equal = card.means.len() == means.len()
                && card.means.iter().zip(&means).all(|((a, x), (b, y))| a == b && near(*x, *y));
            if !equal {
                let (expected, got) = (format!("{means:?}"), format!("{:?}", card.means));
                return Err(Invalid::Differs { what: format!("means of cluster {id}").into(), expected, got });
            }
        }
        Ok(())
    }
}

/// One feature's place in the scaler.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FeatureSummary {
    /// Spotify's name of the feature.
    pub name: String,
    /// Mean, in the file's own unit.
    pub mean: f64,
    /// Population standard deviation (ddof = 0), in the file's own unit.
    pub deviation: f64,
    /// What the scaled feature is multiplied with wherever tracks are compared.
    pub weight: f64,
}

/// One cluster's profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClusterSummary {
    /// 0 to k - 1.
    pub id: u32,
    /// A name that a person understands.
    pub name: String,
    /// How many tracks it holds.
    pub size: u64,
    /// Mean of each feature over the cluster's tracks, in the file's own units.
    pub means: BTreeMap<String, f64>,
}

/// Gaussian naive Bayes on a stratified hold-out of a fifth of the tracks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClassifierMetrics {
    /// Tracks that were held out.
    pub held_out: u64,
    /// Share of held-out tracks whose cluster was predicted by naive Bayes that was fitted on the others, 0 to 1: how far naive Bayes
    /// agrees with k-means, which says nothing about whether clusters exist. `null` where no track was held out. (The classifier that
    /// a model serves is fitted on all tracks.)
    pub accuracy: Option<f64>,
    /// Shape `(k, k)`: rows are the true cluster, columns the predicted one, as scikit-learn lays it out.
    pub confusion_matrix: Vec<Vec<u64>>,
    /// Precision, recall and f1 of each cluster and their averages.
    pub report: ClassificationReport,
}

/// The figures of scikit-learn's `classification_report`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClassificationReport {
    /// One line for each cluster, by id.
    pub clusters: Vec<ClassScores>,
    /// The plain mean over the clusters.
    pub macro_average: ClassScores,
    /// The mean over the clusters, weighted by support.
    pub weighted_average: ClassScores,
}

/// Precision, recall, f1 and support. A ratio whose denominator is 0 is 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClassScores {
    /// Of the tracks predicted to be in the cluster, the share that are.
    pub precision: f64,
    /// Of the cluster's tracks, the share that were predicted to be in it.
    pub recall: f64,
    /// The harmonic mean of precision and recall.
    pub f1: f64,
    /// How many held-out tracks the cluster has.
    pub support: u64,
}

/// The HNSW graphs held against brute force.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IndexMetrics {
    /// Share of the true ten nearest neighbours, in the own cluster, that the graphs find: mean over a sample.
    pub recall_at_10: f64,
    /// Mean number of neighbours of a graph node on the lowest layer.
    pub average_degree: f64,
    /// Nodes that a search for their own vector does not find, kept on a list that every search scans too.
    pub unreachable: u64,
}

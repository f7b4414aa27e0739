//! Clusters: what each one is like, and where naive Bayes places a track that is not in the catalogue.

use std::ops::{Range, RangeInclusive};

use serde::{Deserialize, Serialize};

use crate::{invalid::Invalid, owned};

/// The most clusters a model may have.
pub const MAX_CLUSTERS: usize = 32;

/// The phrases that names of clusters are made from, in every language that they are shown in: a JSON array of rows, of which the
/// first names the columns. `says` is what a phrase stands for: means above (`+energy`) or below (`-tempo`) that of all tracks, two
/// of them with a space between, nothing for a cluster that nothing sets apart, `*` for the only cluster.
///
/// A name is one phrase, or two with `and` between, then what tells it from a name that is the same otherwise: phrases after commas,
/// a number, or genres in brackets.
pub const PHRASES: &str = include_str!("cluster_phrases.json");

/// One cluster of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// A name that a person understands.
    #[serde(deserialize_with = "owned::string")]
    pub name: String,
    /// The cluster's rows of the catalogue.
    pub rows: Range<u32>,
    /// How many different songs (title and artist) the rows hold.
    pub songs: u32,
    /// k-means centroid, in scaled units, shape `(n_features,)`.
    pub centroid: Vec<f64>,
    /// Mean of each feature, in the file's own units, shape `(n_features,)`.
    pub means: Vec<f64>,
    /// Genres that are more typical of this cluster than of the others, the most typical first.
    #[serde(deserialize_with = "owned::strings")]
    pub genres: Vec<String>,
    /// The rows nearest to the centroid, nearest first.
    pub central: Vec<u32>,
}

/// Whether these can be the clusters of a catalogue: their rows follow one another from the first to the last.
pub(crate) fn check(clusters: &[Cluster], tracks: usize, features: usize) -> Result<(), Invalid> {
    Invalid::count_range("clusters", 1..=MAX_CLUSTERS, clusters.len())?;
    let mut start = 0;
    for (id, cluster) in clusters.iter().enumerate() {
        let rows = &cluster.rows;
        if rows.start != start || rows.end <= rows.start || rows.end as usize > tracks {
            let expected = format!("a range from {start} that ends within {tracks}");
            return Err(Invalid::Differs {
                what: format!("the rows of cluster {id}").into(),
                expected,
                got: format!("{rows:?}"),
            });
        }
        start = rows.end;
        Invalid::count(format!("components of the centroid of cluster {id}"), features, cluster.centroid.len())?;
        Invalid::count(format!("means of cluster {id}"), features, cluster.means.len())?;
        Invalid::finite(format!("a mean of cluster {id}"), cluster.centroid.iter().chain(&cluster.means))?;
        let most = (rows.end - rows.start) as usize;
        Invalid::count_range(format!("songs in cluster {id}"), 1..=most, cluster.songs as usize)?;
        if let Some(row) = cluster.central.iter().find(|row| !rows.contains(row)) {
            let what = format!("a central track of cluster {id}").into();
            return Err(Invalid::Differs { what, expected: format!("one of {rows:?}"), got: row.to_string() });
        }
    }
    Invalid::count("tracks in clusters", tracks, start as usize)
}

/// Scaled values beyond this are taken for this, so that their squares stay finite. No model's means lie beyond.
const MAX_BAYES_INPUT: f64 = 1e100;
/// The variances that a model may have: outside of them the densities overflow.
const VARIANCES: RangeInclusive<f64> = 1e-100..=1e100;

/// Gaussian naive Bayes (scikit-learn's `GaussianNB`): scaled features in, cluster out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NaiveBayes {
    /// Share of the tracks in each cluster, shape `(n_clusters,)`: scikit-learn's `class_prior_`.
    pub priors: Vec<f64>,
    /// Mean of each scaled feature in each cluster, shape `(n_clusters, n_features)`: scikit-learn's `theta_`.
    pub means: Vec<Vec<f64>>,
    /// Variance of each scaled feature in each cluster, shape `(n_clusters, n_features)`: scikit-learn's `var_`, in which
    /// `var_smoothing` (1e-9 of the largest variance that a feature has over all tracks) is already contained.
    pub variances: Vec<Vec<f64>>,
}

impl NaiveBayes {
    /// Probability of each cluster for one scaled track, shape `(n_features,)` to `(n_clusters,)`. Normalised in log
    /// space: however far the track, the probabilities are finite and their sum is 1.
    pub fn posteriors(&self, scaled: &[f64]) -> Vec<f64> {
        let log_joint: Vec<f64> = self
            .priors
            .iter()
            .zip(self.means.iter().zip(&self.variances))
            .map(|(prior, (means, variances))| {
                let log_density: f64 = scaled
                    .iter()
                    .zip(means.iter().zip(variances))
                    .map(|(x, (mean, variance))| {
                        let x = x.clamp(-MAX_BAYES_INPUT, MAX_BAYES_INPUT);
                        (std::f64::consts::TAU * variance).ln() + (x - mean).powi(2) / variance
                    })
                    .sum();
                prior.ln() - 0.5 * log_density
            })
            .collect();
        let largest = log_joint.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = log_joint.iter().map(|log| (log - largest).exp()).collect();
        let total: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / total).collect()
    }

    /// The most probable cluster of one scaled track, the lowest id where several are.
    pub fn predict(&self, scaled: &[f64]) -> u32 {
        let posteriors = self.posteriors(scaled);
        let mut best = 0;
        for (cluster, posterior) in posteriors.iter().enumerate() {
            if *posterior > posteriors[best] {
                best = cluster;
            }
        }
        best as u32
    }

    /// Whether this can be the classifier of a model with so many clusters and features.
    pub(crate) fn check(&self, clusters: usize, features: usize) -> Result<(), Invalid> {
        for (what, got) in
            [("priors", self.priors.len()), ("means", self.means.len()), ("variances", self.variances.len())]
        {
            Invalid::count(what, clusters, got)?;
        }
        for row in self.means.iter().chain(&self.variances) {
            Invalid::count("means or variances of a cluster", features, row.len())?;
        }
        Invalid::range("a prior", f64::MIN_POSITIVE..=1.0, &self.priors)?;
        Invalid::range("a mean", -MAX_BAYES_INPUT..=MAX_BAYES_INPUT, self.means.iter().flatten())?;
        Invalid::range("a variance", VARIANCES, self.variances.iter().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bayes() -> NaiveBayes {
        NaiveBayes {
            priors: vec![0.5, 0.5],
            means: vec![vec![-1.0, 0.0], vec![1.0, 0.0]],
            variances: vec![vec![1.0, 1.0], vec![1.0, 1.0]],
        }
    }

    #[test]
    fn posteriors_of_the_farthest_track_are_finite_and_sum_to_one() {
        for x in [0.0, 1.0, 1e6, 1e150] {
            let posteriors = bayes().posteriors(&[x, -x]);
            assert!((posteriors.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{x}: {posteriors:?}");
        }
        assert_eq!(bayes().predict(&[1e6, 0.0]), 1);
    }

    #[test]
    fn means_and_variances_that_would_overflow_are_refused() {
        let changes: [fn(&mut NaiveBayes); 5] = [
            |bayes| bayes.means[0][1] = 1e155,
            |bayes| bayes.means[1][0] = f64::NAN,
            |bayes| bayes.variances[0][0] = 1e308,
            |bayes| bayes.variances[1][1] = 1e-200,
            |bayes| bayes.variances[1][0] = f64::NAN,
        ];
        for change in changes {
            let mut bayes = bayes();
            assert!(bayes.check(2, 2).is_ok());
            change(&mut bayes);
            assert!(bayes.check(2, 2).is_err(), "{bayes:?}");
        }
        let mut farthest = bayes();
        (farthest.means, farthest.variances) = (vec![vec![MAX_BAYES_INPUT; 2]; 2], vec![vec![1e-100; 2]; 2]);
        assert!(farthest.check(2, 2).is_ok());
        assert!(farthest.posteriors(&[-1e300, 1e300]).iter().all(|posterior| posterior.is_finite()));
    }

    #[test]
    fn posteriors_are_those_of_bayes_rule() {
        // Two Gaussians of one variance: the log odds are 2 x.
        let posteriors = bayes().posteriors(&[0.3, 5.0]);
        assert!(((posteriors[1] / posteriors[0]).ln() - 0.6).abs() < 1e-12);
    }
}

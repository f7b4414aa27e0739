//! Gaussian naive Bayes: scaled features in, cluster out, and how well it does on tracks it has not seen.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_bayes::{GaussianNb, NaiveBayes as _, NaiveBayesError};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use rand::SeedableRng;
use rand::seq::index;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;
use recommender::{
    card::{ClassScores, ClassificationReport, ClassifierMetrics},
    clusters::NaiveBayes,
};
use serde::{Deserialize, Serialize};

use crate::numbers::count;

/// Why there is no classifier.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A cluster has no tracks to learn from.
    #[error("cluster {cluster} has no tracks, and naive Bayes needs one of each; ask for fewer clusters (--k)")]
    NoTracks {
        /// The cluster's id.
        cluster: usize,
    },
    /// linfa gave up.
    #[error("naive Bayes failed")]
    Linfa(#[from] NaiveBayesError),
    /// linfa's parameters are not where they were: it has been updated.
    #[error("naive Bayes was fitted, but its parameters cannot be read from linfa-bayes; build with version 0.8.1")]
    Parameters(#[from] serde_json::Error),
}

/// Share of each cluster that is held out.
const HOLD_OUT_SHARE: f64 = 0.2;

/// The variance of a track table without any variety: what `var_smoothing` would give to scaled features that vary.
const VAR_SMOOTHING: f64 = 1e-9;

/// Tracks classified at a time: bounds linfa's scratch memory.
const BATCH_TRACKS: usize = 16_384;

/// Fits on all tracks, for serving: `scaled` has shape `(n_tracks, n_features)`, `labels` the cluster of each track,
/// 0 to `k` - 1. Equals scikit-learn's `GaussianNB().fit(scaled, labels)`.
///
/// # Errors
///
/// Where a cluster has no tracks, or linfa fails.
///
/// # Panics
///
/// Where `labels` has another length than `scaled`, or a label is not below `k`.
pub fn fit(scaled: ArrayView2<f64>, labels: &[u32], k: usize) -> Result<NaiveBayes, Error> {
    Ok(Fitted::new(scaled, labels, k)?.parameters)
}

/// Holds out 20 % of the tracks, of each cluster its share (and at least one track stays), fits on the rest, and compares the
/// clusters predicted for the held-out tracks with theirs. The same seed holds out the same tracks. Where there are too few
/// tracks to hold any out, there is no accuracy. `scaled` is taken for room to put the tracks in order.
///
/// # Errors
///
/// Those of [`fit`].
///
/// # Panics
///
/// Those of [`fit`].
pub fn evaluate(
    mut scaled: Array2<f64>,
    labels: &[u32],
    k: usize,
    seed: u64,
) -> Result<(ClassifierMetrics, HoldOut), Error> {
    let (training, held_out) = stratified(labels, k, seed);
    // Those to train on come first, then those held out.
    let unseen = scaled.select(Axis(0), &held_out);
    for (place, row) in training.iter().enumerate().filter(|(place, row)| place != *row) {
        let (mut before, from) = scaled.view_mut().split_at(Axis(0), *row);
        before.row_mut(place).assign(&from.row(0));
    }
    let pick = |rows: &[usize]| -> Vec<u32> { rows.iter().map(|&row| labels[row]).collect() };
    let (known, _) = scaled.view().split_at(Axis(0), training.len());
    let (fitted, repeated) = rayon::join(|| Fitted::new(known, &pick(&training), k), || repeated(known, unseen.view()));
    let fitted = fitted?;
    let truth = pick(&held_out);
    let mut confusion = vec![vec![0; k]; k];
    let mut right = Vec::with_capacity(truth.len());
    for (truth, predicted) in truth.iter().zip(fitted.predict(unseen.view())) {
        confusion[*truth as usize][predicted as usize] += 1;
        right.push(*truth == predicted);
    }
    let metrics = metrics(confusion);
    let hold_out = HoldOut::of(&metrics, &right, &repeated);
    Ok((metrics, hold_out))
}

/// The rows to train on and the rows held out, each in ascending order.
fn stratified(labels: &[u32], k: usize, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    let mut members = vec![Vec::new(); k];
    labels.iter().enumerate().for_each(|(row, &label)| members[label as usize].push(row));
    let mut out = vec![false; labels.len()];
    let shares = hold_out_shares(&members.iter().map(Vec::len).collect::<Vec<_>>());
    for (rows, share) in members.into_iter().zip(shares) {
        index::sample(&mut rng, rows.len(), share).iter().for_each(|at| out[rows[at]] = true);
    }
    (0..labels.len()).partition(|&row| !out[row])
}

/// How many tracks of clusters of these sizes are held out: of each its share rounded down, and one more of those that come off
/// worst by it (of equals, the first), until it is a fifth of all tracks. One track of each cluster stays.
pub(super) fn hold_out_shares(sizes: &[usize]) -> Vec<usize> {
    let wanted = (sizes.iter().sum::<usize>() as f64 * HOLD_OUT_SHARE).round() as usize;
    let share = |cluster: usize| sizes[cluster] as f64 * HOLD_OUT_SHARE;
    let mut shares: Vec<usize> = (0..sizes.len()).map(|cluster| share(cluster) as usize).collect();
    let mut order: Vec<usize> = (0..sizes.len()).filter(|cluster| shares[*cluster] + 1 < sizes[*cluster]).collect();
    order.sort_by(|a, b| share(*b).fract().total_cmp(&share(*a).fract()));
    let missing = wanted.saturating_sub(shares.iter().sum());
    order.into_iter().take(missing).for_each(|cluster| shares[cluster] += 1);
    shares
}

/// What to know of a hold-out beside its accuracy.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct HoldOut {
    /// Standard error of the accuracy: it would differ by as much on other tracks held out. `None` where none was.
    pub standard_error: Option<f64>,
    /// Share of the held-out tracks that are of the largest cluster: the accuracy of always naming that one.
    pub largest_cluster: Option<f64>,
    /// Held-out tracks whose features are all equal to those of a track that was trained on (another release, or another genre's row).
    pub repeated: u64,
    /// The accuracy on the others. `None` where there are none.
    pub accuracy_without_repeated: Option<f64>,
}

impl HoldOut {
    /// How far naive Bayes agrees with k-means on the hold-out, in a few words.
    pub fn agreement(&self, metrics: &ClassifierMetrics) -> String {
        match (metrics.accuracy, self.standard_error) {
            (Some(accuracy), Some(error)) => format!(
                "agrees with k-means on {:.1} % ± {:.1} of {} held-out tracks",
                accuracy * 100.0,
                error * 100.0,
                count(metrics.held_out)
            ),
            _ => "accuracy not measured: too few tracks to hold any out".to_owned(),
        }
    }

    fn of(metrics: &ClassifierMetrics, right: &[bool], repeated: &[bool]) -> Self {
        let held_out = metrics.held_out as f64;
        let largest = metrics.report.clusters.iter().map(|scores| scores.support).max().unwrap_or(0);
        let others = repeated.iter().filter(|repeated| !**repeated).count();
        let right = right.iter().zip(repeated).filter(|(right, repeated)| **right && !**repeated).count();
        Self {
            standard_error: metrics.accuracy.map(|accuracy| (accuracy * (1.0 - accuracy) / held_out).sqrt()),
            largest_cluster: metrics.accuracy.map(|_| largest as f64 / held_out),
            repeated: (repeated.len() - others) as u64,
            accuracy_without_repeated: (others > 0).then(|| right as f64 / others as f64),
        }
    }
}

/// For each track of `unseen` whether one of `known` has the same features. Both have shape `(n_tracks, n_features)`.
fn repeated(known: ArrayView2<f64>, unseen: ArrayView2<f64>) -> Vec<bool> {
    let hash = |track: ArrayView1<f64>| {
        let mut hasher = DefaultHasher::new();
        track.iter().for_each(|value| (value + 0.0).to_bits().hash(&mut hasher)); // -0 is 0
        hasher.finish()
    };
    let hashes: Vec<u64> = unseen.rows().into_iter().map(hash).collect();
    let mut sorted = hashes.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let mut is_known = vec![false; sorted.len()];
    for track in known.rows() {
        if let Ok(place) = sorted.binary_search(&hash(track)) {
            is_known[place] = true;
        }
    }
    hashes.iter().map(|hash| sorted.binary_search(hash).is_ok_and(|place| is_known[place])).collect()
}

/// The figures of a confusion matrix, shape `(k, k)`, rows the true cluster, columns the predicted one: scikit-learn's
/// `accuracy_score` and `classification_report(zero_division=0)`. As there, a cluster that is neither in the hold-out
/// nor predicted does not count in the plain mean.
pub fn metrics(confusion_matrix: Vec<Vec<u64>>) -> ClassifierMetrics {
    let k = confusion_matrix.len();
    let ratio = |part: f64, whole: f64| if whole == 0.0 { 0.0 } else { part / whole };
    let row = |c: usize| confusion_matrix[c].iter().sum::<u64>();
    let column = |c: usize| confusion_matrix.iter().map(|row| row[c]).sum::<u64>();
    let clusters: Vec<ClassScores> = (0..k)
        .map(|c| {
            let (hits, support, predicted) = (confusion_matrix[c][c] as f64, row(c) as f64, column(c) as f64);
            ClassScores {
                precision: ratio(hits, predicted),
                recall: ratio(hits, support),
                f1: ratio(2.0 * hits, support + predicted),
                support: row(c),
            }
        })
        .collect();
    let held_out: u64 = (0..k).map(row).sum();
    let average = |weight: &dyn Fn(usize) -> f64| {
        let whole: f64 = (0..k).map(weight).sum();
        let mean = |of: fn(&ClassScores) -> f64| ratio((0..k).map(|c| weight(c) * of(&clusters[c])).sum(), whole);
        ClassScores {
            precision: mean(|s| s.precision),
            recall: mean(|s| s.recall),
            f1: mean(|s| s.f1),
            support: held_out,
        }
    };
    let seen = |c: usize| if row(c) + column(c) > 0 { 1.0 } else { 0.0 };
    let hits: u64 = (0..k).map(|c| confusion_matrix[c][c]).sum();
    ClassifierMetrics {
        held_out,
        accuracy: (held_out > 0).then(|| hits as f64 / held_out as f64),
        report: ClassificationReport {
            macro_average: average(&seen),
            weighted_average: average(&|c| row(c) as f64),
            clusters,
        },
        confusion_matrix,
    }
}

/// linfa's classifier with its parameters beside it.
struct Fitted {
    model: GaussianNb<f64, usize>,
    parameters: NaiveBayes,
    /// False where all tracks are alike: linfa's variances are 0, and its likelihoods NaN.
    varied: bool,
}

/// How linfa-bayes serialises a fitted `GaussianNb`: it has no other way to its parameters.
#[derive(Deserialize)]
struct Serialised {
    class_info: BTreeMap<usize, Class>,
}

#[derive(Deserialize)]
struct Class {
    prior: f64,
    theta: Array1<f64>,
    sigma: Array1<f64>,
}

impl Fitted {
    fn new(scaled: ArrayView2<f64>, labels: &[u32], k: usize) -> Result<Self, Error> {
        assert_eq!(scaled.nrows(), labels.len(), "one label for each track");
        let mut sizes = vec![0_usize; k];
        labels.iter().for_each(|&label| sizes[label as usize] += 1);
        if let Some(cluster) = sizes.iter().position(|&size| size == 0) {
            return Err(Error::NoTracks { cluster });
        }
        let targets: Array1<usize> = labels.iter().map(|&label| label as usize).collect();
        let model = GaussianNb::params().fit(&DatasetBase::new(scaled, targets))?;
        // Through a `Value`, not through text: every bit of every number is kept.
        let Serialised { class_info } = serde_json::from_value(serde_json::to_value(&model)?)?;
        // Every cluster has tracks, so that there is a class for each, in the order of their ids.
        let mut parameters = NaiveBayes { priors: Vec::new(), means: Vec::new(), variances: Vec::new() };
        for class in class_info.into_values() {
            parameters.priors.push(class.prior);
            parameters.means.push(class.theta.to_vec());
            parameters.variances.push(class.sigma.to_vec());
        }
        let varied = parameters.variances.iter().flatten().any(|&variance| variance > 0.0);
        if !varied {
            parameters.variances.iter_mut().for_each(|variances| variances.fill(VAR_SMOOTHING));
        }
        Ok(Self { model, parameters, varied })
    }

    /// The likeliest cluster of each track, by linfa; of two as likely, the smaller id (linfa's own `predict` takes
    /// either, by the order of a hash map).
    fn predict(&self, scaled: ArrayView2<f64>) -> Vec<u32> {
        let priors = &self.parameters.priors;
        if !self.varied {
            let likeliest = (1..priors.len()).fold(0, |best, c| if priors[c] > priors[best] { c } else { best });
            return vec![likeliest as u32; scaled.nrows()];
        }
        let batches: Vec<_> = scaled.axis_chunks_iter(Axis(0), BATCH_TRACKS).collect();
        let predict = |batch: ArrayView2<f64>| {
            let likelihood = self.model.joint_log_likelihood(batch);
            let mut best = vec![(f64::NEG_INFINITY, 0_u32); batch.nrows()];
            for cluster in 0..priors.len() {
                for (best, &likelihood) in best.iter_mut().zip(&likelihood[&cluster]) {
                    if likelihood > best.0 {
                        *best = (likelihood, cluster as u32);
                    }
                }
            }
            best.into_iter().map(|(_, cluster)| cluster).collect::<Vec<_>>()
        };
        batches.into_par_iter().map(predict).collect::<Vec<_>>().concat()
    }
}

#[cfg(test)]
mod tests;

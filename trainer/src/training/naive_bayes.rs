//! Gaussian naive Bayes: scaled features in, cluster out, and how well it does on tracks it has not seen.

use std::collections::BTreeMap;

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_bayes::{GaussianNb, NaiveBayes as _, NaiveBayesError};
use ndarray::{Array1, Array2, ArrayView2, Axis};
use rand::SeedableRng;
use rand::seq::index;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;
use recommender::{
    card::{ClassScores, ClassificationReport, ClassifierMetrics},
    clusters::NaiveBayes,
};
use serde::Deserialize;

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

/// Holds out 20 % of each cluster (rounded, and at least one track stays), fits on the rest, and compares the clusters
/// predicted for the held-out tracks with theirs. The same seed holds out the same tracks. Where there are too few
/// tracks to hold any out, every figure is 0. `scaled` is taken for room to put the tracks in order.
///
/// # Errors
///
/// Those of [`fit`].
///
/// # Panics
///
/// Those of [`fit`].
pub fn evaluate(mut scaled: Array2<f64>, labels: &[u32], k: usize, seed: u64) -> Result<ClassifierMetrics, Error> {
    let (training, held_out) = stratified(labels, k, seed);
    // Those to train on come first, then those held out.
    let unseen = scaled.select(Axis(0), &held_out);
    for (place, row) in training.iter().enumerate().filter(|(place, row)| place != *row) {
        let (mut before, from) = scaled.view_mut().split_at(Axis(0), *row);
        before.row_mut(place).assign(&from.row(0));
    }
    let pick = |rows: &[usize]| -> Vec<u32> { rows.iter().map(|&row| labels[row]).collect() };
    let (known, _) = scaled.view().split_at(Axis(0), training.len());
    let fitted = Fitted::new(known, &pick(&training), k)?;
    let truth = pick(&held_out);
    let mut confusion = vec![vec![0; k]; k];
    for (truth, predicted) in truth.iter().zip(fitted.predict(unseen.view())) {
        confusion[*truth as usize][predicted as usize] += 1;
    }
    Ok(metrics(confusion))
}

/// How many tracks of a cluster of this size are held out: of one or two, none.
pub(super) fn held_out(tracks: usize) -> usize {
    (tracks as f64 * HOLD_OUT_SHARE).round() as usize
}

/// The rows to train on and the rows held out, each in ascending order.
fn stratified(labels: &[u32], k: usize, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    let mut members = vec![Vec::new(); k];
    labels.iter().enumerate().for_each(|(row, &label)| members[label as usize].push(row));
    let mut out = vec![false; labels.len()];
    for rows in members {
        let share = held_out(rows.len());
        index::sample(&mut rng, rows.len(), share).iter().for_each(|at| out[rows[at]] = true);
    }
    (0..labels.len()).partition(|&row| !out[row])
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
        accuracy: ratio(hits as f64, held_out as f64),
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

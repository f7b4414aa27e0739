//! k-means for a range of k: the elbow, and the clusters of the model.
//!
//! linfa runs the algorithm (Lloyd 1982, with k-means++ starts: Arthur & Vassilvitskii 2007). What is here is the
//! order of the runs. A start costs little on a small sample of the tracks and tells where an optimum is, so there are
//! many: only the best few, each from another optimum, go on to a larger sample, fewer of these to a larger one, and the best of them
//! to all tracks, where a handful of iterations is left to do.
//!
//! A few wild rows can hold most of the inertia, and a sample seldom holds one of them. Where there are such rows, a second search
//! has them in each of its samples. It overrates them, and the first one overlooks them: on all tracks, the better one wins.

mod exchange;

use std::collections::HashSet;

use linfa::DatasetBase;
use linfa::traits::{Fit, Predict, Transformer};
use linfa_clustering::{KMeans, KMeansError, KMeansInit};
use linfa_nn::distance::Distance;
use ndarray::{Array1, Array2, ArrayView, ArrayView2, Axis, Dimension};
use rand::seq::index;
use rand::{RngCore, SeedableRng};
use rand_xoshiro::{SplitMix64, Xoshiro256Plus};
use rayon::prelude::*;

/// How the clusters are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The same seed gives the same clusters, bit for bit, whatever the number of threads.
    pub seed: u64,
    /// k-means++ starts for each k (scikit-learn's `n_init`), each on a sample. At least 1.
    pub n_runs: usize,
}

impl Default for Options {
    /// With 48 runs, 30 seeds out of 30 come within 0.1 % of scikit-learn's best of 10 runs, at each k of 2 to 8.
    fn default() -> Self {
        Self { seed: 42, n_runs: 48 }
    }
}

/// The clusters found for one k. Ids go by size, largest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Clustering {
    /// The centroids in scaled units, shape `(k, n_features)`: scikit-learn's `cluster_centers_`.
    pub centroids: Array2<f64>,
    /// The cluster of each track, 0 to k - 1, the one of the nearest centroid: scikit-learn's `labels_`.
    pub labels: Vec<u32>,
    /// Sum over the tracks of the squared distance to the nearest centroid: scikit-learn's `inertia_`.
    pub inertia: f64,
    /// How many tracks each cluster holds: never 0.
    pub sizes: Vec<u64>,
}

impl Clustering {
    /// The number of clusters.
    pub fn k(&self) -> usize {
        self.sizes.len()
    }
}

/// Why there are no clusters.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// k is 0, or more than 32 bits hold.
    #[error("{0} clusters cannot be made; ask for 1 or more")]
    K(usize),
    /// There are not enough different tracks.
    #[error(
        "{k} clusters need at least {k} tracks whose features differ, and the table has {distinct}; \
         ask for fewer clusters (--k, --k-range), or bring more tracks"
    )]
    TooFewDistinct {
        /// The number of clusters asked for.
        k: usize,
        /// The number of distinct feature vectors.
        distinct: usize,
    },
    /// A scaled feature is not a number.
    #[error("track {row} has a feature that is NaN or infinite after scaling; leave the track out")]
    NotFinite {
        /// The track's row in the matrix, from 0.
        row: usize,
    },
    /// A cluster stayed empty, and moving its centroid did not mend it.
    #[error("no {k} clusters without an empty one were found; ask for fewer clusters, or try another --seed")]
    Empty {
        /// The number of clusters asked for.
        k: usize,
    },
    /// linfa gave up.
    #[error("k-means for {k} clusters failed")]
    Linfa {
        /// The number of clusters asked for.
        k: usize,
        /// What linfa says.
        source: KMeansError,
    },
}

/// One round of the search: so many of the best go on, on so many tracks, until the centroids together move less than
/// the tolerance (in scaled units; scikit-learn's default corresponds to about 0.01).
struct Round {
    tracks: usize,
    keep: usize,
    tolerance: f64,
}

/// The rounds after the starts. Measured on tables of 39,280 and 264,797 tracks: with fewer kept, some seeds end in an
/// optimum that is 0.3 to 1.3 % worse. Of more tracks, 60,000 tell as well which optimum is best: from ten seeds, all 264,797 end
/// within 0.007 % of it either way.
const ROUNDS: [Round; 3] = [
    Round { tracks: 20_000, keep: 10, tolerance: 0.1 },
    Round { tracks: 60_000, keep: 5, tolerance: 0.1 },
    Round { tracks: usize::MAX, keep: 1, tolerance: 0.02 },
];

/// The first round, whose runs start from k-means++.
const START: Round = Round { tracks: 4_000, keep: usize::MAX, tolerance: 0.1 };

/// Up to so many tracks, each start goes on to an optimum of [`exchange`]. Of clusters of few tracks there are many optima of Lloyd's
/// algorithm: on 25 to 116 tracks, 48 starts end up to 10 % above the best of 40 by scikit-learn, and with the exchange below it.
const FEW_TRACKS: usize = 1_000;

/// A track is wild where its squared distance from the mean is so many times the mean one. A group of tracks that is worth a centroid
/// (which saves some 2 % of the inertia at k = 8) and not as far has about two members in the first sample, or more.
const WILD: f64 = 40.0;
/// So many wild tracks are looked after, the farthest. There is a share of more of them in any sample.
const MAX_WILD: usize = 64;

/// Two sets of centroids closer than this (Hausdorff distance, scaled units) are on the way to one optimum.
const SAME_OPTIMUM: f64 = 0.3;

/// Clusters `scaled`, shape `(n_tracks, n_features)`, for every k of `ks`, in their order; `progress` is told each k
/// that is done, in any order. A k's clusters do not depend on which others are asked for.
///
/// # Errors
///
/// Where a k is 0 or above the number of distinct tracks, or a feature is not finite.
pub fn elbow(
    scaled: ArrayView2<f64>,
    ks: &[usize],
    options: &Options,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Clustering>, Error> {
    check(scaled, ks)?;
    let mut rng = Xoshiro256Plus::seed_from_u64(options.seed);
    let plain: Vec<Sample> =
        [START].iter().chain(&ROUNDS).map(|round| sample(scaled, round.tracks, &mut rng)).collect();
    let mut searches = vec![plain];
    let wild = wild_tracks(scaled);
    // A search on all tracks has overlooked none.
    if !wild.is_empty() && scaled.nrows() > START.tracks {
        searches.push(searches[0].iter().map(|sample| with_tracks(scaled, sample, &wild)).collect());
    }
    let mut order: Vec<usize> = (0..ks.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(ks[at])); // the longest job first
    let mut found: Vec<(usize, Clustering)> = order
        .into_par_iter()
        .with_max_len(1)
        .map(|at| {
            let clustering = search(scaled, &searches, ks[at], options)?;
            progress(ks[at]);
            Ok((at, clustering))
        })
        .collect::<Result<_, Error>>()?;
    found.sort_by_key(|(at, _)| *at);
    Ok(found.into_iter().map(|(_, clustering)| clustering).collect())
}

/// Clusters `scaled`, shape `(n_tracks, n_features)`, into `k`: what [`elbow`] gives for that k.
///
/// # Errors
///
/// Those of [`elbow`].
pub fn cluster(scaled: ArrayView2<f64>, k: usize, options: &Options) -> Result<Clustering, Error> {
    Ok(elbow(scaled, &[k], options, &|_| ())?.remove(0))
}

fn check(scaled: ArrayView2<f64>, ks: &[usize]) -> Result<(), Error> {
    if let Some(&k) = ks.iter().find(|&&k| k == 0 || u32::try_from(k).is_err()) {
        return Err(Error::K(k));
    }
    if let Some(row) = scaled.rows().into_iter().position(|row| row.iter().any(|value| !value.is_finite())) {
        return Err(Error::NotFinite { row });
    }
    let distinct = distinct_tracks(scaled, ks.iter().copied().max().unwrap_or(0));
    match ks.iter().find(|&&k| k > distinct) {
        Some(&k) => Err(Error::TooFewDistinct { k, distinct }),
        None => Ok(()),
    }
}

/// How many of the tracks differ in a feature: more than that cannot be told apart. Not counted beyond `most`.
pub(super) fn distinct_tracks(scaled: ArrayView2<f64>, most: usize) -> usize {
    let mut distinct = HashSet::new();
    for row in scaled.rows() {
        if distinct.len() >= most {
            break;
        }
        distinct.insert(row.iter().map(|value| (value + 0.0).to_bits()).collect::<Vec<_>>()); // -0 is 0
    }
    distinct.len()
}

/// The rows of the wild tracks, ascending: at most [`MAX_WILD`], the farthest from the mean.
fn wild_tracks(scaled: ArrayView2<f64>) -> Vec<usize> {
    // The mean is 0: the features are scaled.
    let squared: Vec<f64> = scaled.rows().into_iter().map(|row| row.iter().map(|x| x * x).sum()).collect();
    let mean = squared.iter().sum::<f64>() / squared.len().max(1) as f64;
    let mut wild: Vec<usize> = (0..squared.len()).filter(|&row| squared[row] > WILD * mean).collect();
    wild.sort_by(|&a, &b| squared[b].total_cmp(&squared[a]).then(a.cmp(&b)));
    wild.truncate(MAX_WILD);
    wild.sort_unstable();
    wild
}

/// All tracks, or some of them.
enum Sample {
    All,
    Some {
        /// Ascending.
        rows: Vec<usize>,
        tracks: Array2<f64>,
    },
}

impl Sample {
    fn view<'a>(&'a self, all: &'a ArrayView2<f64>) -> ArrayView2<'a, f64> {
        match self {
            Self::All => all.view(),
            Self::Some { tracks, .. } => tracks.view(),
        }
    }
}

/// A sample with these tracks in it.
fn with_tracks(scaled: ArrayView2<f64>, sample: &Sample, more: &[usize]) -> Sample {
    let Sample::Some { rows, .. } = sample else { return Sample::All };
    let mut rows = [rows, more].concat();
    rows.sort_unstable();
    rows.dedup();
    Sample::Some { tracks: scaled.select(Axis(0), &rows), rows }
}

fn sample(scaled: ArrayView2<f64>, tracks: usize, rng: &mut Xoshiro256Plus) -> Sample {
    if tracks >= scaled.nrows() {
        return Sample::All;
    }
    let mut rows = index::sample(rng, scaled.nrows(), tracks).into_vec();
    rows.sort_unstable();
    Sample::Some { tracks: scaled.select(Axis(0), &rows), rows }
}

/// The clusters that the best of some searches finds. Each of these has a sample for the starts, and one for each round.
fn search(scaled: ArrayView2<f64>, searches: &[Vec<Sample>], k: usize, options: &Options) -> Result<Clustering, Error> {
    let mut models =
        searches.iter().map(|samples| best_of_starts(scaled, samples, k, options)).collect::<Result<Vec<_>, _>>()?;
    // The last round is on all tracks, and so are these inertias.
    let first = (1..models.len()).fold(0, |a, b| if models[b].inertia() < models[a].inertia() { b } else { a });
    let mut model = models.swap_remove(first);
    // A centroid that lost all its tracks moves to the track that is worst off. Seldom takes one step, never k.
    for _ in 0..=k {
        let labels = model.predict(&scaled);
        let distances = model.transform(&scaled);
        let mut sizes = vec![0_u64; k];
        labels.iter().for_each(|&label| sizes[label] += 1);
        let Some(empty) = sizes.iter().position(|&size| size == 0) else {
            return Ok(relabel_by_size(model.centroids(), &labels, distances.sum(), &sizes));
        };
        let worst = (0..distances.len()).fold(0, |worst, at| if distances[at] > distances[worst] { at } else { worst });
        let mut centroids = model.centroids().clone();
        centroids.row_mut(empty).assign(&scaled.row(worst));
        model = refine(scaled, centroids, ROUNDS[2].tolerance)?;
    }
    Err(Error::Empty { k })
}

fn best_of_starts(scaled: ArrayView2<f64>, samples: &[Sample], k: usize, options: &Options) -> Result<Model, Error> {
    let start = samples[0].view(&scaled);
    // k in the high half: no run of one k repeats a run of another.
    let seed = |run: usize| mix([options.seed, k as u64, run as u64]);
    let mut models = (0..options.n_runs.max(1))
        .into_par_iter()
        .map(|run| {
            let model = lloyd(start, k, KMeansInit::KMeansPlusPlus, START.tolerance, seed(run))?;
            if start.nrows() > FEW_TRACKS {
                return Ok(model);
            }
            refine(start, exchange::exchange(start, model.centroids().clone()), START.tolerance)
        })
        .collect::<Result<Vec<_>, _>>()?;
    for (round, sample) in ROUNDS.iter().zip(&samples[1..]) {
        let tracks = sample.view(&scaled);
        models = best(models, round.keep)
            .into_par_iter()
            .map(|model| refine(tracks, model.centroids().clone(), round.tolerance))
            .collect::<Result<_, _>>()?;
    }
    Ok(models.swap_remove(0)) // the last round keeps one, and there is always one
}

type Model = KMeans<f64, Euclidean>;

fn refine(tracks: ArrayView2<f64>, centroids: Array2<f64>, tolerance: f64) -> Result<Model, Error> {
    lloyd(tracks, centroids.nrows(), KMeansInit::Precomputed(centroids), tolerance, 0)
}

/// A seed for each combination of numbers (SplitMix64: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
/// generators"): seeds that are neighbours, and runs of them, have nothing in common.
fn mix(numbers: [u64; 3]) -> u64 {
    numbers.into_iter().fold(0, |state, number| SplitMix64::seed_from_u64(state ^ number).next_u64())
}

fn lloyd(tracks: ArrayView2<f64>, k: usize, init: KMeansInit<f64>, tolerance: f64, seed: u64) -> Result<Model, Error> {
    KMeans::params_with(k, Xoshiro256Plus::seed_from_u64(seed), Euclidean)
        .n_runs(1)
        .tolerance(tolerance)
        .init_method(init)
        .fit(&DatasetBase::from(tracks))
        .map_err(|source| Error::Linfa { k, source })
}

/// The `keep` models of the smallest inertia, one for each optimum. All were fitted on the same tracks.
fn best(mut models: Vec<Model>, keep: usize) -> Vec<Model> {
    models.sort_by(|a, b| a.inertia().total_cmp(&b.inertia()));
    let mut kept: Vec<Model> = Vec::new();
    for model in models {
        if kept.len() < keep && kept.iter().all(|other| hausdorff(model.centroids(), other.centroids()) > SAME_OPTIMUM)
        {
            kept.push(model);
        }
    }
    kept
}

fn hausdorff(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let farthest = |from: &Array2<f64>, to: &Array2<f64>| {
        let nearest = |x| to.rows().into_iter().map(|y| Euclidean.rdistance(x, y)).fold(f64::MAX, f64::min);
        from.rows().into_iter().map(nearest).fold(0.0, f64::max)
    };
    farthest(a, b).max(farthest(b, a)).sqrt()
}

/// Ids by size, largest first; clusters of one size go by their centroids, feature by feature.
fn relabel_by_size(centroids: &Array2<f64>, labels: &Array1<usize>, inertia: f64, sizes: &[u64]) -> Clustering {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|&a, &b| {
        let mut features = centroids.row(a).into_iter().zip(centroids.row(b)).map(|(x, y)| x.total_cmp(y));
        sizes[b].cmp(&sizes[a]).then_with(|| features.find(|order| order.is_ne()).unwrap_or(a.cmp(&b)))
    });
    let mut id = vec![0_u32; sizes.len()];
    (0..).zip(&order).for_each(|(new, &old)| id[old] = new);
    Clustering {
        centroids: centroids.select(Axis(0), &order),
        labels: labels.iter().map(|&label| id[label]).collect(),
        inertia,
        sizes: order.iter().map(|&old| sizes[old]).collect(),
    }
}

/// linfa's `L2Dist`, several times as fast: on slices, in four lanes that the compiler turns into vector instructions.
#[derive(Clone, Debug)]
struct Euclidean;

impl Distance<f64> for Euclidean {
    fn distance<D: Dimension>(&self, a: ArrayView<f64, D>, b: ArrayView<f64, D>) -> f64 {
        self.rdistance(a, b).sqrt()
    }

    // Called for every track and centroid from code of linfa's that is too large to take it in unasked.
    #[inline(always)]
    fn rdistance<D: Dimension>(&self, a: ArrayView<f64, D>, b: ArrayView<f64, D>) -> f64 {
        match (a.as_slice(), b.as_slice()) {
            (Some(a), Some(b)) => squared(a, b),
            _ => a.iter().zip(b.iter()).map(|(x, y)| (x - y) * (x - y)).sum(),
        }
    }
}

#[inline(always)]
fn squared(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let mut lanes = [0.0; 4];
    for (x, y) in a.iter().zip(b) {
        for lane in 0..4 {
            lanes[lane] += (x[lane] - y[lane]) * (x[lane] - y[lane]);
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| (x - y) * (x - y)).sum();
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + rest
}

#[cfg(test)]
mod tests;

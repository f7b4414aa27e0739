//! The silhouette: how much nearer tracks are to their own cluster than to the next.

use ndarray::ArrayView2;
use rand::{SeedableRng, seq::index};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;
use serde::Serialize;

/// How many tracks it is computed on: exact on them, and a sample of the catalogue.
pub const SAMPLE: usize = 2_000;

/// The silhouette of one clustering.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Silhouette {
    /// Mean over the sampled tracks, -1 to 1.
    pub mean: f64,
    /// Standard error of the mean: it would differ by as much on another sample. (0 where the sample is all tracks, were it not for
    /// what other tracks there could be.)
    pub standard_error: f64,
    /// Mean over the sampled tracks of each cluster, by id; `None` where the sample has none of it.
    pub clusters: Vec<Option<f64>>,
}

/// How far apart clusters of this mean silhouette are: "none" below 0.1, where noise without clusters lies (0.05), "weak" below 0.25,
/// where clusters cut a cloud into parts, "moderate" below 0.5, and "clear". (Kaufman and Rousseeuw 1990, "Finding groups in data",
/// chapter 2, call what is below 0.25 no substantial structure, and up to 0.5 a weak one.)
pub fn separation(mean: f64) -> &'static str {
    match mean {
        _ if mean < 0.1 => "none",
        _ if mean < 0.25 => "weak",
        _ if mean < 0.5 => "moderate",
        _ => "clear",
    }
}

/// The mean silhouette (Rousseeuw 1987) of several clusterings on the same sample of [`SAMPLE`] tracks:
/// `(b - a) / max(a, b)`, `a` being a track's mean distance to the other sampled tracks of its cluster, `b` the least mean
/// distance to those of another cluster; 0 for a track that is alone in its cluster. Equals scikit-learn's
/// `silhouette_score(metric="euclidean", sample_size=2000)` up to what is sampled.
///
/// `scaled` has shape `(n_tracks, n_features)`; each of `labels` has a cluster for each track. `None` for a clustering of
/// which the sample has fewer than two clusters.
///
/// # Panics
///
/// Where labels are not of every track.
pub fn silhouettes(scaled: ArrayView2<f64>, labels: &[&[u32]], seed: u64) -> Vec<Option<Silhouette>> {
    let tracks = scaled.nrows();
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    let mut sample = index::sample(&mut rng, tracks, SAMPLE.min(tracks)).into_vec();
    sample.sort_unstable();
    let rows: Vec<Vec<f64>> = sample.iter().map(|row| scaled.row(*row).to_vec()).collect();
    let labels: Vec<Vec<usize>> =
        labels.iter().map(|labels| sample.iter().map(|row| labels[*row] as usize).collect()).collect();
    let sizes: Vec<Vec<usize>> = labels
        .iter()
        .map(|labels| {
            let mut sizes = vec![0; labels.iter().max().map_or(0, |most| most + 1)];
            labels.iter().for_each(|label| sizes[*label] += 1);
            sizes
        })
        .collect();
    // Each distance serves every clustering.
    let values: Vec<Vec<f64>> = (0..rows.len())
        .into_par_iter()
        .map(|at| {
            let distances: Vec<f64> = rows.iter().map(|other| distance(&rows[at], other)).collect();
            labels.iter().zip(&sizes).map(|(labels, sizes)| value(at, &distances, labels, sizes)).collect()
        })
        .collect();
    labels
        .iter()
        .zip(&sizes)
        .enumerate()
        .map(|(clustering, (labels, sizes))| {
            if sizes.iter().filter(|size| **size > 0).count() < 2 {
                return None;
            }
            let mut sums = vec![0.0; sizes.len()];
            for (value, label) in values.iter().zip(labels) {
                sums[*label] += value[clustering];
            }
            let count = labels.len() as f64;
            let mean = sums.iter().sum::<f64>() / count;
            let squares: f64 = values.iter().map(|values| (values[clustering] - mean).powi(2)).sum();
            let standard_error = (squares / (count - 1.0).max(1.0) / count).sqrt();
            let of = |(sum, size): (&f64, &usize)| (*size > 0).then(|| sum / *size as f64);
            Some(Silhouette { mean, standard_error, clusters: sums.iter().zip(sizes).map(of).collect() })
        })
        .collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

/// The silhouette of the track `at`.
fn value(at: usize, distances: &[f64], labels: &[usize], sizes: &[usize]) -> f64 {
    let own = labels[at];
    if sizes[own] < 2 {
        return 0.0;
    }
    let mut sums = vec![0.0; sizes.len()];
    for (distance, label) in distances.iter().zip(labels) {
        sums[*label] += distance;
    }
    let a = sums[own] / (sizes[own] - 1) as f64;
    let others = (0..sizes.len()).filter(|cluster| *cluster != own && sizes[*cluster] > 0);
    let b = others.map(|cluster| sums[cluster] / sizes[cluster] as f64).fold(f64::INFINITY, f64::min);
    if b.is_infinite() || a.max(b) == 0.0 { 0.0 } else { (b - a) / a.max(b) }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    /// scikit-learn 1.9.1: `silhouette_samples([[0, 0], [0, 1], [4, 0], [4, 3], [9, 9]], labels)`, and their mean.
    #[test]
    fn noise_has_no_separation_and_blobs_a_clear_one() {
        let mut state = 1_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        // Eleven features without any clusters, cut into halves; and two groups ten deviations apart.
        let noise = ndarray::Array2::from_shape_fn((1_500, 11), |_| random());
        let halves: Vec<u32> = noise.column(0).iter().map(|x| u32::from(*x > 0.0)).collect();
        let blobs =
            ndarray::Array2::from_shape_fn((1_500, 2), |(row, _)| random() + if row % 2 == 0 { 3.0 } else { 0.0 });
        let groups: Vec<u32> = (0..1_500).map(|row| row % 2).collect();
        let of = |scaled: &ndarray::Array2<f64>, labels: &[u32]| {
            let found = silhouettes(scaled.view(), &[labels], 1).remove(0).expect("two clusters");
            assert!(found.standard_error > 0.0 && found.standard_error < 0.01, "{found:?}");
            separation(found.mean)
        };
        assert_eq!((of(&noise, &halves), of(&blobs, &groups)), ("none", "clear"));
        assert_eq!([0.0999, 0.1, 0.2499, 0.25, 0.5].map(separation), ["none", "weak", "weak", "moderate", "clear"]);
    }

    #[test]
    fn it_is_scikit_learns_figure() {
        let scaled = array![[0.0, 0.0], [0.0, 1.0], [4.0, 0.0], [4.0, 3.0], [9.0, 9.0]];
        let found = silhouettes(scaled.view(), &[&[0, 0, 1, 1, 2], &[0, 0, 0, 0, 0]], 1);
        let silhouette = found[0].as_ref().expect("two clusters");
        assert!((silhouette.mean - 0.434_604_06).abs() < 1e-6, "{silhouette:?}");
        // numpy: `samples.std(ddof=1) / sqrt(5)`.
        assert!((silhouette.standard_error - 0.150_330_49).abs() < 1e-6, "{silhouette:?}");
        assert_eq!(silhouette.clusters[2], Some(0.0));
        assert_eq!(found[1], None);
    }
}

//! Hartigan's exchange of single tracks, for few tracks.

use ndarray::{Array2, ArrayView2};

use super::Euclidean;
use linfa_nn::distance::Distance as _;

/// The most passes over all tracks. A dozen is what it takes.
const MAX_PASSES: usize = 100;
/// A move must gain more than this share of what the track costs where it is: rounding gains nothing.
const MIN_GAIN: f64 = 1e-9;

/// The centroids after tracks have been moved one at a time to the cluster where each raises the inertia least, until none gains by it
/// (Hartigan 1975, "Clustering algorithms", chapter 4; Telgarsky and Vattani 2010, "Hartigan's method: k-means clustering without
/// Voronoi", show that its optima are some of Lloyd's). A track that leaves a cluster takes its part of the centroid with it, which
/// Lloyd's algorithm does not see: of clusters of few tracks most of Lloyd's optima are none. `tracks` has shape
/// `(n_tracks, n_features)`, `centroids` `(k, n_features)`.
pub(super) fn exchange(tracks: ArrayView2<f64>, mut centroids: Array2<f64>) -> Array2<f64> {
    let k = centroids.nrows();
    let mut sums = Array2::<f64>::zeros(centroids.raw_dim());
    let mut sizes = vec![0.0; k];
    let distances = |centroids: &Array2<f64>, track: usize| -> Vec<f64> {
        centroids.rows().into_iter().map(|centroid| Euclidean.rdistance(tracks.row(track), centroid)).collect()
    };
    let least = |costs: &[f64]| (1..k).fold(0, |best, c| if costs[c] < costs[best] { c } else { best });
    let mut labels: Vec<usize> = (0..tracks.nrows()).map(|track| least(&distances(&centroids, track))).collect();
    for (track, label) in labels.iter().enumerate() {
        sums.row_mut(*label).scaled_add(1.0, &tracks.row(track));
        sizes[*label] += 1.0;
    }
    let settle = |centroids: &mut Array2<f64>, sums: &Array2<f64>, sizes: &[f64], cluster: usize| {
        // An empty cluster keeps its centroid: the next track that gains by it moves there.
        if sizes[cluster] > 0.0 {
            centroids.row_mut(cluster).assign(&(&sums.row(cluster) / sizes[cluster]));
        }
    };
    (0..k).for_each(|cluster| settle(&mut centroids, &sums, &sizes, cluster));
    for _ in 0..MAX_PASSES {
        let mut moved = false;
        for (track, label) in labels.iter_mut().enumerate().filter(|_| k > 1) {
            let from = *label;
            if sizes[from] < 2.0 {
                continue;
            }
            let mut costs = distances(&centroids, track);
            let gain = costs[from] * sizes[from] / (sizes[from] - 1.0);
            costs.iter_mut().zip(&sizes).for_each(|(cost, size)| *cost *= size / (size + 1.0));
            costs[from] = f64::INFINITY;
            let to = least(&costs);
            if costs[to] < gain * (1.0 - MIN_GAIN) {
                sums.row_mut(from).scaled_add(-1.0, &tracks.row(track));
                sums.row_mut(to).scaled_add(1.0, &tracks.row(track));
                (sizes[from], sizes[to]) = (sizes[from] - 1.0, sizes[to] + 1.0);
                for cluster in [from, to] {
                    settle(&mut centroids, &sums, &sizes, cluster);
                }
                (*label, moved) = (to, true);
            }
        }
        if !moved {
            break;
        }
    }
    centroids
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn it_leaves_an_optimum_of_lloyds_that_is_none() {
        // Each track is nearest to the centroid of its own cluster, {0, 2} and three times 3.2. Without the track at 2 the first
        // one costs nothing, and the second one gets 1.08, less than 2.
        let tracks = array![[0.0], [2.0], [3.2], [3.2], [3.2]];
        let found = exchange(tracks.view(), array![[1.0], [3.2]]);
        assert!(found[[0, 0]].abs() < 1e-12 && (found[[1, 0]] - 2.9).abs() < 1e-12, "{found}");
    }

    #[test]
    fn an_empty_cluster_takes_a_track_and_one_cluster_is_the_mean() {
        let tracks = array![[0.0, 0.0], [0.0, 1.0], [9.0, 9.0]];
        let found = exchange(tracks.view(), array![[3.0, 3.0], [100.0, 100.0]]);
        assert!(found.row(0) == array![0.0, 0.5] || found.row(1) == array![0.0, 0.5], "{found}");
        assert_eq!(exchange(tracks.view(), array![[7.0, 7.0]]), array![[3.0, 10.0 / 3.0]]);
    }
}

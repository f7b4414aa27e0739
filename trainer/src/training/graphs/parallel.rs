//! The graphs of all clusters, several at a time.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use super::{
    Error,
    build_hnsw::{BuildOptions, BuiltGraph, build},
    nodes::Nodes,
};

/// Builds the graph of each cluster, the largest first, `threads` of them at a time. Each is built by one thread, so that the
/// graphs do not depend on how many threads there are. `progress` is told how many tracks are in graphs that are finished.
///
/// # Errors
///
/// Those of [`build`], with the cluster.
pub(in crate::training) fn build_all(
    clusters: &[Nodes],
    options: &BuildOptions,
    threads: usize,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<BuiltGraph>, Error> {
    let mut largest_first: Vec<usize> = (0..clusters.len()).collect();
    largest_first.sort_by_key(|cluster| std::cmp::Reverse(clusters[*cluster].len()));
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let built: Mutex<Vec<Option<Result<BuiltGraph, Error>>>> = Mutex::new(clusters.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, clusters.len().max(1)) {
            scope.spawn(|| {
                while let Some(&cluster) = largest_first.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let points = clusters[cluster].take_points();
                    // Two threads in one graph would make another graph in every run.
                    let graph = match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
                        Ok(one) => one.install(|| build(points, options)),
                        Err(error) => Err(error.into()),
                    };
                    let tracks = clusters[cluster].all_tracks().len();
                    progress(done.fetch_add(tracks, Ordering::Relaxed) + tracks);
                    built.lock().unwrap_or_else(PoisonError::into_inner)[cluster] = Some(graph);
                }
            });
        }
    });
    // Every cluster was taken by a thread; a thread that panics ends the scope with its panic.
    built.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect()
}

//! How much of the exact answer the graphs find.

use rayon::prelude::*;
use segue::{
    Model,
    neighbor::Search,
    recommend::{Request, Seed},
};

/// Mean recall@10 of HNSW against the exact search, over `sample` tracks spread evenly through the catalogue: the share
/// of answers that are as near as the exact search's tenth. Tracks at the same distance count alike.
pub fn recall_at_10(model: &Model, sample: usize, same_cluster: bool) -> f64 {
    let tracks = model.catalog().len();
    let step = (tracks / sample.max(1)).max(1);
    let (right, all) = (0..tracks)
        .into_par_iter()
        .step_by(step)
        .map(|row| {
            let answer = |search| {
                let request = Request { same_cluster, search, ..Request::new(Seed::Row(row as u32)) };
                model.recommend(&request).map(|answer| answer.tracks).unwrap_or_default()
            };
            let exact = answer(Search::Exact);
            let Some(farthest) = exact.last() else { return (0, 0) };
            let found = answer(Search::Hnsw).iter().filter(|track| track.similarity >= farthest.similarity).count();
            (found, exact.len())
        })
        .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    if all == 0 { 1.0 } else { right as f64 / all as f64 }
}

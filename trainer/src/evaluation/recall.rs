//! How much of the exact answer the graphs find, at any length of the answer.

use rayon::prelude::*;
use recommender::{
    Model,
    recommend::{Request, Seed},
    search::{Search, SearchMethod},
};

use super::error::Error;

/// Mean recall of HNSW against the exact search in answers of `limit` songs, over `sample` tracks
/// spread evenly through the catalogue: the share of answers that are as near as the exact search's last. Tracks at the
/// same distance count alike. Where the graphs alone cannot fill an answer, or lead to fewer nodes than are kept, the model compares with
/// every track instead: nothing of such an answer counts as found, so that the recall is that of the graphs. It is 0 for a model
/// without them.
///
/// # Errors
///
/// Where `limit` is not one that the model answers to.
pub fn recall(model: &Model, limit: usize, sample: usize, same_cluster: bool) -> Result<f64, Error> {
    let tracks = model.catalog().len();
    let step = (tracks / sample.max(1)).max(1);
    let (right, all) = (0..tracks)
        .into_par_iter()
        .step_by(step)
        .map(|row| {
            let answer = |search| {
                let request = Request { limit, same_cluster, search, ..Request::new(Seed::Row(row as u32)) };
                model.recommend(&request)
            };
            let exact = answer(Search::Exact)?.tracks;
            let Some(farthest) = exact.last() else { return Ok((0, 0)) };
            let found = answer(Search::Hnsw)?;
            let near = match found.search {
                SearchMethod::Hnsw => {
                    found.tracks.iter().filter(|track| track.similarity >= farthest.similarity).count()
                }
                SearchMethod::Exact => 0,
            };
            Ok((near, exact.len()))
        })
        .try_reduce(|| (0, 0), |a, b| Ok::<_, recommender::recommend::Error>((a.0 + b.0, a.1 + b.1)))?;
    Ok(if all == 0 { 1.0 } else { right as f64 / all as f64 })
}

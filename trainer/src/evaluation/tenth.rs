//! What a similarity is held against: how similar a tenth neighbour usually is.

use rayon::prelude::*;
use recommender::{
    Model,
    recommend::{Request, Seed},
    search::Search,
};

use super::{LIMIT, error::Error};

/// How many tracks stand for the catalogue.
const SAMPLE: u64 = 100;

/// How similar tracks of the catalogue are to the tenth of the songs nearest to them in their own cluster, ascending: a hundred tracks,
/// evenly spaced over the rows, or each where there are fewer. Where a cluster has fewer songs, the last of them counts; a song that is
/// alone has none.
///
/// # Errors
///
/// Where the model does not answer.
pub fn tenth_similarities(model: &Model) -> Result<Vec<f32>, Error> {
    let rows = model.catalog().len() as u64;
    let sampled = rows.min(SAMPLE);
    let similarity = |at: u64| {
        // In the middle of its part of the rows: fits 32 bits, as rows do.
        let row = ((2 * at + 1) * rows / (2 * sampled)) as u32;
        let request = Request { limit: LIMIT, search: Search::Exact, ..Request::new(Seed::Row(row)) };
        Ok(model.recommend(&request)?.tracks.last().map(|track| track.similarity))
    };
    let found: Vec<Option<f32>> = (0..sampled).into_par_iter().map(similarity).collect::<Result<_, Error>>()?;
    let mut similarities: Vec<f32> = found.into_iter().flatten().collect();
    similarities.sort_unstable_by(f32::total_cmp);
    Ok(similarities)
}

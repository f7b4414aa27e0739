//! What follows a sample of songs, from their own clusters and from all.

use rand::{SeedableRng, seq::index};
use rand_xoshiro::Xoshiro256Plus;
use recommender::{Model, affinity::AffinityWeights, recommend::Affinity};
use serde::Serialize;

use super::{
    answers::{self, Answers, Genre},
    error::Error,
    options::{LIMIT, Options},
};

/// What an artist in common counts for in [`genre_with_artist`].
const ARTIST_WEIGHT: f64 = 0.5;

/// What follows a sample of songs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// How many songs were begun from, each by its first release in the catalogue.
    pub songs: usize,
    /// How many songs each answer holds, where there are as many.
    pub limit: usize,
    /// Answers from the song's own cluster, as by default.
    pub same_cluster: Answers,
    /// Answers from all clusters.
    pub any_cluster: Answers,
    /// What could not be measured, and why: a sentence each.
    pub left_out: Vec<String>,
}

/// Measures the answers for a sample of songs. `progress` is told how many songs are done, of
/// `2 * options.sample` at most.
///
/// # Errors
///
/// Where the model does not answer, which would be a defect.
pub fn measure(model: &Model, options: &Options, progress: &(dyn Fn(u64) + Sync)) -> Result<Quality, Error> {
    let songs = sample_songs(model, options);
    let done = std::sync::atomic::AtomicU64::new(0);
    let step = || progress(done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1);
    let same_cluster = answers::measure(model, &songs, true, options.affinity, &step)?;
    let any_cluster = answers::measure(model, &songs, false, options.affinity, &step)?;
    let mut left_out = Vec::new();
    if any_cluster.genre.is_none() {
        left_out.push("genres are left out: no sampled song and its followers have one".to_owned());
    }
    if any_cluster.popularity_drift.is_none() {
        left_out.push("popularity is left out: it is not among the model's features".to_owned());
    }
    Ok(Quality { songs: songs.len(), limit: LIMIT, same_cluster, any_cluster, left_out })
}

/// How often genres agree in answers from all clusters that count an artist in common for half as much as the same sound: songs of
/// one artist are mostly of one genre. `None` where no sampled song and its followers have a genre.
///
/// # Errors
///
/// Where the model does not answer, which would be a defect.
pub fn genre_with_artist(model: &Model, options: &Options) -> Result<Option<Genre>, Error> {
    if model.catalog().genres.is_none() {
        return Ok(None);
    }
    let affinity = Affinity::Weights(AffinityWeights { artist: Some(ARTIST_WEIGHT), ..AffinityWeights::default() });
    Ok(answers::measure(model, &sample_songs(model, options), false, Some(affinity), &|| ())?.genre)
}

/// A row for each of a sample of the catalogue's songs, in the catalogue's order.
fn sample_songs(model: &Model, options: &Options) -> Vec<u32> {
    let mut row_of = vec![u32::MAX; model.songs().count() as usize];
    for row in 0..model.catalog().len() as u32 {
        let first = &mut row_of[model.songs().of(row) as usize];
        *first = row.min(*first);
    }
    let mut rng = Xoshiro256Plus::seed_from_u64(options.seed);
    let mut rows: Vec<u32> = index::sample(&mut rng, row_of.len(), options.sample.min(row_of.len()))
        .into_iter()
        .map(|song| row_of[song])
        .collect();
    rows.sort_unstable();
    rows
}

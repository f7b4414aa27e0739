//! How good the recommendations are, by what a catalogue itself knows: genres, artists, popularity, playlists.
//!
//! [`measure`] asks for the songs that follow a sample of songs, [`continuation`] for the hidden half of playlists, and
//! [`recall`] how much of the exact answers the graphs find. All of them ask as a client asks, through
//! [`Model::recommend`].

mod answers;
mod playlists;
mod recall;
pub mod silhouette;

use rand::{SeedableRng, seq::index};
use rand_xoshiro::Xoshiro256Plus;
use recommender::Model;
use serde::Serialize;

pub use answers::{Answers, Genre};
pub use playlists::{Continuation, Method, Playlists, continuation};
pub use recall::recall;

/// How many songs each answer holds.
pub const LIMIT: usize = 10;

/// What is measured on.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many songs (and at most how many playlists) to begin from.
    pub sample: usize,
    /// The same seed takes the same songs.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { sample: 1_000, seed: 42 }
    }
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The model did not answer.
    #[error(transparent)]
    Recommend(#[from] recommender::recommend::Error),
    /// The playlists are of other tracks.
    #[error(
        "none of the {rows} rows of {name} are tracks of the model: evaluate with the table that it was trained on, or \
         one with the same ids, or titles and artists"
    )]
    NoKnownTracks {
        /// The file with the playlists.
        name: String,
        /// Its rows.
        rows: u64,
    },
    /// No playlist is long enough to hide half of it.
    #[error(
        "none of the {playlists} playlists of {name} has {least} songs of the model: bring longer playlists, or leave \
         --data out"
    )]
    TooShort {
        /// The file with the playlists.
        name: String,
        /// How many there are.
        playlists: usize,
        /// How many songs one must have.
        least: usize,
    },
}

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
    let same_cluster = answers::measure(model, &songs, true, &step)?;
    let any_cluster = answers::measure(model, &songs, false, &step)?;
    let mut left_out = Vec::new();
    if any_cluster.genre.is_none() {
        left_out.push("genres are left out: no sampled song and its followers have one".to_owned());
    }
    if any_cluster.popularity_drift.is_none() {
        left_out.push("popularity is left out: it is not among the model's features".to_owned());
    }
    Ok(Quality { songs: songs.len(), limit: LIMIT, same_cluster, any_cluster, left_out })
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

#[cfg(test)]
mod tests;

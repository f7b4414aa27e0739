//! What is measured on, and at what length of an answer.

use recommender::recommend::Affinity;

/// How many songs each answer holds.
pub const LIMIT: usize = 10;

/// What is measured on.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many songs (and at most how many playlists) to begin from.
    pub sample: usize,
    /// The same seed takes the same songs.
    pub seed: u64,
    /// What counts beside the audio.
    pub affinity: Option<Affinity>,
}

impl Default for Options {
    fn default() -> Self {
        Self { sample: 1_000, seed: 42, affinity: None }
    }
}

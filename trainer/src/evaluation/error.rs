//! Why nothing was measured.

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The model did not answer.
    #[error(transparent)]
    Recommend(#[from] recommender::recommend::Error),
    /// Companions are not the model's.
    #[error(transparent)]
    Companions(#[from] recommender::artifact::Error),
    /// The playlists are of other tracks.
    #[error(
        "none of the {rows} rows of {name} are tracks of the model: bring the table that it was trained on, or one \
         with the same ids, or titles and artists"
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

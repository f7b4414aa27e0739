//! From what names a seed to the seed.

use super::{
    error::Error,
    seed::{ResolvedSeed, Seed},
};
use crate::{catalog::titles::TitleMatch, model::Model, vector::Vector};

/// How many titles an error suggests, and the longest that it does, in bytes: nobody types a longer one.
const MAX_SUGGESTIONS: usize = 5;
const MAX_SUGGESTED_BYTES: usize = 1 << 12;

impl Model {
    /// The row that a seed names.
    ///
    /// # Errors
    ///
    /// Where no track, or several artists', are meant.
    pub fn resolve_song(&self, song: &str, artist: Option<&str>) -> Result<u32, Error> {
        let artists = |rows: &[u32]| self.list_artists(rows);
        match self.titles().find(self.catalog(), song, artist) {
            TitleMatch::Song(releases) => Ok(releases[0]),
            TitleMatch::Shared(rows) => Err(Error::ArtistNeeded { song: song.into(), artists: artists(&rows) }),
            TitleMatch::Unknown => Err(match (artist, self.titles().find(self.catalog(), song, None)) {
                (Some(artist), TitleMatch::Song(rows)) => {
                    Error::UnknownArtist { song: song.into(), artist: artist.into(), artists: artists(&rows[..1]) }
                }
                (Some(artist), TitleMatch::Shared(rows)) => {
                    Error::UnknownArtist { song: song.into(), artist: artist.into(), artists: artists(&rows) }
                }
                _ => {
                    let mut suggestions = self.titles().suggest(self.catalog(), song, MAX_SUGGESTIONS);
                    suggestions.retain(|title| title.len() <= MAX_SUGGESTED_BYTES);
                    Error::UnknownSong { song: song.into(), suggestions }
                }
            }),
        }
    }

    /// Finds a seed in the catalogue, or places its features by naive Bayes.
    ///
    /// # Errors
    ///
    /// Where it is not found, or its features are not the model's.
    pub fn resolve(&self, seed: &Seed) -> Result<ResolvedSeed, Error> {
        let row = match seed {
            Seed::Row(row) if (*row as usize) < self.catalog().len() => *row,
            Seed::Row(row) => return Err(Error::UnknownTrack { id: row.to_string() }),
            Seed::Track(id) => self.find_id(id).ok_or_else(|| Error::UnknownTrack { id: id.clone() })?,
            Seed::Song { song, artist } => self.resolve_song(song, artist.as_deref())?,
            Seed::Features(features) => {
                if features.len() != self.scaler().len() || features.iter().any(|value| !value.is_finite()) {
                    return Err(Error::Features { expected: self.scaler().features.clone() });
                }
                let scaled = self.scaler().scale(features);
                let posteriors = self.bayes().posteriors(&scaled);
                return Ok(ResolvedSeed {
                    row: None,
                    features: features.clone(),
                    cluster: self.bayes().predict(&scaled) as usize,
                    posteriors: Some(posteriors),
                    vector: Vector::unit(&scaled),
                });
            }
        };
        Ok(ResolvedSeed {
            row: Some(row),
            features: self.catalog().raw(row),
            cluster: self.cluster_of(row),
            posteriors: None,
            vector: self.neighbors().nodes().vector(row),
        })
    }
}

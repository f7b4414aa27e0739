//! From what names a seed to the seed.

use super::{
    error::Error,
    groups,
    seed::{ResolvedSeed, Seed, SeedKind},
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
            Seed::Artist(_) | Seed::Genre(_) => {
                let found = groups::members(self, std::slice::from_ref(seed)).map_err(|(_, error)| error)?;
                let rows = found.into_iter().next().flatten().unwrap_or_default();
                return Ok(groups::resolve(self, seed, rows));
            }
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
                    group: None,
                    weight: 1.0,
                    vector: Vector::unit(&scaled),
                });
            }
        };
        Ok(ResolvedSeed::of_row(self, row))
    }

    /// The seeds of a request in its order. `weights` are theirs; without any, each counts for 1.
    pub(super) fn resolve_all(
        &self,
        of: SeedKind,
        seeds: &[Seed],
        weights: &[f64],
    ) -> Result<Vec<ResolvedSeed>, Error> {
        let of_seed = |at: usize, error: Error| Error::Seed { of, at, seeds: seeds.len(), error: Box::new(error) };
        let members = groups::members(self, seeds).map_err(|(at, error)| of_seed(at, error))?;
        let resolved = seeds.iter().zip(members).enumerate().map(|(at, (seed, members))| {
            let resolved = match members {
                Some(rows) => groups::resolve(self, seed, rows),
                None => self.resolve(seed).map_err(|error| of_seed(at, error))?,
            };
            Ok(ResolvedSeed { weight: weights.get(at).copied().unwrap_or(1.0), ..resolved })
        });
        resolved.collect()
    }
}

//! From what names a seed to the seed.

use std::{
    collections::HashMap,
    mem::{Discriminant, discriminant},
};

use super::{
    error::Error,
    groups,
    request::Request,
    seed::{ResolvedSeed, Seed, SeedKind},
};
use crate::{catalog::titles::TitleMatch, model::Model, text_search::Effort, vector::Vector};

/// The kind of a seed, and what it names.
type Names<'a> = (Discriminant<Seed>, &'a str, Option<&'a str>);

/// What a seed names that has to be looked up.
fn names(seed: &Seed) -> Option<Names<'_>> {
    let (name, artist) = match seed {
        Seed::Song { song, artist } => (song, artist.as_deref()),
        Seed::Typed(name) | Seed::Artist(name) | Seed::Genre(name) => (name, None),
        Seed::Row(_) | Seed::Track(_) | Seed::Features(_) => return None,
    };
    Some((discriminant(seed), name, artist))
}

/// The seeds of a request that were found.
pub(super) struct Resolved {
    pub(super) seeds: Vec<ResolvedSeed>,
    pub(super) negative: Vec<ResolvedSeed>,
    /// Why others of them were left out.
    pub(super) left_out: Vec<Error>,
}

impl Model {
    /// The seeds of a request and its negative seeds, found with one effort.
    ///
    /// # Errors
    ///
    /// As [`Model::resolve_all`].
    pub(super) fn resolve_seeds(&self, request: &Request) -> Result<Resolved, Error> {
        let Request { seeds, negative_seeds, weights, negative_weights, strict, .. } = request;
        let mut effort = Effort::default();
        let (seeds, mut left_out) = self.resolve_all(SeedKind::Seeds, seeds, weights, *strict, &mut effort)?;
        let (negative, also_left_out) =
            self.resolve_all(SeedKind::NegativeSeeds, negative_seeds, negative_weights, *strict, &mut effort)?;
        left_out.extend(also_left_out);
        Ok(Resolved { seeds, negative, left_out })
    }

    /// The row that a seed names.
    ///
    /// # Errors
    ///
    /// Where no track, or several artists', are meant.
    pub fn resolve_song(&self, song: &str, artist: Option<&str>) -> Result<u32, Error> {
        match self.titles().find(self.catalog(), song, artist) {
            TitleMatch::Song(releases) => Ok(releases[0]),
            TitleMatch::Shared(rows) => {
                Err(Error::ArtistNeeded { song: song.into(), artists: self.list_artists(&rows) })
            }
            TitleMatch::Unknown => Err(self.not_found(song, artist, &mut Effort::default())),
        }
    }

    /// The row that a title and an artist name; nothing where they name none, or several artists'. Unlike [`Model::resolve_song`], it does
    /// not look for what else may have been meant.
    pub fn find_song(&self, song: &str, artist: Option<&str>) -> Option<u32> {
        match self.titles().find(self.catalog(), song, artist) {
            TitleMatch::Song(releases) => releases.first().copied(),
            TitleMatch::Shared(_) | TitleMatch::Unknown => None,
        }
    }

    /// Whether the seeds of a request can only be found by the text search, or only it knows what else may have been meant.
    pub fn needs_text_search(&self, request: &Request) -> bool {
        request.seeds.iter().chain(&request.negative_seeds).any(|seed| match seed {
            Seed::Song { song, artist } => self.is_named_otherwise(song, artist.as_deref()),
            Seed::Typed(_) => true,
            _ => false,
        })
    }

    /// Finds a seed in the catalogue, or places its features by naive Bayes.
    ///
    /// # Errors
    ///
    /// Where it is not found, or its features are not the model's.
    pub fn resolve(&self, seed: &Seed) -> Result<ResolvedSeed, Error> {
        self.resolve_seed(seed, true, &mut Effort::default())
    }

    fn resolve_seed(&self, seed: &Seed, strict: bool, effort: &mut Effort) -> Result<ResolvedSeed, Error> {
        let mut understood = None;
        let row = match seed {
            Seed::Row(row) if (*row as usize) < self.catalog().len() => *row,
            Seed::Row(row) => return Err(Error::UnknownTrack { id: row.to_string() }),
            Seed::Track(id) => self.find_id(id).ok_or_else(|| Error::UnknownTrack { id: id.clone() })?,
            Seed::Song { song, artist } if strict => self.resolve_song(song, artist.as_deref())?,
            Seed::Song { song, artist } => {
                let (row, step) = self.look_up_with(song, artist.as_deref(), effort)?;
                understood = step;
                row
            }
            Seed::Typed(typed) => {
                let (row, step) = self.look_up_typed(typed, effort)?;
                understood = Some(step);
                row
            }
            Seed::Artist(_) | Seed::Genre(_) => {
                return match groups::members(self, std::slice::from_ref(seed)).pop().flatten() {
                    Some(rows) if !rows.is_empty() => Ok(groups::resolve(self, seed, rows, 1)),
                    _ => Err(groups::unknown(self, seed, effort)),
                };
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
                    understood: None,
                    group: None,
                    weight: 1.0,
                    vector: Vector::unit(&scaled),
                });
            }
        };
        Ok(ResolvedSeed { understood, ..ResolvedSeed::of_row(self, row) })
    }

    /// The seeds of a request in its order, and why others of them were left out. `weights` are theirs; without any, each counts for 1. What
    /// is misspelt is looked for while `effort` is left.
    ///
    /// # Errors
    ///
    /// Where a seed cannot be used, or, unless `strict`, none of several is found.
    pub(super) fn resolve_all(
        &self,
        of: SeedKind,
        seeds: &[Seed],
        weights: &[f64],
        strict: bool,
        effort: &mut Effort,
    ) -> Result<(Vec<ResolvedSeed>, Vec<Error>), Error> {
        let (mut resolved, mut left_out) = (Vec::with_capacity(seeds.len()), Vec::new());
        // What names were found to mean, or not: each is looked up once.
        let mut known: HashMap<Names<'_>, Result<ResolvedSeed, Error>> = HashMap::new();
        let count = seeds.iter().filter(|seed| matches!(seed, Seed::Artist(_) | Seed::Genre(_))).count();
        for (at, (seed, members)) in seeds.iter().zip(groups::members(self, seeds)).enumerate() {
            let find = |effort: &mut Effort| match members {
                Some(rows) if rows.is_empty() => Err(groups::unknown(self, seed, effort)),
                Some(rows) => Ok(groups::resolve(self, seed, rows, count)),
                None => self.resolve_seed(seed, strict, effort),
            };
            let found = match names(seed) {
                Some(names) if seeds.len() > 1 => known.entry(names).or_insert_with(|| find(effort)).clone(),
                _ => find(effort),
            };
            let of_seed = |error: Error| Error::Seed { of, at, seeds: seeds.len(), error: Box::new(error) };
            match found {
                Ok(found) => {
                    resolved.push(ResolvedSeed { weight: weights.get(at).copied().unwrap_or(1.0), ..found });
                }
                Err(error) if strict || of == SeedKind::Ends || !error.is_of_one_seed() => return Err(of_seed(error)),
                Err(error) => left_out.push(of_seed(error)),
            }
        }
        // Negative seeds may be none.
        if of == SeedKind::Seeds && resolved.is_empty() && !left_out.is_empty() {
            return Err(left_out.swap_remove(0));
        }
        Ok((resolved, left_out))
    }
}

//! The question and the answer: which songs should follow these?
//!
//! [`Request`] says what is asked; `filter` what may be answered with; `rank` puts the candidates in order, by one seed
//! or by the agreement of several; `select` takes the answer from them, more or less alike, artist by artist;
//! [`Explanation`] says why.

mod error;
mod explain;
mod filter;
mod rank;
mod request;
mod select;

use std::collections::BTreeSet;

pub use error::Error;
pub use explain::{Contribution, Explanation, explain};
pub use request::{FeatureRange, MAX_LIMIT, MAX_SEEDS, Request, Seed, SeedKind, Target};

use self::{filter::Filter, rank::Ranking};
use crate::{catalog::titles::TitleMatch, model::Model, search::SearchMethod, vector::Vector};

/// How many titles an error suggests.
const MAX_SUGGESTIONS: usize = 5;

/// One answer. Rows are those of [`Model::catalog`].
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// How the search was done.
    pub search: SearchMethod,
    /// What was begun from, in the order of the request.
    pub seeds: Vec<AnswerSeed>,
    /// Best first.
    pub tracks: Vec<Recommendation>,
}

/// One seed of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerSeed {
    /// The seed.
    pub seed: ResolvedSeed,
    /// Tracks in the clusters that were searched for this seed.
    pub initial_pool_size: u32,
    /// Different songs among them that may be answered with, once the seeds and what the request filters and excludes
    /// are taken away. With one seed, an answer holds this many or the limit, whichever is less (unless there is a
    /// limit of songs per artist).
    pub after_filtering_size: u32,
}

/// A seed that was found, or placed.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedSeed {
    /// Row of the catalogue; `None` for features that are not in it.
    pub row: Option<u32>,
    /// Features in the file's own units.
    pub features: Vec<f64>,
    /// The cluster it belongs to; for features that are not in the catalogue, the most probable one.
    pub cluster: usize,
    /// Probability of each cluster, for features that are not in the catalogue.
    pub posteriors: Option<Vec<f64>>,
    pub(crate) vector: Vector,
}

/// One track of an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recommendation {
    /// Row of the catalogue.
    pub row: u32,
    /// Cosine of the angle between this track and the seed in the scaled feature space, -1 to 1; with several seeds, the
    /// mean over them.
    pub similarity: f32,
}

impl Model {
    /// The row that a seed names.
    ///
    /// # Errors
    ///
    /// Where no track, or several artists', are meant.
    pub fn resolve_song(&self, song: &str, artist: Option<&str>) -> Result<u32, Error> {
        let artists = |rows: &[u32]| {
            let mut artists: Vec<String> =
                rows.iter().map(|row| self.catalog().track(*row).artist.to_owned()).collect();
            artists.dedup();
            artists
        };
        match self.titles().find(self.catalog(), song, artist) {
            TitleMatch::Song(releases) => Ok(releases[0]),
            TitleMatch::Shared(rows) => Err(Error::ArtistNeeded { song: song.into(), artists: artists(&rows) }),
            TitleMatch::Unknown => Err(match (artist, self.titles().find(self.catalog(), song, None)) {
                (Some(artist), TitleMatch::Song(rows) | TitleMatch::Shared(rows)) => {
                    Error::UnknownArtist { song: song.into(), artist: artist.into(), artists: artists(&rows) }
                }
                _ => Error::UnknownSong {
                    song: song.into(),
                    suggestions: self.titles().suggest(self.catalog(), song, MAX_SUGGESTIONS),
                },
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
            vector: self.neighbors().vectors()[row as usize],
        })
    }

    /// Answers a request: the songs most like the seeds, by default of their own clusters.
    ///
    /// The filter is part of the search: an answer is short only where fewer songs than `limit` match. Neither a seed's
    /// song nor any other is in it twice, whatever the number of releases.
    ///
    /// # Errors
    ///
    /// Where a seed is not found, or the request asks for what this model does not have.
    pub fn recommend(&self, request: &Request) -> Result<Answer, Error> {
        request.check(self)?;
        let resolve = |source: SeedKind, seeds: &[Seed]| -> Result<Vec<ResolvedSeed>, Error> {
            let found = seeds.iter().enumerate().map(|(at, seed)| {
                self.resolve(seed).map_err(|error| Error::Seed {
                    of: source,
                    at,
                    seeds: seeds.len(),
                    error: Box::new(error),
                })
            });
            found.collect()
        };
        let seeds = resolve(SeedKind::Seeds, &request.seeds)?;
        let negative = resolve(SeedKind::NegativeSeeds, &request.negative_seeds)?;
        let clusters: Vec<usize> = if request.same_cluster {
            seeds.iter().map(|seed| seed.cluster).collect::<BTreeSet<_>>().into_iter().collect()
        } else {
            (0..self.clusters().len()).collect()
        };
        let filter = Filter::new(self, request, &seeds, &negative)?;
        let mut counts: Vec<Option<u32>> = vec![None; self.clusters().len()];
        let all = filter.count_songs(self, &clusters);
        let answer_seeds = seeds
            .iter()
            .map(|seed| {
                let rows = &self.clusters()[seed.cluster].rows;
                let (initial_pool_size, after_filtering_size) = if !request.same_cluster {
                    (self.catalog().len() as u32, all)
                } else if clusters.len() == 1 {
                    (rows.end - rows.start, all)
                } else {
                    let count = counts[seed.cluster].get_or_insert_with(|| filter.count_songs(self, &[seed.cluster]));
                    (rows.end - rows.start, *count)
                };
                AnswerSeed { seed: seed.clone(), initial_pool_size, after_filtering_size }
            })
            .collect();

        let ranking =
            Ranking { model: self, request, seeds: &seeds, negative: &negative, clusters: &clusters, filter: &filter };
        let want = request.limit.min(all as usize);
        let mut most = select::candidates_for(request, want);
        let (tracks, search) = loop {
            let (ranked, search) = ranking.best(most);
            let complete = ranked.len() < most || most >= all as usize;
            let selection = select::select(self, request, &ranked, want);
            if selection.tracks.len() == want || complete || selection.is_final(self, filter.accepted(&clusters)) {
                break (selection.tracks, search);
            }
            // So many candidates are of artists whose quota is full: look further.
            most = most.saturating_mul(4);
        };
        Ok(Answer { search, seeds: answer_seeds, tracks })
    }
}

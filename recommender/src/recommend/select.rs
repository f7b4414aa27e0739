//! From ranked candidates to the answer: different enough, and not all by one artist.

use std::collections::{HashMap, HashSet};

use super::{answer::Recommendation, rank::Ranked, request::Request};
use crate::{
    model::Model,
    vector::{Vector, similarity},
};

/// With diversity, an answer is chosen from so many times as many candidates.
const CANDIDATES_PER_TRACK: usize = 10;
/// And from so many at least.
const MIN_CANDIDATES: usize = 100;

/// How many candidates an answer of `want` tracks is chosen from, to begin with.
pub(super) fn candidates_for(request: &Request, want: usize) -> usize {
    if request.diversity > 0.0 {
        (want * CANDIDATES_PER_TRACK).max(MIN_CANDIDATES)
    } else if request.max_per_artist.is_some() {
        (want * 2).max(MIN_CANDIDATES)
    } else {
        want
    }
}

/// Tracks taken from candidates.
pub(super) struct Selection {
    /// In the order in which they were taken: best first.
    pub(super) tracks: Vec<Recommendation>,
    /// How many of each artist are taken.
    quota: ArtistQuota,
}

impl Selection {
    /// Whether more candidates cannot lengthen it: each other song of `rows` has an artist whose quota is full.
    pub(super) fn is_final(&self, model: &Model, mut rows: impl Iterator<Item = u32>) -> bool {
        if self.quota.max.is_none() {
            return false;
        }
        let taken: HashSet<u32> = self.tracks.iter().map(|track| model.songs().of(track.row)).collect();
        !rows.any(|row| self.quota.has_room(model, row) && !taken.contains(&model.songs().of(row)))
    }
}

/// Takes up to `want` of the candidates, which are sorted: one by one the best by maximal marginal relevance (Carbonell
/// and Goldstein 1998), which is the score, less what the diversity makes of the similarity to those already taken.
///
/// Each step compares the candidates that are left with the one taken: O(`want` · candidates). A candidate that an
/// artist's quota excludes is dropped once.
pub(super) fn select(model: &Model, request: &Request, ranked: &[Ranked], want: usize) -> Selection {
    let mut quota = ArtistQuota { max: request.max_per_artist, taken: HashMap::new() };
    let mut tracks: Vec<Recommendation> = Vec::with_capacity(want);
    if request.diversity == 0.0 {
        for candidate in ranked {
            if tracks.len() == want {
                break;
            }
            if quota.has_room(model, candidate.row) {
                quota.take(model, candidate.row);
                tracks.push(Recommendation { row: candidate.row, similarity: candidate.similarity });
            }
        }
        return Selection { tracks, quota };
    }
    let nodes = model.neighbors().nodes();
    // With the similarity to the most similar track taken.
    let mut left: Vec<(Ranked, Vector, f64)> =
        ranked.iter().map(|candidate| (*candidate, nodes.vector(candidate.row), -1.0)).collect();
    while tracks.len() < want && !left.is_empty() {
        let value = |(candidate, _, likeness): &(Ranked, Vector, f64)| {
            (1.0 - request.diversity) * candidate.score - request.diversity * likeness
        };
        let mut best = 0;
        for at in 1..left.len() {
            // The earlier of two equals: the better by rank.
            if value(&left[at]) > value(&left[best]) {
                best = at;
            }
        }
        let (candidate, vector, _) = left.remove(best);
        tracks.push(Recommendation { row: candidate.row, similarity: candidate.similarity });
        if quota.take(model, candidate.row) {
            left.retain(|(other, ..)| quota.has_room(model, other.row));
        }
        for (_, other, likeness) in &mut left {
            let alike = similarity(vector.squared_distance(other));
            *likeness = likeness.max(f64::from(alike));
        }
    }
    Selection { tracks, quota }
}

/// At most so many songs of each artist.
struct ArtistQuota {
    max: Option<usize>,
    taken: HashMap<u32, usize>,
}

impl ArtistQuota {
    /// Whether none of a row's artists has had all its songs.
    fn has_room(&self, model: &Model, row: u32) -> bool {
        let Some(max) = self.max else { return true };
        artists_of(model, row).iter().all(|artist| self.taken.get(artist).copied().unwrap_or(0) < max)
    }

    /// Counts a row. Says whether an artist's quota is full now.
    fn take(&mut self, model: &Model, row: u32) -> bool {
        let Some(max) = self.max else { return false };
        let mut full = false;
        for artist in artists_of(model, row) {
            let taken = self.taken.entry(*artist).or_default();
            *taken += 1;
            full |= *taken >= max;
        }
        full
    }
}

fn artists_of(model: &Model, row: u32) -> &[u32] {
    model.artists().of(model.catalog().artists.code(row as usize))
}

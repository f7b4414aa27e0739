//! From ranked candidates to the answer: different enough, and not all by one artist or of one album.

use std::collections::{HashMap, HashSet};

use super::{answer::Recommendation, filter::Filter, quota::Quota, rank::Ranked, request::Request, vary};
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
    } else if !Quota::new(request).is_unlimited() {
        (want * vary::CANDIDATES_PER_TRACK).max(MIN_CANDIDATES)
    } else if request.vary.is_some() {
        want * vary::CANDIDATES_PER_TRACK
    } else {
        want
    }
}

/// Tracks taken from candidates.
pub(super) struct Selection {
    /// In the order in which they were taken: best first.
    pub(super) tracks: Vec<Recommendation>,
    /// How many of each artist and album are taken.
    quota: Quota,
}

impl Selection {
    /// Whether more candidates cannot lengthen it: each other song of these clusters has an artist or an album whose quota is full.
    pub(super) fn is_final(&self, model: &Model, filter: &Filter<'_>, clusters: &[usize]) -> bool {
        if self.quota.is_unlimited() {
            return false;
        }
        let taken: HashSet<u32> = self.tracks.iter().map(|track| filter.ids().of(track.row)).collect();
        !filter.accepted(clusters).any(|row| self.quota.has_room(model, row) && !taken.contains(&filter.ids().of(row)))
    }
}

/// Takes up to `want` of the candidates, which are sorted: one by one the best by maximal marginal relevance (Carbonell
/// and Goldstein 1998), which is the score, less what the diversity makes of the similarity to those already taken.
///
/// Each step compares the candidates that are left with the one taken: O(`want` · candidates). A candidate that a quota
/// excludes is dropped once. Where the request varies, they are drawn first.
pub(super) fn select(model: &Model, request: &Request, ranked: &[Ranked], want: usize) -> Selection {
    let mut quota = Quota::new(request);
    let mut tracks: Vec<Recommendation> = Vec::with_capacity(want);
    if request.diversity == 0.0 {
        let drawn = request.vary.map(|number| vary::draw(ranked, number, want));
        for candidate in drawn.as_deref().unwrap_or(ranked) {
            if tracks.len() == want {
                break;
            }
            if quota.has_room(model, candidate.row) {
                quota.take(model, candidate.row);
                tracks.push(Recommendation { row: candidate.row, similarity: candidate.similarity });
            }
        }
        if drawn.is_some() {
            let ranks: HashMap<u32, usize> = ranked.iter().enumerate().map(|(at, ranked)| (ranked.row, at)).collect();
            tracks.sort_by_key(|track| ranks.get(&track.row).copied());
        }
        return Selection { tracks, quota };
    }
    let thinned = request.vary.map(|number| vary::thin(ranked, number));
    let ranked = thinned.as_deref().unwrap_or(ranked);
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

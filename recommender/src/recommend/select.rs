//! From ranked candidates to the answer: different enough, and not all by one artist or of one album.

use std::collections::{HashMap, HashSet};

use super::{filter::Filter, quota::Quota, rank::Ranked, request::Request, vary};
use crate::{
    model::Model,
    vector::{Vector, similarity},
};

/// With diversity, an answer is chosen from so many times as many candidates.
const CANDIDATES_PER_TRACK: usize = 10;
/// And from so many at least.
const MIN_CANDIDATES: usize = 100;
/// Of more candidates the best are compared with one another, and those that a quota has room for.
const MAX_COMPARED: usize = 1 << 13;

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
    /// Their rows, in the order in which they were taken: best first.
    pub(super) rows: Vec<u32>,
    /// How many tracks were wanted.
    want: usize,
    /// How many of each artist and album are taken.
    quota: Quota,
}

impl Selection {
    /// Whether more candidates cannot lengthen it: it is as long as was wanted, or each other song of these clusters has an artist or an
    /// album whose quota is full.
    pub(super) fn is_enough(&self, model: &Model, filter: &Filter<'_>, clusters: &[usize]) -> bool {
        if self.rows.len() == self.want {
            return true;
        }
        if self.quota.is_unlimited() {
            return false;
        }
        let taken: HashSet<u32> = self.rows.iter().map(|row| filter.ids().of(*row)).collect();
        !filter.accepted(clusters).any(|row| self.quota.has_room(model, row) && !taken.contains(&filter.ids().of(row)))
    }
}

/// Takes up to `want` of the candidates, which are sorted: one by one the best by maximal marginal relevance (Carbonell
/// and Goldstein 1998), which is the score, less what the diversity makes of the similarity to those already taken.
///
/// Each step compares the candidates that are left with the one taken: O(`want` · candidates). A candidate that a quota
/// excludes is dropped once. Where the request varies, they are drawn first.
pub(super) fn select(model: &Model, request: &Request, ranked: &[Ranked], want: usize) -> Selection {
    if request.diversity == 0.0 {
        let Some(number) = request.vary else { return first_with_room(model, request, ranked, want) };
        let mut selection = first_with_room(model, request, &vary::draw(ranked, number, want), want);
        let ranks: HashMap<u32, usize> = ranked.iter().enumerate().map(|(at, ranked)| (ranked.row, at)).collect();
        selection.rows.sort_by_key(|row| ranks.get(row).copied());
        return selection;
    }
    let mut quota = Quota::new(request);
    let mut rows: Vec<u32> = Vec::with_capacity(want);
    let thinned = request.vary.map(|number| vary::thin(ranked, number));
    let ranked = thinned.as_deref().unwrap_or(ranked);
    let (best, others) = ranked.split_at(ranked.len().min(MAX_COMPARED));
    // Of the others those that a quota may need.
    let needed: HashSet<u32> = match others {
        [] => HashSet::new(),
        _ => first_with_room(model, request, ranked, want).rows.into_iter().collect(),
    };
    let candidates = best.iter().chain(others.iter().filter(|candidate| needed.contains(&candidate.row)));
    let nodes = model.neighbors().nodes();
    let mut left: Vec<Left> = candidates
        .enumerate()
        .map(|(rank, candidate)| Left { row: candidate.row, rank, score: candidate.score, likeness: -1.0 })
        .collect();
    let mut vectors: Vec<Vector> = left.iter().map(|left| nodes.vector(left.row)).collect();
    let value = |left: &Left| (1.0 - request.diversity) * left.score - request.diversity * left.likeness;
    // They are in order, and like none that is taken.
    let mut best = 0;
    while rows.len() < want && !left.is_empty() {
        let (taken, vector) = (left.swap_remove(best), vectors.swap_remove(best));
        rows.push(taken.row);
        if let Some(full) = quota.take(model, taken.row) {
            let has_room: Vec<bool> = left.iter().map(|left| !full.has(model, left.row)).collect();
            let (mut of_left, mut of_vectors) = (has_room.iter(), has_room.iter());
            left.retain(|_| of_left.next() == Some(&true));
            vectors.retain(|_| of_vectors.next() == Some(&true));
        }
        best = 0;
        for at in 0..left.len() {
            let alike = similarity(vector.squared_distance(&vectors[at]));
            left[at].likeness = left[at].likeness.max(f64::from(alike));
            let (this, that) = (value(&left[at]), value(&left[best]));
            // The earlier of two equals: the better by rank.
            if this > that || (this == that && left[at].rank < left[best].rank) {
                best = at;
            }
        }
    }
    Selection { rows, want, quota }
}

/// A candidate that is not taken.
struct Left {
    row: u32,
    rank: usize,
    score: f64,
    /// The similarity to the most similar track taken.
    likeness: f64,
}

/// The first `want` of the candidates that the quotas have room for.
pub(super) fn first_with_room(model: &Model, request: &Request, ranked: &[Ranked], want: usize) -> Selection {
    let mut quota = Quota::new(request);
    let mut rows: Vec<u32> = Vec::with_capacity(want);
    for candidate in ranked {
        if rows.len() == want {
            break;
        }
        if quota.has_room(model, candidate.row) {
            quota.take(model, candidate.row);
            rows.push(candidate.row);
        }
    }
    Selection { rows, want, quota }
}

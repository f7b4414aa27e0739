//! From ranked candidates to the answer: different enough, and not all by one artist or of one album.

use std::collections::HashSet;

use super::{quota::Quota, rank::Ranked, request::Request, vary};
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

/// Tracks that are taken from candidates, up to as many as are wanted. Where quotas leave too few of the first candidates, others follow,
/// without those that there is no room for.
pub(super) struct Selection<'a> {
    model: &'a Model,
    request: &'a Request,
    want: usize,
    /// In the order in which they were taken.
    taken: Vec<Ranked>,
    quota: Quota,
}

impl<'a> Selection<'a> {
    pub(super) fn new(model: &'a Model, request: &'a Request, want: usize) -> Self {
        Self { model, request, want, taken: Vec::with_capacity(want), quota: Quota::new(request) }
    }

    /// How many candidates to begin with.
    pub(super) fn candidates(&self) -> usize {
        if self.request.diversity > 0.0 {
            (self.want * CANDIDATES_PER_TRACK).max(MIN_CANDIDATES)
        } else if !self.quota.is_unlimited() {
            (self.want * vary::CANDIDATES_PER_TRACK).max(MIN_CANDIDATES)
        } else if self.request.vary.is_some() {
            self.want * vary::CANDIDATES_PER_TRACK
        } else {
            self.want
        }
    }

    /// Whether there are as many as are wanted.
    pub(super) fn is_full(&self) -> bool {
        self.taken.len() >= self.want
    }

    /// Whether the quotas have room for a row.
    pub(super) fn has_room(&self, row: u32) -> bool {
        self.quota.has_room(self.model, row)
    }

    /// The rows that are taken.
    pub(super) fn rows(&self) -> impl Iterator<Item = u32> {
        self.taken.iter().map(|taken| taken.row)
    }

    /// The rows that are taken: with diversity in the order in which they were, otherwise by score.
    pub(super) fn into_rows(mut self) -> impl Iterator<Item = u32> {
        if self.request.diversity == 0.0 {
            self.taken.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.row.cmp(&b.row)));
        }
        self.taken.into_iter().map(|taken| taken.row)
    }

    /// Takes of further candidates, which are sorted; with a number, other ones for each number. Says whether all were looked at that
    /// there is room for.
    pub(super) fn take(&mut self, ranked: &[Ranked], vary: Option<u32>) -> bool {
        match vary {
            None if self.request.diversity == 0.0 => self.take_first(ranked),
            Some(number) if self.request.diversity == 0.0 => self.take_first(&vary::draw(ranked, number, self.want)),
            None => self.take_diverse(ranked),
            Some(number) => {
                self.take_diverse(&vary::thin(ranked, number));
                return false;
            }
        }
        true
    }

    /// Takes the first ones that the quotas have room for.
    fn take_first(&mut self, ranked: &[Ranked]) {
        for candidate in ranked {
            if self.is_full() {
                break;
            }
            if self.quota.has_room(self.model, candidate.row) {
                self.quota.take(self.model, candidate.row);
                self.taken.push(*candidate);
            }
        }
    }

    /// Takes one by one the best by maximal marginal relevance (Carbonell and Goldstein 1998), which is the score, less what the diversity
    /// makes of the similarity to those already taken.
    ///
    /// Each step compares the candidates that are left with the one taken: O(`want` · candidates). A candidate that a quota
    /// excludes is dropped once.
    fn take_diverse(&mut self, ranked: &[Ranked]) {
        let (best, others) = ranked.split_at(ranked.len().min(MAX_COMPARED));
        // Of the others those that a quota may need.
        let needed: HashSet<u32> = match others {
            [] => HashSet::new(),
            _ => {
                let (want, quota) = (self.want - self.taken.len(), self.quota.clone());
                let mut first = Self { want, taken: Vec::new(), quota, ..*self };
                first.take_first(ranked);
                first.rows().collect()
            }
        };
        let candidates = best.iter().chain(others.iter().filter(|candidate| needed.contains(&candidate.row)));
        let nodes = self.model.neighbors().nodes();
        let mut left: Vec<Left> = candidates
            .enumerate()
            .map(|(rank, candidate)| Left { candidate: *candidate, rank, likeness: -1.0 })
            .filter(|left| self.quota.has_room(self.model, left.candidate.row))
            .collect();
        let mut vectors: Vec<Vector> = left.iter().map(|left| nodes.vector(left.candidate.row)).collect();
        let mut best = 0;
        for taken in &self.taken {
            best = self.compare(&nodes.vector(taken.row), &mut left, &vectors);
        }
        while !self.is_full() && !left.is_empty() {
            let (taken, vector) = (left.swap_remove(best).candidate, vectors.swap_remove(best));
            self.taken.push(taken);
            if let Some(full) = self.quota.take(self.model, taken.row) {
                let has_room: Vec<bool> = left.iter().map(|left| !full.has(self.model, left.candidate.row)).collect();
                let (mut of_left, mut of_vectors) = (has_room.iter(), has_room.iter());
                left.retain(|_| of_left.next() == Some(&true));
                vectors.retain(|_| of_vectors.next() == Some(&true));
            }
            best = self.compare(&vector, &mut left, &vectors);
        }
    }

    /// Compares what is left with a track that is taken. The place of the best of it; 0 where nothing is.
    fn compare(&self, taken: &Vector, left: &mut [Left], vectors: &[Vector]) -> usize {
        let diversity = self.request.diversity;
        let value = |left: &Left| (1.0 - diversity) * left.candidate.score - diversity * left.likeness;
        let mut best = 0;
        for at in 0..left.len() {
            let alike = similarity(taken.squared_distance(&vectors[at]));
            left[at].likeness = left[at].likeness.max(f64::from(alike));
            let (this, that) = (value(&left[at]), value(&left[best]));
            // The earlier of two equals: the better by rank.
            if this > that || (this == that && left[at].rank < left[best].rank) {
                best = at;
            }
        }
        best
    }
}

/// A candidate that is not taken.
struct Left {
    candidate: Ranked,
    rank: usize,
    /// The similarity to the most similar track taken.
    likeness: f64,
}

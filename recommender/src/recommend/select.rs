//! From ranked candidates to the answer: different enough, and not all by one artist.

use std::collections::HashMap;

use super::{Recommendation, Request, rank::Ranked};
use crate::{
    model::Model,
    vector::{Vector, similarity},
};

/// With diversity, an answer is chosen from so many times as many candidates.
const CHOICE: usize = 10;
/// And from so many at least.
const FEWEST: usize = 100;

/// How many candidates an answer of `want` tracks is chosen from, to begin with.
pub(super) fn candidates_for(request: &Request, want: usize) -> usize {
    if request.diversity > 0.0 {
        (want * CHOICE).max(FEWEST)
    } else if request.max_per_artist.is_some() {
        (want * 2).max(FEWEST)
    } else {
        want
    }
}

/// Takes up to `want` of the candidates, which are sorted: one by one the best by maximal marginal relevance (Carbonell
/// and Goldstein 1998), which is the score, less what the diversity makes of the likeness to those already taken.
pub(super) fn select(model: &Model, request: &Request, ranked: &[Ranked], want: usize) -> Vec<Recommendation> {
    let vectors = model.neighbors().vectors();
    let mut share = Share::new(model, request.max_per_artist);
    let mut taken: Vec<Recommendation> = Vec::with_capacity(want);
    if request.diversity == 0.0 {
        for candidate in ranked {
            if taken.len() == want {
                break;
            }
            if share.take(candidate.row) {
                taken.push(Recommendation { row: candidate.row, similarity: candidate.similarity });
            }
        }
        return taken;
    }
    let mut left: Vec<(Ranked, f64)> = ranked.iter().map(|candidate| (*candidate, -1.0)).collect();
    while taken.len() < want && !left.is_empty() {
        let value = |(candidate, likeness): &(Ranked, f64)| {
            (1.0 - request.diversity) * candidate.score - request.diversity * likeness
        };
        let mut best = 0;
        for at in 1..left.len() {
            // The earlier of two equals: the better by rank.
            if value(&left[at]) > value(&left[best]) {
                best = at;
            }
        }
        let (candidate, _) = left.remove(best);
        if !share.take(candidate.row) {
            continue;
        }
        taken.push(Recommendation { row: candidate.row, similarity: candidate.similarity });
        let vector: &Vector = &vectors[candidate.row as usize];
        for (other, likeness) in &mut left {
            let alike = similarity(vector.squared_distance(&vectors[other.row as usize]));
            *likeness = likeness.max(f64::from(alike));
        }
    }
    taken
}

/// How many songs of each artist are taken.
struct Share<'a> {
    model: &'a Model,
    most: Option<usize>,
    taken: HashMap<u32, usize>,
}

impl<'a> Share<'a> {
    fn new(model: &'a Model, most: Option<usize>) -> Self {
        Self { model, most, taken: HashMap::new() }
    }

    /// Counts a row, unless one of its artists has had its share.
    fn take(&mut self, row: u32) -> bool {
        let Some(most) = self.most else { return true };
        let artists = self.model.artists().of(self.model.catalog().artists.code(row as usize));
        if artists.iter().any(|artist| self.taken.get(artist).is_some_and(|taken| *taken >= most)) {
            return false;
        }
        for artist in artists {
            *self.taken.entry(*artist).or_default() += 1;
        }
        true
    }
}

//! The candidates in order: by one seed, or by the agreement of several.

use std::collections::HashMap;

use super::{filter::Filter, request::Request, seed::ResolvedSeed};
use crate::{
    model::Model,
    search::{Neighbor, Query, Search, SearchMethod},
    vector::{Vector, similarity},
};

/// The constant of reciprocal rank fusion: how little the very first places count for more than the next ones
/// (60 in Cormack, Clarke and Büttcher 2009).
const RRF_K: f64 = 60.0;
/// How many places of each list the fusion looks at, at least.
const MIN_RANKED: usize = 1_000;
/// What a feature costs that is one deviation from its target, in squared distance: as much as a cosine of 0.125.
const TARGET_WEIGHT: f64 = 0.25;

/// What is ranked, and how.
pub(super) struct Ranking<'a> {
    pub(super) model: &'a Model,
    pub(super) request: &'a Request,
    pub(super) seeds: &'a [ResolvedSeed],
    pub(super) negative: &'a [ResolvedSeed],
    pub(super) clusters: &'a [usize],
    pub(super) filter: &'a Filter<'a>,
}

/// One candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ranked {
    pub(super) row: u32,
    /// Higher is better: the cosine, less what targets cost; for several seeds, the fused score divided by the best.
    pub(super) score: f64,
    /// Mean cosine to the seeds.
    pub(super) similarity: f32,
}

impl Ranking<'_> {
    /// The best `most` different songs, best first; fewer only where there are no more.
    pub(super) fn best(&self, most: usize) -> (Vec<Ranked>, SearchMethod) {
        if let ([seed], []) = (self.seeds, self.negative) {
            let (found, searched) = self.list(&seed.vector, most, true);
            let ranked = found
                .iter()
                .map(|neighbor| Ranked {
                    row: neighbor.row,
                    score: f64::from(1.0 - neighbor.distance / 2.0),
                    similarity: self.similarity(neighbor.row),
                })
                .collect();
            return (ranked, searched);
        }
        // Every list is of whole songs: what is first in one place is not third in another for its releases.
        let list = |seed: &ResolvedSeed, targeted| self.list(&seed.vector, most.max(MIN_RANKED), targeted).0;
        let positive: Vec<Vec<Neighbor>> = self.seeds.iter().map(|seed| list(seed, true)).collect();
        let negative: Vec<Vec<Neighbor>> = self.negative.iter().map(|seed| list(seed, false)).collect();
        let mut scores: HashMap<u32, f64> = HashMap::new();
        for (list, sign) in positive.iter().map(|list| (list, 1.0)).chain(negative.iter().map(|list| (list, -1.0))) {
            for (place, neighbor) in list.iter().enumerate() {
                *scores.entry(self.model.songs().of(neighbor.row)).or_default() += sign / (RRF_K + place as f64 + 1.0);
            }
        }
        // A release for each song: the one that is most like the seeds.
        let mut ranked: HashMap<u32, Ranked> = HashMap::new();
        for neighbor in positive.iter().flatten() {
            let song = self.model.songs().of(neighbor.row);
            let candidate =
                Ranked { row: neighbor.row, score: scores[&song], similarity: self.similarity(neighbor.row) };
            let best = ranked.entry(song).or_insert(candidate);
            if (candidate.similarity, best.row) > (best.similarity, candidate.row) {
                *best = candidate;
            }
        }
        let mut ranked: Vec<Ranked> = ranked.into_values().collect();
        ranked.sort_unstable_by(|a, b| {
            b.score.total_cmp(&a.score).then(b.similarity.total_cmp(&a.similarity)).then(a.row.cmp(&b.row))
        });
        ranked.truncate(most);
        let best = ranked.first().map_or(1.0, |first| first.score.abs().max(f64::MIN_POSITIVE));
        for candidate in &mut ranked {
            candidate.score /= best;
        }
        (ranked, SearchMethod::Exact)
    }

    /// The songs nearest to one vector, and to the targets where `targeted`.
    fn list(&self, vector: &Vector, most: usize, targeted: bool) -> (Vec<Neighbor>, SearchMethod) {
        let query = Query { vector, clusters: self.clusters, want: most, search: self.search() };
        let accepts = |row| self.filter.accepts(row);
        let targets = self.targets();
        if !targeted || targets.is_empty() {
            return self.model.neighbors().nearest(&query, self.model.songs(), &accepts, &|_| 0.0);
        }
        let cost = |row: u32| {
            let off = targets.iter().map(|(feature, target)| {
                let value = self.model.catalog().features[*feature].get(row as usize);
                (self.model.scaler().scale_one(*feature, value) - target).powi(2)
            });
            (TARGET_WEIGHT * off.sum::<f64>()) as f32
        };
        self.model.neighbors().nearest(&query, self.model.songs(), &accepts, &cost)
    }

    /// Targets by feature, in scaled units.
    fn targets(&self) -> Vec<(usize, f64)> {
        let scaler = self.model.scaler();
        let place = |name: &str| scaler.features.iter().position(|feature| feature == name);
        let targets = self.request.targets.iter();
        targets.filter_map(|target| place(&target.feature).map(|at| (at, scaler.scale_one(at, target.value)))).collect()
    }

    /// A graph knows distances and nothing else: it serves one seed without targets, and is the planner's choice only
    /// where hardly anything is filtered.
    fn search(&self) -> Search {
        let plain = self.seeds.len() == 1 && self.negative.is_empty() && self.request.targets.is_empty();
        match self.request.search {
            _ if !plain => Search::Exact,
            Search::Auto if !self.filter.only_songs() => Search::Exact,
            search => search,
        }
    }

    fn similarity(&self, row: u32) -> f32 {
        let vector = &self.model.neighbors().vectors()[row as usize];
        let sum: f32 = self.seeds.iter().map(|seed| similarity(seed.vector.squared_distance(vector))).sum();
        sum / self.seeds.len() as f32
    }
}

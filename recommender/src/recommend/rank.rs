//! The candidates in order: by one seed, or by the agreement of several.

use std::collections::HashMap;

use super::{
    filter::Filter,
    request::{Request, Target},
    seed::ResolvedSeed,
};
use crate::{
    column::IntColumn,
    model::Model,
    search::{Neighbor, Query, SearchMethod},
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
        let mut searched = SearchMethod::Hnsw;
        let mut list = |seed: &ResolvedSeed, targeted| {
            let (list, method) = self.list(&seed.vector, most.max(MIN_RANKED), targeted);
            if method == SearchMethod::Exact {
                searched = method;
            }
            list
        };
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
        (ranked, searched)
    }

    /// The songs nearest to one vector, and to the targets where `targeted`.
    fn list(&self, vector: &Vector, most: usize, targeted: bool) -> (Vec<Neighbor>, SearchMethod) {
        let targets = if targeted { self.targets() } else { Vec::new() };
        let cost = |row: u32| targets.iter().map(|(codes, costs)| costs[codes.get(row as usize) as usize]).sum::<f32>();
        let cost: Option<&dyn Fn(u32) -> f32> = if targets.is_empty() { None } else { Some(&cost) };
        let query = Query {
            vector,
            clusters: self.clusters,
            want: most,
            search: self.request.search,
            allowed: self.filter.allowed(),
            songs: self.model.songs(),
            cost,
        };
        self.model.neighbors().nearest(&query)
    }

    /// For each target the codes of its feature, and what each code costs.
    fn targets(&self) -> Vec<(&IntColumn, Vec<f32>)> {
        let scaler = self.model.scaler();
        let target = |target: &Target| {
            let feature = scaler.features.iter().position(|feature| *feature == target.feature)?;
            let column = &self.model.catalog().features[feature];
            let wanted = scaler.scale_one(feature, target.value);
            let cost = |value: &f64| (TARGET_WEIGHT * (scaler.scale_one(feature, *value) - wanted).powi(2)) as f32;
            Some((column.codes(), column.values().iter().map(cost).collect()))
        };
        self.request.targets.iter().filter_map(target).collect()
    }

    fn similarity(&self, row: u32) -> f32 {
        let nodes = self.model.neighbors().nodes();
        let sum: f32 = self.seeds.iter().map(|seed| similarity(nodes.squared_distance(row, &seed.vector))).sum();
        sum / self.seeds.len() as f32
    }
}

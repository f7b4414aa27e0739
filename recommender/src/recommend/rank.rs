//! The candidates in order: by the mean cosine to the seeds, and what affinities bring.

use std::collections::HashSet;

use super::{
    affinity::{Affinities, candidates},
    filter::Filter,
    request::{Request, Target},
    seed::ResolvedSeed,
};
use crate::{
    column::IntColumn,
    model::Model,
    search::{Neighbor, Query, Search, SearchMethod, ef_of},
    vector::{LANES, Vector, similarity},
};

/// What all negative seeds together count for, where the seeds count for 1 (Rocchio's formula with the weights 0.25 and 0.75 of
/// Salton and Buckley 1990, "Improving retrieval performance by relevance feedback").
const NEGATIVE_WEIGHT: f64 = 1.0 / 3.0;
/// Seeds that cancel each other have no direction: what affinities bring decides then.
const MIN_NORM: f64 = 1e-3;
/// What a feature costs that is one deviation from its target, in squared distance: as much as a cosine of 0.125.
const TARGET_WEIGHT: f64 = 0.25;

/// With affinities, the candidates are so many times as many of the nearest by audio, and so many at least.
const NEAREST_PER_SONG: usize = 3;
const MIN_NEAREST: usize = 105;
/// How many nodes a walk keeps for each of them: fewer than for songs of an answer, as the farther ones need not be all that there are.
const EF_PER_CANDIDATE: f64 = 4.0 / 3.0;

/// What is ranked, and how.
pub(super) struct Ranking<'a> {
    model: &'a Model,
    seeds: &'a [ResolvedSeed],
    query: Vector,
    /// What a cosine of 1 to `query` is in mean cosines to the seeds: the length of the mean vector.
    norm: f32,
    affinities: Option<Affinities<'a>>,
    request: &'a Request,
    clusters: &'a [usize],
    filter: &'a Filter<'a>,
    /// For each target the codes of its feature, and what each code costs.
    targets: Vec<(&'a IntColumn, Vec<f32>)>,
}

/// One candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ranked {
    pub(super) row: u32,
    /// Higher is better: the cosine to what is searched for, less what targets cost, and what affinities bring in the same unit.
    pub(super) score: f64,
    /// Mean cosine to the seeds.
    pub(super) similarity: f32,
}

impl<'a> Ranking<'a> {
    /// Ranks the songs of these clusters.
    pub(super) fn new(
        model: &'a Model,
        request: &'a Request,
        seeds: &'a [ResolvedSeed],
        negative: &[ResolvedSeed],
        clusters: &'a [usize],
        filter: &'a Filter<'a>,
        affinities: Option<Affinities<'a>>,
    ) -> Self {
        let (query, norm) = direction(seeds, negative);
        let targets = targets(model, &request.targets);
        Self { model, seeds, query, norm, affinities, request, clusters, filter, targets }
    }

    /// The best `most` different songs, best first; fewer only where there are no more.
    pub(super) fn best(&self, most: usize) -> (Vec<Ranked>, SearchMethod) {
        match &self.affinities {
            None => self.nearest(most, ef_of(most), None),
            // Every track is compared: with what affinities bring it.
            Some(affinities) if self.request.search == Search::Exact || !self.targets.is_empty() => {
                let (mut ranked, searched) = self.nearest(most, ef_of(most), Some(affinities));
                let most = f64::from(affinities.max_bonus() / self.norm);
                ranked.iter_mut().for_each(|candidate| candidate.score += most);
                (ranked, searched)
            }
            Some(affinities) => {
                let (mut candidates, searched) = self.candidates(affinities, most);
                candidates.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.row.cmp(&b.row)));
                let mut songs = HashSet::with_capacity(most.min(candidates.len()));
                let best =
                    candidates.into_iter().filter(|candidate| songs.insert(self.model.songs().of(candidate.row)));
                let with_similarity =
                    |candidate: Ranked| Ranked { similarity: self.similarity(candidate.row), ..candidate };
                (best.take(most).map(with_similarity).collect(), searched)
            }
        }
    }

    /// The candidates for the best `most`, and their mean cosine to the seeds, less that to negative ones; of a song more than one may
    /// be there.
    pub(super) fn scored(&self, affinities: &Affinities<'_>, most: usize) -> impl Iterator<Item = (u32, f32)> {
        let (candidates, _) = self.candidates(affinities, most);
        let cosine = |row| self.norm * similarity(self.model.neighbors().nodes().squared_distance(row, &self.query));
        candidates.into_iter().map(move |candidate| (candidate.row, cosine(candidate.row)))
    }

    /// The tracks from which the best `most` are chosen, by score, in no order; some may be of one song. Their mean cosines are not
    /// computed yet.
    fn candidates(&self, affinities: &Affinities<'_>, most: usize) -> (Vec<Ranked>, SearchMethod) {
        let want = most.saturating_mul(NEAREST_PER_SONG).max(MIN_NEAREST);
        let query = self.query(want, (want as f64 * EF_PER_CANDIDATE) as usize, None);
        let (nearest, searched) = self.model.neighbors().nearest(&query);
        let nodes = self.model.neighbors().nodes();
        let others = candidates::rows(self.model, affinities, self.clusters, most).into_iter();
        let is_allowed = |row: &u32| self.filter.allowed().contains(*row, self.model.songs());
        let others =
            others.filter(is_allowed).map(|row| Neighbor { row, distance: nodes.squared_distance(row, &self.query) });
        let ranked = nearest.into_iter().chain(others).map(|Neighbor { row, distance }| Ranked {
            row,
            score: f64::from(1.0 - distance / 2.0 + affinities.bonus(row) / self.norm),
            similarity: 0.0,
        });
        (ranked.collect(), searched)
    }

    /// The `want` nearest songs, what targets and affinities cost added to their distances.
    fn nearest(&self, want: usize, ef: usize, affinities: Option<&Affinities<'_>>) -> (Vec<Ranked>, SearchMethod) {
        // Costs are not negative: what affinities bring is the less of the most that they could.
        let lacking =
            |affinities: &Affinities<'_>, row| 2.0 * (affinities.max_bonus() - affinities.bonus(row)) / self.norm;
        let cost = |row: u32| {
            let costs = self.targets.iter().map(|(codes, costs)| costs[codes.get(row as usize) as usize]);
            costs.sum::<f32>() + affinities.map_or(0.0, |affinities| lacking(affinities, row).max(0.0))
        };
        let is_free = self.targets.is_empty() && affinities.is_none();
        let (found, searched) = self.model.neighbors().nearest(&self.query(want, ef, (!is_free).then_some(&cost)));
        let ranked = found.iter().map(|neighbor| Ranked {
            row: neighbor.row,
            score: f64::from(1.0 - neighbor.distance / 2.0),
            similarity: self.similarity(neighbor.row),
        });
        (ranked.collect(), searched)
    }

    fn query<'q>(&'q self, want: usize, ef: usize, cost: Option<&'q dyn Fn(u32) -> f32>) -> Query<'q> {
        Query {
            vector: &self.query,
            clusters: self.clusters,
            want,
            ef,
            search: self.request.search,
            allowed: self.filter.allowed(),
            songs: self.model.songs(),
            cost,
        }
    }
    fn similarity(&self, row: u32) -> f32 {
        let vector = self.model.neighbors().nodes().vector(row);
        let sum: f32 = self.seeds.iter().map(|seed| similarity(seed.vector.squared_distance(&vector))).sum();
        sum / self.seeds.len() as f32
    }
}

/// The vector whose nearest neighbours have the highest mean cosine to the seeds, less that to the negative seeds: the mean of the
/// ones less the mean of the others. One search for any number of seeds. And how long the difference is.
fn direction(seeds: &[ResolvedSeed], negative: &[ResolvedSeed]) -> (Vector, f32) {
    if let ([seed], []) = (seeds, negative) {
        return (seed.vector, 1.0);
    }
    let mut sum = [0.0; LANES];
    for (seeds, weight) in [(seeds, 1.0), (negative, -NEGATIVE_WEIGHT)] {
        for seed in seeds {
            for (sum, lane) in sum.iter_mut().zip(seed.vector.lanes()) {
                *sum += weight * f64::from(*lane) / seeds.len() as f64;
            }
        }
    }
    let norm = sum.iter().map(|lane| lane * lane).sum::<f64>().sqrt();
    (Vector::unit(&sum), norm.max(MIN_NORM) as f32)
}

fn targets<'a>(model: &'a Model, targets: &[Target]) -> Vec<(&'a IntColumn, Vec<f32>)> {
    let scaler = model.scaler();
    let target = |target: &Target| {
        let feature = scaler.features.iter().position(|feature| *feature == target.feature)?;
        let column = &model.catalog().features[feature];
        let wanted = scaler.scale_one(feature, target.value);
        let cost = |value: &f64| (TARGET_WEIGHT * (scaler.scale_one(feature, *value) - wanted).powi(2)) as f32;
        Some((column.codes(), column.values().iter().map(cost).collect()))
    };
    targets.iter().filter_map(target).collect()
}

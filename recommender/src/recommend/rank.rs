//! The candidates in order: by the mean cosine to the seeds, and what affinities bring.

use std::{cell::OnceCell, collections::HashSet};

use super::{
    affinity::{Affinities, Bonuses, candidates::Lists},
    answer::Recommendation,
    filter::Filter,
    request::{Request, Target},
    seed::ResolvedSeed,
};
use crate::{
    catalog::attributes::{Attribute, Moments},
    column::IntColumn,
    model::Model,
    search::{Allowed, Neighbor, Query, Search, SearchMethod, ef_of},
    vector::{LANES, Vector, similarity},
};

/// What all negative seeds together count for, where the seeds count for 1 (Rocchio's formula with the weights 0.25 and 0.75 of
/// Salton and Buckley 1990, "Improving retrieval performance by relevance feedback").
const NEGATIVE_WEIGHT: f64 = 1.0 / 3.0;
/// What a feature costs that is one deviation from its target, whatever its weight, in squared distance: as much as a cosine of
/// 0.125.
const TARGET_WEIGHT: f64 = 0.25;
/// Seeds that cancel one another leave a direction of noise: targets then decide alone.
const MIN_LENGTH: f64 = 1e-3;

/// With affinities, the candidates are so many times as many of the nearest by audio, and so many at least.
const NEAREST_PER_SONG: usize = 3;
const MIN_NEAREST: usize = 105;
/// With affinities, an answer is chosen from so many candidates at most, or from all tracks.
const MAX_CANDIDATES: usize = 1 << 13;
/// How many nodes a walk keeps for each of them: fewer than for songs of an answer, as the farther ones need not be all that there are.
const EF_PER_CANDIDATE: f64 = 4.0 / 3.0;

/// What is ranked, and how.
pub(super) struct Ranking<'a> {
    model: &'a Model,
    seeds: &'a [ResolvedSeed],
    query: Vector,
    /// How long the vector is that `query` is the direction of: 1 for one seed, less for several that differ.
    length: f64,
    /// The weighted mean of the seeds' vectors.
    mean: [f64; LANES],
    affinities: Option<Affinities<'a>>,
    request: &'a Request,
    clusters: &'a [usize],
    filter: &'a Filter<'a>,
    targets: Vec<TargetCost<'a>>,
    /// What targets and affinities cost each track of the clusters, where every track is compared.
    costs: OnceCell<Vec<f32>>,
}

/// One candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ranked {
    pub(super) row: u32,
    /// Higher is better: the weighted mean of the cosines to the seeds, less a third of that to the negative seeds, and what targets
    /// cost, and what affinities bring.
    pub(super) score: f64,
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
        let features = model.scaler().len();
        let (query, length) = direction(seeds, negative, features);
        let (mean, targets) = (mean(seeds), targets(model, &request.targets));
        Self {
            model,
            seeds,
            query,
            length,
            mean,
            affinities,
            request,
            clusters,
            filter,
            targets,
            costs: OnceCell::new(),
        }
    }

    /// The best `most` different songs of the allowed rows, best first; fewer only where there are no more.
    pub(super) fn best(&self, most: usize, allowed: Allowed<'_>) -> (Vec<Ranked>, SearchMethod) {
        match &self.affinities {
            None => self.nearest(most, ef_of(most), allowed),
            // Every track is compared, with what affinities bring it: that so many candidates are wanted costs more otherwise.
            Some(affinities)
                if self.request.search == Search::Exact || !self.targets.is_empty() || most > MAX_CANDIDATES =>
            {
                let (mut ranked, searched) = self.nearest(most, ef_of(most), allowed);
                let bonus = f64::from(affinities.max_bonus());
                ranked.iter_mut().for_each(|candidate| candidate.score += bonus);
                (ranked, searched)
            }
            Some(affinities) => {
                let (mut candidates, searched) = self.candidates(affinities, most, allowed);
                candidates.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.row.cmp(&b.row)));
                let mut songs = HashSet::with_capacity(most.min(candidates.len()));
                let best = candidates.into_iter().filter(|candidate| songs.insert(self.filter.ids().of(candidate.row)));
                (best.take(most).collect(), searched)
            }
        }
    }

    /// The candidates for the best `most`, and their mean cosine to the seeds, less that to negative ones; of a song more than one may
    /// be there.
    pub(super) fn scored(&self, affinities: &Affinities<'_>, most: usize) -> impl Iterator<Item = (u32, f32)> {
        let (candidates, _) = self.candidates(affinities, most, self.filter.allowed());
        let length = self.length as f32;
        let cosine = move |row| length * similarity(self.model.neighbors().nodes().squared_distance(row, &self.query));
        candidates.into_iter().map(move |candidate| (candidate.row, cosine(candidate.row)))
    }

    /// The allowed tracks from which the best `most` are chosen, by score, in no order; some may be of one song. Their mean cosines are not
    /// computed yet.
    fn candidates(
        &self,
        affinities: &Affinities<'_>,
        most: usize,
        allowed: Allowed<'_>,
    ) -> (Vec<Ranked>, SearchMethod) {
        let want = most.saturating_mul(NEAREST_PER_SONG).max(MIN_NEAREST);
        let query = self.query(want, (want as f64 * EF_PER_CANDIDATE) as usize, allowed, None);
        let (nearest, searched) = self.model.neighbors().nearest(&query);
        let nodes = self.model.neighbors().nodes();
        let lists = Lists {
            model: self.model,
            affinities,
            clusters: self.clusters,
            query: &self.query,
            length: self.length as f32,
        };
        // The songs of the answer that this one continues are the best of them, and are not allowed.
        let with_continued = most.saturating_add(self.request.exclude_rows.len());
        let others = lists.rows(with_continued, |row| allowed.contains(row, self.filter.ids())).into_iter();
        let others = others.map(|row| Neighbor { row, distance: nodes.squared_distance(row, &self.query) });
        let ranked = nearest.into_iter().chain(others).map(|Neighbor { row, distance }| Ranked {
            row,
            score: self.length * f64::from(1.0 - distance / 2.0) + f64::from(affinities.bonus(row)),
        });
        (ranked.collect(), searched)
    }

    /// The `want` nearest songs of the allowed rows, what targets and affinities cost added to their distances. Affinities count where every track is
    /// compared.
    fn nearest(&self, want: usize, ef: usize, allowed: Allowed<'_>) -> (Vec<Ranked>, SearchMethod) {
        let is_free = self.targets.is_empty() && self.affinities.is_none();
        let costs = (!is_free).then(|| self.costs.get_or_init(|| self.cost_of_each()).as_slice());
        let (found, searched) = self.model.neighbors().nearest(&self.query(want, ef, allowed, costs));
        let ranked = found.iter().map(|neighbor| Ranked {
            row: neighbor.row,
            score: self.length * f64::from(1.0 - neighbor.distance / 2.0),
        });
        (ranked.collect(), searched)
    }

    /// What targets and affinities cost each track of the clusters; 0 for others.
    fn cost_of_each(&self) -> Vec<f32> {
        let length = self.length as f32;
        let bonuses = self.affinities.as_ref().map(Bonuses::new);
        let mut costs = vec![0.0; self.model.catalog().len()];
        for cluster in self.clusters {
            let rows = self.model.clusters()[*cluster].rows.clone();
            let costs = &mut costs[rows.start as usize..rows.end as usize];
            // Column by column: quicker than row by row.
            self.targets.iter().for_each(|target| target.add_to(costs, rows.start as usize));
            if let Some(bonuses) = &bonuses {
                // Costs are not negative: what affinities bring is the less of the most that they could.
                let lacking = |row| (2.0 * (bonuses.max() - bonuses.of(row))).max(0.0);
                costs.iter_mut().zip(rows).for_each(|(cost, row)| *cost += lacking(row));
            }
            costs.iter_mut().for_each(|cost| *cost /= length);
        }
        costs
    }

    fn query<'q>(&'q self, want: usize, ef: usize, allowed: Allowed<'q>, costs: Option<&'q [f32]>) -> Query<'q> {
        Query {
            vector: &self.query,
            clusters: self.clusters,
            want,
            ef,
            search: self.request.search,
            allowed,
            songs: self.filter.ids(),
            costs,
        }
    }

    /// A track of the answer.
    pub(super) fn recommendation(&self, row: u32) -> Recommendation {
        Recommendation { row, similarity: self.similarity(row) }
    }

    /// Weighted mean of the cosines to the seeds.
    fn similarity(&self, row: u32) -> f32 {
        let vector = self.model.neighbors().nodes().vector(row);
        let features = self.model.scaler().len();
        if let [seed] = self.seeds {
            return seed.vector.cosine(&vector, features);
        }
        // The mean of dot products is the dot product with the mean: any number of seeds cost the same. The lane of vectors without
        // a direction is no feature's.
        let dot: f64 =
            self.mean.iter().zip(vector.lanes()).take(features).map(|(mean, lane)| mean * f64::from(*lane)).sum();
        dot.clamp(-1.0, 1.0) as f32
    }
}

/// The vector whose nearest neighbours have the highest mean cosine to the seeds, less that to the negative seeds: the mean of the
/// ones less the mean of the others. One search for any number of seeds. And the length of that difference: times it, a cosine to the
/// direction is the mean cosine.
fn direction(seeds: &[ResolvedSeed], negative: &[ResolvedSeed], features: usize) -> (Vector, f64) {
    if let ([seed], []) = (seeds, negative) {
        return (seed.vector, 1.0);
    }
    let mut sum = mean(seeds);
    sum.iter_mut().zip(mean(negative)).for_each(|(sum, lane)| *sum -= NEGATIVE_WEIGHT * lane);
    // Seeds without a direction point nowhere: their own lane is left out.
    let sum = &sum[..features];
    let length = sum.iter().map(|lane| lane * lane).sum::<f64>().sqrt();
    (Vector::unit(sum), length.max(MIN_LENGTH))
}

/// The weighted mean of vectors; 0 of none.
fn mean(seeds: &[ResolvedSeed]) -> [f64; LANES] {
    let weights: f64 = seeds.iter().map(|seed| seed.weight).sum();
    let mut mean = [0.0; LANES];
    for seed in seeds {
        for (mean, lane) in mean.iter_mut().zip(seed.vector.lanes()) {
            *mean += seed.weight * f64::from(*lane) / weights;
        }
    }
    mean
}

/// What each track costs for its distance from a target.
enum TargetCost<'a> {
    /// The codes of a feature, and what each code costs.
    Feature(&'a IntColumn, Vec<f32>),
    /// The column of an attribute, which may have any number of different values.
    Attribute { codes: &'a IntColumn, wanted: f64, moments: Moments },
}

impl TargetCost<'_> {
    /// Adds what each row costs, from row `first` on.
    fn add_to(&self, sums: &mut [f32], first: usize) {
        let rows = first..first + sums.len();
        match self {
            Self::Feature(codes, costs) => codes.each(rows, |at, code| sums[at] += costs[code as usize]),
            Self::Attribute { moments: Moments { deviation: 0.0, .. }, .. } => {}
            Self::Attribute { codes, wanted, moments: Moments { mean, deviation } } => {
                let squared = |value: f64| ((value - wanted) / deviation).powi(2);
                // What is unknown costs what the known ones cost on average: the variance, and how far the mean is off.
                let unknown = 1.0 + squared(*mean);
                let off = |code: u32| code.checked_sub(1).map_or(unknown, |value| squared(value.into()));
                codes.each(rows, |at, code| sums[at] += (TARGET_WEIGHT * off(code)) as f32);
            }
        }
    }
}

fn targets<'a>(model: &'a Model, targets: &[Target]) -> Vec<TargetCost<'a>> {
    let scaler = model.scaler();
    let target = |target: &Target| {
        let Some(feature) = scaler.features.iter().position(|feature| *feature == target.feature) else {
            let (codes, moments) = model.attribute(Attribute::named(&target.feature)?)?;
            return Some(TargetCost::Attribute { codes, wanted: target.value, moments });
        };
        let column = &model.catalog().features[feature];
        let wanted = scaler.standardize_one(feature, target.value);
        let cost = |value: &f64| (TARGET_WEIGHT * (scaler.standardize_one(feature, *value) - wanted).powi(2)) as f32;
        Some(TargetCost::Feature(column.codes(), column.values().iter().map(cost).collect()))
    };
    targets.iter().filter_map(target).collect()
}

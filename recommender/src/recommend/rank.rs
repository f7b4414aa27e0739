//! The candidates in order: by the mean cosine to the seeds.

use super::{
    filter::Filter,
    request::{Request, Target},
    seed::ResolvedSeed,
};
use crate::{
    catalog::attributes::{Attribute, Moments},
    column::IntColumn,
    model::Model,
    search::{Query, SearchMethod},
    vector::{LANES, Vector, similarity},
};

/// What all negative seeds together count for, where the seeds count for 1 (Rocchio's formula with the weights 0.25 and 0.75 of
/// Salton and Buckley 1990, "Improving retrieval performance by relevance feedback").
const NEGATIVE_WEIGHT: f64 = 1.0 / 3.0;
/// What a feature costs that is one deviation from its target, in squared distance: as much as a cosine of 0.125.
const TARGET_WEIGHT: f64 = 0.25;

/// What is ranked, and how.
pub(super) struct Ranking<'a> {
    model: &'a Model,
    seeds: &'a [ResolvedSeed],
    query: Vector,
    request: &'a Request,
    clusters: &'a [usize],
    filter: &'a Filter<'a>,
    targets: Vec<TargetCost<'a>>,
}

/// One candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ranked {
    pub(super) row: u32,
    /// Higher is better: the cosine to what is searched for, less what targets cost.
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
    ) -> Self {
        let query = direction(seeds, negative);
        Self { model, seeds, query, request, clusters, filter, targets: targets(model, &request.targets) }
    }

    /// The best `most` different songs, best first; fewer only where there are no more.
    pub(super) fn best(&self, most: usize) -> (Vec<Ranked>, SearchMethod) {
        let cost = |row: u32| self.targets.iter().map(|target| target.of(row)).sum::<f32>();
        let query = Query {
            vector: &self.query,
            clusters: self.clusters,
            want: most,
            search: self.request.search,
            allowed: self.filter.allowed(),
            songs: self.model.songs(),
            cost: if self.targets.is_empty() { None } else { Some(&cost) },
        };
        let (found, searched) = self.model.neighbors().nearest(&query);
        let ranked = found.iter().map(|neighbor| Ranked {
            row: neighbor.row,
            score: f64::from(1.0 - neighbor.distance / 2.0),
            similarity: self.similarity(neighbor.row),
        });
        (ranked.collect(), searched)
    }

    fn similarity(&self, row: u32) -> f32 {
        let vector = self.model.neighbors().nodes().vector(row);
        let sum: f32 = self.seeds.iter().map(|seed| similarity(seed.vector.squared_distance(&vector))).sum();
        sum / self.seeds.len() as f32
    }
}

/// The vector whose nearest neighbours have the highest mean cosine to the seeds, less that to the negative seeds: the mean of the
/// ones less the mean of the others. One search for any number of seeds.
fn direction(seeds: &[ResolvedSeed], negative: &[ResolvedSeed]) -> Vector {
    if let ([seed], []) = (seeds, negative) {
        return seed.vector;
    }
    let mut sum = [0.0; LANES];
    for (seeds, weight) in [(seeds, 1.0), (negative, -NEGATIVE_WEIGHT)] {
        for seed in seeds {
            for (sum, lane) in sum.iter_mut().zip(seed.vector.lanes()) {
                *sum += weight * f64::from(*lane) / seeds.len() as f64;
            }
        }
    }
    Vector::unit(&sum)
}

/// What each track costs for its distance from a target.
enum TargetCost<'a> {
    /// The codes of a feature, and what each code costs.
    Feature(&'a IntColumn, Vec<f32>),
    /// The column of an attribute, which may have any number of different values.
    Attribute { codes: &'a IntColumn, wanted: f64, moments: Moments },
}

impl TargetCost<'_> {
    fn of(&self, row: u32) -> f32 {
        match self {
            Self::Feature(codes, costs) => costs[codes.get(row as usize) as usize],
            Self::Attribute { moments: Moments { deviation: 0.0, .. }, .. } => 0.0,
            Self::Attribute { codes, wanted, moments: Moments { mean, deviation } } => {
                let squared = |value: f64| ((value - wanted) / deviation).powi(2);
                // What is unknown costs what the known ones cost on average: the variance, and how far the mean is off.
                let off = match codes.get(row as usize).checked_sub(1) {
                    Some(value) => squared(value.into()),
                    None => 1.0 + squared(*mean),
                };
                (TARGET_WEIGHT * off) as f32
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
        let wanted = scaler.scale_one(feature, target.value);
        let cost = |value: &f64| (TARGET_WEIGHT * (scaler.scale_one(feature, *value) - wanted).powi(2)) as f32;
        Some(TargetCost::Feature(column.codes(), column.values().iter().map(cost).collect()))
    };
    targets.iter().filter_map(target).collect()
}

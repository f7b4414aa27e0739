//! Why a track is in an answer, feature by feature.

use super::seed::ResolvedSeed;
use crate::{model::Model, vector::Vector};

/// How many features of each kind are named.
const MAX_CONTRIBUTIONS: usize = 3;

/// What binds a track to a seed, and what sets it apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The seed that the track is most like, by its place in the request.
    pub seed: usize,
    /// Features that bind most, the strongest first. The shares of all features add up to the similarity.
    pub similarities: Vec<Contribution>,
    /// Features that differ most, the most different first. The shares of all features add up to 1 less the similarity (to 0 where
    /// both tracks are at the mean of every feature).
    pub differences: Vec<Contribution>,
}

/// One feature's part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution {
    /// The feature's place in the model.
    pub feature: usize,
    /// Its value in the seed, in the file's own unit.
    pub seed: f64,
    /// Its value in the track, in the file's own unit.
    pub track: f64,
    /// Its part of the similarity, or of the difference.
    pub share: f64,
}

/// Explains a row of the catalogue by the seed that it is most like.
///
/// # Panics
///
/// If `row` is not a row of the catalogue, or there are no seeds.
pub fn explain(model: &Model, seeds: &[ResolvedSeed], row: u32) -> Explanation {
    let vector = model.neighbors().nodes().vector(row);
    let features = model.scaler().len();
    let likeness = |seed: &Vector| seed.cosine(&vector, features);
    let mut nearest = 0;
    for at in 1..seeds.len() {
        if likeness(&seeds[at].vector) > likeness(&seeds[nearest].vector) {
            nearest = at;
        }
    }
    let seed = &seeds[nearest];
    let raw = model.catalog().raw(row);
    let shares = |part: &dyn Fn(f64, f64) -> f64| -> Vec<Contribution> {
        let mut shares: Vec<Contribution> = (0..raw.len())
            .map(|feature| {
                let (a, b) = (seed.vector.lanes()[feature], vector.lanes()[feature]);
                Contribution {
                    feature,
                    seed: seed.features[feature],
                    track: raw[feature],
                    share: part(a.into(), b.into()),
                }
            })
            .filter(|share| share.share > 0.0)
            .collect();
        shares.sort_by(|a, b| b.share.total_cmp(&a.share));
        shares.truncate(MAX_CONTRIBUTIONS);
        shares
    };
    // a · b is the cosine, |a - b|² / 2 is 1 - cosine: both are sums over the features. Where one has no direction the cosine is 0,
    // and |a - b|² is 1.
    let half = if seed.vector.is_zero(features) || vector.is_zero(features) { 1.0 } else { 0.5 };
    Explanation {
        seed: nearest,
        similarities: shares(&|a, b| a * b),
        differences: shares(&|a, b| (a - b) * (a - b) * half),
    }
}

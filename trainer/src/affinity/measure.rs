//! What affinities bring to the continuation of playlists, by cross-validation: neither companions nor weights know the playlists
//! that they are measured on.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;
use recommender::{
    Model,
    affinity::{AffinityKind, AffinityWeights},
    recommend::{Affinity, MAX_LIMIT, Seed},
};
use serde::Serialize;

use super::learn;
use crate::evaluation::{Error, Halves, continuation_request};

/// What affinities bring, by five folds of playlists.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Affinities {
    /// Playlists that were continued, each once.
    pub playlists: usize,
    /// How many folds they were dealt into. Those of each fold are continued with companions and weights of the others.
    pub folds: usize,
    /// Audio alone, and each affinity added to those before it.
    pub methods: Vec<AffinityMethod>,
    /// The weights that each fold was continued with.
    pub weights: Vec<AffinityWeights>,
}

/// One way to rank, and how much of the hidden half of playlists it finds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AffinityMethod {
    /// The affinities that count; none for audio alone.
    pub affinities: Vec<&'static str>,
    /// From five of the songs that are shown.
    pub five_seeds: [Estimate; 2],
    /// From all that are shown, a hundred at most.
    pub half: [Estimate; 2],
}

/// A mean over the playlists, 0 to 1: first the recall among a hundred, then the R-precision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl Estimate {
    fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        Self { mean, standard_error: (squares / (count - 1.0).max(1.0) / count).sqrt() }
    }
}

/// Measures these affinities on playlists, lists of rows of different songs. The model is left with the companions of all playlists.
/// `None` where there are too few playlists of ten songs to tell.
///
/// # Errors
///
/// Where the model does not answer, which would be a defect.
pub fn measure(
    model: &mut Model,
    playlists: &[&[u32]],
    kinds: &[AffinityKind],
    seed: u64,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Option<Affinities>, Error> {
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    let halves: Vec<Option<Halves>> = playlists.iter().map(|rows| Halves::of(model, rows.to_vec(), &mut rng)).collect();
    let long = halves.iter().flatten().count();
    if long < learn::MIN_PLAYLISTS {
        return Ok(None);
    }
    // Of very many playlists, as many of each fold.
    let step = long.div_ceil(learn::MAX_PLAYLISTS);
    let (mut scores, mut weights): (Vec<Vec<[f64; 4]>>, _) = (Vec::new(), Vec::new());
    // Other folds than those that weights are learned by, so that no fold of theirs is one of these.
    for (done, fold) in learn::folds(playlists.len(), !seed).into_iter().enumerate() {
        let mut is_held_out = vec![false; playlists.len()];
        fold.iter().for_each(|place| is_held_out[*place] = true);
        let others: Vec<&[u32]> =
            playlists.iter().zip(&is_held_out).filter(|(_, held_out)| !**held_out).map(|(rows, _)| *rows).collect();
        let learned = learn::learn(model, &others, kinds, seed)?;
        let methods = methods(&learned);
        let held_out: Vec<&Halves> = fold.iter().filter_map(|place| halves[*place].as_ref()).step_by(step).collect();
        let model = &*model;
        let of_one = |halves: &&Halves| methods.iter().map(|weights| score(model, halves, weights)).collect();
        scores.extend(held_out.par_iter().map(of_one).collect::<Result<Vec<Vec<[f64; 4]>>, Error>>()?);
        weights.push(learned);
        progress(done as u64 + 1);
    }
    learn::set_companions(model, playlists.iter().copied())?;
    let Some(last) = weights.last() else { return Ok(None) };
    let methods = methods(last).into_iter().enumerate().map(|(method, weights)| {
        let [a, b, c, d] = [0, 1, 2, 3].map(|score| {
            let values: Vec<f64> = scores.iter().map(|all| all[method][score]).collect();
            Estimate::of(&values)
        });
        let affinities = weights.iter().map(|(kind, _)| kind.name()).collect();
        AffinityMethod { affinities, five_seeds: [a, b], half: [c, d] }
    });
    Ok(Some(Affinities { playlists: scores.len(), folds: learn::FOLDS, methods: methods.collect(), weights }))
}

/// No affinity, the first of them, the first two, and so on.
fn methods(weights: &AffinityWeights) -> Vec<AffinityWeights> {
    let mut methods = vec![AffinityWeights::default()];
    for (kind, weight) in weights.iter() {
        methods.push(methods[methods.len() - 1].with(kind, Some(weight)));
    }
    methods
}

/// Recall@100 and R-precision from five seeds, and from all that are shown.
fn score(model: &Model, halves: &Halves, weights: &AffinityWeights) -> Result<[f64; 4], Error> {
    let mut scores = [0.0; 4];
    for (place, seeds) in [halves.few(), halves.many()].into_iter().enumerate() {
        let seeds = seeds.iter().map(|row| Seed::Row(*row)).collect();
        let mut request = continuation_request(model, halves, seeds);
        request.affinity = Some(Affinity::Weights(*weights));
        let answer = model.recommend(&request)?;
        let hits = |most: usize| {
            let first = answer.tracks.iter().take(most);
            first.filter(|track| halves.hidden.contains(&model.songs().of(track.row))).count() as f64
        };
        let most = halves.hidden.len().min(MAX_LIMIT);
        scores[2 * place] = hits(MAX_LIMIT) / halves.hidden.len() as f64;
        scores[2 * place + 1] = hits(most) / most as f64;
    }
    Ok(scores)
}

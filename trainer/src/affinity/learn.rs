//! What each affinity counts for, learned from playlists: half of each is hidden, and the weights are those with which most of the
//! hidden songs are among the first hundred, from five seeds and from the whole other half.
//!
//! No playlist is judged by companions that were counted on it: playlists are dealt into folds, and the candidates of each fold are
//! gathered with the companions of the others. The weights are then found by coordinate search over a small grid, on the candidates
//! alone: the model is not asked again.

use rand::{SeedableRng, seq::SliceRandom};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;
use recommender::{
    Model,
    affinity::{AffinityKind, AffinityWeights},
    recommend::{MAX_LIMIT, Seed},
};

use super::companions;
use crate::evaluation::{self, Halves, continuation_request};

/// Into how many folds playlists are dealt.
pub const FOLDS: usize = 5;
/// With fewer playlists of ten songs, the default weights are kept.
pub const MIN_PLAYLISTS: usize = 20;
/// So many playlists are learned from, at most.
pub const MAX_PLAYLISTS: usize = 500;
/// The weights that are tried. 0 is among them: what does not help does not count. Nothing counts for more than the audio but
/// playlists, of which two songs seldom have many in common.
const GRID: [f64; 7] = [0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0];
const PLAYLISTS_GRID: [f64; 9] = [0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0];
/// How often each weight is looked for, given the others.
const PASSES: usize = 3;
/// What playlists in common count for where there are too few to learn from.
const DEFAULT_PLAYLISTS_WEIGHT: f64 = 0.6;

/// What the weights of a catalogue are before anything is learned.
pub fn initial(model: &Model, kinds: &[AffinityKind]) -> AffinityWeights {
    let catalog = model.catalog();
    let defaults = AffinityWeights::defaults(catalog.years.is_some(), catalog.genres.is_some());
    let defaults = defaults.with(AffinityKind::Playlists, Some(DEFAULT_PLAYLISTS_WEIGHT));
    let left_out = AffinityKind::ALL.into_iter().filter(|kind| !kinds.contains(kind));
    left_out.fold(defaults, |weights, kind| weights.with(kind, None))
}

/// Deals playlists into folds, at random: the places of each fold's.
pub fn folds(playlists: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut places: Vec<usize> = (0..playlists).collect();
    places.shuffle(&mut Xoshiro256Plus::seed_from_u64(seed));
    let mut folds = vec![Vec::new(); FOLDS];
    places.into_iter().enumerate().for_each(|(number, place)| folds[number % FOLDS].push(place));
    folds
}

/// The weights of these affinities with which hidden halves of the playlists are found best. The model is left with the companions
/// of all of them.
///
/// # Errors
///
/// Where the model does not answer, which would be a defect.
pub fn learn(
    model: &mut Model,
    playlists: &[&[u32]],
    kinds: &[AffinityKind],
    seed: u64,
) -> Result<AffinityWeights, evaluation::Error> {
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    let halves: Vec<Option<Halves>> = playlists.iter().map(|rows| Halves::of(model, rows.to_vec(), &mut rng)).collect();
    let long = halves.iter().flatten().count();
    let mut examples = Vec::new();
    if long >= MIN_PLAYLISTS {
        // Of very many playlists, as many of each fold.
        let step = long.div_ceil(MAX_PLAYLISTS);
        for fold in folds(playlists.len(), seed) {
            let mut is_held_out = vec![false; playlists.len()];
            fold.iter().for_each(|place| is_held_out[*place] = true);
            let others = playlists.iter().zip(&is_held_out).filter(|(_, held_out)| !**held_out);
            set_companions(model, others.map(|(rows, _)| *rows))?;
            let held_out: Vec<&Halves> =
                fold.iter().filter_map(|place| halves[*place].as_ref()).step_by(step).collect();
            let model = &*model;
            let gathered: Vec<[Example; 2]> = held_out
                .par_iter()
                .map(|halves| {
                    Ok([Example::gather(model, halves, halves.few())?, Example::gather(model, halves, halves.many())?])
                })
                .collect::<Result<_, evaluation::Error>>()?;
            examples.extend(gathered.into_iter().flatten());
        }
    }
    set_companions(model, playlists.iter().copied())?;
    Ok(search(&examples, initial(model, kinds), kinds))
}

/// Gives a model the companions of these playlists.
///
/// # Errors
///
/// Where they are not the model's, which would be a defect.
pub fn set_companions<'a>(
    model: &mut Model,
    playlists: impl Iterator<Item = &'a [u32]>,
) -> Result<(), evaluation::Error> {
    let companions = companions::count(model, playlists);
    model.set_companions(Some(Box::new(companions)))?;
    Ok(())
}

/// One playlist to continue: the candidates for it.
struct Example {
    /// Of each candidate its mean cosine, what each affinity is, and whether it is hidden.
    candidates: Vec<(f32, [f32; AffinityKind::ALL.len()], bool)>,
    hidden: usize,
}

impl Example {
    fn gather(model: &Model, halves: &Halves, seeds: &[u32]) -> Result<Self, evaluation::Error> {
        let seeds = seeds.iter().map(|row| Seed::Row(*row)).collect();
        let mut found = model.affinity_candidates(&continuation_request(model, halves, seeds))?;
        // Of several releases the one that is nearest.
        let song = |row: u32| model.songs().of(row);
        found.sort_unstable_by(|a, b| {
            song(a.row).cmp(&song(b.row)).then(b.similarity.total_cmp(&a.similarity)).then(a.row.cmp(&b.row))
        });
        found.dedup_by_key(|candidate| song(candidate.row));
        let candidates = found
            .into_iter()
            .map(|candidate| (candidate.similarity, candidate.values, halves.hidden.contains(&song(candidate.row))))
            .collect();
        Ok(Self { candidates, hidden: halves.hidden.len() })
    }

    /// Recall among the first hundred.
    fn recall(&self, weights: &[f32; AffinityKind::ALL.len()]) -> f64 {
        let mut scores: Vec<(f32, bool)> = self
            .candidates
            .iter()
            .map(|(similarity, values, is_hidden)| {
                let bonus: f32 = values.iter().zip(weights).map(|(value, weight)| value * weight).sum();
                (similarity + bonus, *is_hidden)
            })
            .collect();
        if scores.len() > MAX_LIMIT {
            scores.select_nth_unstable_by(MAX_LIMIT - 1, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            scores.truncate(MAX_LIMIT);
        }
        scores.iter().filter(|(_, is_hidden)| *is_hidden).count() as f64 / self.hidden as f64
    }
}

/// The weights with the highest mean recall, one after the other given the others; of equals the lowest.
fn search(examples: &[Example], start: AffinityWeights, kinds: &[AffinityKind]) -> AffinityWeights {
    if examples.is_empty() {
        return start;
    }
    let mean = |weights: &AffinityWeights| -> f64 {
        let weights = AffinityKind::ALL.map(|kind| weights.get(kind).unwrap_or(0.0) as f32);
        let recalls: Vec<f64> = examples.par_iter().map(|example| example.recall(&weights)).collect();
        // One after the other: a sum of floats depends on the order.
        recalls.iter().sum::<f64>()
    };
    let (mut best, mut best_recall) = (start, mean(&start));
    for _ in 0..PASSES {
        let before = best;
        for kind in kinds {
            let grid = if *kind == AffinityKind::Playlists { &PLAYLISTS_GRID[..] } else { &GRID };
            for weight in grid.iter().copied() {
                let tried = best.with(*kind, Some(weight));
                let recall = mean(&tried);
                let is_lower = best.get(*kind).is_some_and(|current| weight < current);
                if recall > best_recall || (recall == best_recall && is_lower) {
                    (best, best_recall) = (tried, recall);
                }
            }
        }
        if best == before {
            break;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_hidden_songs_from_others_counts_and_nothing_else_does() {
        // Hidden songs share an artist with the seeds and are far by audio; years say nothing.
        let candidates = (0..400).map(|number| {
            let is_hidden = number % 10 == 0;
            let values = [if is_hidden { 1.0 } else { 0.0 }, (number % 7) as f32 / 7.0, 0.0, 0.0];
            (if is_hidden { 0.1 } else { 0.8 }, values, is_hidden)
        });
        let example = Example { candidates: candidates.collect(), hidden: 40 };
        let kinds = [AffinityKind::Artist, AffinityKind::Year];
        let start = AffinityWeights::defaults(true, false);
        let found = search(&[example], start, &kinds);
        assert!(found.artist.is_some_and(|weight| weight >= 0.7), "{found:?}");
        assert_eq!((found.year, found.genre, found.playlists), (Some(0.0), None, None));
        assert_eq!(search(&[], start, &kinds), start, "nothing to learn from");
    }

    #[test]
    fn folds_are_disjoint_and_hold_all() {
        let mut all = folds(23, 7).concat();
        all.sort_unstable();
        assert_eq!(all, (0..23).collect::<Vec<_>>());
        assert_eq!(folds(23, 7), folds(23, 7));
        assert_ne!(folds(23, 7), folds(23, 8));
    }
}

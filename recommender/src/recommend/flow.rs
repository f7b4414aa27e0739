//! The order in which songs follow one another best.
//!
//! A step from a song to the next costs its distance in tempo and in key, each over its mean between any two of the songs, and a jump
//! in energy:
//!
//! - **Tempo**: octaves between the tempos, where half and double tempo are near: x octaves are |x - n| + n / 50, n being the whole
//!   number next to x.
//! - **Key**: steps on the circle of fifths between the keys, a minor key being at its relative major, and a quarter of a step more
//!   between major and minor (the wheel that disc jockeys mix by).
//! - **Energy**: what it changes beyond half a standard deviation, in standard deviations, times [`ENERGY_WEIGHT`].
//!
//! What is not known of a song costs what it does on average. The cheapest order is a shortest path through all songs with a fixed
//! start, which is found nearly: nearest neighbour, then 2-opt (Croes 1958) and Or-opt (Or 1976) until neither finds a cheaper order, or
//! for [`MAX_ROUNDS`] rounds: for a hundred songs a few milliseconds.

use super::{answer::Recommendation, error::Error, seed::ResolvedSeed};
use crate::{catalog::attributes::Attribute, model::Model};

/// What half and double tempo cost for each octave, in octaves.
const OCTAVE_STEP: f64 = 0.02;
/// What a change between major and minor costs, in steps on the circle of fifths.
const MODE_STEP: f64 = 0.25;
/// A change of energy that is no jump, in standard deviations.
const ENERGY_STEP: f64 = 0.5;
/// What a jump in energy of one deviation costs, beside a mean step in tempo or in key.
const ENERGY_WEIGHT: f64 = 0.3;
/// How often all changes are tried.
const MAX_ROUNDS: usize = 30;
/// The longest run of songs that Or-opt moves.
const MAX_RUN: usize = 3;

/// What of a song a step depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sound {
    /// Binary logarithm of the tempo.
    octave: Option<f64>,
    /// Place on the circle of fifths, 0 to 11, of the key or of its relative major; and whether it is minor.
    key: Option<(u32, bool)>,
    /// In standard deviations.
    energy: Option<f64>,
}

impl Sound {
    fn new(tempo: Option<f64>, key: Option<(u32, bool)>, energy: Option<f64>) -> Self {
        // Files have a tempo of 0 where none was found.
        let octave = tempo.filter(|tempo| *tempo > 0.0).map(f64::log2);
        let fifths = |(pitch, minor): (u32, bool)| ((pitch + if minor { 3 } else { 0 }) * 7 % 12, minor);
        Self { octave, key: key.map(fifths), energy }
    }

    /// Octaves between two tempos, of which whole ones hardly count.
    fn tempo_step(&self, other: &Self) -> Option<f64> {
        let octaves = (self.octave? - other.octave?).abs();
        Some((octaves - octaves.round()).abs() + octaves.round() * OCTAVE_STEP)
    }

    /// Steps on the circle of fifths.
    fn key_step(&self, other: &Self) -> Option<f64> {
        let ((a, a_minor), (b, b_minor)) = (self.key?, other.key?);
        let steps = a.abs_diff(b);
        Some(f64::from(steps.min(12 - steps)) + if a_minor == b_minor { 0.0 } else { MODE_STEP })
    }

    /// What the energy jumps, in standard deviations.
    fn jump(&self, other: &Self) -> Option<f64> {
        Some(((self.energy? - other.energy?).abs() - ENERGY_STEP).max(0.0))
    }
}

/// What the steps between songs cost: a square, row by row.
fn costs(sounds: &[Sound]) -> Vec<f64> {
    let mut costs = vec![0.0; sounds.len() * sounds.len()];
    let mut add = |step: fn(&Sound, &Sound) -> Option<f64>, weight: Option<f64>| {
        let steps = || sounds.iter().flat_map(|a| sounds.iter().map(move |b| step(a, b)));
        // Between different songs: a song is no step from itself.
        let (sum, count) = steps().flatten().fold((0.0, 0_usize), |(sum, count), step| (sum + step, count + 1));
        let itself = sounds.iter().filter(|sound| step(sound, sound).is_some()).count();
        let mean = sum / count.saturating_sub(itself).max(1) as f64;
        let scale = weight.unwrap_or(if mean > 0.0 { 1.0 / mean } else { 0.0 });
        costs.iter_mut().zip(steps()).for_each(|(cost, step)| *cost += scale * step.unwrap_or(mean));
    };
    add(Sound::tempo_step, None);
    add(Sound::key_step, None);
    add(Sound::jump, Some(ENERGY_WEIGHT));
    costs
}

/// Whether the catalogue has anything to order by.
pub(super) fn check(model: &Model) -> Result<(), Error> {
    let has = |name: &str| feature(model, name).is_some();
    if has("tempo") || has("energy") || has_keys(model) {
        return Ok(());
    }
    Err(Error::NoColumn { column: "tempo, key or energy", parameter: "order=flow" })
}

/// Puts tracks in the order in which they follow one another best: from the seed on where there is one, otherwise from the most similar
/// track on, which is the first of `tracks`.
pub(super) fn order(model: &Model, seeds: &[ResolvedSeed], tracks: &[Recommendation]) -> Vec<Recommendation> {
    let mut sounds: Vec<Sound> = tracks.iter().map(|track| of_row(model, track.row)).collect();
    let seed = if let [seed] = seeds { Some(of_seed(model, seed)) } else { None };
    let start = usize::from(seed.is_some());
    sounds.splice(0..0, seed);
    shortest_path(&sounds).into_iter().skip(start).map(|at| tracks[at - start]).collect()
}

fn feature(model: &Model, name: &str) -> Option<usize> {
    model.scaler().features.iter().position(|feature| feature == name)
}

fn has_keys(model: &Model) -> bool {
    [Attribute::Key, Attribute::Mode].iter().all(|attribute| model.catalog().attributes.column(*attribute).is_some())
}

/// The key of a row, 0 (C) to 11, and whether it is minor; where one of the two is not known, nothing.
fn key_of(model: &Model, row: u32) -> Option<(u32, bool)> {
    let known = |attribute| model.catalog().attributes.get(attribute, row);
    Some((known(Attribute::Key)?, known(Attribute::Mode)? == 0))
}

fn of_row(model: &Model, row: u32) -> Sound {
    let value = |name| feature(model, name).map(|at| (at, model.catalog().features[at].get(row as usize)));
    let energy = value("energy").map(|(at, energy)| model.scaler().scale_one(at, energy));
    Sound::new(value("tempo").map(|(_, tempo)| tempo), key_of(model, row), energy)
}

fn of_seed(model: &Model, seed: &ResolvedSeed) -> Sound {
    if let Some(row) = seed.row {
        return of_row(model, row);
    }
    let value = |name| feature(model, name).map(|at| (at, seed.features[at]));
    let energy = value("energy").map(|(at, energy)| model.scaler().scale_one(at, energy));
    Sound::new(value("tempo").map(|(_, tempo)| tempo), None, energy)
}

/// An order of all places that begins with the first, and whose steps cost little together.
fn shortest_path(sounds: &[Sound]) -> Vec<usize> {
    let count = sounds.len();
    let costs = costs(sounds);
    let cost = |a: usize, b: usize| costs[a * count + b];
    let mut path: Vec<usize> = Vec::with_capacity(count);
    let mut left: Vec<usize> = (0..count).collect();
    let mut last = 0;
    while !left.is_empty() {
        // The earlier of two equals: the better by rank.
        let nearest = if path.is_empty() {
            0
        } else {
            (1..left.len()).fold(0, |best, at| if cost(last, left[at]) < cost(last, left[best]) { at } else { best })
        };
        last = left.remove(nearest);
        path.push(last);
    }
    for _ in 0..MAX_ROUNDS {
        let shorter = reverse_runs(&mut path, &cost) | move_runs(&mut path, &cost);
        if !shorter {
            break;
        }
    }
    path
}

/// What a change must save: less is rounding.
const MIN_GAIN: f64 = 1e-9;

/// 2-opt: reverses runs where that is cheaper. The end of the path is free. Says whether any was.
fn reverse_runs(path: &mut [usize], cost: &impl Fn(usize, usize) -> f64) -> bool {
    let mut changed = false;
    for start in 1..path.len() {
        for end in start + 1..path.len() {
            let behind = path.get(end + 1).copied();
            let step = |a: usize, b: Option<usize>| b.map_or(0.0, |b| cost(a, b));
            let before = cost(path[start - 1], path[start]) + step(path[end], behind);
            let after = cost(path[start - 1], path[end]) + step(path[start], behind);
            if after < before - MIN_GAIN {
                path[start..=end].reverse();
                changed = true;
            }
        }
    }
    changed
}

/// Or-opt: moves runs of up to [`MAX_RUN`] elsewhere, as they are or reversed, where that is cheaper. Says whether any was.
fn move_runs(path: &mut Vec<usize>, cost: &impl Fn(usize, usize) -> f64) -> bool {
    let mut changed = false;
    for length in 1..=MAX_RUN {
        for start in 1..path.len().saturating_sub(length - 1) {
            let run = path[start..start + length].to_vec();
            let (first, last) = (run[0], run[length - 1]);
            let rest: Vec<usize> = path[..start].iter().chain(&path[start + length..]).copied().collect();
            let step = |a: usize, b: Option<usize>| b.map_or(0.0, |b| cost(a, b));
            // What the run costs between its neighbours, over what these cost without it.
            let between = |at: usize, first: usize, last: usize| {
                let (before, behind) = (rest[at - 1], rest.get(at).copied());
                cost(before, first) + step(last, behind) - step(before, behind)
            };
            let mut best = (between(start, first, last) - MIN_GAIN, start, false);
            for at in 1..=rest.len() {
                for (reversed, first, last) in [(false, first, last), (true, last, first)] {
                    let found = between(at, first, last);
                    if found < best.0 {
                        best = (found, at, reversed);
                    }
                }
            }
            let (_, at, reversed) = best;
            if at != start || reversed {
                let mut run = run;
                if reversed {
                    run.reverse();
                }
                *path = rest;
                path.splice(at..at, run);
                changed = true;
            }
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tempo(tempo: f64) -> Sound {
        Sound::new(Some(tempo), None, None)
    }

    #[test]
    fn half_and_double_tempo_are_near() {
        let step = |other: f64| tempo(80.0).tempo_step(&tempo(other)).expect("both are known");
        assert!(step(160.0) < step(84.0) && step(40.0) < step(84.0));
        assert!(step(81.0) < step(160.0), "but not as near as nearly the same");
        assert!(step(110.0) > step(90.0) && step(320.0) > step(160.0));
        assert_eq!(tempo(0.0).tempo_step(&tempo(80.0)), None);
    }

    #[test]
    fn keys_are_as_far_as_the_circle_of_fifths_has_them() {
        let step = |a: (u32, bool), b: (u32, bool)| {
            Sound::new(None, Some(a), None).key_step(&Sound::new(None, Some(b), None)).expect("both are known")
        };
        let c = (0, false);
        assert_eq!([(7, false), (5, false), (6, false), (1, false)].map(|other| step(c, other)), [1.0, 1.0, 6.0, 5.0]);
        assert_eq!(step(c, (9, true)), MODE_STEP, "the relative minor");
        assert_eq!(step((9, true), (4, true)), 1.0);
    }

    #[test]
    fn energy_costs_where_it_jumps() {
        let jump = |a: f64, b: f64| Sound::new(None, None, Some(a)).jump(&Sound::new(None, None, Some(b)));
        assert_eq!((jump(0.0, 0.4), jump(2.0, 0.0)), (Some(0.0), Some(1.5)));
    }

    #[test]
    fn what_is_unknown_costs_as_much_as_on_average() {
        let sounds = [tempo(100.0), tempo(110.0), tempo(130.0), tempo(0.0)];
        let costs = costs(&sounds);
        let known: f64 = [(0, 1), (0, 2), (1, 2)].iter().map(|(a, b)| costs[a * 4 + b]).sum::<f64>() / 3.0;
        assert!((known - costs[3]).abs() < 1e-12 && (costs[3] - costs[7]).abs() < 1e-12, "{costs:?}");
    }

    fn length(sounds: &[Sound], path: &[usize]) -> f64 {
        let costs = costs(sounds);
        path.windows(2).map(|pair| costs[pair[0] * sounds.len() + pair[1]]).sum()
    }

    #[test]
    fn a_path_is_as_short_as_the_shortest_of_all_orders_or_nearly() {
        let mut state = 5_u32;
        let mut random = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1_u32 << 24)
        };
        let (mut found, mut shortest) = (0.0, 0.0);
        for _ in 0..30 {
            let sounds: Vec<Sound> = (0..7)
                .map(|_| {
                    Sound::new(
                        Some(60.0 + 120.0 * random()),
                        Some(((random() * 12.0) as u32, random() < 0.5)),
                        Some(random()),
                    )
                })
                .collect();
            let path = shortest_path(&sounds);
            let mut sorted = path.clone();
            sorted.sort_unstable();
            assert!(path[0] == 0 && sorted.into_iter().eq(0..7), "{path:?}");
            found += length(&sounds, &path);
            let mut best = f64::INFINITY;
            permute(&mut vec![0], &sounds, &mut best);
            shortest += best;
        }
        assert!(found <= 1.03 * shortest, "{found} is longer than {shortest}");
    }

    fn permute(path: &mut Vec<usize>, sounds: &[Sound], best: &mut f64) {
        if path.len() == sounds.len() {
            *best = best.min(length(sounds, path));
            return;
        }
        for next in 0..sounds.len() {
            if !path.contains(&next) {
                path.push(next);
                permute(path, sounds, best);
                path.pop();
            }
        }
    }

    #[test]
    fn none_and_one_are_paths_too() {
        assert_eq!(shortest_path(&[]), [0_usize; 0]);
        assert_eq!(shortest_path(&[tempo(100.0)]), [0]);
        assert_eq!(shortest_path(&[tempo(100.0), tempo(90.0)]), [0, 1]);
    }
}

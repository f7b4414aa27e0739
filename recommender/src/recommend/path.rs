//! From one song to another: songs in between, in even steps along the line between the two vectors.
//!
//! The line is the great circle through both (spherical linear interpolation, Shoemake 1985), with a point on it for each song in
//! between. Each point has candidates of its own: the songs nearest to it, dealt out in turns, the nearest first, so that no song is a
//! candidate of two points. Of these the path takes one each, so that the sum of the fourth powers of the steps is least, which is so
//! where steps are short and alike, plus the same of each song's way to its point; never an artist after itself. That is a shortest path
//! through layers, found exactly (Viterbi 1967). Where its largest step is more than [`MAX_STEP`] times the mean one, higher powers are
//! tried, for which large steps count more. Where songs lie so far apart somewhere on the way that this does not help, the other steps
//! are made longer: that path's largest step stays, and all others come as near as they can to a part of it.

use std::collections::HashSet;

use super::{
    error::Error,
    filter::Filter,
    lookup::Understood,
    quota::artists_of,
    request::{MAX_LIMIT, Request},
    seed::SeedKind,
};
use crate::{
    model::Model,
    search::{Query, SearchMethod, ef_of},
    text_search::Effort,
    vector::{LANES, Vector, similarity},
};

/// The fewest songs of a path: its ends.
pub const MIN_PATH: usize = 2;
/// How many candidates a point has, to begin with, and at most.
const CANDIDATES: usize = 24;
const MAX_CANDIDATES: usize = 384;
/// Vectors whose sum is shorter are opposite: every direction leads from one to the other.
const MIN_SUM: f64 = 1e-3;
/// A path is even whose largest step is no more than so many times the mean one.
const MAX_STEP: f64 = 2.0;
/// The powers of squared distances that are tried until a path is even.
const POWERS: [i32; 4] = [2, 3, 5, 8];
/// Where no power makes a path even: how long each step should be, as parts of the largest one that are tried. More than
/// 1 / [`MAX_STEP`], as not all of them can.
const STEPS_OF_LARGEST: [f64; 3] = [0.6, 0.75, 0.9];
/// And what a song's way to its point costs then, beside that: its candidates are the songs nearest to it in any case.
const OFF_SHARE: f64 = 0.01;

/// Songs that lead from one to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// How the songs in between were searched for.
    pub search: SearchMethod,
    /// Different songs that could be in between, once the ends and what the request filters and excludes are taken away.
    pub after_filtering_size: u32,
    /// How the ends were understood, where they were not named as the catalogue has them.
    pub understood: [Option<Understood>; 2],
    /// The songs, from end to end.
    pub tracks: Vec<PathTrack>,
}

/// One song of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathTrack {
    /// Row of the catalogue.
    pub row: u32,
    /// Cosine to the song before it; nothing for the first.
    pub similarity: Option<f32>,
}

impl Model {
    /// Songs that lead from the first seed of `request` to the second, `length` with both: in even steps, no song twice, in no other
    /// version, and no artist twice in a row. Of the request, its search, filters, exclusions and versions hold; everything else is for
    /// [`Model::recommend`].
    ///
    /// # Errors
    ///
    /// Where the request is not one of two songs of the catalogue, these are one song, there is no line between them, or there are not
    /// enough songs.
    pub fn path(&self, request: &Request, length: usize) -> Result<Path, Error> {
        request.check(self)?;
        if !(MIN_PATH..=MAX_LIMIT).contains(&length) {
            return Err(Error::OutOfRange { name: "length", expected: "2 to 100", got: length.to_string() });
        }
        let (seeds, _) =
            self.resolve_all(SeedKind::Ends, &request.seeds, &[], request.strict, &mut Effort::default())?;
        let rows: Vec<u32> = seeds.iter().filter_map(|seed| seed.row).collect();
        let &[from, to] = &rows[..] else {
            let got = format!("{} of them", rows.len());
            return Err(Error::OutOfRange { name: "seeds", expected: "two songs of the catalogue", got });
        };
        let songs = request.songs(self);
        if songs.of(from) == songs.of(to) {
            return Err(Error::SameSong);
        }
        let clusters: Vec<usize> = (0..self.clusters().len()).collect();
        let filter = Filter::new(self, request, &clusters, &seeds, &[])?;
        let available = filter.count_songs(&clusters);
        let between = length - 2;
        if (available as usize) < between {
            return Err(Error::TooFewSongs { songs: available });
        }
        let vector = |row: u32| self.neighbors().nodes().vector(row);
        let ends = Ends { from, to };
        let mut search = SearchMethod::Exact;
        let mut rows = vec![from];
        if between > 0 {
            let line = Line::new(&vector(from), &vector(to), self.scaler().len()).ok_or(Error::Opposite)?;
            let points: Vec<Vector> = (1..=between).map(|at| line.at(at as f64 / (length - 1) as f64)).collect();
            let mut count = CANDIDATES;
            let middle = loop {
                // As many more as others may have taken.
                let want = (count + between).min(available as usize);
                let nearest = points.iter().map(|point| {
                    let query = Query {
                        vector: point,
                        clusters: &clusters,
                        want,
                        ef: ef_of(want),
                        search: request.search,
                        allowed: filter.allowed(),
                        songs,
                        costs: None,
                    };
                    let (found, searched) = self.neighbors().nearest(&query);
                    search = searched;
                    found.into_iter().map(|neighbor| neighbor.row).collect()
                });
                let layers = deal(nearest.collect(), count, |row| songs.of(row));
                if let Some(middle) = self.most_even(&ends, &points, &layers) {
                    break middle;
                }
                // So many of the nearest are of one artist: look further.
                if count >= MAX_CANDIDATES || want >= available as usize {
                    return Err(Error::NoPath { length });
                }
                count *= 4;
            };
            rows.extend(middle);
        }
        rows.push(to);
        let before = |at: usize| rows.get(at.checked_sub(1)?).map(|row| vector(*row));
        let tracks = rows.iter().enumerate().map(|(at, row)| PathTrack {
            row: *row,
            similarity: before(at).map(|before| similarity(before.squared_distance(&vector(*row)))),
        });
        let understood = [seeds[0].understood, seeds[1].understood];
        Ok(Path { search, after_filtering_size: available, understood, tracks: tracks.collect() })
    }

    /// The cheapest path by the first power that makes it even; where none does, the one of longer steps if it is more even.
    fn most_even(&self, ends: &Ends, points: &[Vector], layers: &[Vec<u32>]) -> Option<Vec<u32>> {
        let nodes = self.neighbors().nodes();
        // The largest step, and how many times the mean one it is.
        let largest_step = |middle: &[u32]| {
            let rows: Vec<u32> = [ends.from].into_iter().chain(middle.iter().copied()).chain([ends.to]).collect();
            let step = |pair: &[u32]| f64::from(nodes.squared_distance(pair[0], &nodes.vector(pair[1]))).sqrt();
            let steps: Vec<f64> = rows.windows(2).map(step).collect();
            let largest = steps.iter().copied().fold(0.0, f64::max);
            let mean = steps.iter().sum::<f64>() / steps.len() as f64;
            (largest, if mean > 0.0 { largest / mean } else { 1.0 })
        };
        let mut found = (Vec::new(), 0.0, 0.0);
        for power in POWERS {
            let cost = |distance: f64| distance.powi(power);
            let middle = self.cheapest(ends, points, layers, cost, cost)?;
            let (largest, of_mean) = largest_step(&middle);
            if of_mean <= MAX_STEP {
                return Some(middle);
            }
            found = (middle, largest, of_mean);
        }
        let (mut middle, largest, mut of_mean) = found;
        for part in STEPS_OF_LARGEST {
            let wanted = part * largest;
            let step = |distance: f64| {
                let step = distance.sqrt();
                // Rounding apart, the path that was found has no step that costs as much.
                (step - wanted).powi(2) + if step > largest * (1.0 + 1e-6) { 1e6 } else { 0.0 }
            };
            let longer = self.cheapest(ends, points, layers, step, |distance| OFF_SHARE * distance.powi(2))?;
            let of_mean_of_longer = largest_step(&longer).1;
            if of_mean_of_longer < of_mean {
                (middle, of_mean) = (longer, of_mean_of_longer);
            }
            if of_mean <= MAX_STEP {
                break;
            }
        }
        Some(middle)
    }

    /// One row of each layer, so that the path from end to end costs least; nothing where an artist would follow itself on every one.
    /// `step` and `off` say what the squared distance of two songs costs, and that of a song from its point.
    fn cheapest(
        &self,
        ends: &Ends,
        points: &[Vector],
        layers: &[Vec<u32>],
        step: impl Fn(f64) -> f64,
        off: impl Fn(f64) -> f64,
    ) -> Option<Vec<u32>> {
        let nodes = self.neighbors().nodes();
        let share_artist =
            |a: u32, b: u32| artists_of(self, a).iter().any(|artist| artists_of(self, b).contains(artist));
        // What the cheapest path to each row of the layer before costs, and each layer's best rows before its own.
        let mut costs: Vec<(u32, Vector, f64)> = vec![(ends.from, nodes.vector(ends.from), 0.0)];
        let mut before: Vec<Vec<Option<usize>>> = Vec::with_capacity(layers.len());
        let cheapest = |row: u32, vector: &Vector, costs: &[(u32, Vector, f64)]| {
            let cost = |(at, (other, from, cost)): (usize, &(u32, Vector, f64))| {
                let is_open = cost.is_finite() && !share_artist(row, *other);
                is_open.then(|| (cost + step(from.squared_distance(vector).into()), at))
            };
            costs.iter().enumerate().filter_map(cost).min_by(|a, b| a.0.total_cmp(&b.0))
        };
        for (point, layer) in points.iter().zip(layers) {
            let mut next = Vec::with_capacity(layer.len());
            let mut from = Vec::with_capacity(layer.len());
            for row in layer {
                let vector = nodes.vector(*row);
                let found = cheapest(*row, &vector, &costs);
                let off = off(point.squared_distance(&vector).into());
                next.push((*row, vector, found.map_or(f64::INFINITY, |(cost, _)| cost + off)));
                from.push(found.map(|(_, at)| at));
            }
            costs = next;
            before.push(from);
        }
        let (_, mut at) = cheapest(ends.to, &nodes.vector(ends.to), &costs)?;
        let mut rows = Vec::with_capacity(layers.len());
        for (layer, before) in layers.iter().zip(&before).rev() {
            rows.push(layer[at]);
            at = before[at]?;
        }
        rows.reverse();
        Some(rows)
    }
}

struct Ends {
    from: u32,
    to: u32,
}

/// The great circle between two vectors.
struct Line {
    from: [f64; LANES],
    to: [f64; LANES],
    angle: f64,
    features: usize,
}

impl Line {
    /// Nothing between opposite vectors.
    fn new(from: &Vector, to: &Vector, features: usize) -> Option<Self> {
        let [from, to] = [from, to].map(|vector| vector.lanes().map(f64::from));
        let norm = |sign: f64| from.iter().zip(&to).map(|(a, b)| (a + sign * b).powi(2)).sum::<f64>().sqrt();
        let (sum, difference) = (norm(1.0), norm(-1.0));
        // Exact for small angles, where an arc cosine is not (Kahan 2006).
        (sum >= MIN_SUM).then(|| Self { from, to, angle: 2.0 * difference.atan2(sum), features })
    }

    /// The point at a part of the way, 0 to 1.
    fn at(&self, part: f64) -> Vector {
        let sin = self.angle.sin();
        // Nearly one place: a straight line is as good.
        let (a, b) = if sin < 1e-9 {
            (1.0 - part, part)
        } else {
            (((1.0 - part) * self.angle).sin() / sin, (part * self.angle).sin() / sin)
        };
        let mut point = [0.0; LANES];
        for (point, (from, to)) in point.iter_mut().zip(self.from.iter().zip(&self.to)) {
            *point = a * from + b * to;
        }
        // The lane of tracks without a direction is no feature's.
        Vector::unit(&point[..self.features])
    }
}

/// Deals candidates to points: in turns each point takes the nearest of its own that no other has, up to `count` of them. `nearest` are
/// each point's, the nearest first.
fn deal(nearest: Vec<Vec<u32>>, count: usize, song: impl Fn(u32) -> u32) -> Vec<Vec<u32>> {
    let mut layers: Vec<Vec<u32>> = vec![Vec::new(); nearest.len()];
    let mut left: Vec<_> = nearest.into_iter().map(Vec::into_iter).collect();
    let mut taken = HashSet::new();
    for _ in 0..count {
        for (layer, left) in layers.iter_mut().zip(&mut left) {
            layer.extend(left.find(|row| taken.insert(song(*row))));
        }
    }
    layers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_from_end_to_end_in_even_steps() {
        let (from, to) = (Vector::unit(&[1.0, 0.2, 0.0]), Vector::unit(&[-0.9, 0.1, 0.8]));
        let line = Line::new(&from, &to, 3).expect("a line");
        let points: Vec<Vector> = (0..=10).map(|at| line.at(f64::from(at) / 10.0)).collect();
        assert!(points[0].squared_distance(&from) < 1e-9 && points[10].squared_distance(&to) < 1e-9);
        let steps: Vec<f32> = points.windows(2).map(|pair| pair[0].squared_distance(&pair[1])).collect();
        assert!(steps.iter().all(|step| (step - steps[0]).abs() < 1e-6), "{steps:?}");
    }

    #[test]
    fn there_is_no_line_between_opposite_vectors_and_a_point_between_equal_ones() {
        let from = Vector::unit(&[0.3, -0.4, 0.5]);
        assert!(Line::new(&from, &Vector::unit(&[-0.3, 0.4, -0.5]), 3).is_none());
        let line = Line::new(&from, &from, 3).expect("a line");
        assert!(line.at(0.5).squared_distance(&from) < 1e-12);
        let origin = Vector::unit(&[0.0, 0.0, 0.0]);
        let line = Line::new(&origin, &from, 3).expect("a line");
        assert!(line.at(0.5).lanes().iter().all(|lane| lane.is_finite()));
    }

    #[test]
    fn candidates_are_dealt_once() {
        let layers = deal(vec![vec![1, 2, 3, 4], vec![1, 2, 5, 6], vec![2, 1]], 2, |row| row);
        assert_eq!(layers, [vec![1, 3], vec![2, 5], vec![]]);
    }
}

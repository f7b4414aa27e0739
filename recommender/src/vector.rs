//! A track's direction in the scaled feature space, and the distance between two of them.

use std::ops::Range;

/// Lanes of a [`Vector`]: one more than a model has features at most. Those beyond a model's own stay 0, unless a track has
/// no direction.
pub const LANES: usize = 16;

/// Sums of squares between these have lost nothing to overflow, and nothing that matters to underflow.
const MIN_NORM: f64 = 1e-200;
const MAX_NORM: f64 = 1e200;

/// A vector of length 1, padded to 16 lanes.
///
/// A track whose scaled features are all 0 (it is at the mean of every feature) has no direction, and a cosine of 0 with
/// everything (as scikit-learn's `cosine_similarity` has it). Its vector has a 1 in a lane that is no feature's: at a right angle
/// to all tracks with a direction, so that searches need not know of it.
///
/// For vectors of length 1 the squared Euclidean distance is `2 (1 - cosine)`, so that the nearest by either is the
/// same; the former keeps its precision for vectors that are nearly equal, where `1 - cosine` cancels. Components
/// are computed in `f64` with plain additions in lane order, so that they are the same bits on every machine.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub struct Vector([f32; LANES]);

impl Vector {
    /// Normalises a scaled track, shape `(n_features,)` with fewer than [`LANES`] features, to length 1.
    ///
    /// # Panics
    ///
    /// If there are [`LANES`] features or more.
    pub fn unit(scaled: &[f64]) -> Self {
        assert!(scaled.len() < LANES, "{} features leave none of {LANES} lanes", scaled.len());
        let mut lanes = [0.0; LANES];
        let squares = scaled.iter().map(|x| x * x).sum::<f64>();
        if (MIN_NORM..MAX_NORM).contains(&squares) {
            let norm = squares.sqrt();
            for (lane, x) in lanes.iter_mut().zip(scaled) {
                *lane = (x / norm) as f32;
            }
            return Self(lanes);
        }
        // Squares of huge values overflow and those of tiny ones vanish: divided by the largest component first.
        let largest = scaled.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
        if largest > 0.0 {
            let norm = scaled.iter().map(|x| (x / largest) * (x / largest)).sum::<f64>().sqrt();
            for (lane, x) in lanes.iter_mut().zip(scaled) {
                *lane = (x / largest / norm) as f32;
            }
        } else {
            lanes[width(scaled.len()) - 1] = 1.0;
        }
        Self(lanes)
    }

    /// Whether it is that of a track without a direction, in a model of so many features.
    pub fn is_zero(&self, features: usize) -> bool {
        self.0[..features].iter().all(|lane| *lane == 0.0)
    }

    /// Cosine of the angle between two tracks of a model of so many features, -1 to 1; 0 where one has no direction, also between
    /// two of them.
    pub fn cosine(&self, other: &Self, features: usize) -> f32 {
        if self.is_zero(features) { 0.0 } else { similarity(self.squared_distance(other)) }
    }

    /// The components, padded with 0.
    pub fn lanes(&self) -> &[f32; LANES] {
        &self.0
    }

    /// Squared Euclidean distance: 0 (same direction) to 4 (opposite).
    #[inline]
    pub fn squared_distance(&self, other: &Self) -> f32 {
        squared_distance(&self.0, &other.0)
    }
}

/// The vectors of many tracks, each as wide as their features need: [`NARROW_LANES`] with fewer features, [`LANES`] with more.
#[derive(Clone, Debug, PartialEq)]
pub struct Vectors {
    /// Lanes of a row.
    width: usize,
    /// Row after row.
    lanes: Vec<f32>,
}

/// The fewer lanes of a row.
pub const NARROW_LANES: usize = 12;

/// How many lanes so many features need. The last one is never a feature's.
fn width(features: usize) -> usize {
    if features < NARROW_LANES { NARROW_LANES } else { LANES }
}

impl Vectors {
    /// None yet, with memory for `rows` of `features` features.
    pub fn with_capacity(features: usize, rows: usize) -> Self {
        let width = width(features);
        Self { width, lanes: Vec::with_capacity(width * rows) }
    }

    /// Lanes of a row: [`NARROW_LANES`] or [`LANES`].
    pub fn width(&self) -> usize {
        self.width
    }

    /// Appends a row, of which lanes beyond the features are 0.
    pub fn push(&mut self, vector: &Vector) {
        self.lanes.extend_from_slice(&vector.0[..self.width]);
    }

    /// Adds a row like this one behind it.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    pub(crate) fn repeat(&mut self, row: u32) {
        let (start, end) = (row as usize * self.width, (row as usize + 1) * self.width);
        let lanes = self.lanes[start..end].to_vec();
        self.lanes.splice(end..end, lanes);
    }

    /// Whether a row is this vector.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    pub(crate) fn is_at(&self, row: u32, vector: &Vector) -> bool {
        self.lanes(row) == &vector.0[..self.width]
    }

    /// How much memory they take, in bytes.
    pub fn memory(&self) -> usize {
        self.lanes.len() * size_of::<f32>()
    }

    /// Keeps some of the rows, which `rows` names in ascending order.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    pub fn keep(&mut self, rows: &[u32]) {
        for (place, row) in rows.iter().enumerate() {
            let start = *row as usize * self.width;
            self.lanes.copy_within(start..start + self.width, place * self.width);
        }
        self.lanes.truncate(rows.len() * self.width);
        self.shrink_to_fit();
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.lanes.shrink_to_fit();
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.lanes.len() / self.width
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// The components of a row, padded with 0.
    ///
    /// # Panics
    ///
    /// If there is no such row; so do the others.
    #[inline]
    pub fn lanes(&self, row: u32) -> &[f32] {
        &self.lanes[row as usize * self.width..][..self.width]
    }

    /// A row.
    pub fn get(&self, row: u32) -> Vector {
        let mut lanes = [0.0; LANES];
        lanes[..self.width].copy_from_slice(self.lanes(row));
        Vector(lanes)
    }

    /// All rows in order.
    pub fn iter(&self) -> impl Iterator<Item = Vector> + '_ {
        (0..self.len() as u32).map(|row| self.get(row))
    }

    /// [`Vector::squared_distance`] of a row and another vector: the same bits.
    #[inline]
    pub fn squared_distance(&self, row: u32, other: &Vector) -> f32 {
        let lanes = self.lanes(row);
        // A length that is known is a loop that is unrolled.
        match lanes.as_array::<NARROW_LANES>() {
            Some(lanes) => squared_distance(lanes, &other.0),
            None => squared_distance(lanes, &other.0),
        }
    }

    /// Calls `each` with every row of a range and its [`Vectors::squared_distance`]: quicker than row by row.
    #[inline]
    pub fn each(&self, rows: Range<u32>, other: &Vector, mut each: impl FnMut(u32, f32)) {
        let lanes = &self.lanes[rows.start as usize * self.width..rows.end as usize * self.width];
        if self.width == NARROW_LANES {
            for (row, lanes) in rows.zip(lanes.as_chunks::<NARROW_LANES>().0) {
                each(row, squared_distance(lanes, &other.0));
            }
        } else {
            for (row, lanes) in rows.zip(lanes.as_chunks::<LANES>().0) {
                each(row, squared_distance(lanes, &other.0));
            }
        }
    }
}

/// Squared Euclidean distance over the lanes that both have, four sums side by side. Lanes in which both are 0 change no bit.
#[inline]
pub fn squared_distance<const N: usize>(a: &[f32], b: &[f32; N]) -> f32 {
    let mut sums = [0.0_f32; 4];
    for (a, b) in a.chunks_exact(4).zip(b.chunks_exact(4)) {
        for lane in 0..4 {
            let difference = a[lane] - b[lane];
            sums[lane] += difference * difference;
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// Cosine similarity, -1 to 1, from the squared distance of two vectors of length 1.
///
/// It is 0 between a track without a direction and any other. Between two of them it is 1: they are equal. [`Vector::cosine`] gives
/// 0 there too.
pub fn similarity(squared_distance: f32) -> f32 {
    (1.0 - squared_distance / 2.0).clamp(-1.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similarity_is_the_cosine() {
        let (a, b) = ([1.0, 2.0, -0.5], [0.3, -1.0, 4.0]);
        let dot: f64 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
        let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        let cosine = dot / norm(&a) / norm(&b);
        let found = similarity(Vector::unit(&a).squared_distance(&Vector::unit(&b)));
        assert!((f64::from(found) - cosine).abs() < 1e-6, "{found} {cosine}");
    }

    #[test]
    fn rows_are_as_wide_as_their_features_and_as_far_as_their_vectors() {
        for features in [2, 11, 12, 13, 15] {
            let vectors: Vec<Vector> = (0..50_i32)
                .map(|row| {
                    Vector::unit(&(0..features).map(|f| f64::from(row * 37 % (f + 5)) - 2.0).collect::<Vec<_>>())
                })
                .collect();
            let mut rows = Vectors::with_capacity(features as usize, 50);
            vectors.iter().for_each(|vector| rows.push(vector));
            assert_eq!((rows.len(), rows.lanes(0).len()), (50, if features < 12 { 12 } else { 16 }));
            assert!(rows.iter().eq(vectors.iter().copied()));
            let query = &vectors[7];
            let mut seen = 0;
            rows.each(3..50, query, |row, distance| {
                let expected = query.squared_distance(&vectors[row as usize]);
                assert_eq!((distance, rows.squared_distance(row, query)), (expected, expected));
                seen += 1;
            });
            assert_eq!(seen, 47);
        }
    }

    #[test]
    fn the_cosine_with_a_track_without_direction_is_0_in_rows_of_any_width() {
        for features in [2, 11, 12, 15] {
            let zero = Vector::unit(&vec![0.0; features]);
            assert!(zero.is_zero(features));
            let mut rows = Vectors::with_capacity(features, 2);
            rows.push(&zero);
            for feature in 0..features {
                let mut scaled = vec![0.0; features];
                scaled[feature] = -3.0;
                let other = Vector::unit(&scaled);
                assert!(!other.is_zero(features));
                assert_eq!((zero.cosine(&other, features), other.cosine(&zero, features)), (0.0, 0.0));
                assert_eq!(similarity(rows.squared_distance(0, &other)), 0.0, "{features} features");
            }
            assert_eq!((zero.cosine(&zero, features), zero.squared_distance(&rows.get(0))), (0.0, 0.0));
        }
    }

    #[test]
    fn huge_and_tiny_tracks_have_finite_directions() {
        for scaled in [[1e300, -1e300], [1e-300, 1e-300], [1e-100, 1e100], [0.0, 0.0]] {
            assert!(Vector::unit(&scaled).lanes().iter().all(|x| x.is_finite()), "{scaled:?}");
        }
    }
}

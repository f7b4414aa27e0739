//! A track's direction in the scaled feature space, and the distance between two of them.

/// Lanes of a [`Vector`]: features beyond a model's own stay 0.
pub const LANES: usize = 16;

/// Sums of squares between these have lost nothing to overflow, and nothing that matters to underflow.
const MIN_NORM: f64 = 1e-200;
const MAX_NORM: f64 = 1e200;

/// A vector of length 1 (or 0, where every scaled feature is 0), padded to 16 lanes.
///
/// For vectors of length 1 the squared Euclidean distance is `2 (1 - cosine)`, so that the nearest by either is the
/// same; the former keeps its precision for vectors that are nearly equal, where `1 - cosine` cancels. Components
/// are computed in `f64` with plain additions in lane order, so that they are the same bits on every machine.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub struct Vector([f32; LANES]);

impl Vector {
    /// Normalises a scaled track, shape `(n_features,)` with at most [`LANES`] features, to length 1.
    ///
    /// # Panics
    ///
    /// If there are more than [`LANES`] features.
    pub fn unit(scaled: &[f64]) -> Self {
        assert!(scaled.len() <= LANES, "{} features do not fit {LANES} lanes", scaled.len());
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
        }
        Self(lanes)
    }

    /// The components, padded with 0.
    pub fn lanes(&self) -> &[f32; LANES] {
        &self.0
    }

    /// Squared Euclidean distance: 0 (same direction) to 4 (opposite).
    #[inline]
    pub fn squared_distance(&self, other: &Self) -> f32 {
        let mut sums = [0.0_f32; 4];
        for (a, b) in self.0.chunks_exact(4).zip(other.0.chunks_exact(4)) {
            for lane in 0..4 {
                let difference = a[lane] - b[lane];
                sums[lane] += difference * difference;
            }
        }
        (sums[0] + sums[1]) + (sums[2] + sums[3])
    }
}

/// Cosine similarity, -1 to 1, from the squared distance of two vectors of length 1.
///
/// A vector of length 0 (a track at the mean of every feature) has no direction: it is at similarity 0.5 from
/// everything and at 1 from its like.
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
    fn huge_and_tiny_tracks_have_finite_directions() {
        for scaled in [[1e300, -1e300], [1e-300, 1e-300], [1e-100, 1e100], [0.0, 0.0]] {
            assert!(Vector::unit(&scaled).lanes().iter().all(|x| x.is_finite()), "{scaled:?}");
        }
    }
}

//! A vector as instant-distance takes it.

use instant_distance::Point;
use recommender::vector::{Vectors, squared_distance};
use serde::{Serialize, Serializer};

/// A vector of `N` lanes, compared by squared distance. It serialises to nothing: a graph is read out without its points.
#[derive(Clone, Copy, Debug)]
#[repr(align(16))]
pub(super) struct GraphPoint<const N: usize>(pub(super) [f32; N]);

impl<const N: usize> GraphPoint<N> {
    /// All rows, of which lanes beyond `N` are left out.
    pub(super) fn all(vectors: &Vectors) -> Vec<Self> {
        (0..vectors.len() as u32).map(|row| Self::of(vectors.lanes(row))).collect()
    }

    pub(super) fn of(lanes: &[f32]) -> Self {
        let mut point = [0.0; N];
        point.iter_mut().zip(lanes).for_each(|(lane, x)| *lane = *x);
        Self(point)
    }
}

impl<const N: usize> Point for GraphPoint<N> {
    #[inline]
    fn distance(&self, other: &Self) -> f32 {
        squared_distance(&self.0, &other.0)
    }
}

impl<const N: usize> Serialize for GraphPoint<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

//! A vector as instant-distance takes it.

use instant_distance::Point;
use recommender::vector::Vector;
use serde::{Serialize, Serializer, ser::SerializeTuple};

/// A vector, compared by squared distance. It serialises to its lanes: that is how a graph is read out again.
#[derive(Clone, Copy, Debug)]
pub(super) struct GraphPoint(pub(super) Vector);

impl Point for GraphPoint {
    fn distance(&self, other: &Self) -> f32 {
        self.0.squared_distance(&other.0)
    }
}

impl Serialize for GraphPoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lanes = self.0.lanes();
        let mut tuple = serializer.serialize_tuple(lanes.len())?;
        for lane in lanes {
            tuple.serialize_element(lane)?;
        }
        tuple.end()
    }
}

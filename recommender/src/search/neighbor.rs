//! A track and how far it is from what was asked for.

/// A track and how far it is from what was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbor {
    /// Row of the catalogue.
    pub row: u32,
    /// Squared Euclidean distance of the unit vectors, 0 to 4.
    pub distance: f32,
}

impl Neighbor {
    /// Nearest first; rows at the same distance in their own order.
    pub(super) fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.distance.total_cmp(&other.distance).then(self.row.cmp(&other.row))
    }
}

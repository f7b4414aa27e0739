//! The nearest tracks by comparing with every one.

use super::{allowed::Allowed, neighbor::Neighbor, planner::Query};
use crate::vector::Vectors;

/// The `most` nearest rows of `ranges` that are allowed, nearest first.
pub(super) fn nearest(
    vectors: &Vectors,
    ranges: &[std::ops::Range<u32>],
    query: &Query<'_>,
    most: usize,
) -> Vec<Neighbor> {
    let mut found = Found { most, all: Vec::new(), bound: f32::INFINITY };
    for range in ranges {
        match (query.allowed, query.cost) {
            (Allowed::Rows(rows), cost) => {
                for row in rows.iter(range.clone()) {
                    let distance = vectors.squared_distance(row, query.vector);
                    // The cheapest question first: most rows are too far, whatever they cost besides.
                    if distance <= found.bound {
                        found.add(row, distance + cost.map_or(0.0, |cost| cost(row)));
                    }
                }
            }
            (Allowed::AllBut(songs), cost) => vectors.each(range.clone(), query.vector, |row, distance| {
                if distance <= found.bound && !songs.contains(&query.songs.of(row)) {
                    found.add(row, distance + cost.map_or(0.0, |cost| cost(row)));
                }
            }),
        }
    }
    found.into_sorted()
}

/// Rows nearer than the worst that can still matter are gathered until there are twice as many as wanted, then the worse half is
/// thrown away: a selection every so often costs less than a heap kept in order.
struct Found {
    most: usize,
    all: Vec<Neighbor>,
    bound: f32,
}

impl Found {
    fn add(&mut self, row: u32, distance: f32) {
        if distance > self.bound || self.most == 0 {
            return;
        }
        self.all.push(Neighbor { row, distance });
        if self.all.len() >= self.most.saturating_mul(2).max(64) {
            self.all.select_nth_unstable_by(self.most - 1, Neighbor::cmp);
            self.all.truncate(self.most);
            self.bound = self.all[self.most - 1].distance;
        }
    }

    fn into_sorted(mut self) -> Vec<Neighbor> {
        self.all.sort_unstable_by(Neighbor::cmp);
        self.all.truncate(self.most);
        self.all
    }
}

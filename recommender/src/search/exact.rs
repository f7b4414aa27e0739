//! The nearest tracks by comparing with every one.

use std::ops::Range;

use super::{allowed::Allowed, neighbor::Neighbor, nodes::Nodes, planner::Query};

/// The `most` nearest rows of `ranges` that are allowed, nearest first.
pub(super) fn nearest(nodes: &Nodes, ranges: &[Range<u32>], query: &Query<'_>, most: usize) -> Vec<Neighbor> {
    let mut found = Found { most, all: Vec::new(), bound: f32::INFINITY };
    for range in ranges {
        // The cheapest question first: most rows are too far, whatever they cost besides.
        match query.allowed {
            Allowed::Rows(rows) => nodes.each_of(rows, range, query.vector, |row, distance| {
                if distance <= found.bound {
                    found.add(query, row, distance);
                }
            }),
            Allowed::AllBut(songs) => nodes.each(range, query.vector, |node, distance| {
                if distance <= found.bound {
                    found.add_node(query, songs, nodes.rows_of(node), distance);
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

// Both are called seldom: inlined, they would keep the loops around them from being quick ones.
impl Found {
    #[inline(never)]
    fn add_node(&mut self, query: &Query<'_>, left_out: &[u32], rows: Range<u32>, distance: f32) {
        for row in rows.filter(|row| !left_out.contains(&query.songs.of(*row))) {
            self.add(query, row, distance);
        }
    }

    #[inline(never)]
    fn add(&mut self, query: &Query<'_>, row: u32, distance: f32) {
        let distance = distance + query.costs.map_or(0.0, |costs| costs[row as usize]);
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

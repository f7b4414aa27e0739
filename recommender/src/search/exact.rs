//! The nearest tracks by comparing with every one.

use std::ops::Range;

use super::neighbor::Neighbor;
use crate::vector::Vector;

/// The `most` nearest rows of `ranges` that `accept` lets through, nearest first. `cost`, 0 or more, is added to a row's
/// distance.
pub(super) fn nearest(
    vectors: &[Vector],
    ranges: &[Range<u32>],
    vector: &Vector,
    most: usize,
    accept: &dyn Fn(u32) -> bool,
    cost: &dyn Fn(u32) -> f32,
) -> Vec<Neighbor> {
    if most == 0 {
        return Vec::new();
    }
    // Rows nearer than the worst that can still matter are gathered until there are twice as many as wanted, then the
    // worse half is thrown away: a selection every so often costs less than a heap kept in order.
    let full = most.saturating_mul(2).max(64);
    let mut found: Vec<Neighbor> = Vec::new();
    let mut bound = f32::INFINITY;
    for range in ranges {
        let rows = range.start as usize..range.end as usize;
        for (row, other) in range.clone().zip(&vectors[rows]) {
            // The cheapest question first: most rows are too far, whatever they cost besides.
            let distance = vector.squared_distance(other);
            if distance > bound {
                continue;
            }
            let distance = distance + cost(row);
            if distance > bound || !accept(row) {
                continue;
            }
            found.push(Neighbor { row, distance });
            if found.len() >= full {
                found.select_nth_unstable_by(most - 1, Neighbor::cmp);
                found.truncate(most);
                bound = found[most - 1].distance;
            }
        }
    }
    found.sort_unstable_by(Neighbor::cmp);
    found.truncate(most);
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn exact_search_is_brute_force(
            points in prop::collection::vec(prop::array::uniform3(-2i8..3), 1..400),
            most in 0usize..120,
        ) {
            let vectors: Vec<Vector> =
                points.iter().map(|p| Vector::unit(&p.map(f64::from))).collect();
            let all = vectors.len() as u32;
            let mut expected: Vec<Neighbor> = (0..all)
                .filter(|row| row % 7 != 0)
                .map(|row| {
                    let distance = vectors[0].squared_distance(&vectors[row as usize]) + (row % 3) as f32;
                    Neighbor { row, distance }
                })
                .collect();
            expected.sort_by(Neighbor::cmp);
            expected.truncate(most);
            let ranges = [0..all / 3, all / 3..all];
            let found = nearest(&vectors, &ranges, &vectors[0], most, &|row| row % 7 != 0, &|row| (row % 3) as f32);
            prop_assert_eq!(found, expected);
        }
    }
}

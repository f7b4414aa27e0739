//! An order of points in which near ones mostly have near numbers.

use recommender::vector::{LANES, Vector};

/// Sorts `numbers` of points by splitting them at the median of the lane that varies most, again and again (a k-d
/// tree, Bentley 1975): its leaves from left to right. The same points give the same order.
pub(super) fn sort(numbers: &mut [u32], points: &[Vector]) {
    if numbers.len() <= 2 {
        return;
    }
    let lane = widest(numbers, points);
    let key = |number: &u32| points[*number as usize].lanes()[lane];
    let middle = numbers.len() / 2;
    numbers.select_nth_unstable_by(middle, |a, b| key(a).total_cmp(&key(b)).then(a.cmp(b)));
    let (left, right) = numbers.split_at_mut(middle);
    sort(left, points);
    sort(right, points);
}

/// The lane with the largest variance.
fn widest(numbers: &[u32], points: &[Vector]) -> usize {
    let n = numbers.len() as f32;
    let (mut sums, mut squares) = ([0.0_f32; LANES], [0.0_f32; LANES]);
    for number in numbers {
        for (lane, x) in points[*number as usize].lanes().iter().enumerate() {
            sums[lane] += x;
            squares[lane] += x * x;
        }
    }
    let variance = |lane: usize| squares[lane] - sums[lane] * sums[lane] / n;
    (0..LANES).max_by(|a, b| variance(*a).total_cmp(&variance(*b))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_stays_and_near_points_come_together() {
        let points: Vec<Vector> =
            (0..1000).map(|i| Vector::unit(&[f64::from(i * 377 % 1000) - 500.0, 300.0])).collect();
        let mut order: Vec<u32> = (0..1000).collect();
        let jumps = |order: &[u32]| -> f32 {
            order.windows(2).map(|pair| points[pair[0] as usize].squared_distance(&points[pair[1] as usize])).sum()
        };
        let before = jumps(&order);
        sort(&mut order, &points);
        assert!(jumps(&order) < before / 100.0, "{before} {}", jumps(&order));
        order.sort_unstable();
        assert!(order.iter().copied().eq(0..1000));
    }
}

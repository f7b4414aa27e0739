//! An order of points in which near ones mostly have near numbers.

use recommender::vector::LANES;

use super::point::GraphPoint;

/// Sorts `numbers` of points by splitting them at the median of the lane that varies most, again and again (a k-d
/// tree, Bentley 1975): its leaves from left to right. The order depends on which points there are and on nothing else: not
/// on the order in which they come, nor on what a selection does with those that it does not have to tell apart.
pub(super) fn sort<const N: usize>(numbers: &mut [u32], points: &[GraphPoint<N>]) {
    if numbers.len() <= 2 {
        numbers.sort_unstable();
        return;
    }
    let lane = widest(numbers, points);
    // A lane beyond the points' own is the widest only where all are alike.
    let key = |number: &u32| points[*number as usize].0.get(lane).copied().unwrap_or_default();
    let middle = numbers.len() / 2;
    numbers.select_nth_unstable_by(middle, |a, b| key(a).total_cmp(&key(b)).then(a.cmp(b)));
    let (left, right) = numbers.split_at_mut(middle);
    sort(left, points);
    sort(right, points);
}

/// Components, -1 to 1, are summed up in steps of this: sums of whole numbers do not depend on the order.
const STEPS: f32 = 65_536.0;

/// The lane with the largest variance.
fn widest<const N: usize>(numbers: &[u32], points: &[GraphPoint<N>]) -> usize {
    let n = numbers.len() as i128;
    let (mut sums, mut squares) = ([0_i64; LANES], [0_i64; LANES]);
    for number in numbers {
        for (lane, x) in points[*number as usize].0.iter().enumerate() {
            let x = (x * STEPS) as i32;
            sums[lane] += i64::from(x);
            // At most 2^32, and there are fewer than 2^31 points.
            squares[lane] += i64::from(x) * i64::from(x);
        }
    }
    let variance = |lane: usize| n * i128::from(squares[lane]) - i128::from(sums[lane]) * i128::from(sums[lane]);
    (0..LANES).max_by_key(|lane| variance(*lane)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use instant_distance::Point;
    use recommender::vector::Vector;

    use super::*;

    fn unit(scaled: &[f64]) -> GraphPoint<LANES> {
        GraphPoint::of(Vector::unit(scaled).lanes())
    }

    #[test]
    fn every_number_stays_and_near_points_come_together() {
        let points: Vec<GraphPoint<LANES>> =
            (0..1000).map(|i| unit(&[f64::from(i * 377 % 1000) - 500.0, 300.0])).collect();
        let mut order: Vec<u32> = (0..1000).collect();
        let jumps = |order: &[u32]| -> f32 {
            order.windows(2).map(|pair| points[pair[0] as usize].distance(&points[pair[1] as usize])).sum()
        };
        let before = jumps(&order);
        sort(&mut order, &points);
        assert!(jumps(&order) < before / 100.0, "{before} {}", jumps(&order));
        order.sort_unstable();
        assert!(order.iter().copied().eq(0..1000));
    }

    #[test]
    fn the_order_of_what_comes_does_not_matter() {
        // Many points share a value in each lane.
        let points: Vec<GraphPoint<LANES>> =
            (0..3000).map(|i| unit(&[f64::from(i % 7), f64::from(i % 11), f64::from(i % 3) - 1.0])).collect();
        let mut ascending: Vec<u32> = (0..3000).collect();
        let mut mixed: Vec<u32> = (0..3000).map(|i| i * 1_009 % 3_000).collect();
        sort(&mut ascending, &points);
        sort(&mut mixed, &points);
        assert_eq!(ascending, mixed);
    }
}

//! The knee of the elbow: from which k on further clusters gain little.

/// The k whose inertia lies farthest below the straight line from the first k to the last, both axes scaled to 0 to 1
/// (the idea of Kneedle: Satopää et al. 2011, "Finding a 'kneedle' in a haystack", section III, without its smoothing).
/// Each curve that bends has one, that of tracks without any clusters too: it is no sign of clusters, and moves with the range.
/// `inertia` is (k, total inertia) in ascending k. Nothing where there are fewer than three ks, or no k is below the line.
pub fn knee(inertia: &[(u32, f64)]) -> Option<u32> {
    let (first, last) = (inertia.first()?, inertia.last()?);
    let (width, height) = (f64::from(last.0) - f64::from(first.0), first.1 - last.1);
    if width <= 0.0 || height <= 0.0 || !height.is_finite() {
        return None;
    }
    let below = |(k, value): &(u32, f64)| {
        let across = (f64::from(*k) - f64::from(first.0)) / width;
        let down = (first.1 - value) / height;
        down - across
    };
    let best = inertia.iter().max_by(|a, b| below(a).total_cmp(&below(b)).then(b.0.cmp(&a.0)))?;
    (below(best) > 1e-9).then_some(best.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_knee_is_where_the_curve_turns() {
        assert_eq!(knee(&[(2, 100.0), (3, 50.0), (4, 20.0), (5, 15.0), (6, 12.0)]), Some(4));
        assert_eq!(knee(&[(1, 9.0), (2, 1.0), (3, 0.9)]), Some(2));
    }

    #[test]
    fn a_straight_line_and_too_few_points_have_none() {
        assert_eq!(knee(&[(2, 30.0), (3, 20.0), (4, 10.0)]), None);
        assert_eq!(knee(&[(2, 30.0), (3, 20.0)]), None);
        assert_eq!(knee(&[(2, 0.0), (3, 0.0), (4, 0.0)]), None);
        assert_eq!(knee(&[(2, f64::NAN), (3, 1.0), (4, 0.0)]), None);
        assert_eq!(knee(&[]), None);
    }
}

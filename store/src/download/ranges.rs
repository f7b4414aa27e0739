//! Which bytes each connection is asked for.

use std::ops::Range;

/// More connections than this are not opened, whatever the options say.
const MAX_CONNECTIONS: u64 = 64;

/// The ranges of `extent` that are asked for at once: first those before `graphs_offset`, where it is known, then the others. The
/// prefetch, where there is one, is the first range, and the others are for the other connections.
pub(super) fn phases(
    extent: Range<u64>,
    prefetch: Option<u64>,
    graphs_offset: Option<u64>,
    connections: u32,
    min: u64,
) -> Vec<Vec<Range<u64>>> {
    let cut = |range: Range<u64>, connections| -> Vec<Range<u64>> {
        let ranges = cut(range.end - range.start, connections, min);
        ranges.into_iter().map(|part| part.start + range.start..part.end + range.start).collect()
    };
    let first = |range: Range<u64>| match prefetch {
        Some(prefetch) if range.start < prefetch && prefetch < range.end => {
            let rest = cut(prefetch..range.end, connections.saturating_sub(1));
            std::iter::once(range.start..prefetch).chain(rest).collect()
        }
        Some(prefetch) if prefetch == range.end => vec![range],
        _ => cut(range, connections),
    };
    match graphs_offset {
        // Another round trip has to be worth it.
        Some(offset) if extent.start < offset && offset < extent.end && extent.end - offset >= min => {
            vec![first(extent.start..offset), cut(offset..extent.end, connections)]
        }
        _ if extent.is_empty() => Vec::new(),
        _ => vec![first(extent)],
    }
}

/// Cuts `size` bytes into as many ranges as there are connections, as equal as can be, and none shorter than `min`
/// bytes unless it is the only one.
pub(super) fn cut(size: u64, connections: u32, min: u64) -> Vec<Range<u64>> {
    let most = u64::from(connections).clamp(1, MAX_CONNECTIONS);
    let count = (size / min.max(1)).clamp(1, most);
    let (length, longer) = (size / count, size % count);
    // The first `longer` ranges have one byte more.
    let start = |i: u64| length * i + i.min(longer);
    (0..count).map(|i| start(i)..start(i + 1)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_short_artifact_takes_fewer_connections() {
        let ends = |size, connections, min| -> Vec<u64> {
            cut(size, connections, min).iter().map(|range| range.end).collect()
        };
        assert_eq!(ends(1, 4, 10), [1]);
        assert_eq!(ends(19, 4, 10), [19]);
        assert_eq!(ends(20, 4, 10), [10, 20]);
        assert_eq!(ends(43, 4, 10), [11, 22, 33, 43]);
        assert_eq!(ends(5, 0, 0), [5]);
    }

    #[test]
    fn what_a_first_answer_needs_comes_first_where_it_is_known_and_the_rest_is_worth_a_round_trip() {
        let ends = |graphs_offset| -> Vec<Vec<u64>> {
            phases(0..43, None, graphs_offset, 2, 10)
                .iter()
                .map(|ranges| ranges.iter().map(|range| range.end).collect())
                .collect()
        };
        assert_eq!(ends(Some(20)), [vec![10, 20], vec![32, 43]]);
        for none in [None, Some(0), Some(34), Some(43), Some(u64::MAX)] {
            assert_eq!(ends(none), [[22, 43]], "{none:?}");
        }
        assert_eq!(phases(0..43, None, Some(20), 2, 10)[1][0].start, 20);
    }

    #[test]
    fn the_prefetch_is_the_first_range() {
        let ends = |prefetch, graphs_offset, connections| -> Vec<Vec<u64>> {
            let phases = phases(0..60, Some(prefetch), graphs_offset, connections, 10);
            phases.iter().map(|ranges| ranges.iter().map(|range| range.end).collect()).collect()
        };
        assert_eq!(ends(15, Some(40), 2), [vec![15, 40], vec![50, 60]]);
        assert_eq!(ends(15, Some(40), 3), [vec![15, 28, 40], vec![50, 60]]);
        assert_eq!(ends(15, Some(40), 1), [vec![15, 40], vec![60]]);
        assert_eq!(ends(40, Some(40), 2), [vec![40], vec![50, 60]]);
        assert_eq!(ends(55, Some(55), 2), [[55, 60]]);
        assert_eq!(ends(60, Some(55), 2), [[60]]);
        assert_eq!(ends(60, None, 2), [[60]]);
        // Beyond what is fetched first, it is no use.
        assert_eq!(ends(41, Some(40), 2), [[20, 40], [50, 60]]);
        assert_eq!(ends(61, None, 2), [[30, 60]]);
    }

    proptest! {
        #[test]
        fn ranges_cover_everything_once_and_differ_by_a_byte(size in 0..=u64::MAX, connections: u32, min: u64) {
            let ranges = cut(size, connections, min);
            prop_assert!(ranges.len() <= MAX_CONNECTIONS as usize);
            prop_assert_eq!((ranges[0].start, ranges[ranges.len() - 1].end), (0, size));
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
            let lengths = || ranges.iter().map(|range| range.end - range.start);
            prop_assert!(lengths().max().unwrap() - lengths().min().unwrap() <= 1);
            prop_assert!(ranges.len() == 1 || lengths().all(|length| length >= min));
        }
    }
}

//! Which bytes each connection is asked for.

use std::ops::Range;

use crate::prefetch::ROUND_TRIP_BYTES;

/// More connections than this are not opened, whatever the options say.
const MAX_CONNECTIONS: u32 = 64;

/// The ranges of `extent`, in the order of the file: one is asked for on each connection, and the next one when a connection has brought
/// its own.
///
/// What lies before `graphs_offset`, where that is known, comes first. The graphs follow on the connection that brings the last of it:
/// they are not asked for, and so not waited for, once more. Where there are enough of them, the other connections take a share. The
/// prefetch, where there is one, is the first range.
pub(super) fn ranges(
    extent: Range<u64>,
    prefetch: Option<u64>,
    graphs_offset: Option<u64>,
    connections: u32,
    min: u64,
) -> Vec<Range<u64>> {
    let min = min.max(1);
    let cut = |range: Range<u64>, connections| {
        let ranges = cut(range.end - range.start, connections, min);
        ranges.into_iter().map(move |part| part.start + range.start..part.end + range.start)
    };
    let inside = |offset: &u64| extent.start < *offset && *offset < extent.end;
    let graphs_offset = graphs_offset.filter(inside).unwrap_or(extent.end);
    let others = at_once(connections) - 1;
    let mut ranges: Vec<Range<u64>> = match prefetch {
        _ if extent.is_empty() => return Vec::new(),
        // Graphs may be in it.
        Some(prefetch) if graphs_offset <= prefetch && prefetch <= extent.end => {
            let rest = (prefetch < extent.end).then(|| cut(prefetch..extent.end, others));
            return std::iter::once(extent.start..prefetch).chain(rest.into_iter().flatten()).collect();
        }
        Some(prefetch) if inside(&prefetch) => {
            std::iter::once(extent.start..prefetch).chain(cut(prefetch..graphs_offset, others)).collect()
        }
        _ => cut(extent.start..graphs_offset, connections).collect(),
    };
    let graphs = extent.end - graphs_offset;
    // By the time that the others bring something, this one has brought more.
    let follow = graphs.min((graphs / u64::from(others + 1)).saturating_add(ROUND_TRIP_BYTES));
    let follow = if graphs - follow < min { graphs } else { follow };
    if let Some(last) = ranges.last_mut() {
        last.end += follow;
    }
    if follow < graphs {
        ranges.extend(cut(graphs_offset + follow..extent.end, others));
    }
    ranges
}

/// How many ranges are asked for at once.
pub(super) fn at_once(connections: u32) -> u32 {
    connections.clamp(1, MAX_CONNECTIONS)
}

/// Cuts `size` bytes into as many ranges as there are connections, as equal as can be, and none shorter than `min`
/// bytes unless it is the only one.
pub(super) fn cut(size: u64, connections: u32, min: u64) -> Vec<Range<u64>> {
    let count = (size / min.max(1)).clamp(1, at_once(connections).into());
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

    /// Where the ranges of a file of so many bytes end.
    fn ends(size: u64, prefetch: Option<u64>, graphs_offset: Option<u64>, connections: u32) -> Vec<u64> {
        ranges(0..size, prefetch, graphs_offset, connections, 10).iter().map(|range| range.end).collect()
    }

    #[test]
    fn graphs_follow_what_a_first_answer_needs_on_the_connection_of_its_end() {
        assert_eq!(ends(43, None, Some(20), 2), [10, 43]);
        assert_eq!(ends(43, None, Some(19), 2), [43]);
        assert_eq!(ends(43, None, Some(20), 1), [43]);
        for none in [None, Some(0), Some(43), Some(u64::MAX)] {
            assert_eq!(ends(43, None, none, 2), [22, 43], "{none:?}");
        }
        assert_eq!(ranges(7..50, None, Some(27), 2, 10), [7..17, 17..50]);
        assert_eq!(ranges(5..5, Some(5), Some(5), 2, 10), []);
    }

    #[test]
    fn the_other_connections_take_a_share_of_many_graphs() {
        let (needed, graphs) = (100, 3 * ROUND_TRIP_BYTES);
        let size = needed + graphs;
        assert_eq!(ends(size, None, Some(needed), 2), [50, needed + graphs / 2 + ROUND_TRIP_BYTES, size]);
        assert_eq!(ends(size, Some(40), Some(needed), 2), [40, needed + graphs / 2 + ROUND_TRIP_BYTES, size]);
        let last = needed + 2 * ROUND_TRIP_BYTES;
        assert_eq!(ends(size, None, Some(needed), 3), [34, 67, last, last + ROUND_TRIP_BYTES / 2, size]);
        // Less than what a connection is worth.
        assert_eq!(ends(needed + 2 * ROUND_TRIP_BYTES + 18, None, Some(needed), 2).len(), 2);
        assert_eq!(ends(needed + 2 * ROUND_TRIP_BYTES + 20, None, Some(needed), 2).len(), 3);
    }

    #[test]
    fn the_prefetch_is_the_first_range() {
        assert_eq!(ends(60, Some(15), Some(40), 2), [15, 60]);
        assert_eq!(ends(60, Some(15), Some(40), 3), [15, 28, 60]);
        assert_eq!(ends(60, Some(15), Some(40), 1), [15, 60]);
        assert_eq!(ends(60, Some(40), Some(40), 2), [40, 60]);
        assert_eq!(ends(60, Some(40), Some(40), 3), [40, 50, 60]);
        assert_eq!(ends(60, Some(55), Some(55), 2), [55, 60]);
        assert_eq!(ends(60, Some(60), Some(55), 2), [60]);
        assert_eq!(ends(60, Some(50), Some(40), 2), [50, 60], "some of the graphs are in it");
        assert_eq!(ends(60, Some(60), None, 2), [60]);
        // Of another artifact.
        assert_eq!(ends(60, Some(61), None, 2), [30, 60]);
        assert_eq!(ends(60, Some(0), Some(40), 2), [20, 60]);
    }

    proptest! {
        #[test]
        fn ranges_cover_everything_once_whatever_is_said_of_it(
            (start, end) in (0..=1_u64 << 40, 0..=1_u64 << 40).prop_map(|(a, b)| (a.min(b), a.max(b))),
            prefetch in prop::option::of(0..=1_u64 << 41),
            graphs_offset in prop::option::of(any::<u64>().prop_map(|offset| offset >> (offset % 64))),
            connections in prop_oneof![Just(0), 0..80_u32, Just(u32::MAX)],
            min in prop_oneof![Just(0), 0..=1_u64 << 40],
        ) {
            let ranges = ranges(start..end, prefetch, graphs_offset, connections, min);
            prop_assert_eq!(ranges.is_empty(), start == end);
            prop_assert!(ranges.iter().all(|range| !range.is_empty()));
            let borders = std::iter::once(start).chain(ranges.iter().map(|range| range.end));
            prop_assert!(borders.eq(ranges.iter().map(|range| range.start).chain([end])));
        }

        #[test]
        fn parts_cover_everything_once_and_differ_by_a_byte(size in 0..=u64::MAX, connections: u32, min: u64) {
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

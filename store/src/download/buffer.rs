//! The bytes that have come and were not taken, in chunks as the network cut them.

use std::collections::BTreeMap;
use std::ops::Range;

use bytes::Bytes;

/// A file of several parts, each of which comes from its start to its end.
#[derive(Debug)]
pub(super) struct Buffer {
    /// What has not come of each part.
    missing: Vec<Range<u64>>,
    /// By the position in the file, without overlaps, none of them empty. What came and is not here was taken.
    chunks: BTreeMap<u64, Bytes>,
}

impl Buffer {
    /// Nothing has come. The parts lie in the order of the file, one after the other.
    pub(super) fn new(parts: impl IntoIterator<Item = Range<u64>>) -> Self {
        Self { missing: parts.into_iter().collect(), chunks: BTreeMap::new() }
    }

    /// Adds what came next of a part. `false`, and nothing is added, where it is more than the part lacks.
    pub(super) fn add(&mut self, part: usize, chunk: Bytes) -> bool {
        let Some(missing) = self.missing.get_mut(part) else { return false };
        let length = chunk.len() as u64;
        if length > missing.end - missing.start {
            return false;
        }
        if length > 0 {
            self.chunks.insert(missing.start, chunk);
            missing.start += length;
        }
        true
    }

    /// Whether all these bytes have come, taken or not.
    pub(super) fn has(&self, range: &Range<u64>) -> bool {
        let overlaps = |missing: &Range<u64>| missing.start.max(range.start) < missing.end.min(range.end);
        !self.missing.iter().any(overlaps)
    }

    /// Takes bytes that have come. Nothing is taken, and nothing comes back, where one of them is not here.
    pub(super) fn take(&mut self, range: &Range<u64>) -> Option<Vec<Bytes>> {
        let starts = self.starts(range)?;
        let mut taken = Vec::with_capacity(starts.len());
        for start in starts {
            let mut chunk = self.chunks.remove(&start)?;
            // Neither length is more than the chunk's: it has a byte of the range.
            if start < range.start {
                let before = chunk.split_to((range.start - start) as usize);
                self.chunks.insert(start, before);
            }
            let from = start.max(range.start);
            if range.end - from < chunk.len() as u64 {
                let after = chunk.split_off((range.end - from) as usize);
                self.chunks.insert(range.end, after);
            }
            taken.push(chunk);
        }
        Some(taken)
    }

    /// Where the chunks start that hold these bytes.
    fn starts(&self, range: &Range<u64>) -> Option<Vec<u64>> {
        let mut starts = Vec::new();
        let mut reached = range.start;
        while reached < range.end {
            let (&start, chunk) = self.chunks.range(..=reached).next_back()?;
            let end = start + chunk.len() as u64;
            if end <= reached {
                return None;
            }
            starts.push(start);
            reached = end;
        }
        Some(starts)
    }

    /// Frees everything.
    pub(super) fn clear(&mut self) {
        self.chunks.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    fn buffer() -> Buffer {
        let mut buffer = Buffer::new([0..4, 4..8]);
        assert!(buffer.add(1, Bytes::from_static(b"ef")));
        assert!(buffer.add(0, Bytes::from_static(b"abc")));
        assert!(buffer.add(0, Bytes::from_static(b"d")));
        buffer
    }

    fn text(chunks: Option<Vec<Bytes>>) -> Option<String> {
        chunks.map(|chunks| String::from_utf8(chunks.concat()).unwrap())
    }

    #[test]
    fn bytes_are_there_when_their_parts_have_reached_them() {
        let buffer = buffer();
        for (range, there) in
            [(0..6, true), (5..6, true), (0..7, false), (6..7, false), (7..8, false), (7..7, true), (8..8, true)]
        {
            assert_eq!(buffer.has(&range), there, "{range:?}");
        }
    }

    #[test]
    fn a_range_in_one_chunk_is_not_copied() {
        let mut buffer = Buffer::new([0..6, 6..8]);
        let chunk = Bytes::from(b"abcdef".to_vec());
        buffer.add(0, chunk.clone());
        let taken = buffer.take(&(2..4)).unwrap();
        assert_eq!(taken, ["cd"]);
        assert_eq!(taken[0].as_ptr(), chunk[2..].as_ptr());
    }

    #[test]
    fn taken_bytes_are_gone_and_the_others_of_their_chunk_are_not() {
        let mut buffer = buffer();
        assert_eq!(text(buffer.take(&(1..5))).unwrap(), "bcde");
        for gone in [1..2, 0..2, 4..6, 0..6] {
            assert_eq!(text(buffer.take(&gone)), None, "{gone:?}");
        }
        assert_eq!(text(buffer.take(&(0..1))).unwrap(), "a");
        assert_eq!(text(buffer.take(&(5..6))).unwrap(), "f");
        assert_eq!(text(buffer.take(&(3..3))).unwrap(), "");
        assert!(buffer.chunks.is_empty());
    }

    #[test]
    fn a_part_takes_no_more_than_it_lacks() {
        let mut buffer = buffer();
        assert!(!buffer.add(1, Bytes::from_static(b"ghi")));
        assert!(!buffer.add(2, Bytes::from_static(b"x")), "there is no such part");
        assert!(buffer.add(0, Bytes::new()));
        assert!(buffer.add(1, Bytes::from_static(b"gh")));
        assert_eq!(text(buffer.take(&(0..8))).unwrap(), "abcdefgh");
    }

    proptest! {
        /// Whatever the parts, the chunks, the order in which they come and the ranges that are asked for meanwhile.
        #[test]
        fn what_is_taken_is_the_file(
            file in proptest::collection::vec(any::<u8>(), 1..200),
            parts in 1..6u32,
            chunks in proptest::collection::vec((any::<Index>(), 0..40usize), 0..80),
            borders in proptest::collection::vec(any::<Index>(), 0..8),
        ) {
            let size = file.len();
            let ranges = super::super::ranges::cut(size as u64, parts, 1);
            let mut buffer = Buffer::new(ranges.clone());
            let mut reached: Vec<usize> = ranges.iter().map(|range| range.start as usize).collect();

            let mut borders: Vec<usize> = borders.iter().map(|border| border.index(size + 1)).collect();
            borders.extend([0, size]);
            borders.sort_unstable();
            let mut wanted: Vec<_> = borders.windows(2).map(|pair| pair[0] as u64..pair[1] as u64).collect();

            // Then the rest of each part.
            let rest = (0..ranges.len()).map(|part| (part, size));
            let chunks = chunks.into_iter().map(|(part, length)| (part.index(ranges.len()), length)).chain(rest);
            for (part, length) in chunks {
                let end = (reached[part] + length).min(ranges[part].end as usize);
                prop_assert!(buffer.add(part, Bytes::copy_from_slice(&file[reached[part]..end])));
                reached[part] = end;

                wanted.retain(|range| {
                    let has = range.is_empty() || (0..ranges.len()).all(|part| {
                        let overlap = range.start.max(ranges[part].start)..range.end.min(ranges[part].end);
                        overlap.is_empty() || overlap.end <= reached[part] as u64
                    });
                    assert_eq!(buffer.has(range), has);
                    if has {
                        let taken = buffer.take(range).unwrap().concat();
                        assert_eq!(taken, &file[range.start as usize..range.end as usize]);
                        assert!(range.is_empty() || buffer.take(range).is_none());
                    }
                    !has
                });
            }
            prop_assert_eq!(wanted, []);
            prop_assert!(buffer.chunks.is_empty());
        }
    }
}

//! Lists of ascending numbers, end to end in one run of bytes.

use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    column::{Bytes, IntColumn},
    invalid::Invalid,
};

/// For each word a list of ascending numbers. Each number is written as its distance from the one before less one (the first
/// one as it is), in LEB128: seven bits a byte, the lowest first, the highest bit set where more follow.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Postings {
    /// Where each list begins in `bytes`; they end where the next one begins.
    starts: Vec<u32>,
    bytes: Vec<u8>,
}

/// A list in the making.
#[derive(Debug, Default)]
pub(super) struct ListBuilder {
    /// The least number that may come next.
    next: u32,
    bytes: Vec<u8>,
}

impl ListBuilder {
    /// Appends a number that is larger than those before.
    pub(super) fn push(&mut self, number: u32) {
        let mut gap = number - self.next;
        self.next = number + 1;
        while gap >= 0x80 {
            self.bytes.push(gap as u8 | 0x80);
            gap >>= 7;
        }
        self.bytes.push(gap as u8);
    }
}

impl Postings {
    /// Nothing where all lists together would be 4 GiB or longer.
    pub(super) fn new(lists: impl Iterator<Item = ListBuilder>) -> Option<Self> {
        let (mut starts, mut bytes) = (vec![0], Vec::new());
        for list in lists {
            bytes.extend_from_slice(&list.bytes);
            starts.push(u32::try_from(bytes.len()).ok()?);
        }
        bytes.shrink_to_fit();
        Some(Self { starts, bytes })
    }

    /// Number of lists.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// How much memory it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.starts.len() * size_of::<u32>() + self.bytes.len()
    }

    /// The numbers of one list, ascending.
    #[inline]
    pub(super) fn of(&self, list: u32) -> List<'_> {
        List { bytes: self.slice(self.range(list)), next: 0 }
    }

    /// How many bytes one list has: at least one for each number.
    #[inline]
    pub(super) fn bytes(&self, list: u32) -> usize {
        let range = self.range(list);
        (range.end - range.start) as usize
    }

    /// One list, to look for numbers in.
    pub(super) fn seek<'a>(&'a self, skips: &'a Skips, list: u32) -> Seek<'a> {
        let Range { start, end } = self.range(list);
        // The skip of block 1 is the first.
        let place = |byte: u32| (byte as usize / SKIP_BYTES).min(skips.0.len());
        let skips = &skips.0[place(start)..place(end)];
        // In the last of these blocks the list may have ended before the first number.
        let skips = &skips[..skips.partition_point(|skip| skip.at < end)];
        Seek { postings: self, skips, list: self.of(list), end, number: None }
    }

    #[inline]
    fn range(&self, list: u32) -> Range<u32> {
        self.starts[list as usize]..self.starts[list as usize + 1]
    }

    #[inline]
    fn slice(&self, range: Range<u32>) -> &[u8] {
        &self.bytes[range.start as usize..range.end as usize]
    }

    /// Checks that there are so many lists, of numbers below `limit`, and says where to go on in the long ones. `what` is what a number
    /// stands for. `visit` is told the numbers of each list.
    pub(super) fn check(
        &self,
        lists: usize,
        what: &'static str,
        limit: usize,
        mut visit: impl FnMut(u32, u32),
    ) -> Result<Skips, Invalid> {
        Invalid::count(format!("lists of {what}s"), lists, self.len())?;
        let mut skips = Vec::with_capacity(self.bytes.len() / SKIP_BYTES);
        for list in 0..lists as u32 {
            let end = self.range(list).end;
            let mut numbers = self.of(list);
            loop {
                let at = end - numbers.bytes.len() as u32;
                if at as usize / SKIP_BYTES > skips.len() {
                    // Nobody goes on at the end of a list, but there is one skip for each block.
                    let skip = Skip { at, next: numbers.next };
                    skips.resize(at as usize / SKIP_BYTES, skip);
                }
                let Some(number) = numbers.next() else { break };
                if number as usize >= limit {
                    return Err(Invalid::Index {
                        what: format!("a list has {what}").into(),
                        count: limit,
                        got: number as usize,
                    });
                }
                visit(list, number);
            }
            if !numbers.bytes.is_empty() {
                return Err(Invalid::Encoding { what: format!("list {list} of {what}s").into() });
            }
        }
        Ok(Skips(skips))
    }
}

/// So many bytes have a skip.
const SKIP_BYTES: usize = 256;

/// Where a walk through the lists may go on: the first number that begins in each block of [`SKIP_BYTES`], but for the first block.
#[derive(Debug)]
pub(super) struct Skips(Vec<Skip>);

impl Skips {
    /// How much memory they take, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.0.capacity() * size_of::<Skip>()
    }
}

#[derive(Clone, Copy, Debug)]
struct Skip {
    /// At which byte.
    at: u32,
    /// What the walk has come to there.
    next: u32,
}

/// The numbers of a list. It ends early, with bytes left, where a number is beyond `u32` or cut off.
pub(super) struct List<'a> {
    bytes: &'a [u8],
    next: u32,
}

impl Iterator for List<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let (&first, rest) = self.bytes.split_first()?;
        let (gap, rest) = if first < 0x80 { (u32::from(first), rest) } else { long(self.bytes)? };
        let number = self.next.checked_add(gap)?;
        self.next = number.checked_add(1)?;
        self.bytes = rest;
        Some(number)
    }
}

/// A list in which ascending numbers are looked for, without a walk through all that are between them.
pub(super) struct Seek<'a> {
    postings: &'a Postings,
    /// Those within what is left of the list.
    skips: &'a [Skip],
    list: List<'a>,
    end: u32,
    /// The number that was found last.
    number: Option<u32>,
}

impl Seek<'_> {
    /// Whether the list has a number, which is none below the last that was asked for.
    pub(super) fn has(&mut self, wanted: u32) -> bool {
        let passed = self.skips.partition_point(|skip| skip.next <= wanted);
        if let Some(skip) = passed.checked_sub(1).map(|last| self.skips[last]) {
            if self.number.is_none_or(|number| number < wanted) && skip.next > self.list.next {
                self.list = List { bytes: self.postings.slice(skip.at..self.end), next: skip.next };
                self.number = None;
            }
            self.skips = &self.skips[passed..];
        }
        while self.number.is_none_or(|number| number < wanted) {
            self.number = self.list.next();
            if self.number.is_none() {
                return false;
            }
        }
        self.number == Some(wanted)
    }
}

/// A number of two bytes or more, and the bytes behind it.
fn long(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut number = 0_u64;
    for (place, byte) in bytes.iter().take(5).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * place);
        if *byte < 0x80 {
            return Some((u32::try_from(number).ok()?, &bytes[place + 1..]));
        }
    }
    None
}

/// How many bytes each list has, then the bytes.
#[derive(Serialize, Deserialize)]
struct Encoded<T> {
    lengths: IntColumn,
    bytes: T,
}

impl Serialize for Postings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lengths: Vec<u32> = self.starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        Encoded { lengths: IntColumn::new(&lengths), bytes: Bytes(&self.bytes) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Postings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Encoded { lengths, bytes } = Encoded::<&[u8]>::deserialize(deserializer)?;
        let mut starts = Vec::with_capacity(lengths.len() + 1);
        let mut end = 0_u32;
        starts.push(end);
        for length in lengths.iter() {
            end = end.checked_add(length).ok_or_else(|| D::Error::custom("lists are longer than 4 GiB"))?;
            starts.push(end);
        }
        if end as usize != bytes.len() {
            return Err(D::Error::custom("the lists do not fill their bytes"));
        }
        Ok(Self { starts, bytes: bytes.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::artifact::bytes::codec;

    fn postings(lists: &[&[u32]]) -> Postings {
        let list = |numbers: &&[u32]| {
            let mut list = ListBuilder::default();
            numbers.iter().for_each(|number| list.push(*number));
            list
        };
        Postings::new(lists.iter().map(list)).expect("they are short")
    }

    proptest! {
        #[test]
        fn lists_come_back(
            lists in prop::collection::vec(prop::collection::btree_set(any::<u32>().prop_map(|n| n >> (n % 32)), 0..40), 0..20),
        ) {
            let lists: Vec<Vec<u32>> =
                lists.into_iter().map(|list| list.into_iter().filter(|n| *n < u32::MAX).collect()).collect();
            let all = postings(&lists.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let all: Postings = codec::decode(&codec::encode(&all).unwrap()).unwrap();
            prop_assert_eq!(all.len(), lists.len());
            for (number, list) in (0..).zip(&lists) {
                prop_assert_eq!(&all.of(number).collect::<Vec<_>>(), list);
            }
            let mut visited = vec![Vec::new(); lists.len()];
            let visit = |list: u32, number| visited[list as usize].push(number);
            prop_assert!(all.check(lists.len(), "number", u32::MAX as usize, visit).is_ok());
            prop_assert_eq!(visited, lists);
        }

        #[test]
        fn a_list_has_what_it_has(
            lists in prop::collection::vec((0_u32..300, prop::collection::btree_set(0_u32..40_000, 0..1_500)), 1..6),
            wanted in prop::collection::btree_set(0_u32..40_000, 0..60),
        ) {
            // Some far apart and some close, so that numbers have one byte and more.
            let lists: Vec<Vec<u32>> = lists
                .into_iter()
                .map(|(few, list)| list.into_iter().map(|n| n * (1 + few % 2 * 100)).collect())
                .collect();
            let all = postings(&lists.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let skips = all.check(lists.len(), "number", u32::MAX as usize, |_, _| {}).unwrap();
            prop_assert_eq!(skips.0.len(), all.bytes.len() / SKIP_BYTES);
            for (number, list) in (0..).zip(&lists) {
                let mut seek = all.seek(&skips, number);
                // Those that it has and others, some asked for twice.
                let mut asked: Vec<u32> = wanted.iter().copied().chain(list.iter().copied().step_by(7)).collect();
                asked.sort_unstable();
                for number in asked {
                    prop_assert_eq!(seek.has(number), list.binary_search(&number).is_ok());
                }
            }
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let all = Postings { starts: vec![0, bytes.len() as u32], bytes };
            let _ = all.check(1, "number", 100, |_, _| {});
            prop_assert!(all.of(0).is_sorted());
        }
    }

    #[test]
    fn numbers_out_of_range_and_cut_off_lists_are_refused() {
        let good = postings(&[&[0, 7], &[300]]);
        assert!(good.check(2, "song", 301, |_, _| {}).is_ok());
        assert!(good.check(2, "song", 300, |_, number| assert!(number < 300)).is_err());
        assert!(good.check(3, "song", 301, |_, _| {}).is_err());
        for bytes in
            [vec![0x80], vec![0xff, 0xff, 0xff, 0xff, 0x7f], vec![0x80; 6], vec![0, 0xff, 0xff, 0xff, 0xff, 0x0f]]
        {
            let forged = Postings { starts: vec![0, bytes.len() as u32], bytes };
            assert!(forged.check(1, "song", usize::MAX, |_, _| {}).is_err(), "{forged:?}");
        }
    }
}

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

impl Postings {
    /// `lists` are ascending each. Nothing where all together they would be 4 GiB or longer.
    pub(super) fn new<'a>(lists: impl Iterator<Item = &'a [u32]>) -> Option<Self> {
        let (mut starts, mut bytes) = (vec![0], Vec::new());
        for list in lists {
            let mut next = 0;
            for number in list {
                let mut gap = number - next;
                next = number + 1;
                while gap >= 0x80 {
                    bytes.push(gap as u8 | 0x80);
                    gap >>= 7;
                }
                bytes.push(gap as u8);
            }
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
        List { bytes: self.bytes_of(list..list + 1), next: 0 }
    }

    /// How many numbers some lists have together.
    pub(super) fn count(&self, lists: Range<u32>) -> usize {
        // The last byte of each number is the one whose highest bit is not set.
        self.bytes_of(lists).iter().filter(|byte| **byte < 0x80).count()
    }

    fn bytes_of(&self, lists: Range<u32>) -> &[u8] {
        &self.bytes[self.starts[lists.start as usize] as usize..self.starts[lists.end as usize] as usize]
    }

    /// Whether there are so many lists, of numbers below `limit`. `what` is what a number stands for.
    pub(super) fn check(&self, lists: usize, what: &'static str, limit: usize) -> Result<(), Invalid> {
        Invalid::count(format!("lists of {what}s"), lists, self.len())?;
        let mut largest = None;
        for list in 0..lists as u32 {
            let mut numbers = self.of(list);
            let last = numbers.by_ref().last();
            if !numbers.bytes.is_empty() {
                return Err(Invalid::Encoding { what: format!("list {list} of {what}s").into() });
            }
            largest = largest.max(last);
        }
        Invalid::index(format!("a list has {what}"), limit, largest)
    }
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
        Postings::new(lists.iter().copied()).expect("they are short")
    }

    proptest! {
        #[test]
        fn lists_come_back(
            lists in prop::collection::vec(prop::collection::btree_set(any::<u32>().prop_map(|n| n >> (n % 32)), 0..40), 0..20),
        ) {
            let lists: Vec<Vec<u32>> =
                lists.into_iter().map(|list| list.into_iter().filter(|n| *n < u32::MAX).collect()).collect();
            let all = Postings::new(lists.iter().map(Vec::as_slice)).expect("they are short");
            let all: Postings = codec::decode(&codec::encode(&all).unwrap()).unwrap();
            prop_assert_eq!(all.len(), lists.len());
            for (number, list) in (0..).zip(&lists) {
                prop_assert_eq!(&all.of(number).collect::<Vec<_>>(), list);
            }
            prop_assert_eq!(all.count(0..lists.len() as u32), lists.iter().map(Vec::len).sum::<usize>());
            prop_assert!(all.check(lists.len(), "number", u32::MAX as usize).is_ok());
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let all = Postings { starts: vec![0, bytes.len() as u32], bytes };
            let _ = all.check(1, "number", 100);
            prop_assert!(all.of(0).is_sorted());
        }
    }

    #[test]
    fn numbers_out_of_range_and_cut_off_lists_are_refused() {
        let good = postings(&[&[0, 7], &[300]]);
        assert!(good.check(2, "song", 301).is_ok());
        assert!(good.check(2, "song", 300).is_err());
        assert!(good.check(3, "song", 301).is_err());
        for bytes in
            [vec![0x80], vec![0xff, 0xff, 0xff, 0xff, 0x7f], vec![0x80; 6], vec![0, 0xff, 0xff, 0xff, 0xff, 0x0f]]
        {
            let forged = Postings { starts: vec![0, bytes.len() as u32], bytes };
            assert!(forged.check(1, "song", usize::MAX).is_err(), "{forged:?}");
        }
    }
}

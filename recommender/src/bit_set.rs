//! A bit for each of some numbers.

/// Which numbers, below a limit, are in a set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BitSet {
    blocks: Vec<u64>,
}

impl BitSet {
    /// None of the numbers below `limit`.
    pub(crate) fn new(limit: usize) -> Self {
        Self { blocks: vec![0; limit.div_ceil(64)] }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.blocks.iter().all(|block| *block == 0)
    }

    /// # Panics
    ///
    /// If `number` is not below the limit, rounded up to 64.
    #[inline]
    pub(crate) fn contains(&self, number: u32) -> bool {
        self.blocks[number as usize / 64] & 1 << (number % 64) != 0
    }

    /// Adds a number. Whether it was not there.
    ///
    /// # Panics
    ///
    /// As [`BitSet::contains`].
    #[inline]
    pub(crate) fn insert(&mut self, number: u32) -> bool {
        let block = &mut self.blocks[number as usize / 64];
        let before = *block;
        *block |= 1 << (number % 64);
        *block != before
    }

    /// # Panics
    ///
    /// As [`BitSet::contains`].
    pub(crate) fn remove(&mut self, number: u32) {
        self.blocks[number as usize / 64] &= !(1 << (number % 64));
    }

    /// The numbers of each 64 and where these begin: those of `range`, the lowest first, with the numbers outside of it left out.
    pub(crate) fn blocks(&self, range: std::ops::Range<u32>) -> impl Iterator<Item = (u32, u64)> + '_ {
        let blocks = if range.is_empty() { 0..0 } else { range.start / 64..range.end.div_ceil(64) };
        blocks.map(move |block| (block * 64, self.blocks[block as usize] & within(&range, block * 64)))
    }

    /// Replaces the numbers of each 64 that are in `range` by what `each` makes of where they begin and of them.
    pub(crate) fn replace_blocks(&mut self, range: std::ops::Range<u32>, mut each: impl FnMut(u32, u64) -> u64) {
        let blocks = if range.is_empty() { 0..0 } else { range.start / 64..range.end.div_ceil(64) };
        for block in blocks {
            let mask = within(&range, block * 64);
            let bits = &mut self.blocks[block as usize];
            *bits = *bits & !mask | each(block * 64, *bits & mask) & mask;
        }
    }

    /// The numbers of `range`, ascending.
    pub(crate) fn iter(&self, range: std::ops::Range<u32>) -> impl Iterator<Item = u32> + '_ {
        self.blocks(range).flat_map(|(start, bits)| ones(bits).map(move |bit| start + bit))
    }

    /// How many numbers of `range` there are.
    pub(crate) fn count(&self, range: std::ops::Range<u32>) -> u32 {
        self.blocks(range).map(|(_, bits)| bits.count_ones()).sum()
    }
}

/// The bits of the block that begins at `start` which are of `range`.
fn within(range: &std::ops::Range<u32>, start: u32) -> u64 {
    let first = range.start.saturating_sub(start).min(64);
    let end = range.end.saturating_sub(start).min(64);
    let below = |bit: u32| if bit == 64 { u64::MAX } else { (1 << bit) - 1 };
    below(end) & !below(first)
}

/// The places of the bits that are set, ascending.
pub(crate) fn ones(bits: u64) -> impl Iterator<Item = u32> {
    std::iter::successors(Some(bits), |bits| Some(bits & bits.wrapping_sub(1)))
        .take_while(|bits| *bits != 0)
        .map(u64::trailing_zeros)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_bit_set_is_a_set(
            numbers in prop::collection::vec(0_u32..300, 0..80),
            removed in prop::collection::vec(0_u32..300, 0..40),
            start in 0_u32..300,
            length in 0_u32..300,
        ) {
            let range = start..(start + length).min(300);
            let (mut bits, mut set) = (BitSet::new(300), BTreeSet::new());
            for number in numbers {
                prop_assert_eq!(bits.insert(number), set.insert(number));
            }
            for number in removed {
                bits.remove(number);
                set.remove(&number);
            }
            prop_assert!((0..300).all(|number| bits.contains(number) == set.contains(&number)));
            let expected: Vec<u32> = set.iter().copied().filter(|number| range.contains(number)).collect();
            prop_assert_eq!(bits.count(range.clone()) as usize, expected.len());
            prop_assert_eq!(bits.iter(range.clone()).collect::<Vec<_>>(), expected);
            bits.replace_blocks(range.clone(), |_, bits| !bits);
            prop_assert!((0..300).all(|number| bits.contains(number) == (set.contains(&number) != range.contains(&number))));
        }
    }
}

//! The songs that a query is held against, and what its terms cost in each of them.

use super::{
    index::TextSearch,
    postings::{Postings, Skips},
    term::Term,
};
use crate::catalog::Catalog;

/// What no word of a field is.
const NONE: u8 = u8::MAX;
/// A list that has this many bytes for each number that is looked for in it is not walked from its beginning.
const BYTES_PER_SEEK: usize = 256;

/// A song that has every term of a query.
pub(super) struct Match {
    pub(super) song: u32,
    /// The costs of all terms.
    pub(super) cost: u32,
    /// How many terms the title has, and how many others the artist.
    pub(super) in_title: u32,
    pub(super) in_artist: u32,
}

/// Those of `songs`, which are ascending, that have every term, in their order.
pub(super) fn matching(search: &TextSearch, catalog: &Catalog, songs: Vec<u32>, terms: &[&Term<'_>]) -> Vec<Match> {
    let cell = |song: u32| catalog.artists.code(search.rows[song as usize] as usize);
    let mut matches: Vec<Match> =
        songs.iter().map(|song| Match { song: *song, cost: 0, in_title: 0, in_artist: 0 }).collect();
    let mut cells = Members::of(songs.iter().map(|song| cell(*song)).collect());
    let mut songs = Members::of(songs);
    for term in terms {
        if matches.len() < songs.numbers.len() / 2 {
            songs = Members::of(matches.iter().map(|found| found.song).collect());
            cells = Members::of(matches.iter().map(|found| cell(found.song)).collect());
        }
        let by_title = songs.costs(&search.index.titles, &search.title_skips, term);
        let by_artist = cells.costs(&search.index.artists, &search.artist_skips, term);
        matches.retain_mut(|found| {
            let title = songs.place(found.song).map_or(NONE, |place| by_title[place]);
            let artist = cells.place(cell(found.song)).map_or(NONE, |place| by_artist[place]);
            found.in_title += u32::from(title != NONE);
            // A word that is in both is the title's: "the" of a title says nothing of an artist.
            found.in_artist += u32::from(artist != NONE && title == NONE);
            found.cost += u32::from(title.min(artist));
            title.min(artist) != NONE
        });
    }
    matches
}

/// Some songs, or some artist cells.
struct Members {
    /// Ascending, each once.
    numbers: Vec<u32>,
    /// From the block of the first to that of the last, a bit for each number of 64, and how many members there are before them.
    blocks: Vec<(u64, u32)>,
    first_block: usize,
}

impl Members {
    fn of(mut numbers: Vec<u32>) -> Self {
        numbers.sort_unstable();
        numbers.dedup();
        let block = |number: Option<&u32>| number.map_or(0, |number| *number as usize / 64);
        let first_block = block(numbers.first());
        let mut blocks = vec![(0_u64, 0_u32); block(numbers.last()) + 1 - first_block];
        numbers.iter().for_each(|number| blocks[*number as usize / 64 - first_block].0 |= 1 << (number % 64));
        let mut before = 0;
        for (bits, first) in &mut blocks {
            *first = before;
            before += bits.count_ones();
        }
        Self { numbers, blocks, first_block }
    }

    /// Which of the numbers it is.
    #[inline]
    fn place(&self, number: u32) -> Option<usize> {
        let (bits, first) = self.blocks.get((number as usize / 64).wrapping_sub(self.first_block))?;
        let bit = 1_u64 << (number % 64);
        (bits & bit != 0).then(|| (first + (bits & (bit - 1)).count_ones()) as usize)
    }

    /// What a term costs in each, where its words' lists have them.
    fn costs(&self, lists: &Postings, skips: &Skips, term: &Term<'_>) -> Vec<u8> {
        let mut costs = vec![NONE; self.numbers.len()];
        let Some(last) = self.numbers.last() else { return costs };
        for (word, cost) in term.words() {
            if lists.bytes(word) / BYTES_PER_SEEK > self.numbers.len() {
                let mut list = lists.seek(skips, word);
                for (best, number) in costs.iter_mut().zip(&self.numbers) {
                    if list.has(*number) {
                        *best = cost.min(*best);
                    }
                }
            } else {
                for number in lists.of(word).take_while(|number| number <= last) {
                    if let Some(place) = self.place(number) {
                        costs[place] = cost.min(costs[place]);
                    }
                }
            }
        }
        costs
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn members_know_their_places(numbers in prop::collection::vec(0_u32..500, 0..40)) {
            let members = Members::of(numbers.clone());
            for number in 0..600 {
                let place = members.place(number);
                prop_assert_eq!(place.is_some(), numbers.contains(&number));
                prop_assert!(place.is_none_or(|place| members.numbers[place] == number));
            }
        }
    }
}

//! Artist credits: which artists an artist cell names.
//!
//! A cell is text as a person writes it: `Justine Skye, Tyga`, `Lead feat. Guest`, `Tyler, The Creator`. Where one artist ends and
//! the next begins takes the evidence of a whole table, which the trainer had; so the artifact says it, as byte ranges.

use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    column::{IntColumn, StringColumn},
    invalid::Invalid,
};

/// For so many cells, where the artists of the first one are is kept in memory.
const BLOCK_CELLS: usize = 64;

/// Which artists each distinct artist cell names. Most name one, which is the whole cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Credits {
    /// How many artists of each cell are in `gaps` and `lengths`; 0 where the whole cell is one artist.
    counts: IntColumn,
    /// Bytes between an artist and the one before it, or the beginning of the cell.
    gaps: IntColumn,
    /// Bytes of each artist.
    lengths: IntColumn,
    /// How many artists are before each block of cells.
    blocks: Vec<u32>,
}

impl Credits {
    /// Credits of cells: the byte ranges of each one's artists, ascending; none where the whole cell is one artist.
    ///
    /// # Panics
    ///
    /// If ranges of a cell overlap or do not ascend.
    pub fn new<'a>(cells: impl IntoIterator<Item = &'a [Range<u32>]>) -> Self {
        let (mut counts, mut gaps, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
        for ranges in cells {
            counts.push(ranges.len() as u32);
            let mut end = 0;
            for range in ranges {
                assert!(end <= range.start && range.start <= range.end, "{ranges:?}");
                gaps.push(range.start - end);
                lengths.push(range.end - range.start);
                end = range.end;
            }
        }
        Self::of_columns(counts.into(), gaps.into(), lengths.into())
    }

    /// Credits of so many cells of one artist each.
    pub fn whole(cells: usize) -> Self {
        Self::new(std::iter::repeat_n(&[][..], cells))
    }

    fn of_columns(counts: IntColumn, gaps: IntColumn, lengths: IntColumn) -> Self {
        let mut blocks = Vec::with_capacity(counts.len().div_ceil(BLOCK_CELLS));
        let mut before = 0_u32;
        counts.each(0..counts.len(), |cell, count| {
            if cell % BLOCK_CELLS == 0 {
                blocks.push(before);
            }
            // Of a sum that is too large, `check` says that it is wrong.
            before = before.saturating_add(count);
        });
        Self { counts, gaps, lengths, blocks }
    }

    /// The artists of a cell, in their order, as they stand in it. `cells` are those that these credits are of.
    ///
    /// # Panics
    ///
    /// If there is no cell of this code.
    pub fn of<'a>(&'a self, cells: &'a StringColumn, code: u32) -> impl Iterator<Item = &'a str> {
        let (code, cell) = (code as usize, cells.get(code as usize));
        let count = self.counts.get(code) as usize;
        let start = if count == 0 {
            0
        } else {
            let block = code / BLOCK_CELLS;
            let before = (block * BLOCK_CELLS..code).map(|cell| self.counts.get(cell)).sum::<u32>();
            (self.blocks[block] + before) as usize
        };
        let mut end = 0;
        let several = (start..start + count).map(move |artist| {
            let start = end + self.gaps.get(artist) as usize;
            end = start + self.lengths.get(artist) as usize;
            &cell[start..end]
        });
        several.chain((count == 0 && !cell.is_empty()).then_some(cell))
    }

    /// How much memory they take, in bytes.
    pub fn memory(&self) -> usize {
        self.counts.memory() + self.gaps.memory() + self.lengths.memory() + self.blocks.len() * size_of::<u32>()
    }

    /// Whether these can be credits of these cells: every artist is a piece of its cell.
    pub(crate) fn check(&self, cells: &StringColumn) -> Result<(), Invalid> {
        Invalid::count("numbers of artists", cells.len(), self.counts.len())?;
        let artists: u64 = self.counts.iter().map(u64::from).sum();
        for (what, column) in [("gaps between artists", &self.gaps), ("lengths of artists", &self.lengths)] {
            Invalid::count(what, usize::try_from(artists).unwrap_or(usize::MAX), column.len())?;
        }
        let mut artist = 0;
        for (code, count) in self.counts.iter().enumerate().filter(|(_, count)| *count > 0) {
            let cell = cells.get(code);
            let mut end = 0_usize;
            for _ in 0..count {
                let start = end.saturating_add(self.gaps.get(artist) as usize);
                end = start.saturating_add(self.lengths.get(artist) as usize);
                if start == end || cell.get(start..end).is_none() {
                    let what = format!("an artist of cell {code} is {start}..{end}").into();
                    return Err(Invalid::OutOfRange { what, least: 0.0, most: cell.len() as f64, got: end as f64 });
                }
                artist += 1;
            }
        }
        Ok(())
    }
}

impl Serialize for Credits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.counts, &self.gaps, &self.lengths).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Credits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (counts, gaps, lengths) = Deserialize::deserialize(deserializer)?;
        Ok(Self::of_columns(counts, gaps, lengths))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(credits: &Credits, cells: &StringColumn) -> Vec<Vec<String>> {
        (0..cells.len() as u32).map(|code| credits.of(cells, code).map(str::to_owned).collect()).collect()
    }

    #[test]
    fn a_cell_without_ranges_is_one_artist() {
        let cells: StringColumn = ["Tyler, The Creator", "Bob, Cy", ""].into_iter().collect();
        let credits = Credits::new([&[][..], &[0..3, 5..7], &[]]);
        assert!(credits.check(&cells).is_ok());
        assert_eq!(all(&credits, &cells), [vec!["Tyler, The Creator"], vec!["Bob", "Cy"], vec![]]);
    }

    #[test]
    fn artists_that_are_no_piece_of_their_cell_are_refused() {
        let cells: StringColumn = ["é, b"].into_iter().collect();
        assert!(Credits::new([&[0..2, 4..5][..]]).check(&cells).is_ok());
        for wrong in [vec![(0, 1), (4, 5)], vec![(0, 2), (2, 2)], vec![(0, 2), (4, 6)], vec![(7, 9)]] {
            let wrong: Vec<_> = wrong.into_iter().map(|(start, end)| start..end).collect();
            assert!(Credits::new([&wrong[..]]).check(&cells).is_err(), "{wrong:?}");
        }
        let [one, none] = [[0..2; 1], [0..0; 1]];
        assert!(Credits::new([&one[..], &none[..0]]).check(&cells).is_err());
        let short = Credits::of_columns(IntColumn::new(&[2]), IntColumn::new(&[0]), IntColumn::new(&[1]));
        assert!(short.check(&cells).is_err());
        let endless = Credits::of_columns(IntColumn::new(&[u32::MAX]), IntColumn::new(&[]), IntColumn::new(&[]));
        assert!(endless.check(&cells).is_err());
    }

    proptest! {
        #[test]
        fn artists_come_back_from_their_ranges(
            artists in prop::collection::vec(prop::collection::vec("[aé★]{1,3}", 1..4), 0..200)
        ) {
            let cells: StringColumn = artists.iter().map(|names| names.join(", ")).collect();
            let ranges: Vec<Vec<Range<u32>>> = artists
                .iter()
                .map(|names| {
                    let mut start = 0;
                    let range = |name: &String| {
                        let range = start..start + name.len() as u32;
                        start = range.end + 2;
                        range
                    };
                    if names.len() > 1 { names.iter().map(range).collect() } else { Vec::new() }
                })
                .collect();
            let credits = Credits::new(ranges.iter().map(Vec::as_slice));
            prop_assert!(credits.check(&cells).is_ok());
            prop_assert_eq!(all(&credits, &cells), artists);
        }
    }
}

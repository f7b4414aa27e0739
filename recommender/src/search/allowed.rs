//! Which rows a search may find.

use crate::{bit_set::BitSet, catalog::titles::SongIds};

/// Which rows a search may find.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Allowed<'a> {
    /// All but those of a few songs.
    AllBut(&'a [u32]),
    /// These.
    Rows(&'a BitSet),
}

impl Allowed<'_> {
    #[inline]
    pub(crate) fn contains(self, row: u32, songs: &SongIds) -> bool {
        match self {
            Self::AllBut(left_out) => !left_out.contains(&songs.of(row)),
            Self::Rows(rows) => rows.contains(row),
        }
    }

    /// How many rows of a range may be found; with songs that are left out, at most.
    pub(super) fn count(self, range: std::ops::Range<u32>) -> u32 {
        match self {
            Self::AllBut(_) => range.end - range.start,
            Self::Rows(rows) => rows.count(range),
        }
    }
}

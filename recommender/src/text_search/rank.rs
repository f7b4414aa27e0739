//! Which of two songs that were found comes first.

/// A song that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Row of the catalogue: the most popular release of the song.
    pub row: u32,
    /// How what was typed is in it.
    pub matched: Matched,
}

/// How what was typed is in a song, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matched {
    /// It is the title, apart from case, diacritics and signs.
    Title,
    /// Every typed word is a word of title or artist.
    Words,
    /// Every typed word is, or begins, a word of title or artist.
    Prefix,
    /// Some typed words are or begin one if typos are allowed.
    Typos,
}

/// What a typed word that is a song's word adds to the song's cost.
pub(super) const EXACT: u8 = 0;
/// What the last typed word adds where it begins a song's word.
pub(super) const PREFIX_LAST: u8 = 1;
/// What any other typed word adds where it begins a song's word.
pub(super) const PREFIX: u8 = 2;
/// What each typo adds: more than all words of a query that are only begun.
pub(super) const TYPO: u8 = 64;

/// How many parts of a title and an artist are told apart.
const QUARTERS: u8 = 4;

/// A song and its rank in one number, the best the lowest: how it matched (2 bits), the step that found it (2), what
/// its words cost (16), how little of title or artist was typed (8), and its number, which goes by popularity. What was typed is counted
/// in quarters, and all of it: of songs that are nearly alike in this, the most popular is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ranked(u64);

impl Ranked {
    pub(super) fn new(is_title: bool, step: usize, cost: u32, covered: u8, song: u32) -> Self {
        let matched = match cost {
            _ if is_title => Matched::Title,
            0 => Matched::Words,
            cost if cost < TYPO.into() => Matched::Prefix,
            _ => Matched::Typos,
        };
        let (step, cost) = (step.min(3) as u64, u64::from(cost.min(0xffff)));
        // A title is typed as a whole, whatever version it names beside.
        let covered = if is_title || covered == u8::MAX { QUARTERS } else { covered / (u8::MAX / QUARTERS + 1) };
        let rest = u64::from(QUARTERS - covered);
        Self((matched as u64) << 62 | step << 60 | cost << 40 | rest << 32 | u64::from(song))
    }

    pub(super) fn song(self) -> u32 {
        // The cast keeps the lower half: the song.
        self.0 as u32
    }

    pub(super) fn matched(self) -> Matched {
        match self.0 >> 62 {
            0 => Matched::Title,
            1 => Matched::Words,
            2 => Matched::Prefix,
            _ => Matched::Typos,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_comes_before_words_prefixes_and_typos_and_coverage_before_popularity() {
        let best_first = [
            Ranked::new(true, 0, EXACT.into(), 100, 9),
            Ranked::new(false, 0, EXACT.into(), 255, 3),
            Ranked::new(false, 0, EXACT.into(), 255, 8),
            Ranked::new(false, 0, EXACT.into(), 100, 0),
            Ranked::new(false, 0, PREFIX_LAST.into(), 255, 7),
            Ranked::new(false, 1, (16 * PREFIX).into(), 255, 6),
            Ranked::new(false, 2, TYPO.into(), 255, 5),
            Ranked::new(false, 3, (2 * TYPO).into(), 255, 4),
        ];
        assert!(best_first.is_sorted());
        assert!(best_first.is_sorted_by_key(|ranked| ranked.matched()));
        assert_eq!(best_first.map(Ranked::song), [9, 3, 8, 0, 7, 6, 5, 4]);
    }
}

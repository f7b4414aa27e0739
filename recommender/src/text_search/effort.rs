//! How much one request may make a search work.

/// How many words with typos one request looks for among [`WORDS_PER_LOOK`] words of a catalogue; among more, fewer in proportion.
const MAX_MISSPELT_WORDS: u32 = 64;
const WORDS_PER_LOOK: usize = 1 << 17;
/// How many it looks for in any case: a search by itself has no more.
const MIN_MISSPELT_WORDS: u32 = 12;
/// What it takes to find the names that are near an unknown one, in such words.
const NAMES: u32 = 8;
/// How many songs one request holds against its words, and into how many parts what is left is divided, of which a search gets one.
const MAX_EXAMINED_SONGS: usize = 1 << 19;
const PARTS: usize = 16;
/// How many songs a search may look at that has nothing left.
const MIN_EXAMINED_SONGS: usize = 256;

/// What is left of the work that one request may cause, which may have many seeds: looking for words with typos, and holding songs
/// against words that many of them have, is what costs.
#[derive(Clone, Debug)]
pub(crate) struct Effort {
    misspelt_words: u32,
    /// Those that were looked for.
    looked_for: u32,
    examined_songs: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self { misspelt_words: MAX_MISSPELT_WORDS, looked_for: 0, examined_songs: MAX_EXAMINED_SONGS }
    }
}

impl Effort {
    /// Whether there is some left.
    pub(crate) fn is_left(&self) -> bool {
        self.misspelt_words > 0 || self.looked_for < MIN_MISSPELT_WORDS
    }

    /// Takes what a word costs that is looked for with so many typos among so many words; whether it was left.
    pub(super) fn take(&mut self, typos: u32, words: usize) -> bool {
        let left = self.misspelt_words.checked_sub(typos.saturating_mul(looks(words)));
        self.misspelt_words = left.unwrap_or(0);
        let is_left = left.is_some() || self.looked_for < MIN_MISSPELT_WORDS;
        self.looked_for += u32::from(is_left);
        is_left
    }

    /// Takes what it costs to find those of so many names that are near an unknown one; whether it was left. For the first it always is.
    pub(crate) fn take_names(&mut self, names: usize) -> bool {
        let is_first = self.misspelt_words == MAX_MISSPELT_WORDS;
        let left = self.misspelt_words.checked_sub(NAMES.saturating_mul(looks(names)));
        self.misspelt_words = left.unwrap_or(0);
        is_first || left.is_some()
    }

    /// How many songs a search may look at.
    pub(super) fn songs(&self) -> usize {
        (self.examined_songs / PARTS).max(MIN_EXAMINED_SONGS)
    }

    /// Takes songs that a search looks at.
    pub(super) fn take_songs(&mut self, songs: usize) {
        self.examined_songs = self.examined_songs.saturating_sub(songs);
    }
}

/// As how many looks one among so many words counts.
fn looks(words: usize) -> u32 {
    u32::try_from(words.div_ceil(WORDS_PER_LOOK)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn among_more_words_fewer_are_looked_for_and_a_few_in_any_case() {
        let words = |words: usize| {
            let mut effort = Effort::default();
            (0..1_000).filter(|_| effort.take(1, words)).count()
        };
        assert_eq!(words(100), 64);
        assert_eq!(words(3 * WORDS_PER_LOOK), 21);
        assert_eq!(words(100 * WORDS_PER_LOOK), 12);
        let names = |names: usize| {
            let mut effort = Effort::default();
            (0..100).filter(|_| effort.take_names(names)).count()
        };
        assert_eq!((names(100), names(3 * WORDS_PER_LOOK), names(100 * WORDS_PER_LOOK)), (8, 2, 1));
    }
}

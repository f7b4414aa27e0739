//! How much one request may make a search work.

/// How many words with typos one request looks for.
const MAX_MISSPELT_WORDS: u32 = 64;
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
    examined_songs: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self { misspelt_words: MAX_MISSPELT_WORDS, examined_songs: MAX_EXAMINED_SONGS }
    }
}

impl Effort {
    /// Whether there is some left.
    pub(crate) fn is_left(&self) -> bool {
        self.misspelt_words > 0
    }

    /// Takes what a word costs that is looked for with so many typos; whether it was left.
    pub(crate) fn take(&mut self, typos: u32) -> bool {
        let left = self.misspelt_words.checked_sub(typos);
        self.misspelt_words = left.unwrap_or(0);
        left.is_some()
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

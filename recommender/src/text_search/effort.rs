//! How much one request may make a search work.

/// How many words with typos one request looks for.
const MAX_MISSPELT_WORDS: u32 = 64;

/// What is left of the work that one request may cause: looking for words with typos is what costs, and there may be many seeds.
#[derive(Clone, Debug)]
pub(crate) struct Effort {
    misspelt_words: u32,
}

impl Default for Effort {
    fn default() -> Self {
        Self { misspelt_words: MAX_MISSPELT_WORDS }
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
}

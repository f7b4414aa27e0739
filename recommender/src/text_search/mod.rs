//! Finding songs by what a user types: words of title and artist in any order, begun, or with typos.
//!
//! Nothing of this is in an artifact. The distinct words of all titles and artists are held in a finite state
//! transducer (the `fst` crate) that numbers them in their order, so that the words which begin alike are a range of
//! numbers. Songs are numbered by popularity, the most popular first: wherever the work has to be bounded, what is
//! looked at is what most people mean.
//!
//! A query is tried as strictly as it can be and then, where that finds fewer songs than were asked for, less so:
//!
//! 1. every word is a song's word, and the last one at least begins one;
//! 2. every word at least begins one;
//! 3. words of 4 to 32 characters may have one typo (Levenshtein distance 1), unless a query of three words or more
//!    has found a song already;
//! 4. words of 8 to 16 may have two, where nothing was found at all.
//!
//! Where a query has words that the index does not know, they are the misspelt ones: typos are looked for in no other.
//! What a later step finds ranks after what an earlier one did, so that a smaller limit gives the beginning of a
//! larger one's answer.

mod build;
mod query;
mod rank;
mod search;
mod term;
mod tokens;

pub use rank::{Hit, Matched};

/// The words of a catalogue's titles and artists, and which songs have them.
pub struct InvertedIndex {
    /// Distinct words, each with its number in their order.
    words: fst::Map<Vec<u8>>,
    /// Where each word's songs begin in `postings`; one more at the end.
    starts: Vec<u32>,
    /// Songs of each word, ascending.
    postings: Vec<u32>,
    /// What there is to know of each song, the most popular first.
    songs: Vec<Song>,
    /// Words of each song, those of its title first.
    song_words: Vec<u32>,
}

/// One song of the index.
struct Song {
    /// Row of its most popular release.
    row: u32,
    /// Where its words end in `song_words`; they begin where those of the song before end.
    end: u32,
    /// CRC-32 of the letters and digits of its title: equal titles have equal ones.
    title: u32,
    /// How many different words of its title are in `song_words`.
    in_title: u8,
    /// Length of its title in words as a person counts them: `ac/dc` is one.
    title_length: u8,
    /// The same of its artist.
    artist_length: u8,
}

impl InvertedIndex {
    /// How many songs it finds.
    pub fn songs(&self) -> usize {
        self.songs.len()
    }

    /// How many different words it knows.
    pub fn words(&self) -> usize {
        self.words.len()
    }

    /// How much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        let numbers = self.starts.len() + self.postings.len() + self.song_words.len();
        self.words.as_fst().size() + numbers * size_of::<u32>() + self.songs.len() * size_of::<Song>()
    }

    /// The words of a song: those of its title, and those of its artist.
    fn words_of(&self, song: u32) -> (&[u32], &[u32]) {
        let song = song as usize;
        let start = if song == 0 { 0 } else { self.songs[song - 1].end as usize };
        let this = &self.songs[song];
        self.song_words[start..this.end as usize].split_at(this.in_title.into())
    }

    /// The songs of a range of words, ascending for each of them.
    fn songs_of(&self, words: &std::ops::Range<u32>) -> &[u32] {
        &self.postings[self.starts[words.start as usize] as usize..self.starts[words.end as usize] as usize]
    }
}

//! From a query to the songs that it may mean.

use std::collections::HashSet;

use super::{
    Hit, InvertedIndex,
    query::Query,
    rank::{EXACT, Ranked},
    term::Term,
};

/// How many songs are held against the words of a query, divided by their number.
const MAX_EXAMINED_SONGS: usize = 1 << 15;
/// How many of the most popular songs are enough where there are more than can be examined.
const ENOUGH_POPULAR_SONGS: usize = 2_048;
/// In how many words of a query one typo is looked for, and in how many two: making an automaton costs.
const MAX_MISSPELT_WORDS: [usize; 2] = [4, 2];
/// A query of this many words that finds a song at all is not taken for misspelt.
const TRUSTED_QUERY_WORDS: usize = 3;
/// The steps, from the strictest on.
const STEPS: usize = 4;

impl InvertedIndex {
    /// Songs that hold what was typed, best first, each once; at most `limit`.
    pub fn search(&self, typed: &str, limit: usize) -> Vec<Hit> {
        let query = Query::new(typed);
        if limit == 0 {
            return Vec::new();
        }
        let mut readings: Vec<Vec<Term<'_>>> = query.readings.iter().map(|words| self.terms(words)).collect();
        let mut found: Vec<Ranked> = Vec::new();
        for step in 0..STEPS {
            let before = found.len();
            for terms in &mut readings {
                if self.widen(terms, step) {
                    self.find(terms, step, query.title_hash, &mut found);
                }
            }
            if before > 0 || readings.len() > 1 {
                // Found again by a later step, or by another reading: where it ranks best is what counts.
                found.sort_unstable();
                let mut seen = HashSet::with_capacity(found.len());
                found.retain(|ranked| seen.insert(ranked.song()));
            }
            let words = readings.first().map_or(0, Vec::len);
            let enough = match step {
                0 => limit,
                1 if words >= TRUSTED_QUERY_WORDS => 1,
                1 => limit,
                _ => 1,
            };
            if found.len() >= enough.min(limit) {
                break;
            }
        }
        if found.len() > limit {
            found.select_nth_unstable(limit - 1);
            found.truncate(limit);
        }
        found.sort_unstable();
        let hit = |ranked: &Ranked| Hit { row: self.songs[ranked.song() as usize].row, matched: ranked.matched() };
        found.iter().map(hit).collect()
    }

    fn terms<'q>(&self, words: &'q [String]) -> Vec<Term<'q>> {
        let last = words.len().saturating_sub(1);
        words.iter().enumerate().map(|(place, word)| Term::new(self, word, place == last)).collect()
    }

    /// Lets the terms mean what a step allows; whether that can be more than before it.
    fn widen(&self, terms: &mut [Term<'_>], step: usize) -> bool {
        let last = terms.len().saturating_sub(1);
        match step {
            0 => true,
            1 => {
                terms[..last].iter_mut().for_each(|term| term.allow_prefix(self));
                last > 0
            }
            _ => {
                let typos = step as u32 - 1;
                let certain = terms.iter().any(|term| term.is_unknown());
                let suspect = |term: &&mut Term<'_>| term.typos() >= typos && (!certain || term.is_unknown());
                let long = terms.iter_mut().filter(suspect);
                long.take(MAX_MISSPELT_WORDS[step - 2]).map(|term| term.allow_typos(self, typos)).count() > 0
            }
        }
    }

    /// Adds the songs that have a word for every term.
    fn find(&self, terms: &[Term<'_>], step: usize, title_hash: u32, found: &mut Vec<Ranked>) {
        let mut terms: Vec<&Term<'_>> = terms.iter().collect();
        // The rarest first: its songs are the ones to look at, and most of them are told by the next.
        terms.sort_by_key(|term| term.doc_freq());
        let Some(rarest) = terms.first() else { return };
        let most = MAX_EXAMINED_SONGS / terms.len();
        let rank = |song| self.rank(song, &terms, step, title_hash);
        if rarest.doc_freq() <= most {
            let mut songs: Vec<u32> = rarest.songs(self).flatten().copied().collect();
            songs.sort_unstable();
            songs.dedup();
            found.extend(songs.into_iter().filter_map(rank));
        } else {
            // Too many: the most popular songs of all, and those that have the very word.
            let popular = most.min(self.songs.len()) as u32;
            let before = found.len();
            let mut next = 0;
            while next < popular && found.len() - before < ENOUGH_POPULAR_SONGS {
                found.extend(rank(next));
                next += 1;
            }
            let exact = rarest.exact(self).iter().copied().filter(|song| *song >= next);
            found.extend(exact.take(most).filter_map(rank));
        }
    }

    /// How a song ranks, if it has a word for every term.
    fn rank(&self, song: u32, terms: &[&Term<'_>], step: usize, title_hash: u32) -> Option<Ranked> {
        let (title, artist) = self.words_of(song);
        let (mut cost, mut in_title, mut in_artist) = (0, 0, 0);
        for term in terms {
            let best = |words: &[u32]| words.iter().filter_map(|word| term.cost(*word)).min();
            let (by_title, by_artist) = (best(title), best(artist));
            in_title += u32::from(by_title.is_some());
            in_artist += u32::from(by_artist.is_some());
            cost += by_title.into_iter().chain(by_artist).min()?;
        }
        let song_of = &self.songs[song as usize];
        let covered = |matched: u32, length: u8| {
            let length = u32::from(length.max(1));
            (matched.min(length) * u32::from(u8::MAX) / length) as u8
        };
        let (title, artist) = (covered(in_title, song_of.title_length), covered(in_artist, song_of.artist_length));
        // Above all one of the two; of two that are alike in this, the one that has more of the other.
        let covered = ((3 * u32::from(title.max(artist)) + u32::from(title.min(artist))) / 4) as u8;
        let is_title = cost == EXACT && song_of.title == title_hash;
        Some(Ranked::new(is_title, step, cost, covered, song))
    }
}

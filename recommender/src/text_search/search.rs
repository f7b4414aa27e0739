//! From a query to the songs that it may mean.

use std::collections::HashSet;

use super::{
    Hit,
    candidates::{Match, matching},
    effort::Effort,
    index::TextSearch,
    query::{MAX_QUERY_WORDS, Query},
    rank::Ranked,
    term::Term,
};
use crate::catalog::Catalog;

/// In how many words of a query one typo is looked for, and in how many two.
const MAX_MISSPELT_WORDS: [usize; 2] = [4, 2];
/// A query of this many words that finds a song at all is not taken for misspelt.
const TRUSTED_QUERY_WORDS: usize = 3;
/// The steps, from the strictest on: exact words, prefixes, one typo, two typos, and a typo in words that are right as they stand.
const STEPS: usize = 5;

impl TextSearch {
    /// Songs that hold what was typed, best first, each once; at most `limit`. `catalog` is the one that the index is of. Typos are looked
    /// for while `effort` is left.
    pub(crate) fn search(&self, catalog: &Catalog, typed: &str, limit: usize, effort: &mut Effort) -> Vec<Hit> {
        let query = Query::new(typed);
        if limit == 0 {
            return Vec::new();
        }
        let mut readings: Vec<Vec<Term<'_>>> = query.readings.iter().map(|words| self.terms(words)).collect();
        let mut found: Vec<Ranked> = Vec::new();
        for step in 0..STEPS {
            let before = found.len();
            for terms in &mut readings {
                if self.widen(terms, step, effort) {
                    self.find(catalog, &query, terms, step, effort, &mut found);
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
        let hit = |ranked: &Ranked| Hit { row: self.rows[ranked.song() as usize], matched: ranked.matched() };
        found.iter().map(hit).collect()
    }

    fn terms<'q>(&self, words: &'q [String]) -> Vec<Term<'q>> {
        let last = words.len().saturating_sub(1);
        words.iter().enumerate().map(|(place, word)| Term::new(self, word, place == last)).collect()
    }

    /// Lets the terms mean what a step allows; whether that can be more than before it.
    fn widen(&self, terms: &mut [Term<'_>], step: usize, effort: &mut Effort) -> bool {
        let last = terms.len().saturating_sub(1);
        match step {
            0 => true,
            1 => {
                terms[..last].iter_mut().for_each(|term| term.allow_prefix(self));
                last > 0
            }
            4 => {
                // What looks right may be another word misspelt: `chzn maxi` for Chan and Mari.
                let known = terms.iter_mut().filter(|term| term.typos() >= 1 && !term.is_unknown());
                known
                    .take(MAX_MISSPELT_WORDS[0])
                    .filter_map(|term| effort.take(1, self.words()).then(|| term.allow_typos(self, 1)))
                    .count()
                    > 0
            }
            _ => {
                let typos = step as u8 - 1;
                let certain = terms.iter().any(|term| term.is_unknown());
                let suspect = |term: &&mut Term<'_>| term.typos() >= typos && (!certain || term.is_unknown());
                let long = terms.iter_mut().filter(suspect);
                let long = long.take(MAX_MISSPELT_WORDS[step - 2]);
                long.filter_map(|term| effort.take(typos.into(), self.words()).then(|| term.allow_typos(self, typos)))
                    .count()
                    > 0
            }
        }
    }

    /// Adds the songs that have a word for every term.
    fn find(
        &self,
        catalog: &Catalog,
        query: &Query,
        terms: &[Term<'_>],
        step: usize,
        effort: &mut Effort,
        found: &mut Vec<Ranked>,
    ) {
        let mut terms: Vec<&Term<'_>> = terms.iter().collect();
        // The rarest first: its songs are the ones to look at.
        terms.sort_by_key(|term| term.doc_freq());
        let Some(rarest) = terms.first() else { return };
        let most = effort.songs() / terms.len();
        let mut songs: Vec<u32> = if rarest.doc_freq() <= most {
            rarest.words().flat_map(|(word, _)| self.songs_of(word)).collect()
        } else {
            // Too many: the most popular songs of all, and those that have the very word.
            let popular = most.min(self.songs()) as u32;
            let exact = rarest.exact().into_iter().flat_map(|word| self.songs_of(word));
            (0..popular).chain(exact.filter(|song| *song >= popular).take(most)).collect()
        };
        songs.sort_unstable();
        songs.dedup();
        effort.take_songs(songs.len());
        let matches = matching(self, catalog, songs, &terms);
        found.extend(matches.iter().map(|found| self.rank(catalog, query, terms.len(), step, found)));
    }

    /// The songs that have a word in their title, then those that have it in their artist, each ascending.
    fn songs_of(&self, word: u32) -> impl Iterator<Item = u32> {
        let by_artist = self.index.artists.of(word).flat_map(|cell| self.songs_of_artist(cell));
        self.index.titles.of(word).chain(by_artist.copied())
    }

    /// How a song ranks that has a word for every one of so many terms.
    fn rank(&self, catalog: &Catalog, query: &Query, terms: usize, step: usize, found: &Match) -> Ranked {
        let Match { song, cost, in_title, in_artist } = *found;
        let row = self.rows[song as usize] as usize;
        let title_length = self.index.title_lengths.get(song as usize).max(1);
        let artist_length = self.index.artist_lengths.get(catalog.artists.code(row) as usize).max(1);
        let covered = |matched: u32, length: u32| matched.min(length) * u32::from(u8::MAX) / length;
        let (title, artist) = (covered(in_title, title_length), covered(in_artist, artist_length));
        // Above all one of the two; of two that are alike in this, the one that has more of the other.
        let covered = ((3 * title.max(artist) + title.min(artist)) / 4) as u8;
        // Only a title with all words that were typed can be the one; of a long query no more than its first words are terms.
        let is_title = cost == 0
            && (in_title as usize == terms || terms == MAX_QUERY_WORDS)
            && query.is_title(catalog.songs.get(row));
        Ranked::new(is_title, step, cost, covered, song)
    }
}

//! The songs that a query is held against, and what its terms cost in each of them.

use super::{index::TextSearch, term::Term};
use crate::catalog::Catalog;

/// What no word of a field is.
const NONE: u8 = u8::MAX;

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
    let places = Places::of(&songs);
    let mut matches: Vec<Match> =
        songs.into_iter().map(|song| Match { song, cost: 0, in_title: 0, in_artist: 0 }).collect();
    let mut in_all = vec![true; matches.len()];
    let cells = catalog.artists.dictionary().len();
    for term in terms {
        let mut by_title = vec![NONE; matches.len()];
        let mut by_artist = vec![NONE; cells];
        for (word, cost) in term.words() {
            for song in search.index.titles.of(word) {
                match places.of_song(song) {
                    Place::At(place) => by_title[place] = by_title[place].min(cost),
                    Place::None => {}
                    Place::Beyond => break,
                }
            }
            for cell in search.index.artists.of(word) {
                let best = &mut by_artist[cell as usize];
                *best = cost.min(*best);
            }
        }
        for ((found, in_all), title) in matches.iter_mut().zip(&mut in_all).zip(by_title) {
            if !*in_all {
                continue;
            }
            let artist = by_artist[catalog.artists.code(search.rows[found.song as usize] as usize) as usize];
            *in_all = title.min(artist) != NONE;
            found.in_title += u32::from(title != NONE);
            // A word that is in both is the title's: "the" of a title says nothing of an artist.
            found.in_artist += u32::from(artist != NONE && title == NONE);
            found.cost += u32::from(title.min(artist));
        }
    }
    let mut in_all = in_all.into_iter();
    matches.retain(|_| in_all.next().unwrap_or_default());
    matches
}

/// Where a song is among some.
enum Place {
    At(usize),
    None,
    /// It is not among them, and none that comes after it is.
    Beyond,
}

/// Where each of some songs is among them: a bit for each song up to the last, and how many there are before each 64.
struct Places {
    blocks: Vec<(u64, u32)>,
}

impl Places {
    fn of(songs: &[u32]) -> Self {
        let mut blocks = vec![(0_u64, 0_u32); songs.last().map_or(0, |last| *last as usize / 64 + 1)];
        songs.iter().for_each(|song| blocks[*song as usize / 64].0 |= 1 << (song % 64));
        let mut before = 0;
        for (bits, first) in &mut blocks {
            *first = before;
            before += bits.count_ones();
        }
        Self { blocks }
    }

    #[inline]
    fn of_song(&self, song: u32) -> Place {
        let Some((bits, first)) = self.blocks.get(song as usize / 64) else { return Place::Beyond };
        let bit = 1_u64 << (song % 64);
        if bits & bit == 0 {
            return Place::None;
        }
        Place::At((first + (bits & (bit - 1)).count_ones()) as usize)
    }
}

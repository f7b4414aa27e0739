//! Which versions are of one song: those whose titles have one [`song_key`](crate::text::song_key), and whose artists are the same,
//! or one of several is. `Dance` by `Lead` and `Dance - Live` by `Lead;Guest` are; a cover by others is another song.

use std::collections::HashMap;

use super::{Catalog, artists::Artists};

/// By how many versions each version stands behind the first one of its song: 0 for the first.
///
/// `firsts` is a row of each version, `key` the number of its title's key.
pub(super) fn link(catalog: &Catalog, firsts: &[u32], key: impl Fn(u32) -> u32) -> Vec<u32> {
    let artists = Artists::new(catalog);
    let mut by_key: Vec<(u32, u32)> = (0..).zip(firsts).map(|(version, row)| (key(*row), version)).collect();
    by_key.sort_unstable();
    let mut first_of: Vec<u32> = (0..firsts.len() as u32).collect();
    let mut by_artist: HashMap<u32, u32> = HashMap::new();
    let mut by_cell: HashMap<u32, u32> = HashMap::new();
    for same_key in by_key.chunk_by(|a, b| a.0 == b.0).filter(|same_key| same_key.len() > 1) {
        by_artist.clear();
        by_cell.clear();
        for (_, version) in same_key {
            let cell = catalog.artists.code(firsts[*version as usize] as usize);
            // A cell may name nobody.
            join(&mut first_of, *by_cell.entry(cell).or_insert(*version), *version);
            for artist in artists.of(cell) {
                join(&mut first_of, *by_artist.entry(*artist).or_insert(*version), *version);
            }
        }
    }
    (0..first_of.len() as u32).map(|version| version - root(&mut first_of, version)).collect()
}

/// The first version of the song of `version` (union-find with path halving; the smallest number is the root).
fn root(first_of: &mut [u32], mut version: u32) -> u32 {
    while first_of[version as usize] != version {
        let above = first_of[version as usize];
        first_of[version as usize] = first_of[above as usize];
        version = above;
    }
    version
}

fn join(first_of: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root(first_of, a), root(first_of, b));
    first_of[a.max(b) as usize] = a.min(b);
}

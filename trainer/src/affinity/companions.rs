//! Which artists, and which tracks, are on the same playlists: the cosine of their incidence, shrunk for rare ones.
//!
//! The work is linear in the entries of the playlists: of a playlist of more than `MAX_PLAYLIST_SONGS` songs, and of the playlists
//! of an artist or a track on more than `MAX_PLAYLISTS`, an evenly spaced sample is counted.

use rayon::prelude::*;
use recommender::{
    Model,
    companions::{CompanionTable, Companions},
};

/// Of a playlist so many songs count.
const MAX_PLAYLIST_SONGS: usize = 500;
/// Of an artist's or a track's playlists so many count.
const MAX_PLAYLISTS: usize = 500;
/// Tracks that are on fewer playlists have no companions: one playlist says more of its maker than of its tracks.
const MIN_TRACK_PLAYLISTS: usize = 2;
/// What is added to the number of playlists of each of two, so that those that share their only playlist are no perfect pair.
const SHRINKAGE: f64 = 1.0;

/// Counts the companions on playlists: lists of rows of different songs.
pub fn count<'a>(model: &Model, playlists: impl Iterator<Item = &'a [u32]>) -> Companions {
    let (mut artists, mut songs) = (Vec::new(), Vec::new());
    for playlist in playlists {
        let rows = sample(playlist, MAX_PLAYLIST_SONGS);
        songs.push(distinct(rows.clone().map(|row| model.songs().of(row))));
        artists.push(distinct(rows.flat_map(|row| model.artists_of(row).iter().copied())));
    }
    let rows = model.titles().songs_first(model.songs());
    Companions {
        artists: table(&artists, model.artist_count(), 1, &|artist| artist),
        tracks: table(&songs, rows.len(), MIN_TRACK_PLAYLISTS, &|song| rows[song as usize]),
    }
}

fn distinct(keys: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut keys: Vec<u32> = keys.collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Up to `most` of a list, evenly spaced.
fn sample(all: &[u32], most: usize) -> impl ExactSizeIterator<Item = u32> + Clone + '_ {
    let count = all.len().min(most);
    (0..count).map(move |place| all[place * all.len() / count])
}

/// The companions of every key on at least `least` lists. `value` is what a companion is called.
fn table(lists: &[Vec<u32>], keys: usize, least: usize, value: &(dyn Fn(u32) -> u32 + Sync)) -> CompanionTable {
    let mut lists_of: Vec<Vec<u32>> = vec![Vec::new(); keys];
    for (list, members) in (0..).zip(lists) {
        members.iter().for_each(|key| lists_of[*key as usize].push(list));
    }
    let root = |key: u32| (lists_of[key as usize].len() as f64 + SHRINKAGE).sqrt();
    // How often each key was met, and which were.
    let start = || (vec![0_u32; keys], Vec::new());
    let of = |(counts, met): &mut (Vec<u32>, Vec<u32>), key: u32| {
        let all = &lists_of[key as usize];
        if all.len() < least {
            return (key, Vec::new());
        }
        let counted = sample(all, MAX_PLAYLISTS);
        let scale = all.len() as f64 / counted.len().max(1) as f64;
        for other in counted.flat_map(|list| &lists[list as usize]) {
            let count = &mut counts[*other as usize];
            if *count == 0 {
                met.push(*other);
            }
            *count += 1;
        }
        let mut found = Vec::with_capacity(met.len());
        for other in met.drain(..) {
            let count = f64::from(std::mem::take(&mut counts[other as usize])) * scale;
            if other != key && lists_of[other as usize].len() >= least {
                found.push((value(other), (count / (root(key) * root(other))) as f32));
            }
        }
        (key, found)
    };
    let found: Vec<(u32, Vec<(u32, f32)>)> = (0..keys as u32)
        .into_par_iter()
        .map_init(start, |counts, key| {
            let (key, mut found) = of(counts, key);
            // No more than are kept are held in memory.
            found.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            found.truncate(recommender::companions::MAX_COMPANIONS);
            (key, found)
        })
        .filter(|(_, found)| !found.is_empty())
        .collect();
    CompanionTable::new(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(table: &CompanionTable, key: u32) -> Vec<(u32, u32)> {
        table.of(key).map(|(other, strength)| (other, (strength * 255.0).round() as u32)).collect()
    }

    #[test]
    fn a_strength_is_the_cosine_of_incidence_shrunk() {
        let lists = [vec![0, 1], vec![0, 1, 2], vec![0, 3]];
        let table = table(&lists, 4, 1, &|key| key);
        let strength =
            |together: f64, a: f64, b: f64| (together / ((a + 1.0) * (b + 1.0)).sqrt() * 255.0).round() as u32;
        assert_eq!(
            of(&table, 0),
            [(1, strength(2.0, 3.0, 2.0)), (2, strength(1.0, 3.0, 1.0)), (3, strength(1.0, 3.0, 1.0))]
        );
        assert_eq!(of(&table, 3), [(0, strength(1.0, 1.0, 3.0))]);
    }

    #[test]
    fn what_is_on_too_few_lists_is_nobodys_companion() {
        let lists = [vec![0, 1], vec![0, 1, 2]];
        let table = table(&lists, 3, 2, &|key| key + 10);
        assert_eq!(table.keys(), 2);
        assert_eq!(of(&table, 0).iter().map(|(other, _)| *other).collect::<Vec<_>>(), [11]);
        assert!(of(&table, 2).is_empty());
    }

    #[test]
    fn a_huge_list_is_sampled() {
        let all: Vec<u32> = (0..1_000_000).collect();
        let sampled: Vec<u32> = sample(&all, MAX_PLAYLIST_SONGS).collect();
        assert_eq!((sampled.len(), sampled[0], sampled[1]), (MAX_PLAYLIST_SONGS, 0, 2_000));
        assert_eq!(sample(&all[..3], MAX_PLAYLIST_SONGS).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(sample(&[], MAX_PLAYLIST_SONGS).count(), 0);
    }

    #[test]
    fn of_very_many_lists_a_sample_is_counted_and_scaled() {
        let lists: Vec<Vec<u32>> = (0..2_000).map(|list| if list < 1_000 { vec![0, 1] } else { vec![0, 2] }).collect();
        let table = table(&lists, 3, 1, &|key| key);
        let strength = (1_000.0 / (2_001.0_f64 * 1_001.0).sqrt() * 255.0).round() as u32;
        assert_eq!(of(&table, 1), [(0, strength)]);
        assert_eq!(of(&table, 0), [(1, strength), (2, strength)]);
    }
}

//! Ids for tracks that have none: the same file gives the same ids, every time and everywhere.

use std::collections::{HashMap, HashSet};

pub(crate) use recommender::base62::{LENGTH, base62};
pub(crate) use recommender::catalog::ids::MADE_PREFIX as PREFIX;
use recommender::column::{DictColumn, StringColumn};
use sha2::{Digest, Sha256};

/// The first 128 bits of SHA-256 over artist cell and title as the file has them, trimmed and in lower case: which artists the cell
/// names depends on the other rows, and an id does not. The n-th track of the same artist
/// and title hashes its n as well, from the second on.
fn hash(artist: &str, song: &str, occurrence: u32) -> u128 {
    // Zero bytes part the pieces, so the pieces may have none.
    let normalize = |text: &str| text.trim().to_lowercase().replace('\0', " ");
    let mut sha = Sha256::new();
    sha.update(normalize(artist));
    sha.update([0]);
    sha.update(normalize(song));
    if occurrence > 1 {
        sha.update([0]);
        sha.update(occurrence.to_string());
    }
    let hash: [u8; 32] = sha.finalize().into();
    hash.iter().take(16).fold(0, |bits, &byte| bits << 8 | u128::from(byte))
}

/// Gives every track whose id is empty one that no other track of the table has. Nothing where there is no room.
pub(crate) fn fill(ids: StringColumn, artists: &DictColumn, songs: &StringColumn) -> Option<StringColumn> {
    let missing: Vec<usize> = (0..ids.len()).filter(|&row| ids.get(row).is_empty()).collect();
    if missing.is_empty() {
        return Some(ids);
    }
    // A file may hold ids that were made here before (an exported table, extended).
    let given: HashSet<&str> = ids.iter().filter(|id| id.starts_with(PREFIX)).collect();
    let mut occurrences: HashMap<u128, u32> = HashMap::new();
    let mut made = Vec::with_capacity(missing.len());
    for &row in &missing {
        let (artist, song) = (artists.get(row), songs.get(row));
        let first = hash(artist, song, 1);
        let occurrence = occurrences.entry(first).or_default();
        made.push(loop {
            // Below the number of rows twice over, which fits: rows are limited to fewer than 2^31.
            *occurrence += 1;
            let id = base62(if *occurrence == 1 { first } else { hash(artist, song, *occurrence) });
            let id = format!("{PREFIX}{id}");
            if !given.contains(id.as_str()) {
                break id;
            }
        });
    }
    let mut made = missing.into_iter().zip(&made).peekable();
    let mut filled = StringColumn::default();
    for row in 0..ids.len() {
        let id = match made.next_if(|(missing, _)| *missing == row) {
            Some((_, id)) => id,
            None => ids.get(row),
        };
        if !filled.push(id) {
            return None;
        }
    }
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(tracks: &[(&str, &str, &str)]) -> Vec<String> {
        let ids: StringColumn = tracks.iter().map(|&(id, _, _)| id).collect();
        let songs: StringColumn = tracks.iter().map(|&(_, _, song)| song).collect();
        let artists: DictColumn = tracks.iter().map(|&(_, artist, _)| artist).collect();
        fill(ids, &artists, &songs).expect("room").iter().map(str::to_owned).collect()
    }

    #[test]
    fn id_depends_on_artist_and_title_alone_and_not_on_case() {
        let ids = filled(&[("", "ABBA", "Dancing Queen"), ("", "ABBA", "Waterloo"), ("", "Queen", "ABBA Dancing")]);
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 3);
        assert!(ids.iter().all(|id| id.strip_prefix(PREFIX).is_some_and(|id| id.len() == LENGTH)));
        assert_eq!(filled(&[("", "abba ", " dancing QUEEN")])[0], ids[0]);
        // Part of the contract: an id, once given, stays. SHA-256 of "abba\0dancing queen".
        assert_eq!(ids[0], "segue-49DoX7aVL78Hk13LB8Ao3I");
    }

    #[test]
    fn another_release_has_an_id_of_its_own() {
        let release = ("", "ABBA", "Waterloo");
        let ids = filled(&[release, ("", "ABBA", "SOS"), release, release]);
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 4);
        assert_eq!(filled(&[release, release])[..], [ids[0].clone(), ids[2].clone()]);
    }

    #[test]
    fn given_ids_stay_and_no_made_one_equals_them() {
        let made = filled(&[("", "ABBA", "Waterloo")]).remove(0);
        let ids = filled(&[("", "ABBA", "Waterloo"), (&made, "ABBA", "Waterloo"), ("x", "ABBA", "Waterloo")]);
        assert_eq!(ids[1..], [made.clone(), "x".to_owned()]);
        assert_ne!(ids[0], made);
    }
}

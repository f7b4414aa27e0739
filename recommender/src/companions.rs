//! Companions: which artists, and which tracks, are often on the same playlists.
//!
//! How much two go together is the cosine of their incidence vectors, one component for each playlist (Sarwar et al. 2001,
//! "Item-based collaborative filtering recommendation algorithms"), shrunk for those that are on few playlists. The trainer counts
//! it and keeps the strongest of each.

use serde::{Deserialize, Serialize};

use crate::{column::IntColumn, invalid::Invalid, partition_point::partition_point};

/// The most companions that one artist or track has.
pub const MAX_COMPANIONS: usize = 20;
/// Strengths are stored as so many parts of 1.
const STRENGTH_PARTS: f32 = 255.0;

/// Which artists, and which tracks, are often on the same playlists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Companions {
    /// Artists, by number, and the artists that they are found with.
    pub artists: CompanionTable,
    /// Songs, by number, and a row of each song that they are found with.
    pub tracks: CompanionTable,
}

impl Companions {
    /// Whether nothing is found with anything.
    pub fn is_empty(&self) -> bool {
        self.artists.is_empty() && self.tracks.is_empty()
    }

    /// How much memory they take, in bytes.
    pub fn memory(&self) -> usize {
        self.artists.memory() + self.tracks.memory()
    }

    /// Whether these can be of a catalogue of so many songs and tracks. Artists are not counted: that would take them apart when a
    /// model is loaded, and those that do not exist have no tracks.
    pub(crate) fn check(&self, songs: usize, tracks: usize) -> Result<(), Invalid> {
        self.artists.check("artist", usize::MAX, usize::MAX)?;
        self.tracks.check("track", songs, tracks)
    }

    /// What loading does not check: that the artists exist.
    pub(crate) fn verify(&self, artists: usize) -> Result<(), Invalid> {
        self.artists.check("artist", artists, artists)
    }
}

/// The companions of each of some keys, the strongest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompanionTable {
    /// Those that have companions, ascending.
    keys: IntColumn,
    /// Where the companions of each key end.
    ends: IntColumn,
    /// The companions of all keys, end to end.
    companions: IntColumn,
    /// How strong each is: 1 to 255 for 1/255 to 1.
    strengths: IntColumn,
}

impl Default for CompanionTable {
    fn default() -> Self {
        Self::new(std::iter::empty::<(u32, Vec<(u32, f32)>)>())
    }
}

impl CompanionTable {
    /// The table of these keys, which ascend, and their companions with strengths from 0 to 1. Of more than [`MAX_COMPANIONS`] the
    /// strongest are kept, of equals those with the lowest number; a strength that rounds to 0 is left out.
    pub fn new(all: impl IntoIterator<Item = (u32, Vec<(u32, f32)>)>) -> Self {
        let (mut keys, mut ends, mut companions, mut strengths) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (key, found) in all {
            let part = |strength: f32| (strength.clamp(0.0, 1.0) * STRENGTH_PARTS).round() as u32;
            let mut found: Vec<(u32, u32)> =
                found.into_iter().map(|(other, strength)| (other, part(strength))).collect();
            found.retain(|(_, strength)| *strength > 0);
            found.sort_unstable_by_key(|(other, strength)| (std::cmp::Reverse(*strength), *other));
            found.truncate(MAX_COMPANIONS);
            if !found.is_empty() {
                keys.push(key);
                companions.extend(found.iter().map(|(other, _)| *other));
                strengths.extend(found.iter().map(|(_, strength)| *strength));
                ends.push(companions.len() as u32);
            }
        }
        let [keys, ends, companions, strengths] = [keys, ends, companions, strengths].map(IntColumn::from);
        Self { keys, ends, companions, strengths }
    }

    /// Number of pairs of a key and a companion.
    pub fn pairs(&self) -> usize {
        self.companions.len()
    }

    /// Number of keys that have companions.
    pub fn keys(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no pair.
    pub fn is_empty(&self) -> bool {
        self.companions.is_empty()
    }

    /// How much memory it takes, in bytes.
    pub fn memory(&self) -> usize {
        [&self.keys, &self.ends, &self.companions, &self.strengths].map(IntColumn::memory).iter().sum()
    }

    /// The companions of a key and how strong each is, 0 to 1, the strongest first.
    pub fn of(&self, key: u32) -> impl Iterator<Item = (u32, f32)> + '_ {
        let place = partition_point(0..self.keys.len(), |place| self.keys.get(place) < key);
        let is_there = place < self.keys.len() && self.keys.get(place) == key;
        let start = if place == 0 || !is_there { 0 } else { self.ends.get(place - 1) as usize };
        let end = if is_there { self.ends.get(place) as usize } else { 0 };
        (start..end).map(|pair| (self.companions.get(pair), self.strengths.get(pair) as f32 / STRENGTH_PARTS))
    }

    /// Whether the keys are below `keys` and the companions below `companions`. `what` says what a key is.
    fn check(&self, what: &str, keys: usize, companions: usize) -> Result<(), Invalid> {
        Invalid::count(format!("ends of companions of {what}s"), self.keys.len(), self.ends.len())?;
        Invalid::index(format!("companions are of {what}"), keys, self.keys.max())?;
        Invalid::index(format!("a companion is {what}"), companions, self.companions.max())?;
        Invalid::count(format!("strengths of companions of {what}s"), self.companions.len(), self.strengths.len())?;
        let strengths =
            Invalid::index("the strength of a companion is", STRENGTH_PARTS as usize + 1, self.strengths.max());
        strengths?;
        let (mut key_before, mut start) = (None, 0);
        for (key, end) in self.keys.iter().zip(self.ends.iter()) {
            if key_before.is_some_and(|before| before >= key) {
                return Err(Invalid::Order { what: format!("{what} {key} of those with companions").into() });
            }
            let count = (end as usize).checked_sub(start).unwrap_or(usize::MAX);
            if !(1..=MAX_COMPANIONS).contains(&count) {
                Invalid::count_range(format!("companions of {what} {key}"), 1..=MAX_COMPANIONS, count)?;
            }
            (key_before, start) = (Some(key), end as usize);
        }
        Invalid::count(format!("companions of all {what}s"), start, self.companions.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> CompanionTable {
        CompanionTable::new([(2, vec![(7, 0.2), (3, 1.0), (5, 0.001)]), (4, vec![(1, 0.0)]), (9, vec![(2, 0.5)])])
    }

    #[test]
    fn companions_are_of_their_key_the_strongest_first() {
        let of = |key| table().of(key).map(|(other, strength)| (other, (strength * 255.0).round())).collect::<Vec<_>>();
        assert_eq!(of(2), [(3, 255.0), (7, 51.0)], "what rounds to 0 is left out");
        assert_eq!(of(9), [(2, 128.0)]);
        for without in [0, 3, 4, 10, u32::MAX] {
            assert!(of(without).is_empty(), "{without}");
        }
        assert_eq!(CompanionTable::default().of(0).count(), 0);
    }

    #[test]
    fn the_strongest_are_kept() {
        let many = CompanionTable::new([(0, (1..=100).map(|other| (other, other as f32 / 100.0)).collect())]);
        let kept: Vec<u32> = many.of(0).map(|(other, _)| other).collect();
        assert_eq!(kept, (81..=100).rev().collect::<Vec<_>>());
    }

    #[test]
    fn a_table_that_contradicts_itself_is_refused() {
        assert!(table().check("artist", 10, 8).is_ok());
        assert!(table().check("artist", 9, 8).is_err(), "a key that is no artist");
        assert!(table().check("artist", 10, 7).is_err(), "a companion that is none");
        let changes: [fn(&mut CompanionTable); 8] = [
            |table| table.keys = IntColumn::new(&[9, 2]),
            |table| table.keys = IntColumn::new(&[2, 2]),
            |table| table.keys = IntColumn::new(&[2]),
            |table| table.ends = IntColumn::new(&[2, 2]),
            |table| table.ends = IntColumn::new(&[3, 2]),
            |table| table.ends = IntColumn::new(&[1, 2]),
            |table| table.strengths = IntColumn::new(&[255, 51]),
            |table| table.strengths = IntColumn::new(&[256, 51, 128]),
        ];
        for change in changes {
            let mut table = table();
            change(&mut table);
            assert!(table.check("artist", 10, 8).is_err(), "{table:?}");
        }
        let long = CompanionTable {
            keys: IntColumn::new(&[0]),
            ends: IntColumn::new(&[21]),
            companions: IntColumn::new(&[1; 21]),
            strengths: IntColumn::new(&[1; 21]),
        };
        assert!(long.check("artist", 10, 10).is_err(), "more than {MAX_COMPANIONS}");
    }
}

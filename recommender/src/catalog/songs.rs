//! Which rows are the same song, and which the same version of it.

use crate::{bit_set::BitSet, invalid::Invalid};

/// A number for each row of a catalogue: rows of one number are one song, or one version of one.
#[derive(Clone, Debug)]
pub struct SongIds {
    song_of: Vec<u32>,
    count: u32,
    /// Rows whose number other rows have, too.
    repeated: BitSet,
}

impl SongIds {
    /// Numbers rows, of which there are `tracks`: each pair is a row and its number, which are 0 and up without gaps.
    ///
    /// # Errors
    ///
    /// Where the rows are not each of the catalogue's once.
    pub(super) fn new(tracks: usize, numbered: impl Iterator<Item = (u32, u32)>) -> Result<Self, Invalid> {
        let mut song_of = vec![u32::MAX; tracks];
        let mut count = 0;
        for (row, number) in numbered {
            match song_of.get_mut(row as usize) {
                Some(song) if *song == u32::MAX => *song = number,
                Some(_) => return Err(Invalid::Repeated { what: format!("track {row}").into() }),
                None => {
                    return Err(Invalid::Index {
                        what: "a title is of track".into(),
                        count: tracks,
                        got: row as usize,
                    });
                }
            }
            count = count.max(number + 1);
        }
        let mut first_of = vec![u32::MAX; count as usize];
        let mut repeated = BitSet::new(tracks);
        for (row, song) in (0..).zip(&song_of) {
            // Each row has a number: there were as many pairs as rows, and none of a row twice.
            let Some(first) = first_of.get_mut(*song as usize) else { continue };
            if *first == u32::MAX {
                *first = row;
            } else {
                repeated.insert(*first);
                repeated.insert(row);
            }
        }
        Ok(Self { song_of, count, repeated })
    }

    /// The number of a track.
    ///
    /// # Panics
    ///
    /// If `row` is not a row of the catalogue.
    #[inline]
    pub fn of(&self, row: u32) -> u32 {
        self.song_of[row as usize]
    }

    /// How many numbers there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Rows whose number other rows have, too.
    pub(crate) fn repeated(&self) -> &BitSet {
        &self.repeated
    }
}

//! The tracks of each artist.

use super::{Catalog, artists::Artists};

/// A cell names at most so many artists of whom it is a track here: no cell can make the lists longer than so many times the
/// catalogue.
pub(crate) const MAX_ARTISTS_PER_CELL: usize = 8;

/// The rows of each artist, ascending.
#[derive(Debug)]
pub(crate) struct ArtistRows {
    /// Where each artist's rows begin; one more at the end.
    starts: Vec<u32>,
    /// The rows of all artists, end to end.
    rows: Vec<u32>,
}

impl ArtistRows {
    /// O(tracks), 4 bytes for each track and artist of it, and for each artist.
    pub(crate) fn new(catalog: &Catalog, artists: &Artists) -> Self {
        let named = |row: usize| named(artists, catalog.artists.code(row)).iter();
        let mut starts = vec![0_u32; artists.count() + 1];
        for row in 0..catalog.len() {
            named(row).for_each(|artist| starts[*artist as usize + 1] += 1);
        }
        for artist in 1..starts.len() {
            starts[artist] += starts[artist - 1];
        }
        let mut places = starts.clone();
        let mut rows = vec![0; starts.last().map_or(0, |end| *end as usize)];
        for row in 0..catalog.len() {
            for artist in named(row) {
                let place = &mut places[*artist as usize];
                rows[*place as usize] = row as u32;
                *place += 1;
            }
        }
        Self { starts, rows }
    }

    /// An artist's rows; none where there is no such artist.
    pub(crate) fn of(&self, artist: u32) -> &[u32] {
        let artist = artist as usize;
        match self.starts.get(artist..artist + 2) {
            Some(&[start, end]) => &self.rows[start as usize..end as usize],
            _ => &[],
        }
    }
}

/// The artists of a cell, by its code: the first [`MAX_ARTISTS_PER_CELL`].
pub(crate) fn named(artists: &Artists, cell: u32) -> &[u32] {
    let all = artists.of(cell);
    &all[..all.len().min(MAX_ARTISTS_PER_CELL)]
}

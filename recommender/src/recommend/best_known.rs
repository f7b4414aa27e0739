//! The best-known songs of some rows: what a person is shown to begin with.

use std::ops::Range;

use crate::model::Model;

impl Model {
    /// The best-known songs among some rows, the most popular first: `count` at most, no two of one artist cell, out of the
    /// [`MAX_LISTED_ARTISTS`](crate::recommend::MAX_LISTED_ARTISTS) most popular tracks. None where the model has no popularity.
    ///
    /// # Panics
    ///
    /// If one is not a row of the catalogue.
    pub fn popular_tracks(&self, rows: Range<u32>, count: usize) -> Vec<u32> {
        if self.popularity().is_none() {
            return Vec::new();
        }
        let tracks = self.by_popularity(&self.best_known(&rows.collect::<Vec<_>>()));
        let artist = |row: u32| self.catalog().artists.get(row as usize);
        let mut chosen: Vec<u32> = Vec::with_capacity(count);
        for row in tracks {
            if chosen.len() < count && chosen.iter().all(|other| artist(*other) != artist(row)) {
                chosen.push(row);
            }
        }
        chosen
    }
}

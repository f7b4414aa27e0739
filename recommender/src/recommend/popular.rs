//! Which of several songs is meant where one is far better known.

use std::cmp::Reverse;

use crate::model::Model;

/// Tables that count popularity in points of so many at most, as Spotify does, or as a share: by how many of them one song must have more
/// than another to outweigh it.
const MIN_POINTS: [(f64, f64); 2] = [(1.0, 0.1), (100.0, 10.0)];
/// In other tables: how many times as far behind the other must rank.
const MIN_RANKS: u32 = 10;

impl Model {
    /// Some rows by popularity, the most popular first; those that are as popular, and all of them without popularities, stay in their
    /// order.
    pub(super) fn by_popularity(&self, rows: &[u32]) -> Vec<u32> {
        let mut rows = rows.to_vec();
        if let Some(popularity) = self.popularity().map(|feature| &self.catalog().features[feature]) {
            // Codes are in the order of the values.
            rows.sort_by_key(|row| Reverse(popularity.codes().get(*row as usize)));
        }
        rows
    }

    /// The row of the song that is meant of these rows, if one song outweighs the others clearly: the most popular row of the only
    /// song, or of one that has ten points of popularity more than any other. In tables whose popularities go beyond 100, the others
    /// must rank ten times as far behind.
    pub(super) fn outweighing(&self, rows: &[u32]) -> Option<u32> {
        let rows = self.by_popularity(rows);
        let first = *rows.first()?;
        let Some(second) = rows.iter().find(|row| self.songs().of(**row) != self.songs().of(first)) else {
            return Some(first);
        };
        let popularity = &self.catalog().features[self.popularity()?];
        let most = *popularity.values().last()?;
        let outweighs = if let Some((_, points)) = MIN_POINTS.iter().find(|(of, _)| most <= *of) {
            popularity.get(first as usize) - popularity.get(*second as usize) >= *points
        } else {
            let codes = popularity.codes();
            let [mut rank, mut other_rank] = [1_u32, 1];
            let [code, other_code] = [first, *second].map(|row| codes.get(row as usize));
            codes.each(0..codes.len(), |_, any| {
                rank += u32::from(any > code);
                other_rank += u32::from(any > other_code);
            });
            rank.saturating_mul(MIN_RANKS) <= other_rank
        };
        outweighs.then_some(first)
    }
}

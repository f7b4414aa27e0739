//! Which of several songs is meant where one is far better known.

use std::cmp::Reverse;

use crate::model::Model;

/// The largest popularity of a table that counts it in points of a hundred, as Spotify does.
const HUNDRED: f64 = 100.0;
/// How many of these points one song must have more than another to outweigh it.
const MIN_POINTS: f64 = 10.0;
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
        let outweighs = if popularity.values().last().is_some_and(|most| *most <= HUNDRED) {
            popularity.get(first as usize) - popularity.get(*second as usize) >= MIN_POINTS
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

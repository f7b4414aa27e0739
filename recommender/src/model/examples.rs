//! The best-known songs: what a reader may know of a catalogue or a cluster.

use std::ops::Range;

use super::Model;

/// How many songs stand for a cluster.
pub const EXAMPLES: usize = 3;

impl Model {
    /// Up to [`EXAMPLES`] rows that stand for each cluster, by id: its best-known songs, or where popularity says nothing, its most
    /// central tracks. They are looked for when first asked for.
    pub fn examples(&self) -> &[Vec<u32>] {
        self.examples.get_or_init(|| {
            let of = |cluster: usize| {
                let (rows, central) = (self.clusters[cluster].rows.clone(), &self.clusters[cluster].central);
                self.most_popular(rows, EXAMPLES).unwrap_or_else(|| central.iter().copied().take(EXAMPLES).collect())
            };
            (0..self.clusters.len()).map(of).collect()
        })
    }

    /// The most popular of some rows, best known first, at most `count`, each of another song and another artist; of equally popular
    /// ones the first. `None` where popularity is not a feature, or is the same in every track.
    ///
    /// # Panics
    ///
    /// If one of `rows` is not a row of the catalogue.
    pub fn most_popular(&self, rows: Range<u32>, count: usize) -> Option<Vec<u32>> {
        let popularity = &self.catalog.features[self.popularity()?];
        if popularity.values().len() < 2 {
            return None;
        }
        let mut found: Vec<u32> = Vec::new();
        for _ in 0..count {
            let mut best: Option<(u32, u32)> = None;
            for row in rows.clone() {
                // The values ascend, and so do their codes.
                let code = popularity.codes().get(row as usize);
                if best.is_none_or(|(known, _)| code > known) && found.iter().all(|other| self.differ(*other, row)) {
                    best = Some((code, row));
                }
            }
            let Some((_, row)) = best else { break };
            found.push(row);
        }
        Some(found)
    }

    /// Whether two rows are of different songs and share no artist.
    fn differ(&self, a: u32, b: u32) -> bool {
        let artists = |row: u32| self.artists_of(row);
        self.songs.of(a) != self.songs.of(b) && !artists(a).iter().any(|artist| artists(b).contains(artist))
    }
}

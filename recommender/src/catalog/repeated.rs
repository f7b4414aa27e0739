//! The songs of several tracks: which these are, and in which clusters. What counts songs, or leaves some of them out, need not look at
//! every track.

use std::ops::Range;

use super::songs::SongIds;

/// The songs that several rows have.
#[derive(Debug)]
pub(crate) struct RepeatedSongs {
    /// Ascending.
    songs: Vec<u32>,
    /// The clusters of each song, as bits: there are at most 32 clusters.
    clusters: Vec<u32>,
    /// Where the rows of each song end.
    ends: Vec<u32>,
    /// The rows of all of these songs, end to end.
    rows: Vec<u32>,
    /// How many songs of each cluster have one row only.
    singles: Vec<u32>,
}

impl RepeatedSongs {
    /// O(rows of repeated songs · log), 4 bytes for each of these rows and 12 for each of the songs. `ranges` are the rows of each cluster.
    pub(crate) fn new(ids: &SongIds, ranges: &[Range<u32>]) -> Self {
        let (mut of_rows, mut singles) = (Vec::new(), Vec::with_capacity(ranges.len()));
        for (cluster, range) in ranges.iter().enumerate() {
            let before = of_rows.len();
            of_rows.extend(ids.repeated().iter(range.clone()).map(|row| (ids.of(row), row, 1_u32 << cluster)));
            singles.push(range.end - range.start - (of_rows.len() - before) as u32);
        }
        of_rows.sort_unstable();
        let mut repeated = Self {
            songs: Vec::new(),
            clusters: Vec::new(),
            ends: Vec::new(),
            rows: of_rows.iter().map(|(_, row, _)| *row).collect(),
            singles,
        };
        let mut end = 0;
        for rows in of_rows.chunk_by(|a, b| a.0 == b.0) {
            end += rows.len() as u32;
            repeated.songs.push(rows[0].0);
            repeated.clusters.push(rows.iter().fold(0, |clusters, (.., cluster)| clusters | cluster));
            repeated.ends.push(end);
        }
        repeated
    }

    /// The rows of a song, ascending; nothing where it has one only.
    pub(crate) fn rows_of(&self, song: u32) -> Option<&[u32]> {
        let place = self.songs.binary_search(&song).ok()?;
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        Some(&self.rows[start as usize..self.ends[place] as usize])
    }

    /// How many different songs these clusters have.
    pub(crate) fn count(&self, clusters: &[usize]) -> u32 {
        let wanted = clusters.iter().fold(0_u32, |bits, cluster| bits | 1 << cluster);
        let repeated = self.clusters.iter().filter(|clusters| *clusters & wanted != 0).count() as u32;
        clusters.iter().map(|cluster| self.singles[*cluster]).sum::<u32>() + repeated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn songs_are_counted_as_row_by_row() {
        // Songs of eight rows in two clusters: 0 is in both, 2 twice in one.
        let songs = [0, 1, 2, 2, 3, 0, 4, 5];
        let ids = SongIds::new(8, (0..).zip(songs)).expect("songs");
        let ranges = [0..5, 5..8];
        let repeated = RepeatedSongs::new(&ids, &ranges);
        assert_eq!([&[0][..], &[1], &[0, 1]].map(|clusters| repeated.count(clusters)), [4, 3, 6]);
        assert_eq!((repeated.rows_of(0), repeated.rows_of(2)), (Some(&[0, 5][..]), Some(&[2, 3][..])));
        assert!([1, 3, 4, 5, 9].iter().all(|song| repeated.rows_of(*song).is_none()));
    }
}

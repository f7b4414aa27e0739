//! Tracks that may be near by affinity though they are not by audio: those of the seeds' artists, of their companions, the seeds'
//! own companions, and those of the seeds' genres. However many tracks an artist has, a bounded number of them is looked at.

use super::values::Affinities;
use crate::{
    bit_set::BitSet,
    catalog::row_lists::{RowLists, within},
    model::Model,
};

/// Of the seeds' artists so many tracks for each song that is wanted, but no fewer and no more than these.
const OWN_ROWS: Bounds = Bounds { per_song: 16, least: 256, most: 1_024 };
/// The same of companions.
const COMPANION_ROWS: Bounds = Bounds { per_song: 5, least: 48, most: 500 };
/// What share of the tracks has a genre that is not searched by itself: among the nearest by audio there are enough of it.
const FREQUENT: usize = 3;
/// At least so many tracks of each artist, where there are as many.
const MIN_ROWS_PER_ARTIST: usize = 4;

/// How many rows are looked at.
struct Bounds {
    per_song: usize,
    least: usize,
    most: usize,
}

impl Bounds {
    fn of(&self, songs: usize) -> usize {
        songs.saturating_mul(self.per_song).clamp(self.least, self.most)
    }
}

/// Rows of these clusters for the best `most` songs: bounded, whatever the number of seeds; some may be there twice.
pub(in crate::recommend) fn rows(
    model: &Model,
    affinities: &Affinities<'_>,
    clusters: &[usize],
    most: usize,
) -> Vec<u32> {
    let (own_rows, companion_rows) = (OWN_ROWS.of(most), COMPANION_ROWS.of(most));
    let mut rows: Vec<u32> = Vec::new();
    let is_searched = |row: u32| clusters.len() == model.clusters().len() || clusters.contains(&model.cluster_of(row));
    let companions = affinities.companion_rows.iter().map(|(row, _)| *row);
    rows.extend(companions.filter(|row| is_searched(*row)).take(companion_rows / 4));
    let companion_rows = companion_rows - rows.len();

    let mut own = affinities.artists.clone();
    own.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut others = affinities.companion_artists.clone();
    others.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    if !own.is_empty() || !others.is_empty() {
        let tracks = ArtistTracks { model, all: model.artist_rows(), clusters };
        tracks.sample(own.into_iter().map(|(artist, _)| artist), own_rows, &mut rows);
        tracks.sample(others.into_iter().map(|(artist, _)| artist), companion_rows, &mut rows);
    }
    rows
}

/// The rows of these clusters that share a genre with the seeds and may be answered with; nothing where all genres of the seeds are
/// frequent, or no seed has one.
pub(in crate::recommend) fn of_genres(
    model: &Model,
    affinities: &Affinities<'_>,
    clusters: &[usize],
    is_allowed: impl Fn(u32) -> bool,
) -> Option<BitSet> {
    let genres = affinities.seed_genres();
    let (rows, count) = (model.genre_rows().filter(|_| genres.len() > 0)?, model.catalog().len());
    let mut found: Option<BitSet> = None;
    for list in genres.map(|genre| rows.of(genre)).filter(|list| list.len() < count / FREQUENT) {
        for cluster in clusters {
            for row in within(list, model.clusters()[*cluster].rows.clone()) {
                if is_allowed(*row) {
                    found.get_or_insert_with(|| BitSet::new(count)).insert(*row);
                }
            }
        }
    }
    found
}

/// The tracks of artists in some clusters.
struct ArtistTracks<'a> {
    model: &'a Model,
    all: &'a RowLists,
    clusters: &'a [usize],
}

impl ArtistTracks<'_> {
    /// Adds up to `budget` rows of these artists, as many of each: evenly spaced ones of an artist with more, so that they are of all
    /// clusters and all their regions. What an artist does not need goes to the next ones.
    fn sample(&self, artists: impl ExactSizeIterator<Item = u32>, budget: usize, rows: &mut Vec<u32>) {
        let (count, end) = (artists.len(), rows.len() + budget);
        for (place, artist) in artists.enumerate() {
            let left = end - rows.len();
            if left == 0 {
                return;
            }
            let share = (left / (count - place)).max(MIN_ROWS_PER_ARTIST).min(left);
            let parts = self.parts(artist);
            let total: usize = parts.iter().map(|part| part.len()).sum();
            let wanted = share.min(total);
            let (mut parts, mut before) = (parts.into_iter(), 0);
            let mut part: &[u32] = &[];
            for place in (0..wanted).map(|number| number * total / wanted) {
                while place >= before + part.len() {
                    before += part.len();
                    // There are `total` in all of them.
                    let Some(next) = parts.next() else { return };
                    part = next;
                }
                rows.push(part[place - before]);
            }
        }
    }

    /// An artist's rows in the clusters.
    fn parts(&self, artist: u32) -> Vec<&[u32]> {
        let all = self.all.of(artist);
        if self.clusters.len() == self.model.clusters().len() {
            return vec![all];
        }
        let part = |cluster: &usize| {
            let rows = &self.model.clusters()[*cluster].rows;
            within(all, rows.clone())
        };
        self.clusters.iter().map(part).collect()
    }
}

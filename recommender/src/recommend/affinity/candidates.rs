//! Tracks that may be near by affinity though they are not by audio: those of the seeds' artists, of these artists' companions, of the
//! seeds' genres, and the seeds' own companions.
//!
//! What the lists of rows say of a track (its artist is a seed's, or so strong a companion of one; its genre is so many seeds') is
//! known without looking at the track. With its cosine, its genre and its year, that is nearly its score: only the best by it are scored
//! in full.
//! However many tracks an artist or a genre has, a bounded number of them is looked at.

use super::values::Affinities;
use crate::{
    affinity::AffinityKind,
    catalog::row_lists::{RowLists, within},
    model::Model,
    vector::Vector,
};

/// Of the seeds' artists so many tracks for each song that is wanted, but no fewer and no more than these.
const OWN_ROWS: Bounds = Bounds { per_song: 16, least: 256, most: 2_048 };
/// And so many for each of these artists, with the same limit.
const ROWS_PER_OWN_ARTIST: usize = 64;
/// The same of companions.
const COMPANION_ROWS: Bounds = Bounds { per_song: 8, least: 128, most: 1_024 };
/// The same of genres.
const GENRE_ROWS: Bounds = Bounds { per_song: 16, least: 512, most: 2_048 };
/// So many of all of them are scored in full.
const SCORED_ROWS: Bounds = Bounds { per_song: 3, least: 48, most: usize::MAX };
/// At least so many tracks of each artist and genre, where there are as many.
const MIN_ROWS_PER_LIST: usize = 4;

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

/// Where candidates are looked for.
pub(in crate::recommend) struct Lists<'a> {
    pub(in crate::recommend) model: &'a Model,
    pub(in crate::recommend) affinities: &'a Affinities<'a>,
    /// By id, each once.
    pub(in crate::recommend) clusters: &'a [usize],
    pub(in crate::recommend) query: &'a Vector,
    /// What a cosine to `query` counts for.
    pub(in crate::recommend) length: f32,
}

impl Lists<'_> {
    /// Allowed rows of these clusters for the best `most` songs: bounded, whatever the number of seeds; some may be there twice.
    pub(in crate::recommend) fn rows(&self, most: usize, is_allowed: impl Fn(u32) -> bool) -> Vec<u32> {
        let affinities = self.affinities;
        let weight = |kind| affinities.weight(kind);
        let mut best = Best::new(SCORED_ROWS.of(most));
        let (own, others) = (&affinities.artists, &affinities.companion_artists);
        if !own.is_empty() || !others.is_empty() {
            let strongest = |list: &[(u32, f32)]| {
                let mut list = list.to_vec();
                list.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                list
            };
            let bonus = |artist: &u32, strength: f32| {
                let is_own = own.binary_search_by_key(artist, |(own, _)| *own).is_ok();
                strength * weight(AffinityKind::Playlists) + if is_own { weight(AffinityKind::Artist) } else { 0.0 }
            };
            let companionship = |artist: &u32| {
                others.binary_search_by_key(artist, |(other, _)| *other).map_or(0.0, |place| others[place].1)
            };
            let own = strongest(own).into_iter().map(|(artist, _)| (artist, bonus(&artist, companionship(&artist))));
            let others = strongest(others).into_iter().map(|(artist, strength)| (artist, bonus(&artist, strength)));
            let by_row = |row| affinities.bonus_of_year(row) + affinities.bonus_of_genre(row);
            let rows = self.model.artist_rows();
            let own_rows = OWN_ROWS.of(most).max(own.len() * ROWS_PER_OWN_ARTIST).min(OWN_ROWS.most);
            self.sample(rows, own, own_rows, by_row, &is_allowed, &mut best);
            self.sample(rows, others, COMPANION_ROWS.of(most), by_row, &is_allowed, &mut best);
        }
        let mut genres = affinities.seed_genres();
        if let (Some(rows), false) = (self.model.genre_rows(), genres.is_empty()) {
            genres.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let genres = genres.into_iter().map(|(genre, share)| (genre, share * weight(AffinityKind::Genre)));
            let by_row = |row| affinities.bonus_of_year(row);
            self.sample(rows, genres, GENRE_ROWS.of(most), by_row, &is_allowed, &mut best);
        }
        let mut rows = best.into_rows();
        let is_searched = |row: u32| self.is_everywhere() || self.clusters.contains(&self.model.cluster_of(row));
        let companions = affinities.companion_rows.iter().map(|(row, _)| *row);
        rows.extend(companions.filter(|row| is_searched(*row) && is_allowed(*row)).take(SCORED_ROWS.of(most)));
        rows
    }

    /// Offers up to `budget` rows of these lists, as many of each: evenly spaced ones of a list with more, so that they are of all
    /// clusters and all their regions. What a list does not need goes to the next ones. Each list comes with what it brings its rows;
    /// `by_row` is what else is known to be brought to each.
    fn sample(
        &self,
        all: &RowLists,
        lists: impl ExactSizeIterator<Item = (u32, f32)>,
        budget: usize,
        by_row: impl Fn(u32) -> f32,
        is_allowed: &impl Fn(u32) -> bool,
        best: &mut Best,
    ) {
        let (count, mut left) = (lists.len(), budget);
        let nodes = self.model.neighbors().nodes();
        for (place, (list, bonus)) in lists.enumerate() {
            if left == 0 {
                return;
            }
            let share = (left / (count - place)).max(MIN_ROWS_PER_LIST).min(left);
            let parts = self.parts(all.of(list));
            let total: usize = parts.iter().map(|part| part.len()).sum();
            let wanted = share.min(total);
            left -= wanted;
            let rows = spaced(&parts, total, wanted);
            nodes.each_row(rows, self.query, |row, distance| {
                let score = self.length * (1.0 - distance / 2.0) + bonus + by_row(row);
                if score > best.bound && is_allowed(row) {
                    best.add(score, row);
                }
            });
        }
    }

    fn is_everywhere(&self) -> bool {
        self.clusters.len() == self.model.clusters().len()
    }

    /// The rows of a list that are in the clusters.
    fn parts<'r>(&self, list: &'r [u32]) -> Vec<&'r [u32]> {
        if self.is_everywhere() {
            return vec![list];
        }
        self.clusters.iter().map(|cluster| within(list, self.model.clusters()[*cluster].rows.clone())).collect()
    }
}

/// `wanted` of the `total` rows of some lists, end to end, evenly spaced.
fn spaced<'r>(parts: &'r [&'r [u32]], total: usize, wanted: usize) -> impl Iterator<Item = u32> + 'r {
    let (mut parts, mut part, mut before) = (parts.iter(), &[][..], 0);
    (0..wanted).map_while(move |number| {
        let place = number * total / wanted;
        while place >= before + part.len() {
            before += part.len();
            part = parts.next()?;
        }
        Some(part[place - before])
    })
}

/// The rows with the highest scores.
struct Best {
    most: usize,
    rows: Vec<(f32, u32)>,
    /// What is not above it is not among them.
    bound: f32,
}

impl Best {
    fn new(most: usize) -> Self {
        Self { most, rows: Vec::new(), bound: f32::NEG_INFINITY }
    }

    /// Takes a row whose score is above the bound.
    fn add(&mut self, score: f32, row: u32) {
        self.rows.push((score, row));
        // As many again are gathered before the lower half is thrown away.
        if self.rows.len() >= 2 * self.most {
            self.truncate();
        }
    }

    fn truncate(&mut self) {
        if self.rows.len() > self.most {
            self.rows.select_nth_unstable_by(self.most - 1, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            self.rows.truncate(self.most);
            self.bound = self.rows[self.most - 1].0;
        }
    }

    fn into_rows(mut self) -> Vec<u32> {
        self.truncate();
        self.rows.into_iter().map(|(_, row)| row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_evenly_spaced_over_all_parts_of_a_list() {
        let parts = [&[1, 3][..], &[], &[8, 9, 20, 21], &[30]];
        let spaced = |wanted| spaced(&parts, 7, wanted).collect::<Vec<_>>();
        assert_eq!(spaced(7), [1, 3, 8, 9, 20, 21, 30]);
        assert_eq!((spaced(3), spaced(2)), (vec![1, 8, 20], vec![1, 9]));
        assert!(spaced(0).is_empty());
    }

    #[test]
    fn the_best_are_those_with_the_highest_scores() {
        let mut best = Best::new(3);
        for row in 0..50_u32 {
            let score = (row * 7 % 50) as f32;
            if score > best.bound {
                best.add(score, row);
            }
        }
        let mut rows = best.into_rows();
        rows.sort_unstable_by_key(|row| std::cmp::Reverse(row * 7 % 50));
        assert_eq!(rows.iter().map(|row| row * 7 % 50).collect::<Vec<_>>(), [49, 48, 47]);
    }
}

//! What each affinity brings a track.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{
    affinity::{AffinityKind, AffinityWeights},
    column::{DictColumn, IntColumn},
    model::Model,
    recommend::{ResolvedSeed, SeedGroup},
};

/// In how many years the nearness of two years falls to 1/e.
const YEARS: f64 = 3.0;
/// Years this far apart are not near at all.
const FAR_YEARS: usize = 40;
/// Genres are compared with those of so many different seeds' genre cells, the most frequent ones.
const MAX_GENRE_CELLS: usize = 128;

/// exp(-years apart / 3).
static NEARNESS: LazyLock<[f32; FAR_YEARS]> =
    LazyLock::new(|| std::array::from_fn(|years| (-(years as f64) / YEARS).exp() as f32));

/// The affinities of tracks to some seeds.
pub struct Affinities<'a> {
    pub(super) model: &'a Model,
    weights: [f32; AffinityKind::ALL.len()],
    /// The seeds' artists, ascending, and what the seeds by each weigh.
    pub(super) artists: Vec<(u32, f32)>,
    /// The seeds' years, and each one's share of those that are known.
    years: Vec<(u32, f32)>,
    /// For each of the seeds' genres, ascending, the genre cells that name it, as bits, and each cell's share of the seeds with a genre.
    genres: Vec<(u32, u128)>,
    genre_shares: Vec<f32>,
    /// How strongly each artist is a companion of the seeds', mean over the seeds; ascending.
    pub(super) companion_artists: Vec<(u32, f32)>,
    /// How strongly each song is a companion of the seeds, mean over the seeds; ascending.
    companion_songs: Vec<(u32, f32)>,
    /// A row of each of those songs, and the same; the strongest first.
    pub(super) companion_rows: Vec<(u32, f32)>,
}

impl<'a> Affinities<'a> {
    /// The affinities to these seeds that have a weight other than 0.
    pub fn new(model: &'a Model, seeds: &[ResolvedSeed], weights: &AffinityWeights) -> Self {
        let rows: Vec<(u32, f32)> = seeds.iter().filter_map(|seed| Some((seed.row?, seed.weight as f32))).collect();
        let groups: Vec<(Vec<u32>, f32)> = seeds
            .iter()
            .filter_map(|seed| match &seed.group {
                Some(SeedGroup::Artist { name, .. }) => Some((model.artists().find(name), seed.weight as f32)),
                _ => None,
            })
            .collect();
        let mut affinities = Self {
            model,
            weights: AffinityKind::ALL.map(|kind| weights.get(kind).unwrap_or(0.0) as f32),
            artists: Vec::new(),
            years: Vec::new(),
            genres: Vec::new(),
            genre_shares: Vec::new(),
            companion_artists: Vec::new(),
            companion_songs: Vec::new(),
            companion_rows: Vec::new(),
        };
        for kind in AffinityKind::ALL {
            if affinities.weight(kind) == 0.0 {
                continue;
            }
            match kind {
                AffinityKind::Artist => {
                    let of_rows = rows
                        .iter()
                        .flat_map(|(row, weight)| model.artists_of(*row).iter().map(|artist| (*artist, *weight)));
                    let of_groups =
                        groups.iter().flat_map(|(artists, weight)| artists.iter().map(|artist| (*artist, *weight)));
                    affinities.artists = summed(of_rows.chain(of_groups));
                }
                AffinityKind::Year => affinities.add_years(&rows),
                AffinityKind::Genre => affinities.add_genres(&rows),
                AffinityKind::Playlists => affinities.add_companions(&rows, &groups),
            }
        }
        affinities
    }

    fn add_years(&mut self, rows: &[(u32, f32)]) {
        let Some(column) = &self.model.catalog().years else { return };
        let known =
            rows.iter().map(|(row, weight)| (column.get(*row as usize), *weight)).filter(|(year, _)| *year != 0);
        self.years = shares(summed(known));
    }

    fn add_genres(&mut self, rows: &[(u32, f32)]) {
        let Some(column) = &self.model.catalog().genres else { return };
        let genres = self.model.genres();
        let cells = rows.iter().map(|(row, weight)| (column.code(*row as usize), *weight));
        let mut cells = shares(summed(cells.filter(|(cell, _)| !genres.in_cell(*cell).is_empty())));
        cells.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        cells.truncate(MAX_GENRE_CELLS);
        let mut cells_of = BTreeMap::<u32, u128>::new();
        for (place, (cell, share)) in cells.into_iter().enumerate() {
            for genre in genres.in_cell(cell) {
                *cells_of.entry(*genre).or_default() |= 1 << place;
            }
            self.genre_shares.push(share);
        }
        self.genres = cells_of.into_iter().collect();
    }

    fn add_companions(&mut self, rows: &[(u32, f32)], groups: &[(Vec<u32>, f32)]) {
        let Some(companions) = self.model.companions() else { return };
        let weights: f32 = rows.iter().map(|(_, weight)| weight).chain(groups.iter().map(|(_, weight)| weight)).sum();
        let (mut artists, mut songs) = (BTreeMap::<u32, f32>::new(), BTreeMap::<u32, (u32, f32)>::new());
        let of_rows = rows.iter().map(|(row, weight)| (self.model.artists_of(*row), weight));
        for (named, weight) in of_rows.chain(groups.iter().map(|(named, weight)| (&named[..], weight))) {
            // Of several artists of a seed, the strongest counts for each companion.
            let mut of_seed = BTreeMap::<u32, f32>::new();
            for (artist, strength) in named.iter().flat_map(|artist| companions.artists.of(*artist)) {
                let strongest = of_seed.entry(artist).or_default();
                *strongest = strongest.max(strength);
            }
            for (artist, strength) in of_seed {
                *artists.entry(artist).or_default() += strength * weight / weights;
            }
        }
        for (row, weight) in rows {
            for (row, strength) in companions.tracks.of(self.model.songs().of(*row)) {
                songs.entry(self.model.songs().of(row)).or_insert((row, 0.0)).1 += strength * weight / weights;
            }
        }
        self.companion_artists = artists.into_iter().collect();
        self.companion_rows = songs.values().copied().collect();
        self.companion_rows.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        self.companion_songs = songs.into_iter().map(|(song, (_, strength))| (song, strength)).collect();
    }

    /// The genres of the seeds, ascending, and what each is for a track that has no other of them; none where genres do not count.
    pub(super) fn seed_genres(&self) -> Vec<(u32, f32)> {
        self.genres.iter().map(|(genre, cells)| (*genre, self.genre_share(*cells))).collect()
    }

    /// What its genre brings a track.
    pub(super) fn bonus_of_genre(&self, row: u32) -> f32 {
        self.weight(AffinityKind::Genre) * self.genre_of(row)
    }

    /// What its year brings a track.
    pub(super) fn bonus_of_year(&self, row: u32) -> f32 {
        self.weight(AffinityKind::Year) * self.year_of(row)
    }

    /// What an affinity counts for.
    pub fn weight(&self, kind: AffinityKind) -> f32 {
        self.weights[kind as usize]
    }

    /// The most that all of them together can bring a track.
    pub fn max_bonus(&self) -> f32 {
        self.weights.iter().sum()
    }

    /// What all of them together bring a track.
    pub fn bonus(&self, row: u32) -> f32 {
        self.weighted(self.values(row))
    }

    /// What such values bring.
    pub(super) fn weighted(&self, values: [f32; AffinityKind::ALL.len()]) -> f32 {
        values.iter().zip(&self.weights).map(|(value, weight)| value * weight).sum()
    }

    /// What each of [`AffinityKind::ALL`] is for a track, 0 to 1; 0 for those without a weight.
    ///
    /// # Panics
    ///
    /// If `row` is not a row of the catalogue.
    pub fn values(&self, row: u32) -> [f32; AffinityKind::ALL.len()] {
        let artists = if self.depend_on_artists() { self.model.artists_of(row) } else { &[][..] };
        [self.artist(artists), self.year_of(row), self.genre_of(row), self.playlists(self.by_artists(artists), row)]
    }

    fn year_of(&self, row: u32) -> f32 {
        self.year_column().map_or(0.0, |years| self.year(years.get(row as usize)))
    }

    fn genre_of(&self, row: u32) -> f32 {
        self.genre_column().map_or(0.0, |genres| self.genre(genres.code(row as usize)))
    }

    /// Whether it matters by whom a track is.
    pub(super) fn depend_on_artists(&self) -> bool {
        !(self.artists.is_empty() && self.companion_artists.is_empty())
    }

    /// The years, if it matters of which a track is.
    pub(super) fn year_column(&self) -> Option<&'a IntColumn> {
        self.model.catalog().years.as_ref().filter(|_| !self.years.is_empty())
    }

    /// The genres, if it matters which ones a track has.
    pub(super) fn genre_column(&self) -> Option<&'a DictColumn> {
        self.model.catalog().genres.as_ref().filter(|_| !self.genres.is_empty())
    }

    /// Whether a track by these has an artist of the seeds.
    pub(super) fn artist(&self, artists: &[u32]) -> f32 {
        let is_shared = !self.artists.is_empty() && artists.iter().any(|artist| find(&self.artists, *artist).is_some());
        if is_shared { 1.0 } else { 0.0 }
    }

    /// How near a year is to those of the seeds; 0 is an unknown one.
    pub(super) fn year(&self, year: u32) -> f32 {
        if year == 0 {
            return 0.0;
        }
        let near = |(other, share): &(u32, f32)| share * NEARNESS.get(other.abs_diff(year) as usize).unwrap_or(&0.0);
        self.years.iter().map(near).sum()
    }

    /// The share of the seeds that have a genre of this cell.
    pub(super) fn genre(&self, cell: u32) -> f32 {
        let genres = self.model.genres().in_cell(cell).iter();
        self.genre_share(genres.fold(0_u128, |cells, genre| cells | find(&self.genres, *genre).unwrap_or(0)))
    }

    /// The share of the seeds whose genre cells these are, as bits.
    fn genre_share(&self, mut cells: u128) -> f32 {
        let mut share = 0.0;
        while cells != 0 {
            share += self.genre_shares[cells.trailing_zeros() as usize];
            cells &= cells - 1;
        }
        share
    }

    /// How strong a companion of the seeds the strongest of these artists is.
    pub(super) fn by_artists(&self, artists: &[u32]) -> f32 {
        if self.companion_artists.is_empty() {
            return 0.0;
        }
        artists.iter().filter_map(|artist| find(&self.companion_artists, *artist)).fold(0.0, f32::max)
    }

    /// How strong a companion of the seeds a track is, whose artists are [so strong](Self::by_artists).
    pub(super) fn playlists(&self, by_artists: f32, row: u32) -> f32 {
        let by_song = match &self.companion_songs[..] {
            [] => 0.0,
            songs => find(songs, self.model.songs().of(row)).unwrap_or(0.0),
        };
        (by_artists + by_song).min(1.0)
    }
}

/// Each value once, ascending, and the sum of its weights.
fn summed(values: impl Iterator<Item = (u32, f32)>) -> Vec<(u32, f32)> {
    let mut values: Vec<(u32, f32)> = values.collect();
    values.sort_by_key(|(value, _)| *value);
    let sum = |equal: &[(u32, f32)]| (equal[0].0, equal.iter().map(|(_, weight)| weight).sum());
    values.chunk_by(|a, b| a.0 == b.0).map(sum).collect()
}

/// Each value's share of all.
fn shares(weights: Vec<(u32, f32)>) -> Vec<(u32, f32)> {
    let all: f32 = weights.iter().map(|(_, weight)| weight).sum();
    weights.into_iter().map(|(value, weight)| (value, weight / all)).collect()
}

/// What a sorted list has for a key: quicker than a hash map, as most lists are of a few.
fn find<T: Copy>(sorted: &[(u32, T)], key: u32) -> Option<T> {
    sorted.binary_search_by_key(&key, |(key, _)| *key).ok().map(|place| sorted[place].1)
}

//! What follows a song, measured by genre, artist, variety and popularity.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use rayon::prelude::*;
use recommender::{
    Model,
    recommend::{Affinity, Request, Seed},
    text::{self, normalize},
    vector::similarity,
};
use serde::Serialize;

use super::{error::Error, options::LIMIT};

/// Figures of the answers for a sample of songs. Shares are of all recommended tracks, 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answers {
    /// How often genres agree; `None` where the catalogue has no genres.
    pub genre: Option<Genre>,
    /// Share of recommended tracks that are by the seed's own artist, or one of its artists.
    pub own_artist: f64,
    /// Share of the catalogue's songs that were recommended at least once.
    pub coverage: f64,
    /// The coverage of answers that never repeat a song: what so small a sample could reach at most.
    pub coverage_possible: f64,
    /// Mean of 1 - cosine over the pairs of an answer, mean over the answers: 0 all alike, 1 unrelated. `None` where no
    /// answer holds two songs.
    pub diversity: Option<f64>,
    /// Mean popularity of what is recommended less that of what it follows, in the file's own unit: near 0 where popularity
    /// has a weight, as songs of like popularity are then looked for. `None` where popularity is not a feature of the model.
    pub popularity_drift: Option<f64>,
}

/// How often a recommended track has a genre of the song that it follows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Genre {
    /// Share of recommended tracks that have one of the seed's genres, among those where both have one.
    pub agreement: f64,
    /// What tracks drawn at random from where the answers come from (the song's own cluster, or the catalogue) would give, by the
    /// frequencies of genres there.
    pub chance: f64,
    /// How many seeds have a genre.
    pub seeds: usize,
}

/// Sums over some of the answers.
#[derive(Default)]
struct Sums {
    tracks: usize,
    songs: HashSet<u32>,
    own_artist: usize,
    genre_seeds: usize,
    genre_pairs: usize,
    genre_agrees: usize,
    genre_chance: f64,
    lists: usize,
    diversity: f64,
    drift: f64,
}

impl Sums {
    fn add(mut self, other: Self) -> Self {
        self.songs.extend(other.songs);
        Self {
            tracks: self.tracks + other.tracks,
            songs: self.songs,
            own_artist: self.own_artist + other.own_artist,
            genre_seeds: self.genre_seeds + other.genre_seeds,
            genre_pairs: self.genre_pairs + other.genre_pairs,
            genre_agrees: self.genre_agrees + other.genre_agrees,
            genre_chance: self.genre_chance + other.genre_chance,
            lists: self.lists + other.lists,
            diversity: self.diversity + other.diversity,
            drift: self.drift + other.drift,
        }
    }
}

/// Asks for what follows each of `seeds`, and measures it. `step` is called after each.
pub(super) fn measure(
    model: &Model,
    seeds: &[u32],
    same_cluster: bool,
    affinity: Option<Affinity>,
    step: &(dyn Fn() + Sync),
) -> Result<Answers, Error> {
    let popularity = model.scaler().features.iter().position(|feature| feature == "popularity");
    let frequencies = Frequencies::of(model, same_cluster);
    let each: Vec<Sums> = seeds
        .par_iter()
        .map(|seed| {
            let request = Request { limit: LIMIT, same_cluster, affinity, ..Request::new(Seed::Row(*seed)) };
            let rows: Vec<u32> = model.recommend(&request)?.tracks.iter().map(|track| track.row).collect();
            step();
            Ok(of_one(model, *seed, &rows, &frequencies, popularity))
        })
        .collect::<Result<_, Error>>()?;
    // One after the other: a sum of floats depends on the order.
    let all = each.into_iter().fold(Sums::default(), Sums::add);
    let songs = f64::from(model.songs().count());
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    Ok(Answers {
        genre: (all.genre_pairs > 0).then(|| Genre {
            agreement: share(all.genre_agrees, all.genre_pairs),
            chance: all.genre_chance / all.genre_pairs as f64,
            seeds: all.genre_seeds,
        }),
        own_artist: share(all.own_artist, all.tracks),
        coverage: all.songs.len() as f64 / songs,
        coverage_possible: (all.tracks as f64 / songs).min(1.0),
        diversity: (all.lists > 0).then(|| all.diversity / all.lists as f64),
        popularity_drift: popularity.filter(|_| all.tracks > 0).map(|_| all.drift / all.tracks as f64),
    })
}

fn of_one(model: &Model, seed: u32, rows: &[u32], frequencies: &Frequencies, popularity: Option<usize>) -> Sums {
    let catalog = model.catalog();
    let mut sums = Sums { tracks: rows.len(), ..Sums::default() };
    sums.songs.extend(rows.iter().map(|row| model.songs().of(*row)));
    let artists = |row: u32| catalog.credited(catalog.artists.code(row as usize)).map(normalize);
    let own: HashSet<String> = artists(seed).collect();
    sums.own_artist = rows.iter().filter(|row| artists(**row).any(|artist| own.contains(&artist))).count();
    if let Some(genre) = frequencies.genre(model, seed) {
        let known: Vec<u32> = rows.iter().filter_map(|row| frequencies.genre(model, *row)).collect();
        sums.genre_seeds = 1;
        sums.genre_pairs = known.len();
        sums.genre_agrees = known.iter().filter(|other| frequencies.agree(genre, **other)).count();
        sums.genre_chance = frequencies.chance(model, seed, genre) * known.len() as f64;
    }
    if rows.len() > 1 {
        let nodes = model.neighbors().nodes();
        let pairs = rows.iter().enumerate().flat_map(|(at, a)| rows[at + 1..].iter().map(move |b| (a, b)));
        let (sum, pairs) = pairs.fold((0.0, 0_u32), |(sum, pairs), (a, b)| {
            let distance = nodes.squared_distance(*a, &nodes.vector(*b));
            (sum + 1.0 - f64::from(similarity(distance)), pairs + 1)
        });
        sums.lists = 1;
        sums.diversity = sum / f64::from(pairs);
    }
    if let Some(feature) = popularity {
        let of = |row: u32| catalog.features[feature].get(row as usize);
        sums.drift = rows.iter().map(|row| of(*row) - of(seed)).sum();
    }
    sums
}

/// Which genres each genre cell names, and how many tracks have it where answers come from: in each cluster, or in the catalogue.
struct Frequencies {
    /// The genres of each cell, by number.
    genres: Vec<Vec<u32>>,
    /// The cells of each genre.
    cells: Vec<Vec<u32>>,
    by_cluster: bool,
    /// By cluster, or one for all.
    pools: Vec<Pool>,
}

/// Tracks by genre cell.
struct Pool {
    /// By the code of the cell.
    tracks: Vec<u32>,
    /// Tracks that have a genre.
    all: u32,
}

impl Frequencies {
    fn of(model: &Model, by_cluster: bool) -> Self {
        let mut frequencies = Self { genres: Vec::new(), cells: Vec::new(), by_cluster, pools: Vec::new() };
        let Some(column) = &model.catalog().genres else { return frequencies };
        let mut numbers: HashMap<String, u32> = HashMap::new();
        for (code, cell) in (0..).zip(column.dictionary().iter()) {
            let mut genres = Vec::new();
            for genre in text::genres(cell) {
                let next = numbers.len() as u32;
                let number = *numbers.entry(genre).or_insert(next);
                if number == next {
                    frequencies.cells.push(Vec::new());
                }
                if !genres.contains(&number) {
                    genres.push(number);
                    frequencies.cells[number as usize].push(code);
                }
            }
            frequencies.genres.push(genres);
        }
        let pool = |rows: Range<u32>| {
            let mut pool = Pool { tracks: vec![0; frequencies.genres.len()], all: 0 };
            for code in rows.map(|row| column.code(row as usize)) {
                if !frequencies.genres[code as usize].is_empty() {
                    pool.tracks[code as usize] += 1;
                    pool.all += 1;
                }
            }
            pool
        };
        frequencies.pools = if by_cluster {
            model.clusters().iter().map(|cluster| pool(cluster.rows.clone())).collect()
        } else {
            vec![pool(0..model.catalog().len() as u32)]
        };
        frequencies
    }

    /// The genre cell of a row, where it names one.
    fn genre(&self, model: &Model, row: u32) -> Option<u32> {
        let code = model.catalog().genres.as_ref()?.code(row as usize);
        (!self.genres[code as usize].is_empty()).then_some(code)
    }

    /// Whether two cells share a genre.
    fn agree(&self, a: u32, b: u32) -> bool {
        self.genres[a as usize].iter().any(|genre| self.genres[b as usize].contains(genre))
    }

    /// How likely another track with a genre, of those that may follow the seed, shares one with the seed, which has this cell.
    fn chance(&self, model: &Model, seed: u32, cell: u32) -> f64 {
        let pool = &self.pools[if self.by_cluster { model.cluster_of(seed) } else { 0 }];
        let sharing: HashSet<u32> =
            self.genres[cell as usize].iter().flat_map(|genre| self.cells[*genre as usize].iter().copied()).collect();
        let tracks: u32 = sharing.iter().map(|cell| pool.tracks[*cell as usize]).sum();
        let others = pool.all.saturating_sub(1);
        if others == 0 { 0.0 } else { f64::from(tracks - 1) / f64::from(others) }
    }
}

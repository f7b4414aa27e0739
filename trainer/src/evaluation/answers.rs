//! What follows a song, measured by genre, artist, variety and popularity.

use std::collections::HashSet;

use rayon::prelude::*;
use recommender::{
    Model,
    recommend::{Affinity, Request, Seed},
    text,
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
    /// Mean popularity of what is recommended less that of what it follows, in the file's own unit; `None` where
    /// popularity is not a feature of the model.
    pub popularity_drift: Option<f64>,
}

/// How often a recommended track has the genre of the song that it follows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Genre {
    /// Share of recommended tracks of the seed's genre, among those where both have one.
    pub agreement: f64,
    /// What tracks drawn at random from the catalogue would give, by the frequencies of its genres.
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
    let frequencies = Frequencies::of(model);
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
    let own: HashSet<String> = text::artists(catalog.track(seed).artist).collect();
    sums.own_artist = rows
        .iter()
        .filter(|row| text::artists(catalog.track(**row).artist).any(|artist| own.contains(&artist)))
        .count();
    if let Some(genre) = frequencies.genre(model, seed) {
        let known: Vec<u32> = rows.iter().filter_map(|row| frequencies.genre(model, *row)).collect();
        sums.genre_seeds = 1;
        sums.genre_pairs = known.len();
        sums.genre_agrees = known.iter().filter(|other| **other == genre).count();
        sums.genre_chance = frequencies.chance(genre) * known.len() as f64;
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

/// How many tracks each genre has.
struct Frequencies {
    /// By the code of the genre; 0 for tracks without one.
    tracks: Vec<u32>,
    all: u32,
}

impl Frequencies {
    fn of(model: &Model) -> Self {
        let Some(genres) = &model.catalog().genres else { return Self { tracks: Vec::new(), all: 0 } };
        let mut tracks = vec![0; genres.dictionary().len()];
        for row in 0..genres.len() {
            if !genres.get(row).is_empty() {
                tracks[genres.code(row) as usize] += 1;
            }
        }
        Self { all: tracks.iter().sum(), tracks }
    }

    /// The genre of a row, where it has one.
    fn genre(&self, model: &Model, row: u32) -> Option<u32> {
        let genres = model.catalog().genres.as_ref()?;
        (!genres.get(row as usize).is_empty()).then(|| genres.code(row as usize))
    }

    /// How likely another track with a genre has this one.
    fn chance(&self, genre: u32) -> f64 {
        let others = self.all.saturating_sub(1);
        if others == 0 { 0.0 } else { f64::from(self.tracks[genre as usize] - 1) / f64::from(others) }
    }
}

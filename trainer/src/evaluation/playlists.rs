//! Playlist continuation: half of each playlist is shown, and the other half is to be found.
//!
//! Which half a song falls into is drawn by the seed. The task and both measures are those of the RecSys Challenge 2018
//! (Zamani et al. 2019, "An analysis of approaches taken in the ACM RecSys Challenge 2018"), as far as a request of at
//! most 100 songs allows.

use std::collections::{HashMap, HashSet};

use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;
use recommender::{
    Model,
    recommend::{MAX_LIMIT, MAX_SEEDS, Request, Seed},
};
use serde::Serialize;

use super::{error::Error, options::Options};
use crate::table::PlaylistEntry;

/// A playlist of fewer songs is left out: its shown half would not fill a request's seeds.
const MIN_PLAYLIST_TRACKS: usize = 2 * FEW_SEEDS;
/// As many seeds as a person names.
const FEW_SEEDS: usize = 5;

/// Playlists as rows of a model's catalogue.
#[derive(Clone, Debug, Default)]
pub struct Playlists {
    /// A row for each song, by playlist; a song that is there twice counts once.
    lists: Vec<Vec<u32>>,
    numbers: HashMap<String, usize>,
    rows: u64,
    unknown: u64,
}

impl Playlists {
    /// Number of playlists.
    pub fn len(&self) -> usize {
        self.lists.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// The rows of each playlist's different songs, in the order in which the playlists were first met.
    pub fn songs(&self, model: &Model) -> Vec<Vec<u32>> {
        let different = |rows: &Vec<u32>| {
            let mut songs = HashSet::new();
            rows.iter().copied().filter(|row| songs.insert(model.songs().of(*row))).collect()
        };
        self.lists.iter().map(different).collect()
    }

    /// Whether none of the rows are tracks of the model.
    pub(crate) fn check(&self, name: &str) -> Result<(), Error> {
        if self.unknown == self.rows {
            return Err(Error::NoKnownTracks { name: name.to_owned(), rows: self.rows });
        }
        Ok(())
    }

    /// Adds one row of a table: the track is looked for by its id, then by title and artist.
    pub fn add(&mut self, model: &Model, member: PlaylistEntry<'_>) {
        let next = self.lists.len();
        let list = *self.numbers.entry(member.playlist.to_owned()).or_insert(next);
        if list == next {
            self.lists.push(Vec::new());
        }
        self.rows += 1;
        let by_id = Some(member.id).filter(|id| !id.is_empty()).and_then(|id| model.find_id(id));
        let by_name = || model.find_song(member.song, Some(member.artist).filter(|artist| !artist.is_empty()));
        match by_id.or_else(by_name) {
            Some(row) => self.lists[list].push(row),
            None => self.unknown += 1,
        }
    }
}

/// How well the hidden half of playlists is found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Continuation {
    /// Playlists that were continued.
    pub playlists: usize,
    /// Playlists left out, with fewer than 10 songs of the model.
    pub too_short: usize,
    /// Rows of the file that are no tracks of the model.
    pub unknown_rows: u64,
    /// Mean number of songs shown.
    pub shown: f64,
    /// Mean number of songs hidden.
    pub hidden: f64,
    /// segue and what it is held against.
    pub methods: Vec<Method>,
}

/// One way to continue a playlist, and how much of the hidden half it finds: means over the playlists, 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Method {
    /// What it does.
    pub name: &'static str,
    /// Share of the hidden songs among the first 10.
    pub recall_at_10: f64,
    /// Share of the hidden songs among the first 50.
    pub recall_at_50: f64,
    /// Share of the hidden songs among the first 100.
    pub recall_at_100: f64,
    /// Share of hidden songs among as many as are hidden, or the first 100 where more are.
    pub r_precision: f64,
    /// Of these four means: they would differ by as much on other playlists.
    pub standard_errors: StandardErrors,
}

/// Standard errors of a [`Method`]'s means; 0 for a single playlist.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct StandardErrors {
    /// Of the recall among the first 10.
    pub recall_at_10: f64,
    /// Among the first 50.
    pub recall_at_50: f64,
    /// Among the first 100.
    pub recall_at_100: f64,
    /// Of the R-precision.
    pub r_precision: f64,
}

/// Recall at 10, 50 and 100, and R-precision.
type Scores = [f64; 4];

/// One playlist, its songs in two halves.
#[derive(Clone, Debug)]
pub(crate) struct Halves {
    /// Rows.
    shown: Vec<u32>,
    /// Songs.
    pub(crate) hidden: HashSet<u32>,
}

impl Halves {
    /// Hides half of a playlist's songs, the smaller half where they are odd; nothing where there are too few.
    pub(crate) fn of(model: &Model, mut rows: Vec<u32>, rng: &mut impl Rng) -> Option<Self> {
        let mut songs = HashSet::new();
        rows.retain(|row| songs.insert(model.songs().of(*row)));
        if rows.len() < MIN_PLAYLIST_TRACKS {
            return None;
        }
        rows.shuffle(rng);
        let hidden = rows.split_off(rows.len().div_ceil(2)).into_iter().map(|row| model.songs().of(row)).collect();
        Some(Self { shown: rows, hidden })
    }

    /// Five of the songs that are shown.
    pub(crate) fn few(&self) -> &[u32] {
        &self.shown[..FEW_SEEDS.min(self.shown.len())]
    }

    /// As many of the songs that are shown as a request takes.
    pub(crate) fn many(&self) -> &[u32] {
        &self.shown[..MAX_SEEDS.min(self.shown.len())]
    }
}

/// The request that continues a playlist from some of the songs that are shown, with none of them in the answer.
pub(crate) fn continuation_request(model: &Model, halves: &Halves, seeds: Vec<Seed>) -> Request {
    // By id, which takes every release of a song away.
    let exclude_tracks = halves.shown.iter().map(|row| model.catalog().track(*row).id.into()).collect();
    let first = seeds.first().cloned().unwrap_or(Seed::Row(halves.shown[0]));
    Request { seeds, limit: MAX_LIMIT, same_cluster: false, exclude_tracks, ..Request::new(first) }
}

/// Continues the playlists, at most `options.sample` of them. `name` stands for their file in errors; `progress` is
/// told how many are done.
///
/// # Errors
///
/// Where no track is the model's, or no playlist long enough.
pub fn continuation(
    model: &Model,
    playlists: Playlists,
    name: &str,
    options: &Options,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Continuation, Error> {
    playlists.check(name)?;
    let all = playlists.lists.len();
    let mut rng = Xoshiro256Plus::seed_from_u64(options.seed);
    let mut halves: Vec<Halves> =
        playlists.lists.into_iter().filter_map(|rows| Halves::of(model, rows, &mut rng)).collect();
    if halves.is_empty() {
        return Err(Error::TooShort { name: name.to_owned(), playlists: all, least: MIN_PLAYLIST_TRACKS });
    }
    let too_short = all - halves.len();
    if halves.len() > options.sample {
        halves.shuffle(&mut rng);
        halves.truncate(options.sample.max(1));
    }
    let popular = popular(model);
    let done = std::sync::atomic::AtomicU64::new(0);
    let scores: Vec<Vec<(&'static str, Scores)>> = halves
        .par_iter()
        .map(|halves| {
            let scores = score(model, halves, popular.as_deref());
            progress(done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1);
            scores
        })
        .collect::<Result<_, Error>>()?;
    let count = halves.len() as f64;
    let methods = scores[0].iter().enumerate().map(|(method, (name, _))| {
        let mean = |score: usize| scores.iter().map(|all| all[method].1[score]).sum::<f64>() / count;
        let error = |score: usize| {
            let squares: f64 = scores.iter().map(|all| (all[method].1[score] - mean(score)).powi(2)).sum();
            (squares / (count - 1.0).max(1.0) / count).sqrt()
        };
        let standard_errors = StandardErrors {
            recall_at_10: error(0),
            recall_at_50: error(1),
            recall_at_100: error(2),
            r_precision: error(3),
        };
        Method {
            name,
            recall_at_10: mean(0),
            recall_at_50: mean(1),
            recall_at_100: mean(2),
            r_precision: mean(3),
            standard_errors,
        }
    });
    Ok(Continuation {
        playlists: halves.len(),
        too_short,
        unknown_rows: playlists.unknown,
        shown: halves.iter().map(|halves| halves.shown.len() as f64).sum::<f64>() / count,
        hidden: halves.iter().map(|halves| halves.hidden.len() as f64).sum::<f64>() / count,
        methods: methods.collect(),
    })
}

/// A row of every song, the most popular first; nothing where popularity is no feature.
fn popular(model: &Model) -> Option<Vec<u32>> {
    let feature = model.scaler().features.iter().position(|feature| feature == "popularity")?;
    let popularity = |row: u32| model.catalog().features[feature].get(row as usize);
    let mut rows: Vec<u32> = (0..model.catalog().len() as u32).collect();
    rows.sort_unstable_by(|a, b| popularity(*b).total_cmp(&popularity(*a)).then(a.cmp(b)));
    let mut seen = HashSet::new();
    rows.retain(|row| seen.insert(model.songs().of(*row)));
    Some(rows)
}

fn score(model: &Model, halves: &Halves, popular: Option<&[u32]>) -> Result<Vec<(&'static str, Scores)>, Error> {
    let Halves { shown, hidden } = halves;
    let songs = |rows: &[u32]| rows.iter().map(|row| model.songs().of(*row)).collect::<Vec<u32>>();
    let answer = |seeds: Vec<Seed>, same_cluster: bool| -> Result<Scores, Error> {
        let request = Request { same_cluster, ..continuation_request(model, halves, seeds) };
        let rows: Vec<u32> = model.recommend(&request)?.tracks.iter().map(|track| track.row).collect();
        Ok(scores(&songs(&rows), hidden))
    };
    let (seeds, many) = (halves.few(), halves.many());
    let rows = |rows: &[u32]| rows.iter().map(|row| Seed::Row(*row)).collect::<Vec<_>>();
    let mean = |rows: &[u32]| vec![Seed::Features(mean(model, rows))];
    let mut all = vec![
        ("segue, 5 seeds, any cluster", answer(rows(seeds), false)?),
        ("segue, 5 seeds, their clusters", answer(rows(seeds), true)?),
        ("nearest to 1 of the seeds", answer(rows(&seeds[..1]), false)?),
        ("segue, all shown, any cluster", answer(rows(many), false)?),
        ("nearest to the mean of the 5", answer(mean(seeds), false)?),
        ("nearest to the mean of all shown", answer(mean(shown), false)?),
    ];
    if let Some(popular) = popular {
        let shown: HashSet<u32> = songs(shown).into_iter().collect();
        let rest = popular.iter().map(|row| model.songs().of(*row)).filter(|song| !shown.contains(song));
        all.push(("the most popular", scores(&rest.take(MAX_LIMIT).collect::<Vec<_>>(), hidden)));
    }
    // What any order of the other songs gives on average.
    let others = f64::from(model.songs().count()) - shown.len() as f64;
    let recall = |k: f64| k.min(others) / others;
    all.push(("at random", [recall(10.0), recall(50.0), recall(100.0), hidden.len() as f64 / others]));
    Ok(all)
}

/// Mean of each feature over some tracks, in the file's own units: scaled, it is the mean of the scaled tracks.
fn mean(model: &Model, rows: &[u32]) -> Vec<f64> {
    let mut mean = vec![0.0; model.scaler().len()];
    for row in rows {
        for (mean, value) in mean.iter_mut().zip(model.catalog().raw(*row)) {
            *mean += value / rows.len() as f64;
        }
    }
    mean
}

fn scores(songs: &[u32], hidden: &HashSet<u32>) -> Scores {
    let hits = |most: usize| songs.iter().take(most).filter(|song| hidden.contains(song)).count() as f64;
    let recall = |most: usize| hits(most) / hidden.len() as f64;
    let most = hidden.len().min(MAX_LIMIT);
    [recall(10), recall(50), recall(100), hits(most) / most as f64]
}

//! What the model answers, for a few well-known songs: what a reader can judge by ear.

use recommender::{
    Model,
    recommend::{Request, Seed},
};

use crate::evaluation::Error;

/// How many songs are begun from.
const MAX_EXAMPLES: usize = 5;

/// A song of an answer, or one that was begun from.
#[derive(Clone, Debug, PartialEq)]
pub struct Song {
    /// Its title.
    pub title: String,
    /// Its artist.
    pub artist: String,
    /// Its genre cell, where it is known.
    pub genre: Option<String>,
    /// Its cluster.
    pub cluster: u32,
}

impl Song {
    fn of(model: &Model, row: u32) -> Self {
        let track = model.catalog().track(row);
        Self {
            title: track.song.to_owned(),
            artist: track.artist.to_owned(),
            genre: track.genre.map(str::to_owned),
            cluster: model.cluster_of(row) as u32,
        }
    }
}

/// What follows a song.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleAnswer {
    /// The song.
    pub seed: Song,
    /// The ten that follow it from its own cluster, as by default, best first.
    pub same_cluster: Vec<Song>,
    /// The ten that follow it from all clusters.
    pub any_cluster: Vec<Song>,
}

/// What follows the best-known song of each of the five largest clusters; with fewer clusters, their next best-known ones too.
///
/// # Errors
///
/// Where the model does not answer, which would be a defect.
pub fn example_answers(model: &Model) -> Result<Vec<ExampleAnswer>, Error> {
    let mut clusters: Vec<usize> = (0..model.clusters().len()).collect();
    clusters.sort_by_key(|id| std::cmp::Reverse(model.clusters()[*id].rows.len()));
    let ranks = 0..recommender::model::EXAMPLES;
    let seeds = ranks.flat_map(|rank| clusters.iter().filter_map(move |id| model.examples()[*id].get(rank).copied()));
    let answer = |seed: u32, same_cluster: bool| {
        let request = Request { same_cluster, ..Request::new(Seed::Row(seed)) };
        let found = model.recommend(&request)?;
        Ok::<_, Error>(found.tracks.iter().map(|track| Song::of(model, track.row)).collect())
    };
    seeds
        .take(MAX_EXAMPLES)
        .map(|seed| {
            let (same_cluster, any_cluster) = (answer(seed, true)?, answer(seed, false)?);
            Ok(ExampleAnswer { seed: Song::of(model, seed), same_cluster, any_cluster })
        })
        .collect()
}

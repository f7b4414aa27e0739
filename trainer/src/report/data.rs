//! What the report shows beyond the model card, taken from the finished model.

use rayon::prelude::*;
use recommender::Model;
use serde::Serialize;

use crate::{
    evaluation::{self, Continuation, Genre, Quality},
    report::{
        answers::{ExampleAnswer, example_answers},
        charts::Point,
    },
    training::Trained,
};

/// How many songs the recommendations are measured on.
const SAMPLE_SONGS: usize = 500;
/// How many playlists are continued, at most: each takes as long as a dozen songs.
const SAMPLE_PLAYLISTS: usize = 100;
/// How many tracks the index is measured on, in answers of 50.
const RECALL_SAMPLE: usize = 300;
/// About how many tracks the map shows.
const MAP_POINTS: usize = 2_000;
/// How many parts of its range a feature's histogram has.
const HISTOGRAM_BINS: usize = 24;
/// How many features set a cluster apart, at most.
const MAX_TELLING_FEATURES: usize = 4;
/// A cluster's mean this near to that of all tracks, in deviations, does not set it apart.
const TYPICAL_DISTANCE: f64 = 0.25;

/// What the report shows beyond the model card.
#[derive(Clone, Debug)]
pub struct ReportData {
    /// How each feature's values are spread, in the model's order.
    pub spreads: Vec<Spread>,
    /// What each cluster is like, by id.
    pub clusters: Vec<ClusterData>,
    /// A sample of tracks on the map.
    pub points: Vec<Point>,
    /// How many different songs there are.
    pub songs: u32,
    /// What follows a few well-known songs.
    pub answers: Vec<ExampleAnswer>,
    /// How often genres agree in answers from all clusters that count the artist too (`affinity=artist:0.5`): the best that is measured
    /// for the table without counting genres themselves. `None` where the catalogue has no genres.
    pub genre_with_artist: Option<Genre>,
    /// How good the recommendations are.
    pub quality: Quality,
    /// How well they continue the table's playlists; `None` where it has none, or none of use.
    pub playlists: Option<Continuation>,
    /// Recall of the index in answers of 50 songs of the own cluster.
    pub recall_at_50: f64,
}

/// How a feature's values are spread, in the file's own unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The least value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// Tracks in each of 24 equal parts of the range.
    pub histogram: Vec<u64>,
}

/// What a cluster is like.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterData {
    /// How many different songs it holds.
    pub songs: u32,
    /// Genres that are more typical of it than of the others.
    pub genres: Vec<String>,
    /// Title and artist of the songs that stand for it ([`Model::examples`]).
    pub examples: Vec<(String, String)>,
    /// The features that set it apart, and by how many deviations, the most telling first.
    pub telling: Vec<(String, f64)>,
}

impl ReportData {
    /// Gathers them. `progress` is told how many of [`ReportData::steps`] are done.
    ///
    /// # Errors
    ///
    /// Where the model does not answer, which would be a defect.
    pub fn gather(
        model: &Model,
        trained: &Trained,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Self, evaluation::Error> {
        let catalog = model.catalog();
        let spreads = (0..model.scaler().len()).into_par_iter().map(|feature| spread(model, feature)).collect();
        let clusters = model
            .clusters()
            .iter()
            .zip(model.examples())
            .zip(trained.scaled_means.rows())
            .map(|((cluster, examples), means)| {
                let mut telling: Vec<(String, f64)> =
                    model.scaler().features.iter().cloned().zip(means.iter().copied()).collect();
                telling.retain(|(_, deviations)| deviations.abs() >= TYPICAL_DISTANCE);
                telling.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
                telling.truncate(MAX_TELLING_FEATURES);
                let named = |row: &u32| {
                    let track = catalog.track(*row);
                    (track.song.to_owned(), track.artist.to_owned())
                };
                let examples = examples.iter().map(named).collect();
                ClusterData { songs: cluster.songs, genres: cluster.genres.clone(), examples, telling }
            })
            .collect();
        let step = catalog.len().div_ceil(MAP_POINTS).max(1);
        let points = (0..catalog.len() as u32)
            .step_by(step)
            .map(|row| Point {
                at: model.projection().point(model.scaler(), &catalog.raw(row)),
                cluster: model.cluster_of(row) as u32,
            })
            .collect();
        Ok(Self {
            spreads,
            clusters,
            points,
            songs: model.songs().count(),
            answers: example_answers(model)?,
            genre_with_artist: evaluation::genre_with_artist(model, &Self::options())?,
            quality: evaluation::measure(model, &Self::options(), progress)?,
            playlists: None,
            recall_at_50: evaluation::recall(model, 50, RECALL_SAMPLE, true)?,
        })
    }

    /// Adds how well playlists are continued. `name` stands for where they are from in errors.
    ///
    /// # Errors
    ///
    /// Where the model does not answer, which would be a defect.
    pub fn add_playlists(
        &mut self,
        model: &Model,
        playlists: evaluation::Playlists,
        name: &str,
    ) -> Result<(), evaluation::Error> {
        let options = evaluation::Options { sample: SAMPLE_PLAYLISTS, ..Self::options() };
        match evaluation::continuation(model, playlists, name, &options, &|_| ()) {
            Ok(found) => self.playlists = Some(found),
            Err(evaluation::Error::TooShort { playlists, least, .. }) => self
                .quality
                .left_out
                .push(format!("playlists are left out: none of the table's {playlists} has {least} different songs")),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// What the recommendations are measured on.
    fn options() -> evaluation::Options {
        evaluation::Options { sample: SAMPLE_SONGS, ..Default::default() }
    }

    /// How many steps the gathering has at most.
    pub fn steps() -> u64 {
        2 * SAMPLE_SONGS as u64
    }
}

fn spread(model: &Model, feature: usize) -> Spread {
    let column = &model.catalog().features[feature];
    let (min, max) =
        column.values().iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), value| (a.min(*value), b.max(*value)));
    // The bar of each distinct value: a column has far fewer of them than rows. Halved, so that no range overflows.
    let width = max / 2.0 - min / 2.0;
    let bar = |value: &f64| {
        let share = if width > 0.0 { (value / 2.0 - min / 2.0) / width } else { 0.0 };
        ((share * HISTOGRAM_BINS as f64) as usize).min(HISTOGRAM_BINS - 1)
    };
    let bars: Vec<usize> = column.values().iter().map(bar).collect();
    let mut histogram = vec![0; HISTOGRAM_BINS];
    for code in column.codes().iter() {
        histogram[bars[code as usize]] += 1;
    }
    Spread { min, max, histogram }
}

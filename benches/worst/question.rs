//! What is asked: of the engine, and of the function's routes.

use std::{fmt, hint::black_box};

use recommender::{
    Model,
    recommend::{Affinity, Error, Order, Request, Seed, explain},
    search::Search,
};
use serde_json::{Map, Value, json};

use crate::{factors::Combination, world::World};

/// Tracks that one request classifies, at most.
const CLASSIFIED: usize = 1_000;
/// Songs that one text finds, at most.
const HITS: usize = 50;
/// Artists that one request excludes over HTTP, at most.
const EXCLUDED_ARTISTS: usize = 100;

/// In how many factors two combinations differ that are not much alike.
const DIFFERENT: usize = 4;

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Question {
    /// What should follow?
    Recommend(Combination),
    /// Where do as many tracks as one may ask for belong?
    Classify,
    /// What is meant by a text?
    Text(String),
}

/// As `--only` takes it, but for long texts.
impl fmt::Display for Question {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recommend(combination) => to.write_str(&combination.spelled()),
            Self::Classify => to.write_str("classify"),
            Self::Text(text) => {
                let begin: String = text.chars().take(60).collect();
                let chars = text.chars().count();
                if chars > 60 { write!(to, "q={begin}… ({chars} characters)") } else { write!(to, "q={begin}") }
            }
        }
    }
}

/// What is asked, ready to be.
pub(crate) enum Ready {
    Recommend { request: Box<Request>, explained: bool },
    Classify(Vec<Seed>),
    Text(String),
}

impl Question {
    /// The question that is written so.
    ///
    /// # Errors
    ///
    /// Where none is.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        match text.strip_prefix("q=") {
            Some(typed) => Ok(Self::Text(typed.to_owned())),
            None if text == "classify" => Ok(Self::Classify),
            None => Combination::parse(text).map(Self::Recommend),
        }
    }

    /// Whether it is much like another.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Recommend(own), Self::Recommend(other)) => own.differs_from(other) < DIFFERENT,
            _ => self == other,
        }
    }

    /// Looks up what it takes to ask.
    ///
    /// # Errors
    ///
    /// Where a combination is none.
    pub(crate) fn ready(&self, world: &World<'_>) -> anyhow::Result<Ready> {
        Ok(match self {
            Self::Recommend(combination) => {
                let (request, explained) = world.request(combination)?;
                Ready::Recommend { request: Box::new(request), explained }
            }
            Self::Classify => {
                Ready::Classify(world.unknown_tracks(CLASSIFIED).into_iter().map(Seed::Features).collect())
            }
            Self::Text(text) => Ready::Text(text.clone()),
        })
    }
}

impl Ready {
    /// Asks the engine.
    ///
    /// # Errors
    ///
    /// Where it has no answer.
    pub(crate) fn ask(&self, model: &Model) -> Result<(), Error> {
        match self {
            Self::Recommend { request, explained } => {
                let answer = match model.recommend(request) {
                    // Of a hundred misspelt songs, or of a genre that is none: what is near to them was looked for.
                    Err(error @ (Error::NoGenre { .. } | Error::Seed { .. })) if !request.strict => {
                        black_box(error);
                        return Ok(());
                    }
                    answer => answer?,
                };
                if *explained {
                    let seeds: Vec<_> = answer.seeds.iter().map(|seed| seed.seed.clone()).collect();
                    let tracks = answer.tracks.iter();
                    black_box(tracks.map(|track| explain(model, &seeds, track.row)).collect::<Vec<_>>());
                }
                black_box(answer);
            }
            Self::Classify(tracks) => {
                black_box(tracks.iter().map(|track| model.resolve(track)).collect::<Result<Vec<_>, _>>()?);
            }
            Self::Text(text) => {
                black_box(model.search(text, HITS));
            }
        }
        Ok(())
    }

    /// The path, and the body where it is a `POST`. Over HTTP fewer artists can be excluded.
    ///
    /// # Errors
    ///
    /// Where a text makes no URL.
    pub(crate) fn http(&self, model: &Model) -> anyhow::Result<(String, Option<Value>)> {
        Ok(match self {
            Self::Recommend { request, explained } => {
                ("/v1/recommendations".to_owned(), Some(body(request, *explained, model)))
            }
            Self::Classify(tracks) => {
                let tracks: Vec<Value> = tracks.iter().map(|track| seed(track, model)).collect();
                ("/v1/classify".to_owned(), Some(json!({ "tracks": tracks })))
            }
            Self::Text(text) => {
                let hits = HITS.to_string();
                let url =
                    reqwest::Url::parse_with_params("http://localhost/v1/tracks", [("q", text), ("limit", &hits)])?;
                (format!("{}?{}", url.path(), url.query().unwrap_or_default()), None)
            }
        })
    }
}

/// The body of `POST /v1/recommendations`.
fn body(request: &Request, explained: bool, model: &Model) -> Value {
    let seeds = |seeds: &[Seed]| -> Vec<Value> { seeds.iter().map(|of| seed(of, model)).collect() };
    let bounds = |bound: fn(&recommender::recommend::FeatureRange) -> Option<f64>| -> Map<String, Value> {
        request.ranges.iter().filter_map(|range| Some((range.feature.clone(), json!(bound(range)?)))).collect()
    };
    let targets: Map<String, Value> =
        request.targets.iter().map(|target| (target.feature.clone(), json!(target.value))).collect();
    let artists = &request.exclude_artists[..request.exclude_artists.len().min(EXCLUDED_ARTISTS)];
    let mut body = json!({
        "seeds": seeds(&request.seeds),
        "negative_seeds": seeds(&request.negative_seeds),
        "limit": request.limit,
        "same_cluster": request.same_cluster,
        "search": match request.search {
            Search::Auto => "auto",
            Search::Exact => "exact",
            Search::Hnsw => "hnsw",
        },
        "min": bounds(|range| range.min),
        "max": bounds(|range| range.max),
        "target": targets,
        "explicit": request.explicit,
        "genre": request.genre,
        "min_year": request.min_year,
        "max_year": request.max_year,
        "exclude_tracks": request.exclude_tracks,
        "exclude_artists": artists,
        "exclude_seed_artists": request.exclude_seed_artists,
        "max_per_artist": request.max_per_artist,
        "max_per_album": request.max_per_album,
        "versions": request.versions,
        "vary": request.vary,
        "order": if request.order == Order::Flow { "flow" } else { "similarity" },
        "affinity": match request.affinity {
            Some(Affinity::Balanced) => json!("balanced"),
            Some(Affinity::Weights(weights)) => json!(weights),
            None => Value::Null,
        },
        "diversity": request.diversity,
        "explain": explained,
    });
    if let Some(members) = body.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    body
}

fn seed(seed: &Seed, model: &Model) -> Value {
    match seed {
        Seed::Row(row) => json!({ "track_id": model.catalog().track(*row).id }),
        Seed::Track(id) => json!({ "track_id": id }),
        Seed::Song { song, artist: Some(artist) } => json!({ "song": song, "artist": artist }),
        Seed::Song { song, artist: None } => json!({ "song": song }),
        Seed::Typed(typed) => json!({ "q": typed }),
        Seed::Artist(artist) => json!({ "artist": artist }),
        Seed::Genre(genre) => json!({ "genre": genre }),
        Seed::Features(values) => {
            let names = model.scaler().features.iter().cloned();
            json!({ "features": names.zip(values.iter().map(|value| json!(value))).collect::<Map<_, _>>() })
        }
    }
}

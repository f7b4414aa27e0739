//! `GET /v1/recommendations`: which songs should follow this one?

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use segue::{
    Model,
    neighbor::Search,
    recommend::{Answer, MAX_LIMIT, Request, Seed},
};
use serde::Serialize;

use crate::{
    api::json,
    models::Models,
    params::Params,
    problem::Problem,
    view::{ModelRef, Track, rounded},
};

const PARAMETERS: [&str; 6] = ["song", "artist", "track_id", "limit", "same_cluster", "search"];
const DEFAULT_LIMIT: usize = 10;

#[derive(Debug, Serialize)]
struct Recommendations<'a> {
    model: ModelRef,
    search: &'static str,
    seeds: Vec<SeedView<'a>>,
    tracks: Vec<Recommended<'a>>,
}

#[derive(Debug, Serialize)]
struct SeedView<'a> {
    #[serde(flatten)]
    track: Track<'a>,
    initial_pool_size: u32,
    after_filtering_size: u32,
}

#[derive(Debug, Serialize)]
struct Recommended<'a> {
    #[serde(flatten)]
    track: Track<'a>,
    similarity: f64,
}

impl<'a> Recommendations<'a> {
    fn of(model: &'a Model, answer: &Answer) -> Self {
        let recommended =
            |row, similarity| Recommended { track: Track::of(model, row), similarity: rounded(similarity) };
        Self {
            model: ModelRef::of(model),
            search: answer.search.name(),
            seeds: vec![SeedView {
                track: Track::of(model, answer.seed),
                initial_pool_size: answer.initial_pool_size,
                after_filtering_size: answer.after_filtering_size,
            }],
            tracks: answer.tracks.iter().map(|track| recommended(track.row, track.similarity)).collect(),
        }
    }
}

pub(super) async fn get(State(models): State<Arc<Models>>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let params = Params::parse(query.as_deref(), &PARAMETERS)?;
    // What is wrong with a request is said before a model is waited for.
    let request = request(&params)?;
    let loaded = models.get().await?;
    let answer = loaded.model.recommend(&request)?;
    Ok(json(&Recommendations::of(&loaded.model, &answer)))
}

fn request(params: &Params) -> Result<Request<'_>, Problem> {
    let (song, artist, track) = (params.text("song")?, params.text("artist")?, params.text("track_id")?);
    let seed = match (song, artist, track) {
        (Some(song), artist, None) => Seed::Song { song, artist },
        (None, None, Some(id)) => Seed::Track(id),
        (None, _, None) => {
            let detail = "no seed: name a song (and its artist, where artists share the title) or a track_id";
            return Err(Problem::parameter("song", "song, or song and artist, or track_id", detail));
        }
        _ => {
            let detail = "a seed is a song (and its artist) or a track_id, not both";
            return Err(Problem::parameter("track_id", "song, or song and artist, or track_id", detail));
        }
    };
    let searches = [("auto", Search::Auto), ("exact", Search::Exact), ("hnsw", Search::Hnsw)];
    Ok(Request {
        seed,
        limit: params.number("limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT),
        same_cluster: params.flag("same_cluster")?.unwrap_or(true),
        search: params.choice("search", &searches)?.unwrap_or_default(),
    })
}

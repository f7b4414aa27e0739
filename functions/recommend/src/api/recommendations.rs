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
use utoipa::ToSchema;

use crate::{
    api::{
        answer,
        openapi::{NotModified, Problems},
    },
    models::Models,
    params::Params,
    problem::Problem,
    view::{ModelRef, Track, rounded},
};

const PARAMETERS: [&str; 6] = ["song", "artist", "track_id", "limit", "same_cluster", "search"];
const DEFAULT_LIMIT: usize = 10;

/// Songs to follow the seeds.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Recommendations<'a> {
    model: ModelRef,
    /// How the search was done: `exact` or `hnsw`.
    search: &'static str,
    /// What was begun from.
    seeds: Vec<SeedView<'a>>,
    /// The nearest first.
    tracks: Vec<Recommended<'a>>,
}

/// A track that was begun from.
#[derive(Debug, Serialize, ToSchema)]
struct SeedView<'a> {
    #[serde(flatten)]
    track: Track<'a>,
    /// Tracks in the clusters that were searched.
    initial_pool_size: u32,
    /// Different songs among them that may be answered with.
    after_filtering_size: u32,
}

/// A song to follow.
#[derive(Debug, Serialize, ToSchema)]
struct Recommended<'a> {
    #[serde(flatten)]
    track: Track<'a>,
    /// Cosine of the angle between the scaled features.
    #[schema(minimum = -1, maximum = 1)]
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

/// Which songs should follow this one?
///
/// A seed is a `song` (and its `artist`, where several artists share the title) or a `track_id`.
#[utoipa::path(
    get,
    path = "/v1/recommendations",
    tag = "Recommendations",
    params(
        ("song" = Option<String>, Query, description = "Title of the seed; case and white space do not matter",
            max_length = 1_024, pattern = r"\S", example = "Track Seven"),
        ("artist" = Option<String>, Query, description = "Artist of the seed, where several share the title",
            max_length = 1_024, pattern = r"\S", example = "Artist 6"),
        ("track_id" = Option<String>, Query, description = "Id of the seed, in the place of song and artist",
            max_length = 1_024, pattern = r"\S"),
        ("limit" = Option<u32>, Query, description = "How many, 10 unless set",
            minimum = 1, maximum = 100, example = 5),
        ("same_cluster" = Option<bool>, Query, description = "Only songs of the seed's own cluster, true unless set"),
        ("search" = inline(Option<SearchWord>), Query, description = "How to search, auto unless set"),
    ),
    responses(
        (status = 200, description = "Songs to follow", body = Recommendations),
        (status = 404, description = "There is no such song, track or artist; the problem says what there is",
            body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Several artists share the title; the problem lists them",
            body = Problem, content_type = "application/problem+json"),
        NotModified,
        Problems<false>,
    ),
)]
pub(super) async fn get(State(models): State<Arc<Models>>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let params = Params::parse(query.as_deref(), &PARAMETERS)?;
    // What is wrong with a request is said before a model is waited for.
    let request = request(&params)?;
    let loaded = models.get().await?;
    let found = loaded.model.recommend(&request)?;
    Ok(answer(&loaded.model, &Recommendations::of(&loaded.model, &found)))
}

/// How to search.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "the model's own type has other names; this is its schema")]
enum SearchWord {
    Auto,
    Exact,
    Hnsw,
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

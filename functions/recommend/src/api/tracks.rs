//! `GET /v1/tracks?q=`: the tracks that what is typed may mean. `GET /v1/tracks/{id}`: one track of the catalogue.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    response::Response,
};
use recommender::recommend::Error;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        answer::answer,
        responses::{NotModified, Problems},
    },
    models::{self, ModelManager},
    params::{MAX_PARAM_CHARS, Params},
    problem::Problem,
    view::{ModelRef, Track},
};

const PARAMETERS: [&str; 2] = ["q", "limit"];
/// The longest text to search for, in characters.
const MAX_QUERY_CHARS: usize = 256;
const MAX_LIMIT: usize = 50;
const DEFAULT_LIMIT: usize = 10;

/// Songs that are found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tracks<'a> {
    model: ModelRef,
    /// What was searched for.
    query: &'a str,
    /// The best first: each song once, by its most popular release.
    tracks: Vec<Track<'a>>,
}

/// Songs by what is typed of title and artist
///
/// Every word must be there: whole, begun, or with a typo or two. Case, diacritics and punctuation do not matter.
#[utoipa::path(
    get,
    path = "/v1/tracks",
    tag = "Tracks",
    params(
        ("q" = String, Query, description = "What is typed", min_length = 1, max_length = 256, pattern = r"\S",
            example = "track sev"),
        ("limit" = Option<u32>, Query, description = "How many, 10 unless set", minimum = 1, maximum = 50),
    ),
    responses((status = 200, description = "Songs that are found", body = Tracks), NotModified, Problems<false>),
)]
pub(super) async fn search(
    State(models): State<Arc<ModelManager>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let params = Params::parse(query.as_deref(), &PARAMETERS)?;
    let limit = params.number("limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    let query = match params.text("q")? {
        Some(query) if query.chars().count() <= MAX_QUERY_CHARS => query.to_owned(),
        Some(_) => {
            let allowed = format!("at most {MAX_QUERY_CHARS} characters");
            return Err(Problem::parameter("q", &allowed, format!("q is longer: expected {allowed}")));
        }
        None => {
            let detail = "nothing to search for: q is what a user has typed of title and artist";
            return Err(Problem::parameter("q", "text that is not blank", detail));
        }
    };
    let loaded = models.get().await?;
    let (model, typed) = (Arc::clone(&loaded), query.clone());
    // The first search may have to wait for its index: not on a thread that others wait for.
    let searching = tokio::task::spawn_blocking(move || model.model.search(&typed, limit));
    let hits = match searching.await {
        Ok(hits) => hits,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => return Err(models::Error::Ended(Arc::new(error)).into()),
        },
    };
    let model = &loaded.model;
    let tracks = hits.iter().map(|hit| Track::of(model, hit.row)).collect();
    Ok(answer(model, &Tracks { model: ModelRef::of(model), query: &query, tracks }))
}

/// One track.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TrackAnswer<'a> {
    model: ModelRef,
    track: Track<'a>,
}

/// One track
///
/// By the id that the catalogue has for it.
#[utoipa::path(
    get,
    path = "/v1/tracks/{id}",
    tag = "Tracks",
    params(("id" = String, Path, description = "The track's id", min_length = 1, max_length = 1_024)),
    responses(
        (status = 200, description = "The track", body = TrackAnswer),
        (status = 404, description = "No track has this id", body = Problem, content_type = "application/problem+json"),
        NotModified,
        Problems<false>,
    ),
)]
pub(super) async fn get(
    State(models): State<Arc<ModelManager>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    Params::parse(query.as_deref(), &[])?;
    let Path(id) =
        id.map_err(|_| Problem::parameter("id", "UTF-8, percent-encoded", "the id in the path is not UTF-8"))?;
    if id.chars().count() > MAX_PARAM_CHARS {
        let allowed = format!("at most {MAX_PARAM_CHARS} characters");
        return Err(Problem::parameter("id", &allowed, format!("an id has {allowed}")));
    }
    let loaded = models.get().await?;
    let model = &loaded.model;
    let row = model.find_id(&id).ok_or(Error::UnknownTrack { id })?;
    Ok(answer(model, &TrackAnswer { model: ModelRef::of(model), track: Track::of(model, row) }))
}

//! `GET /v1/tracks?q=`: the tracks that what is typed may mean. `GET /v1/tracks/{id}`: one track of the catalogue.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    response::Response,
};
use segue::recommend::Seed;
use serde::Serialize;

use crate::{
    api::json,
    models::{Error, Models},
    params::Params,
    problem::Problem,
    view::{ModelRef, Track},
};

const PARAMETERS: [&str; 2] = ["q", "limit"];
/// The longest text to search for, in bytes.
const LONGEST: usize = 256;
const MAX_LIMIT: usize = 50;
const DEFAULT_LIMIT: usize = 10;

#[derive(Debug, Serialize)]
struct Tracks<'a> {
    model: ModelRef,
    query: &'a str,
    tracks: Vec<Track<'a>>,
}

pub(super) async fn search(State(models): State<Arc<Models>>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let params = Params::parse(query.as_deref(), &PARAMETERS)?;
    let limit = params.number("limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    let query = match params.text("q")? {
        Some(query) if query.len() <= LONGEST => query.to_owned(),
        Some(query) => {
            let detail = format!("q is {} bytes long, at most {LONGEST} are allowed", query.len());
            return Err(Problem::parameter("q", &format!("at most {LONGEST} bytes"), detail));
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
            Err(error) => return Err(Error::Ended(Arc::new(error)).into()),
        },
    };
    let model = &loaded.model;
    let tracks = hits.iter().map(|hit| Track::of(model, hit.row)).collect();
    Ok(json(&Tracks { model: ModelRef::of(model), query: &query, tracks }))
}

#[derive(Debug, Serialize)]
struct TrackAnswer<'a> {
    model: ModelRef,
    track: Track<'a>,
}

pub(super) async fn get(
    State(models): State<Arc<Models>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    Params::parse(query.as_deref(), &[])?;
    let Path(id) =
        id.map_err(|_| Problem::parameter("id", "UTF-8, percent-encoded", "the id in the path is not UTF-8"))?;
    let loaded = models.get().await?;
    let model = &loaded.model;
    let row = model.resolve(&Seed::Track(&id))?;
    Ok(json(&TrackAnswer { model: ModelRef::of(model), track: Track::of(model, row) }))
}

//! `GET /v1/tracks/{id}`: one track of the catalogue.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    response::Response,
};
use segue::recommend::Error;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        answer,
        openapi::{NotModified, Problems},
    },
    models::Models,
    params::{LONGEST, Params},
    problem::Problem,
    view::{ModelRef, Track},
};

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
    State(models): State<Arc<Models>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    Params::parse(query.as_deref(), &[])?;
    let Path(id) =
        id.map_err(|_| Problem::parameter("id", "UTF-8, percent-encoded", "the id in the path is not UTF-8"))?;
    if id.chars().count() > LONGEST {
        let allowed = format!("at most {LONGEST} characters");
        return Err(Problem::parameter("id", &allowed, format!("an id has {allowed}")));
    }
    let loaded = models.get().await?;
    let model = &loaded.model;
    let row = model.find_id(&id).ok_or(Error::UnknownTrack { id })?;
    Ok(answer(model, &TrackAnswer { model: ModelRef::of(model), track: Track::of(model, row) }))
}

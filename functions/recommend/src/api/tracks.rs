//! `GET /v1/tracks/{id}`: one track of the catalogue.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    response::Response,
};
use segue::recommend::Error;
use serde::Serialize;

use crate::{
    api::json,
    models::Models,
    params::Params,
    problem::Problem,
    view::{ModelRef, Track},
};

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
    let row = model.find_id(&id).ok_or(Error::UnknownTrack { id })?;
    Ok(json(&TrackAnswer { model: ModelRef::of(model), track: Track::of(model, row) }))
}

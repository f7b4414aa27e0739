//! `GET /health`: whether the function is up. It does not load a model.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{json, openapi::Problems},
    models::Models,
    params::Params,
    problem::Problem,
};

/// Whether the function is up.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// Always `ok`: who is not up says nothing.
    status: &'static str,
    /// The model that is loaded; absent while none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
}

/// Whether the function is up
///
/// Does not load a model, and says which one is loaded.
#[utoipa::path(
    get,
    path = "/health",
    tag = "Model",
    responses((status = 200, description = "The function is up", body = Health), Problems<false>),
)]
pub(super) async fn get(State(models): State<Arc<Models>>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    Params::parse(query.as_deref(), &[])?;
    let model = models.loaded().map(|loaded| loaded.model.version().to_string());
    Ok(json(&Health { status: "ok", model }))
}

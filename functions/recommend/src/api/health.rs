//! `GET /health`: whether the function is up. It does not load a model.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde::Serialize;

use crate::{api::json, models::Models, params::Params, problem::Problem};

#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    /// The model that is loaded; absent while none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
}

pub(super) async fn get(State(models): State<Arc<Models>>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    Params::parse(query.as_deref(), &[])?;
    let model = models.loaded().map(|loaded| loaded.model.version().to_string());
    Ok(json(&Health { status: "ok", model }))
}

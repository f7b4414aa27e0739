//! `GET /health`: whether the function is up, and on demand whether it can answer.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    api::{answer::json, responses::Problems, state::Routes},
    models::{Failure, ModelManager},
    parameters::{Flag, Or, Query, parameters},
    problem::Problem,
};

parameters! {
    /// What `GET /health` takes.
    struct HealthQuery in Query {
        /// Whether to load a model, if none is loaded
        deep: bool = Or(Flag, false),
    }
}

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(get))
}

/// Whether the function is up.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// Always `ok`: who is not up says nothing.
    status: &'static str,
    /// The model that is loaded; absent while none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// Why the latest model is not the one that is loaded; absent where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_failed: Option<RefreshFailed>,
}

/// A newer model that could not be loaded: the one before goes on answering.
#[derive(Debug, Serialize, ToSchema)]
struct RefreshFailed {
    /// What kept it: `missing`, `denied`, `unreachable`, `corrupt`, `memory`, `store` or `defect`.
    reason: &'static str,
    /// Which model; absent where it could not even be asked which one it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// When it was tried, in RFC 3339.
    #[schema(format = DateTime)]
    at: String,
}

impl RefreshFailed {
    fn of(failure: &Failure) -> Self {
        Self {
            reason: failure.reason,
            model: failure.version.map(|version| version.to_string()),
            at: Timestamp::try_from(failure.at).unwrap_or(Timestamp::UNIX_EPOCH).to_string(),
        }
    }
}

/// Whether the function is up
///
/// Does not load a model, and says which one is loaded. With `deep=true` it loads one, and is 503 where that fails.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "getHealth",
    tag = "Model",
    security(()),
    params(HealthQuery),
    responses((status = 200, description = "The function is up", body = Health), Problems<false>),
)]
async fn get(
    State(models): State<Arc<ModelManager>>,
    Query(HealthQuery { deep }): Query<HealthQuery>,
) -> Result<Response, Problem> {
    let loaded = if deep { Some(models.get().await?) } else { models.loaded() };
    let model = loaded.map(|loaded| loaded.model.version().to_string());
    let refresh_failed = models.failure().as_ref().map(RefreshFailed::of);
    Ok(json(&Health { status: "ok", model, refresh_failed }))
}

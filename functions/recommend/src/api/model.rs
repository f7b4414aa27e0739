//! `GET /v1/model`: what the model was made from and how good it is.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use recommender::{Version, card::Card};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    api::{
        answer::answer,
        responses::{NotModified, Problems},
        state::Routes,
    },
    models::ModelManager,
    parameters::{NoParameters, Query},
    problem::Problem,
};

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(get))
}

/// What the model was made from and how good it is.
#[derive(Debug, Serialize, ToSchema)]
struct ModelAnswer<'a> {
    /// SHA-256 of its artifact.
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    version: Version,
    /// When it was published, in RFC 3339.
    #[schema(format = DateTime)]
    published_at: String,
    /// Size of its artifact.
    bytes: u64,
    /// The axes of the map, shape `(2, n_features)`, for scaled features.
    projection: &'a [Vec<f64>; 2],
    #[serde(flatten)]
    card: &'a Card,
}

/// The model that answers
///
/// Its version, its features, how its clusters were chosen, and how good its classifier and its index are.
#[utoipa::path(
    get,
    path = "/v1/model",
    operation_id = "getModel",
    tag = "Model",
    responses((status = 200, description = "The model", body = ModelAnswer), NotModified, Problems<false>),
)]
async fn get(State(models): State<Arc<ModelManager>>, _: Query<NoParameters>) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let body = ModelAnswer {
        version: loaded.model.version(),
        published_at: loaded.latest.published_at.to_string(),
        bytes: loaded.latest.size,
        projection: &loaded.model.projection().axes,
        card: loaded.model.card(),
    };
    Ok(answer(&loaded.model, &body))
}

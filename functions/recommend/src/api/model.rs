//! `GET /v1/model`: what the model was made from and how good it is.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use segue::{Version, card::Card};
use serde::Serialize;

use crate::{api::json, models::Models, params::Params, problem::Problem};

#[derive(Debug, Serialize)]
struct ModelAnswer<'a> {
    version: Version,
    published_at: String,
    bytes: u64,
    /// The axes of the map, shape `(2, n_features)`, for scaled features.
    projection: &'a [Vec<f64>; 2],
    #[serde(flatten)]
    card: &'a Card,
}

pub(super) async fn get(State(models): State<Arc<Models>>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    Params::parse(query.as_deref(), &[])?;
    let loaded = models.get().await?;
    Ok(json(&ModelAnswer {
        version: loaded.model.version(),
        published_at: loaded.latest.published_at.to_string(),
        bytes: loaded.latest.size,
        projection: &loaded.model.projection().axes,
        card: loaded.model.card(),
    }))
}

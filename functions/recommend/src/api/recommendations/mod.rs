//! `GET` and `POST /v1/recommendations`: which songs should follow these?

mod query;
mod request;
mod view;

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};

use self::{query::Query, request::RecommendationRequest, view::Recommendations};
use crate::{
    api::{
        answer::{answer, json},
        responses::{NotModified, Problems},
    },
    http::json::Json,
    models::ModelManager,
    params::Params,
    problem::Problem,
    request_info,
};

/// Which songs should follow these?
///
/// At least one seed is named: a `song` (and its `artist`, where several artists share the title), a `track_id`, or
/// `seed_tracks`; up to five in all. Several seeds are ranked by their agreement (reciprocal rank fusion).
#[utoipa::path(
    get,
    path = "/v1/recommendations",
    tag = "Recommendations",
    params(Query),
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
pub(super) async fn get(
    State(models): State<Arc<ModelManager>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let params = Params::parse(query.as_deref(), &query::parameters())?;
    let asked = query::parse(&params)?;
    asked.check()?;
    let loaded = asked.model(&models).await?;
    let found = loaded.model.recommend(&asked.to_request(&loaded.model)?)?;
    request_info::record_search(&found);
    Ok(answer(&loaded.model, &Recommendations::of(&loaded.model, &found, asked.explain)))
}

/// Which songs should follow these, and be unlike those?
///
/// The same as the query, and more: negative seeds, and seeds by the features of songs that are not in the catalogue.
#[utoipa::path(
    post,
    path = "/v1/recommendations",
    tag = "Recommendations",
    request_body = RecommendationRequest,
    responses(
        (status = 200, description = "Songs to follow", body = Recommendations),
        (status = 404, description = "There is no such song, track or artist; the problem says what there is",
            body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Several artists share the title; the problem lists them",
            body = Problem, content_type = "application/problem+json"),
        Problems<true>,
    ),
)]
pub(super) async fn post(
    State(models): State<Arc<ModelManager>>,
    RawQuery(query): RawQuery,
    Json(asked): Json<RecommendationRequest>,
) -> Result<Response, Problem> {
    Params::parse(query.as_deref(), &[])?;
    // What is wrong with a request is said before a model is waited for, as far as that can be known.
    asked.check()?;
    let loaded = asked.model(&models).await?;
    let found = loaded.model.recommend(&asked.to_request(&loaded.model)?)?;
    request_info::record_search(&found);
    Ok(json(&Recommendations::of(&loaded.model, &found, asked.explain)))
}

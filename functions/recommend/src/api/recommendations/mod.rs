//! `GET` and `POST /v1/recommendations`: which songs should follow these?

mod affinity;
mod body;
mod cursor;
mod options;
mod path;
mod query;
mod request;
mod seed;
mod view;

use std::sync::Arc;

use axum::{extract::State, response::Response};
use recommender::Model;
use utoipa_axum::routes;

use self::{query::RecommendationQuery, request::RecommendationRequest, view::Recommendations};
use crate::{
    api::{
        answer::{answer_with, json_with},
        responses::{NotModified, Problems},
        state::Routes,
    },
    http::json::Json,
    models::ModelManager,
    parameters::{NoParameters, Query},
    problem::Problem,
    request_info,
};

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(get, post)).merge(path::routes())
}

/// Which songs should follow these?
///
/// At least one seed is named: a `song` (and its `artist`, where several artists share the title), a `q` as it is typed, a `track_id`,
/// `seed_tracks`, `seed_artists` or `seed_genres`; up to a hundred in all. Songs are ranked by their mean similarity to the seeds.
#[utoipa::path(
    get,
    path = "/v1/recommendations",
    operation_id = "getRecommendations",
    tag = "Recommendations",
    params(RecommendationQuery),
    responses(
        (status = 200, description = "Songs to follow", body = Recommendations),
        (status = 404, description = "There is no such song, track, artist or genre; the problem says what there is",
            body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Several artists share the title; the problem lists them",
            body = Problem, content_type = "application/problem+json"),
        NotModified,
        Problems<false>,
    ),
)]
async fn get(
    State(models): State<Arc<ModelManager>>,
    Query(query): Query<RecommendationQuery>,
) -> Result<Response, Problem> {
    recommend(&models, &query.try_into()?, |model, view, fields| answer_with(model, view, fields)).await
}

/// Which songs should follow these, and be unlike those?
///
/// The same as the query, and more: weights, negative seeds, and seeds by the features of songs that are not in the catalogue.
#[utoipa::path(
    post,
    path = "/v1/recommendations",
    operation_id = "postRecommendations",
    tag = "Recommendations",
    request_body = RecommendationRequest,
    responses(
        (status = 200, description = "Songs to follow", body = Recommendations),
        (status = 404, description = "There is no such song, track, artist or genre; the problem says what there is",
            body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Several artists share the title; the problem lists them",
            body = Problem, content_type = "application/problem+json"),
        Problems<true>,
    ),
)]
async fn post(
    State(models): State<Arc<ModelManager>>,
    _: Query<NoParameters>,
    Json(request): Json<RecommendationRequest>,
) -> Result<Response, Problem> {
    recommend(&models, &request, |_, view, fields| json_with(view, fields)).await
}

async fn recommend(
    models: &Arc<ModelManager>,
    request: &RecommendationRequest,
    respond: impl FnOnce(&Model, &Recommendations<'_>, Option<&[String]>) -> Response,
) -> Result<Response, Problem> {
    // What is wrong with a request is said before a model is waited for, as far as that can be known.
    request.check()?;
    let (loaded, asked, found) = request.ask(models, Model::recommend).await?;
    request_info::record_search(&found);
    let (options, model) = (&request.options, &loaded.model);
    let next = cursor::next(model, &asked, &found);
    let view = Recommendations::of(model, found, options.explain, next);
    Ok(respond(model, &view, options.fields.as_deref()))
}

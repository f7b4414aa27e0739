//! The routes, a file each: what a route takes, what it answers with, and how.

mod answer;
mod classify;
mod clusters;
mod compat;
mod feature_values;
mod health;
mod map;
mod model;
mod openapi;
mod page;
mod recommendations;
mod responses;
mod state;
mod tracks;

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use self::state::{ApiState, Routes};
use crate::{access::Access, http, models::ModelManager, problem::Problem};

/// All routes over one model, open to all but pages of other origins. The same router answers behind Lambda and on a plain
/// HTTP port.
pub fn router(models: Arc<ModelManager>) -> Router {
    router_with(models, &Access::default())
}

/// As [`router`], open to those that `access` names.
pub fn router_with(models: Arc<ModelManager>, access: &Access) -> Router {
    let (routes, document) = routes(access).split_for_parts();
    let routes = routes
        // Not in the document: for people.
        .merge(page::routes())
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .with_state(ApiState { models, document: Arc::new(document) });
    http::common(routes, access)
}

/// The routes that the OpenAPI document describes.
fn routes(access: &Access) -> Routes {
    [
        recommendations::routes(),
        tracks::routes(),
        classify::routes(),
        clusters::routes(),
        model::routes(),
        map::routes(),
        health::routes(),
        openapi::routes(),
        compat::routes(),
    ]
    .into_iter()
    .fold(Routes::with_openapi(openapi::preamble(access)), Routes::merge)
}

async fn unknown_route(request: Request) -> Response {
    let path: String = request.uri().path().chars().take(200).collect();
    let detail = format!("there is nothing at {path}; the routes are in /openapi.json");
    Problem::new(StatusCode::NOT_FOUND, "unknown-route", "There is no such route", detail).into_response()
}

async fn wrong_method(request: Request) -> Response {
    http::answer_options(&request).unwrap_or_else(|| {
        let detail = format!("this route does not take {}", request.method());
        let title = "The route does not take this method";
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", title, detail).into_response()
    })
}

//! The routes, a file each.

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
mod tracks;

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use crate::{access::Access, http, models::ModelManager, problem::Problem};

/// All routes over one model, open to all but pages of other origins. The same router answers behind Lambda and on a plain
/// HTTP port.
pub fn router(models: Arc<ModelManager>) -> Router {
    router_with(models, &Access::default())
}

/// As [`router`], open to those that `access` names.
pub fn router_with(models: Arc<ModelManager>, access: &Access) -> Router {
    // A route is in `openapi.rs` too.
    let routes = Router::new()
        .route("/v1/recommendations", get(recommendations::get).post(recommendations::post))
        .route("/v1/tracks", get(tracks::search))
        .route("/v1/tracks/{id}", get(tracks::get))
        .route("/v1/classify", post(classify::post))
        .route("/v1/clusters", get(clusters::get))
        .route("/v1/model", get(model::get))
        .route("/v1/map", get(map::get))
        .route("/health", get(health::get))
        .route("/openapi.json", get(openapi::get))
        .route("/recommend/{*song_name}", get(compat::recommend))
        .route("/search", get(compat::search))
        // Not in `openapi.rs`: for people.
        .route("/", get(page::index))
        .route("/page/{file}", get(page::file))
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .with_state(models);
    http::common(routes, access)
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

//! The routes, a file each.

mod clusters;
mod health;
mod map;
mod model;
mod page;
mod recommendations;
mod tracks;

use std::{any::Any, sync::Arc};

use axum::{
    Json, Router,
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{models::Models, problem::Problem};

/// All routes over one model. The same router answers behind Lambda and on a plain HTTP port.
pub fn router(models: Arc<Models>) -> Router {
    Router::new()
        .route("/v1/recommendations", get(recommendations::get))
        .route("/v1/tracks/{id}", get(tracks::get))
        .route("/v1/clusters", get(clusters::get))
        .route("/v1/model", get(model::get))
        .route("/v1/map", get(map::get))
        .route("/", get(page::index))
        .route("/page/{file}", get(page::file))
        .route("/health", get(health::get))
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(models)
}

/// JSON that a client must ask for again: the model behind it may change.
fn json(value: &impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-cache")], Json(value)).into_response()
}

async fn unknown_route(request: Request) -> Problem {
    let path: String = request.uri().path().chars().take(200).collect();
    let detail = format!("there is nothing at {path}; the routes are in docs/http-api.md");
    Problem::new(StatusCode::NOT_FOUND, "unknown-route", "There is no such route", detail)
}

async fn wrong_method(request: Request) -> Problem {
    let detail = format!("this route does not take {}", request.method());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", "The route does not take this method", detail)
}

/// A defect in one request is that request's answer, and not the end of the environment.
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(message, "a request panicked");
    let detail = "the request met a defect; it has been logged";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong", detail).into_response()
}

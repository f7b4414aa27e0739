//! The routes, a file each: what a route takes, what it answers with, and how.

mod answer;
mod classify;
mod clusters;
mod compat;
mod feature_values;
mod fields;
mod genres;
mod health;
mod map;
mod model;
mod openapi;
mod page;
mod recommendations;
mod responses;
mod spotify;
mod state;
mod tracks;

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::from_fn,
    response::{IntoResponse, Response},
};
use utoipa::openapi::OpenApi;

use self::state::{ApiState, Routes};
use crate::{access::Access, http, models::ModelManager, problem::Problem};

/// All routes over one model, open to all but pages of other origins. The same router answers behind Lambda and on a plain
/// HTTP port.
pub fn router(models: Arc<ModelManager>) -> Router {
    router_with(models, &Access::default(), false)
}

/// As [`router`], open to those that `access` names, and with the routes of Spotify's Web API if `with_spotify`.
pub fn router_with(models: Arc<ModelManager>, access: &Access, with_spotify: bool) -> Router {
    let (routes, document) = routes(access, with_spotify);
    let routes = routes
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .with_state(ApiState { models, document: Arc::new(document) });
    let router = http::common(routes, access);
    if with_spotify { router.layer(from_fn(spotify::in_spotifys_shape)) } else { router }
}

/// All routes, and the OpenAPI document of those that are for programs.
fn routes(access: &Access, with_spotify: bool) -> (Router<ApiState>, OpenApi) {
    let described = [
        recommendations::routes(),
        tracks::routes(),
        classify::routes(),
        clusters::routes(),
        genres::routes(),
        model::routes(),
        map::routes(),
        health::routes(),
        openapi::routes(),
        compat::routes(),
    ];
    let spotify = with_spotify.then(spotify::routes);
    let described =
        described.into_iter().chain(spotify).fold(Routes::with_openapi(openapi::preamble(access)), Routes::merge);
    let (routes, document) = described.split_for_parts();
    (routes.merge(page::routes()), document)
}

async fn unknown_route(request: Request) -> Response {
    let path: String = request.uri().path().chars().take(200).collect();
    let detail = format!("there is nothing at {path}; the routes are in /openapi.json");
    Problem::new(StatusCode::NOT_FOUND, "unknown-route", "There is no such route", detail).into_response()
}

async fn wrong_method(request: Request) -> Response {
    http::answer_options(&request).unwrap_or_else(|| {
        let detail = format!(
            "this route does not take {}: the header Allow says what it takes, and /openapi.json what for",
            request.method()
        );
        let title = "The route does not take this method";
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", title, detail).into_response()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_but_the_page_is_in_the_document() {
        let (routes, document) = routes(&Access::default(), true);
        // A router tells its paths nowhere else. One is its own, for what no route takes.
        let printed = format!("{routes:?}");
        let paths = printed.split('"').filter(|text| text.starts_with('/') && !text.contains("__private"));
        let mut paths: Vec<&str> = paths.collect();
        let mut described: Vec<&str> =
            document.paths.paths.keys().map(String::as_str).chain(["/", "/page/{file}"]).collect();
        paths.sort_unstable();
        paths.dedup();
        described.sort_unstable();
        assert_eq!(paths, described);
    }
}

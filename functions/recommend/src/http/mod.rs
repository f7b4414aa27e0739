//! What every route does alike: one log line, CORS, conditional answers, compression, problems instead of text.

mod bearer;
mod body_error;
pub mod cors;
mod etag;
pub mod json;
pub mod lambda;
mod log;
mod options;
mod problems;
mod target;

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state, map_response},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, predicate::SizeAbove},
};

use crate::access::Access;

/// Answers smaller than this, in bytes, are not compressed: they fit one packet as they are.
const MIN_COMPRESSED_BYTES: u64 = 1_024;

/// Puts a router's routes behind what they have in common. A request passes from the last layer to the first.
pub fn common(routes: Router, access: &Access) -> Router {
    let routes = routes
        .layer(CatchPanicLayer::custom(problems::panicked))
        .layer(from_fn(etag::answer_if_changed))
        .layer(CompressionLayer::new().gzip(true).compress_when(SizeAbove::new(MIN_COMPRESSED_BYTES)))
        .layer(from_fn(lambda::refuse_undecodable_body))
        .layer(from_fn(target::check))
        .layer(map_response(problems::instead_of_text));
    let routes = match &access.tokens {
        Some(tokens) => routes.layer(from_fn_with_state(tokens.clone(), bearer::require)),
        None => routes,
    };
    let routes = match cors::layer(&access.cors) {
        Some(layer) => routes.layer(layer).layer(from_fn(options::keep_from_cors)),
        None => routes,
    };
    let routes = routes.layer(from_fn(log::line));
    // Around the router as a whole: only there is it known which methods a route takes.
    Router::new().fallback_service(routes).layer(map_response(options::allow_options))
}

pub(crate) use options::answer as answer_options;

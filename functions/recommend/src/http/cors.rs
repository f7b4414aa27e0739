//! Cross-origin requests: the layer that says which pages may read the answers.

use std::time::Duration;

use axum::http::{HeaderName, Method, header};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

pub use crate::access::Cors;

/// How long a browser may remember what a preflight said: the most that Chromium heeds.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(7_200);

/// The header that names the model that an answer is from.
pub(super) const MODEL_VERSION: HeaderName = HeaderName::from_static("x-model-version");

/// The header that names a request in the log.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The layer that says so, if there is anything to say.
pub(super) fn layer(cors: &Cors) -> Option<CorsLayer> {
    let layer = CorsLayer::new()
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::OPTIONS])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_NONE_MATCH, REQUEST_ID])
        .expose_headers([header::ETAG, header::RETRY_AFTER, REQUEST_ID, MODEL_VERSION])
        .max_age(PREFLIGHT_MAX_AGE);
    match cors {
        Cors::Off => None,
        Cors::Any => Some(layer.allow_origin(Any).vary([])),
        Cors::Origins(origins) => {
            Some(layer.allow_origin(AllowOrigin::list(origins.iter().cloned())).vary([header::ORIGIN]))
        }
    }
}

//! `ETag` and `If-None-Match`: an answer that the model alone decides is sent once for each model.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::{
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use recommender::Version;

use super::lambda::function_version;
use crate::request_info;

/// The release of this crate, which has to do outside Lambda.
const RELEASE: &str = env!("CARGO_PKG_VERSION");

/// Gives an answer that depends on nothing but the request and a model its `ETag`, and answers 304 where the client has
/// it already.
pub(super) async fn answer_if_changed(request: Request, next: Next) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return next.run(request).await;
    }
    let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let known = request.headers().typed_get::<IfNoneMatch>();
    let deployed = function_version(request.extensions()).unwrap_or(RELEASE).to_owned();
    let mut response = next.run(request).await;
    let Some((version, search)) = request_info::decided_by() else { return response };
    let Some(etag) = etag(version, &deployed, &target, search).filter(|_| response.status() == StatusCode::OK) else {
        return response;
    };
    if known.is_some_and(|known| !known.precondition_passes(&etag)) {
        let cache = response.headers().get(header::CACHE_CONTROL).cloned();
        response = StatusCode::NOT_MODIFIED.into_response();
        response.headers_mut().extend(cache.map(|cache| (header::CACHE_CONTROL, cache)));
    }
    response.headers_mut().typed_insert(etag);
    // Said whether or not this one is compressed: a cache must not keep the one for the other.
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// Weak, because the compressed and the plain answer share it. Other code and other settings may answer the same model's
/// question otherwise, so the deployed version is in there too. So is how the neighbours were searched: until the graphs of
/// a cold start are there it is another search than afterwards, and perhaps another answer.
fn etag(version: Version, deployed: &str, target: &str, search: Option<&str>) -> Option<ETag> {
    let mut hasher = DefaultHasher::new();
    (deployed, target, search).hash(&mut hasher);
    let version = version.to_string();
    format!("W/\"{}-{:016x}\"", version.get(..16)?, hasher.finish()).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_is_of_one_model_one_deployed_version_one_target_and_one_search() {
        let (one, other) = (Version::of(b"one"), Version::of(b"other"));
        let first = etag(one, "7", "/v1/model", Some("exact"));
        assert!(first.is_some());
        assert_eq!(first, etag(one, "7", "/v1/model", Some("exact")));
        for changed in [
            etag(other, "7", "/v1/model", Some("exact")),
            etag(one, "8", "/v1/model", Some("exact")),
            etag(one, "7", "/v1/clusters", Some("exact")),
            etag(one, "7", "/v1/model", Some("hnsw")),
            etag(one, "7", "/v1/model", None),
        ] {
            assert_ne!(first, changed);
        }
    }
}

//! Conditions of reads, which s3s-fs does not heed.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use s3s::s3_error;

/// RFC 9110, section 13.2.2, for what would be a 200. The ETag is the answer's own, so nothing can change in between.
pub(super) fn heed_conditions(request: &HeaderMap, response: Response) -> Response {
    let Some(etag) = response.headers().get(header::ETAG).cloned() else { return response };
    let names = |condition: &HeaderValue| {
        let is_it = |tag: &str| tag == "*" || tag.trim_start_matches("W/").as_bytes() == etag.as_bytes();
        condition.to_str().is_ok_and(|tags| tags.split(',').any(|tag| is_it(tag.trim())))
    };
    if request.get(header::IF_MATCH).is_some_and(|condition| !names(condition)) {
        let error = s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold");
        return match error.to_http_response() {
            Ok(response) => response.map(Body::new),
            Err(_) => StatusCode::PRECONDITION_FAILED.into_response(),
        };
    }
    if request.get(header::IF_NONE_MATCH).is_some_and(names) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    response
}

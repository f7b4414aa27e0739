//! The path and the query string, before any route reads them: of a sensible length, and UTF-8 once decoded.

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use percent_encoding::percent_decode_str;

use crate::problem::Problem;

/// The longest path and query, in bytes as sent. API Gateway takes less.
const MAX_TARGET_BYTES: usize = 16 * 1024;

pub(super) async fn check(request: Request, next: Next) -> Response {
    match refuse(request.uri().path(), request.uri().query().unwrap_or_default()) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

fn refuse(path: &str, query: &str) -> Option<Problem> {
    if path.len() + query.len() > MAX_TARGET_BYTES {
        let detail = format!("path and query are {} bytes long", path.len() + query.len());
        let problem = Problem::new(StatusCode::URI_TOO_LONG, "uri-too-long", "The URL is too long", detail);
        return Some(problem.with("allowed", format!("at most {MAX_TARGET_BYTES} bytes")));
    }
    // A `%` that begins no escape stands for itself, as browsers have it: API Gateway hands on decoded paths.
    let wrong = |text: &str| percent_decode_str(text).decode_utf8().is_err();
    let (name, text) = if wrong(path) {
        ("path", "the path")
    } else if wrong(query) {
        ("query", "the query string")
    } else {
        return None;
    };
    Some(Problem::parameter(name, "UTF-8, percent-encoded", format!("{text} is not UTF-8 once it is decoded")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_utf_8_or_too_long_is_refused() {
        assert!(refuse("/v1/tracks/%C3%A9", "song=100%25&artist=%E2%82%AC").is_none());
        assert!(refuse("/recommend/100%", "song=50%").is_none());
        for (path, query, status) in
            [("/%FF", "", 400), ("/", "song=%C3", 400), ("/", "song=%ED%A0%80", 400), (&*"/".repeat(20_000), "", 414)]
        {
            assert_eq!(refuse(path, query).map(|problem| problem.status()), Some(status), "{path} {query}");
        }
    }
}

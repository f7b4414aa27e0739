//! Problems in the place of what libraries would answer.

use std::any::Any;

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::problem::{Detail, Problem};

/// A defect in one request is that request's answer, and not the end of the environment.
pub(super) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(message, "a request panicked");
    let detail = "the request met a defect; it has been logged";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong", detail).into_response()
}

/// An error that a library answered with, in text or with nothing, becomes a problem. Its headers stay.
pub(super) async fn instead_of_text(response: Response) -> Response {
    let status = response.status();
    let is_problem = response.extensions().get::<Detail>().is_some_and(|detail| detail.status == status);
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let title = status.canonical_reason().unwrap_or("The request failed");
    let code = title.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let mut headers = response.into_parts().0.headers;
    for replaced in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::ETAG] {
        headers.remove(replaced);
    }
    let detail = format!("the request was answered with {status}");
    let mut problem = Problem::new(status, &code, title, detail).into_response();
    for (name, value) in &headers {
        if !problem.headers().contains_key(name) {
            problem.headers_mut().append(name, value.clone());
        }
    }
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::MEDIA_TYPE;

    #[tokio::test]
    async fn an_error_in_text_becomes_a_problem_and_keeps_its_headers() {
        let text = (StatusCode::NOT_ACCEPTABLE, [("vary", "accept-encoding")], "no").into_response();
        let problem = instead_of_text(text).await;
        assert_eq!(problem.status(), StatusCode::NOT_ACCEPTABLE);
        assert_eq!(problem.headers()["content-type"], MEDIA_TYPE);
        assert_eq!(problem.headers()["vary"], "accept-encoding");
        let body = axum::body::to_bytes(problem.into_body(), 1_000).await.expect("a body");
        let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(body["type"], "urn:segue:problem:not-acceptable");
    }

    #[tokio::test]
    async fn an_error_in_the_place_of_a_problem_is_not_taken_for_it() {
        let mut other =
            Problem::new(StatusCode::NOT_FOUND, "unknown-track", "No track", "there is none").into_response();
        assert_eq!(
            instead_of_text(other).await.extensions().get::<Detail>().map(|detail| detail.status.as_u16()),
            Some(404)
        );
        other = Problem::new(StatusCode::NOT_FOUND, "unknown-track", "No track", "there is none").into_response();
        *other.status_mut() = StatusCode::NOT_ACCEPTABLE;
        let problem = instead_of_text(other).await;
        let detail = problem.extensions().get::<Detail>().expect("a problem");
        assert_eq!(detail.message, "the request was answered with 406 Not Acceptable");
    }
}

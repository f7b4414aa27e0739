//! Answers in JSON, and whether a client may keep them.

use std::io;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use recommender::Model;
use serde::Serialize;
use serde_json::Value;

use super::fields;
use crate::{problem::Problem, request_info};

/// The largest answer, in bytes: Lambda hands on 6 MB of JSON in which the answer is a string, and its quotes are escaped.
pub(super) const MAX_ANSWER_BYTES: usize = 5_000_000;

/// An answer that depends on the model and the request alone: a client may keep it, and must ask whether it still holds.
pub(super) fn answer(model: &Model, value: &impl Serialize) -> Response {
    request_info::record(|info| info.decided_by = Some(model.version()));
    respond("no-cache", value, None)
}

/// An answer that nobody is to keep.
pub(super) fn json(value: &impl Serialize) -> Response {
    respond("no-store", value, None)
}

/// As [`answer`], its tracks and seeds with these members alone.
pub(super) fn answer_with(model: &Model, value: &impl Serialize, fields: Option<&[String]>) -> Response {
    request_info::record(|info| info.decided_by = Some(model.version()));
    respond("no-cache", value, fields)
}

/// As [`json`], its tracks and seeds with these members alone.
pub(super) fn json_with(value: &impl Serialize, fields: Option<&[String]>) -> Response {
    respond("no-store", value, fields)
}

fn respond(cache_control: &'static str, value: &impl Serialize, fields: Option<&[String]>) -> Response {
    let mut body = Body(Vec::with_capacity(1 << 10));
    // Strings, finite numbers, lists and objects always serialise: what fails is an answer without bounds. What routes list
    // is bounded where they list it; a model that nobody trained can hold more.
    if let Err(error) = serde_json::to_writer(&mut body, value) {
        tracing::error!(%error, "no answer");
        let detail = format!("the answer would have more than {MAX_ANSWER_BYTES} bytes; it has been logged");
        let title = "The answer is too large";
        return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "answer-too-large", title, detail).into_response();
    }
    if let Some(fields) = fields
        && let Ok(mut answer) = serde_json::from_slice::<Value>(&body.0)
    {
        fields::keep(&mut answer, fields);
        body.0 = answer.to_string().into_bytes();
    }
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static(cache_control)),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
    ];
    (headers, body.0).into_response()
}

/// The bytes of an answer, up to the largest.
struct Body(Vec<u8>);

impl io::Write for Body {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_ANSWER_BYTES {
            return Err(io::Error::other("the answer is too large"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_bounds_is_a_problem() {
        let text = "x".repeat(MAX_ANSWER_BYTES - 2);
        assert_eq!(json(&text).status(), StatusCode::OK);
        assert_eq!(json(&(text + "x")).status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(json(&vec!["y".repeat(1_000); 10_000]).headers()["content-type"], crate::problem::MEDIA_TYPE);
    }
}

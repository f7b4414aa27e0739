//! Answers in JSON, and whether a client may keep them.

use axum::{
    Json,
    http::header,
    response::{IntoResponse, Response},
};
use recommender::Model;
use serde::Serialize;

use crate::request_info;

/// An answer that depends on the model and the request alone: a client may keep it, and must ask whether it still holds.
pub(super) fn answer(model: &Model, value: &impl Serialize) -> Response {
    request_info::record(|info| info.decided_by = Some(model.version()));
    ([(header::CACHE_CONTROL, "no-cache")], Json(value)).into_response()
}

/// An answer that nobody is to keep.
pub(super) fn json(value: &impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(value)).into_response()
}

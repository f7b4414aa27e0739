//! How a handler gets its parameters: extractors that refuse what is not as described.

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};

use super::{Parameters, values::Values};
use crate::problem::Problem;

/// The parameters in the query of a request. Any other parameter is refused.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<S: Sync, T: Parameters> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        T::read(&Values::of_query(parts.uri.query(), &T::names())?).map(Self)
    }
}

/// The parameters in the path of a request.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: Parameters> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = RawPathParams::from_request_parts(parts, state).await;
        let path = path.map_err(|_| Problem::parameter("path", "UTF-8, percent-encoded", "the path cannot be read"))?;
        T::read(&Values::of_path(&path)).map(Self)
    }
}

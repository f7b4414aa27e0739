//! How a handler gets its parameters: extractors that refuse what is not as described.

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};

use super::{
    Parameters,
    unknown::unknown,
    values::{Refused, Values},
};
use crate::{models::ModelManager, problem::Problem};

/// The parameters in the query of a request. Any other parameter is refused.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<S: AsRef<ModelManager> + Sync, T: Parameters> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let names = T::names();
        let values = Values::of_query(parts.uri.query(), &names);
        let values = values.map_err(|refused| match refused {
            // A model that is there says which features can be meant; none is waited for.
            Refused::Unknown(name) => {
                let loaded = state.as_ref().loaded();
                let features: Option<Vec<&str>> = loaded.as_ref().map(|loaded| loaded.model.bounded().collect());
                unknown(&name, names, features.as_deref())
            }
            Refused::Other(problem) => problem,
        });
        T::read(&values?).map(Self)
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

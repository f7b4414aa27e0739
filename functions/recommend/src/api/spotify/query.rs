//! Parameters as Spotify took them: those that it does not know are ignored.

use axum::{extract::FromRequestParts, http::request::Parts};
use utoipa::openapi::{
    Type,
    schema::{Object, ObjectBuilder},
};

use crate::{
    parameters::{Kind, Parameters, Text, Values},
    problem::Problem,
};

/// The parameters in the query of a request. Others are ignored.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownQuery<T>(pub(super) T);

impl<S: Sync, T: Parameters> FromRequestParts<S> for KnownQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        T::read(&Values::of_known(parts.uri.query(), &T::names())?).map(Self)
    }
}

/// Text of at most so many characters that may be blank, as if it were absent: programs send all kinds of seeds, and some of them without one.
#[derive(Clone, Copy, Debug)]
pub(super) struct OrBlank(pub(super) usize);

impl Kind for OrBlank {
    type Value = String;

    fn parse(&self, name: &str, text: &str) -> Result<String, Problem> {
        let text = text.to_owned();
        self.check(name, &text).map(|()| text)
    }

    fn check(&self, name: &str, text: &String) -> Result<(), Problem> {
        Text::at_most(self.0).or_blank().check(name, text)
    }

    fn schema(&self) -> Object {
        ObjectBuilder::new().schema_type(Type::String).max_length(Some(self.0)).build()
    }
}

/// What stands between commas: ids or genres.
pub(super) fn split(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|part| !part.is_empty())
}

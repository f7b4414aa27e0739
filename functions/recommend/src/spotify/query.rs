//! Parameters as Spotify took them: those that it does not know are ignored.

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{
    parameters::{Parameters, Values},
    problem::Problem,
};

/// The parameters in the query of a request. Others are ignored, and so are known ones without a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownQuery<T>(pub(super) T);

impl<S: Sync, T: Parameters> FromRequestParts<S> for KnownQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let names = T::names();
        let query = known(parts.uri.query().unwrap_or_default(), &names);
        T::read(&Values::of_query(Some(&query), &names)?).map(Self)
    }
}

/// The query without what is not known.
fn known(query: &str, names: &[&str]) -> String {
    let mut known = form_urlencoded::Serializer::new(String::new());
    let pairs = form_urlencoded::parse(query.as_bytes());
    known.extend_pairs(pairs.filter(|(name, value)| names.contains(&name.as_ref()) && !value.is_empty()));
    known.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_parameters_and_empty_ones_are_left_out() {
        assert_eq!(known("limit=5&fields=a&seed_genres=&q=a%26b", &["limit", "q", "seed_genres"]), "limit=5&q=a%26b");
    }
}

//! The address that a request came to: what addresses in its answer begin with.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

use crate::http::lambda::ASKED_HOST;

/// The longest host that is repeated, in bytes.
const MAX_HOST_BYTES: usize = 255;

/// What addresses in an answer begin with, without a slash at its end: `https://host/spotify/v1`. Where the request does not say its host,
/// they are relative to the server's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Base(String);

impl Base {
    fn new(host: Option<&str>, is_https: bool) -> Self {
        let is_host = |host: &&str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte);
            (1..=MAX_HOST_BYTES).contains(&host.len()) && host.bytes().all(allowed)
        };
        let scheme = if is_https { "https" } else { "http" };
        Self(host.filter(is_host).map_or_else(String::new, |host| format!("{scheme}://{host}")) + "/spotify/v1")
    }

    /// The address of `what` with this id, which has letters and digits alone.
    pub(super) fn of(&self, what: &str, id: &str) -> String {
        [&self.0, "/", what, "/", id].concat()
    }

    /// The address of a route with a query.
    pub(super) fn with_query(&self, route: &str, query: &str) -> String {
        [&self.0, "/", route, "?", query].concat()
    }
}

impl<S: Sync> FromRequestParts<S> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        // HTTP/2 names the host in the URI. API Gateway says by which scheme it was asked.
        let host = header(header::HOST)
            .or_else(|| header(ASKED_HOST))
            .or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
        let is_https = parts.headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
        Ok(Self::new(host, is_https))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_that_the_request_came_to() {
        assert_eq!(
            Base::new(Some("localhost:9000"), false).of("tracks", "1a"),
            "http://localhost:9000/spotify/v1/tracks/1a"
        );
        assert_eq!(
            Base::new(Some("api.example"), true).with_query("search", "q=a"),
            "https://api.example/spotify/v1/search?q=a"
        );
        for host in [None, Some(""), Some("a b"), Some("a/b"), Some("a@b"), Some(&*"x".repeat(256))] {
            assert_eq!(Base::new(host, true).of("artists", "1a"), "/spotify/v1/artists/1a", "{host:?}");
        }
    }
}

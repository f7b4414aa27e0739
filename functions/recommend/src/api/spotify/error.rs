//! Errors in Spotify's shape, and what they look like in OpenAPI.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Method, Uri, header},
    middleware::Next,
    response::Response,
};
use serde::Serialize;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Content, Ref, RefOr, ResponseBuilder, response},
};

use super::PREFIX;
use crate::{
    api::responses::{THROTTLED, Throttled},
    problem::Detail,
};

/// An error as Spotify's clients read it.
#[derive(Serialize, ToSchema)]
#[schema(as = spotify::Error)]
pub(super) struct ErrorBody<'a> {
    error: ErrorMember<'a>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = spotify::ErrorMember)]
struct ErrorMember<'a> {
    /// The HTTP status.
    status: u16,
    /// What is wrong, and what to do.
    message: &'a str,
}

/// Takes a slash at the end of a path away, which clients send, and answers in Spotify's shape where a problem is the answer.
pub(crate) async fn in_spotifys_shape(mut request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with(PREFIX) {
        return next.run(request).await;
    }
    if let Some(uri) = without_slash(request.uri()) {
        *request.uri_mut() = uri;
    }
    let is_head = request.method() == Method::HEAD;
    let mut response = next.run(request).await;
    let Some(Detail { message, .. }) = response.extensions_mut().remove() else { return response };
    let error = ErrorMember { status: response.status().as_u16(), message: &message };
    // A number and a string always serialise.
    let body = serde_json::to_vec(&ErrorBody { error }).unwrap_or_default();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::CONTENT_ENCODING);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.body_mut() = if is_head { Body::empty() } else { body.into() };
    response
}

/// The same without a slash at the end of its path, if it has one.
fn without_slash(uri: &Uri) -> Option<Uri> {
    let path = uri.path().strip_suffix('/')?;
    let target = uri.query().map_or_else(|| path.to_owned(), |query| [path, "?", query].concat());
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(target.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// What any of the routes may answer with instead of what it was asked for.
pub(super) struct Errors;

impl IntoResponses for Errors {
    fn responses() -> BTreeMap<String, RefOr<response::Response>> {
        let response = |description: &str, schema: Ref| -> RefOr<response::Response> {
            let content = Content::new(Some(schema));
            ResponseBuilder::new().description(description).content("application/json", content).build().into()
        };
        let errors = [
            ("400", "Something in the request is not as it should be"),
            ("401", "The API wants a token, and the request bears none that is known"),
            ("404", "There is no such track, artist or genre"),
            ("414", "The URL is too long"),
            ("500", "A defect; it has been logged"),
            ("503", "There is no model to answer with yet"),
        ];
        let error = |(status, description): (&str, &str)| {
            (status.to_owned(), response(description, Ref::from_schema_name(ErrorBody::name())))
        };
        let throttled = "API Gateway takes no more requests at present. This is its own answer";
        let throttled = response(throttled, Ref::from_schema_name(Throttled::name()));
        errors.into_iter().map(error).chain([(THROTTLED.to_owned(), throttled)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_of_a_path_is_taken_away() {
        let trimmed = |uri: &str| without_slash(&uri.parse().expect("a URI")).map(|uri| uri.to_string());
        assert_eq!(trimmed("/spotify/v1/tracks/?ids=a/").as_deref(), Some("/spotify/v1/tracks?ids=a/"));
        assert_eq!(trimmed("http://a/spotify/v1/tracks/").as_deref(), Some("http://a/spotify/v1/tracks"));
        assert_eq!(trimmed("/spotify/v1/tracks?ids=a/"), None);
    }
}

//! `Authorization: Bearer`: a request bears a token that is known, or is refused.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use headers::{Authorization, HeaderMapExt, authorization::Bearer};

use crate::{access::Tokens, problem::Problem};

/// The routes that are always open: what asks whether the function is up has no token, and the page asks for one itself.
/// The template leaves the same ones open where a JWT is asked for.
const PUBLIC_PATHS: [&str; 2] = ["/health", "/"];
/// What the page consists of.
const PUBLIC_PREFIX: &str = "/page/";

fn is_public(path: &str) -> bool {
    PUBLIC_PATHS.contains(&path) || path.starts_with(PUBLIC_PREFIX)
}

/// Lets requests through that bear one of the tokens.
pub(super) async fn require(State(tokens): State<Tokens>, request: Request, next: Next) -> Response {
    let given = request.headers().typed_get::<Authorization<Bearer>>();
    let accepted = given.as_ref().is_some_and(|given| tokens.accept(given.token().as_bytes()));
    if accepted || is_public(request.uri().path()) || request.method() == Method::OPTIONS {
        return next.run(request).await;
    }
    // RFC 6750, section 3.1: a request that bears nothing is not told of an error.
    let (challenge, detail) = if request.headers().contains_key(header::AUTHORIZATION) {
        (r#"Bearer error="invalid_token""#, "the token is not one that this API knows")
    } else {
        ("Bearer", "this API wants a token: send it as Authorization: Bearer TOKEN")
    };
    let title = "The request bears no token that is known";
    let mut response = Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", title, detail).into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

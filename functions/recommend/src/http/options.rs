//! `OPTIONS`: what a route takes.

use axum::{
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Marks an `OPTIONS` request that asks what a route takes, and not whether a page may ask it.
#[derive(Clone)]
struct NotPreflight;

/// The CORS layer answers every `OPTIONS` as if it were a preflight. One that is not goes past it as a `GET`: the
/// router has chosen what answers it by then.
pub(super) async fn keep_from_cors(mut request: Request, next: Next) -> Response {
    let preflight = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if request.method() == Method::OPTIONS && !preflight {
        request.extensions_mut().insert(NotPreflight);
        *request.method_mut() = Method::GET;
    }
    next.run(request).await
}

/// The answer to an `OPTIONS` request that a route does not handle itself. The router adds `Allow`.
pub(crate) fn answer(request: &Request) -> Option<Response> {
    let options = request.method() == Method::OPTIONS || request.extensions().get::<NotPreflight>().is_some();
    options.then(|| StatusCode::NO_CONTENT.into_response())
}

/// Every route takes `OPTIONS`, which the router does not know.
pub(super) async fn allow_options(mut response: Response) -> Response {
    if let Some(allow) = response.headers().get(header::ALLOW) {
        let methods = String::from_utf8_lossy(allow.as_bytes());
        let methods: Vec<&str> = methods.split(',').map(str::trim).filter(|method| !method.is_empty()).collect();
        if let Ok(allow) = HeaderValue::from_str(&[methods.join(", "), "OPTIONS".to_owned()].join(", ")) {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    response
}

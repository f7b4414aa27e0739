//! Paths as API Gateway hands them on: decoded.

use axum::http::{Request, Uri};
use lambda_http::RequestExt;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What ends a path, or is read as another character in one.
const MISREAD: &AsciiSet = &CONTROLS.add(b'?').add(b'#').add(b'\\').add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// An HTTP API decodes the path of an event, so that the title `#1 Song?` makes a URL that ends before it. Where the
/// event's path holds such a character, the URL is made again.
pub fn restore_path<B>(mut request: Request<B>) -> Request<B> {
    let path = request.raw_http_path();
    if !path.contains(['?', '#', '\\']) {
        return request;
    }
    let path = utf8_percent_encode(path, MISREAD);
    let query = request.query_string_parameters_ref().map(|query| query.to_query_string()).unwrap_or_default();
    let target = if query.is_empty() { path.to_string() } else { format!("{path}?{query}") };
    if let Ok(uri) = target.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    request
}

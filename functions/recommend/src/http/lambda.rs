//! Events as API Gateway hands them on: paths decoded, queries as the client sent them.

use axum::http::{Request, Uri, header};
use lambda_http::{LambdaEvent, RequestExt, request::LambdaRequest};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What ends a path, or is read as another character in one.
const RESERVED_IN_PATH: &AsciiSet =
    &CONTROLS.add(b'?').add(b'#').add(b'\\').add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// An HTTP API decodes the path of an event, so that the title `#1 Song?` makes a URL that ends before it. Where the
/// event's path holds such a character, the URL is made again.
pub fn reencode_path<B>(mut request: Request<B>) -> Request<B> {
    let path = request.raw_http_path();
    if !path.contains(['?', '#', '\\']) {
        return request;
    }
    let path = utf8_percent_encode(path, RESERVED_IN_PATH);
    let query = request.query_string_parameters_ref().map(|query| query.to_query_string()).unwrap_or_default();
    let target = if query.is_empty() { path.to_string() } else { format!("{path}?{query}") };
    if let Ok(uri) = target.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    request
}

/// What a query must not hold as it is.
const RESERVED_IN_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');
/// The longest path and query together, in bytes: more than [`target`](super::target) lets through, and little enough
/// to make a URL of.
const MAX_QUERY_BYTES: usize = 18 * 1024;

/// Mends what `lambda_http` would panic on when it makes a request of an event: a query with a character that is
/// allowed in none (`?song=<3`), a path that is not one, or both too long for a URL. The host goes, which nobody here
/// asks for: a URL may fail on it too.
pub fn sanitize_event(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    let LambdaRequest::ApiGatewayV2(request) = &mut event.payload else { return event };
    let path = request.raw_path.get_or_insert_default();
    if !path.starts_with('/') {
        path.insert(0, '/');
    }
    path.truncate(path.floor_char_boundary(MAX_QUERY_BYTES));
    if let Some(query) = &mut request.raw_query_string {
        query.truncate(query.floor_char_boundary(MAX_QUERY_BYTES - path.len()));
        *query = utf8_percent_encode(query, RESERVED_IN_QUERY).to_string();
    }
    request.headers.remove(header::HOST);
    request.request_context.domain_name = None;
    event
}

#[cfg(test)]
mod tests {
    use lambda_http::Context;
    use serde_json::json;

    use super::*;

    fn uri(path: &str, query: &str, host: &str) -> Uri {
        let event = json!({
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": query,
            "headers": { "host": host, "x-forwarded-proto": "://" },
            "requestContext": { "http": { "method": "GET" }, "stage": "$default", "domainName": host },
        });
        let payload = serde_json::from_value(event).expect("an event");
        lambda_http::Request::from(sanitize_event(LambdaEvent { payload, context: Context::default() }).payload)
            .into_parts()
            .0
            .uri
    }

    #[test]
    fn events_that_make_no_url_are_mended() {
        for host in ["", "a b", "host:99999", "%"] {
            assert_eq!(uri("v1/tracks", "q=<3 \"#1\"\u{e9}", host), "/v1/tracks?q=%3C3%20%22%231%22%C3%A9");
        }
        assert_eq!(uri("", "", ""), "/");
        assert_eq!(uri("/v1/tracks", "q=a%20b&limit=%zz", ""), "/v1/tracks?q=a%20b&limit=%zz");
    }

    #[test]
    fn what_is_too_long_stays_too_long_and_makes_a_url() {
        for (path, query) in [("/é".repeat(20_000), String::new()), ("/".into(), "<".repeat(80_000))] {
            let uri = uri(&path, &query, "");
            assert!(uri.to_string().len() > 16 * 1024);
        }
        let both = uri(&"é".repeat(9_000), &"é".repeat(9_000), "");
        assert!(both.to_string().len() > 16 * 1024);
    }
}

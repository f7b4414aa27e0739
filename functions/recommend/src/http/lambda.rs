//! Events as API Gateway hands them on: paths decoded, queries as the client sent them, and who handed them on.

use axum::http::{Extensions, header};
use lambda_http::{
    Context, LambdaEvent,
    aws_lambda_events::apigw::ApiGatewayV2httpRequestContext,
    request::{LambdaRequest, RequestContext},
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What ends a path, or is read as another character in one.
const RESERVED_IN_PATH: &AsciiSet =
    &CONTROLS.add(b'?').add(b'#').add(b'\\').add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');
/// The same of a path that is decoded, where `%` is a character like any other.
const RESERVED_IN_DECODED_PATH: &AsciiSet = &RESERVED_IN_PATH.add(b'%');
/// What a query must not hold as it is.
const RESERVED_IN_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');
/// The longest path and query together, in bytes: more than [`target`](super::target) lets through, and little enough
/// to make a URL of.
const MAX_TARGET_BYTES: usize = 18 * 1024;

/// Makes an event one that `lambda_http` makes the right request of.
///
/// An HTTP API decodes the path, so that the title `#1 Song?` would make a URL that ends before it, and the title `%41`
/// one that is decoded again: the path is encoded as it was. Others leave paths as they came.
///
/// `lambda_http` would panic on a query with a character that is allowed in none (`?song=<3`), a path that is not one, or
/// both too long for a URL. The host goes, which nobody here asks for: a URL may fail on it too.
pub fn sanitize_event(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    let LambdaRequest::ApiGatewayV2(request) = &mut event.payload else { return event };
    let path = request.raw_path.get_or_insert_default();
    if !path.starts_with('/') {
        path.insert(0, '/');
    }
    path.truncate(path.floor_char_boundary(MAX_TARGET_BYTES));
    if let Some(query) = &mut request.raw_query_string {
        query.truncate(query.floor_char_boundary(MAX_TARGET_BYTES - path.len()));
        *query = utf8_percent_encode(query, RESERVED_IN_QUERY).to_string();
    }
    let is_decoded = has_decoded_path(&request.request_context);
    let reserved = if is_decoded { RESERVED_IN_DECODED_PATH } else { RESERVED_IN_PATH };
    *path = utf8_percent_encode(path, reserved).to_string();
    request.headers.remove(header::HOST);
    request.request_context.domain_name = None;
    event
}

/// API Gateway's id of the request, where the event names the API: `$context.requestId` of its access log.
pub(super) fn gateway_request_id(request: &Extensions) -> Option<&str> {
    let Some(RequestContext::ApiGatewayV2(context)) = request.get() else { return None };
    context.apiid.as_ref().and(context.request_id.as_deref())
}

/// Lambda's id of the invocation, which its own lines of the log have.
pub(super) fn lambda_request_id(request: &Extensions) -> Option<&str> {
    request.get::<Context>().map(|context| context.request_id.as_str())
}

/// The deployed version of the function (`AWS_LAMBDA_FUNCTION_VERSION`); nothing outside Lambda.
pub(super) fn function_version(request: &Extensions) -> Option<&str> {
    request.get::<Context>().map(|context| context.env_config.version.as_str()).filter(|version| !version.is_empty())
}

/// Whether who sends an event decodes its path: API Gateway does, and `sam local start-api` in its place. Both name the
/// API. `cargo lambda watch` names none, and a function URL has a domain of its own.
fn has_decoded_path(context: &ApiGatewayV2httpRequestContext) -> bool {
    let is_function_url = context.domain_name.as_deref().is_some_and(|domain| domain.contains(".lambda-url."));
    context.apiid.is_some() && !is_function_url
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;
    use serde_json::{Value, json};

    use super::*;

    fn uri(path: &str, query: &str, host: &str) -> Uri {
        let event = json!({
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": query,
            "headers": { "host": host, "x-forwarded-proto": "://" },
            "requestContext": { "http": { "method": "GET" }, "stage": "$default", "domainName": host },
        });
        request(event)
    }

    fn request(event: Value) -> Uri {
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

    #[test]
    fn a_path_is_decoded_once_whoever_sends_it() {
        let paths = [("/%41", "/%2541"), ("/100%", "/100%25"), ("/AC/DC", "/AC/DC"), ("/A%2FB", "/A%252FB")];
        for (path, by_api_gateway) in paths.into_iter().chain([("/#1 Song?", "/%231%20Song%3F")]) {
            let mut event = json!({
                "version": "2.0", "rawPath": path, "rawQueryString": "n=1&n=%31", "headers": {},
                "requestContext": { "http": { "method": "GET" }, "stage": "$default", "apiId": "abcdefghij" },
            });
            assert_eq!(request(event.clone()), *format!("{by_api_gateway}?n=1&n=%31"));
            let as_it_came = if path.contains('#') { by_api_gateway } else { path };
            event["requestContext"]["domainName"] = "abcdefghij.lambda-url.eu-west-1.on.aws".into();
            assert_eq!(request(event.clone()), *format!("{as_it_came}?n=1&n=%31"), "by a function URL");
            event["requestContext"]["apiId"] = Value::Null;
            event["requestContext"]["domainName"] = "localhost".into();
            assert_eq!(request(event), *format!("{as_it_came}?n=1&n=%31"), "by cargo lambda watch");
        }
    }
}

//! Events as API Gateway hands them on: paths decoded, queries as the client sent them, and who handed them on.

use std::fmt;

use axum::{
    extract::Request,
    http::{Extensions, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use lambda_http::{
    Context, LambdaEvent,
    aws_lambda_events::apigw::ApiGatewayV2httpRequestContext,
    request::{LambdaRequest, RequestContext},
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::problem::Problem;

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

/// The most headers of an event. API Gateway takes 10,240 bytes of them.
const MAX_HEADERS: usize = 1_000;
/// Marks a request whose body could not be decoded. A client's own header of this name is removed.
const UNDECODABLE_BODY: HeaderName = HeaderName::from_static("x-segue-undecodable-body");
/// The host that an event names. A client's own header of this name is removed.
pub(crate) const ASKED_HOST: HeaderName = HeaderName::from_static("x-segue-host");
/// The stage that is no part of a path.
const DEFAULT_STAGE: &str = "$default";

/// An event that `lambda_http` can hold: it would panic on more headers than a map of them takes (32,768), before
/// anything here is asked.
#[derive(Debug)]
pub struct Event(LambdaRequest);

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Counted {
            headers: Option<Entries>,
        }
        let event = Box::<RawValue>::deserialize(deserializer)?;
        // Headers that are no object are for `lambda_http` to refuse.
        let counted = serde_json::from_str::<Counted>(event.get()).ok();
        match counted.and_then(|counted| counted.headers) {
            Some(Entries(count)) if count > MAX_HEADERS => {
                Err(D::Error::custom(format!("the event has {count} headers: at most {MAX_HEADERS} are allowed")))
            }
            _ => serde_json::from_str(event.get()).map(Self).map_err(D::Error::custom),
        }
    }
}

/// How many entries a map has.
struct Entries(usize);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(CountEntries)
    }
}

struct CountEntries;

impl<'de> Visitor<'de> for CountEntries {
    type Value = Entries;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let mut count = 0;
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Entries(count))
    }
}

/// Makes an event one that `lambda_http` makes the right request of.
///
/// An HTTP API decodes the path, so that the title `#1 Song?` would make a URL that ends before it, and the title `%41`
/// one that is decoded again: the path is encoded as it was. Others leave paths as they came.
///
/// `lambda_http` would panic on a query with a character that is allowed in none (`?song=<3`), a path or a stage that is
/// not one, or both too long for a URL, and on a body that is not the base64 that the event says: that body goes, and
/// a layer of the router answers. The host goes into a header of its own: a URL may fail on it.
pub fn sanitize_event(event: LambdaEvent<Event>) -> LambdaEvent<LambdaRequest> {
    let mut event = LambdaEvent { payload: event.payload.0, context: event.context };
    let LambdaRequest::ApiGatewayV2(request) = &mut event.payload else { return event };
    request.headers.remove(UNDECODABLE_BODY);
    if request.is_base64_encoded {
        match request.body.as_ref().map(|body| STANDARD.decode(body).map(String::from_utf8)) {
            Some(Err(_)) => {
                (request.body, request.is_base64_encoded) = (None, false);
                request.headers.insert(UNDECODABLE_BODY, HeaderValue::from_static("base64"));
            }
            // Not decoded twice.
            Some(Ok(Ok(text))) => (request.body, request.is_base64_encoded) = (Some(text), false),
            Some(Ok(Err(_))) | None => {}
        }
    }
    if request.request_context.stage.as_deref().is_some_and(|stage| !is_stage(stage)) {
        request.request_context.stage = Some(DEFAULT_STAGE.to_owned());
    }
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
    request.headers.remove(ASKED_HOST);
    if let Some(host) = request.headers.remove(header::HOST) {
        request.headers.insert(ASKED_HOST, host);
    }
    request.request_context.domain_name = None;
    event
}

/// Whether API Gateway can have a stage of this name.
fn is_stage(stage: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    stage == DEFAULT_STAGE || (1..=128).contains(&stage.len()) && stage.bytes().all(is_allowed)
}

/// Answers a request whose body [`sanitize_event`] could not decode.
pub(super) async fn refuse_undecodable_body(request: Request, next: Next) -> Response {
    if !request.headers().contains_key(UNDECODABLE_BODY) {
        return next.run(request).await;
    }
    let detail = "the event says that its body is encoded with base64, and it is not: send base64 with its padding, or \
                  isBase64Encoded false";
    let title = "The body cannot be decoded";
    Problem::new(StatusCode::BAD_REQUEST, "malformed-base64", title, detail).into_response()
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
        sanitized(event).into_parts().0.uri
    }

    fn sanitized(event: Value) -> lambda_http::Request {
        let payload = serde_json::from_str(&event.to_string()).expect("an event");
        sanitize_event(LambdaEvent { payload, context: Context::default() }).payload.into()
    }

    fn post(body: &str) -> Value {
        json!({
            "version": "2.0", "rawPath": "/v1/classify", "rawQueryString": "", "headers": {},
            "requestContext": { "http": { "method": "POST" }, "stage": "$default" },
            "body": body, "isBase64Encoded": true,
        })
    }

    #[test]
    fn a_body_that_is_not_base64_is_marked_and_any_other_is_decoded() {
        for body in ["!", "e30", "e3=0", "e30=\n", "é", "\u{0}"] {
            let request = sanitized(post(body));
            assert!(request.headers().contains_key(UNDECODABLE_BODY), "{body:?}");
            assert!(request.body().is_empty(), "{body:?}");
        }
        for (body, bytes) in [("e30=", &b"{}"[..]), ("", b""), ("/w==", b"\xff")] {
            let mut event = post(body);
            event["headers"]["x-segue-undecodable-body"] = "a client's own".into();
            let request = sanitized(event);
            assert!(!request.headers().contains_key(UNDECODABLE_BODY), "{body:?}");
            assert_eq!(request.body().as_ref(), bytes, "{body:?}");
        }
    }

    #[test]
    fn a_stage_that_makes_no_url_is_none() {
        for stage in ["a b", "\u{0}", "é?#", "", "/", &"x".repeat(70_000)] {
            let mut event = post("");
            event["requestContext"]["stage"] = stage.into();
            assert_eq!(request(event), "/v1/classify", "{} bytes", stage.len());
        }
        let mut event = post("");
        event["requestContext"]["stage"] = "prod".into();
        assert_eq!(request(event), "/prod/v1/classify");
    }

    #[test]
    fn more_headers_than_a_map_takes_are_refused() {
        for (count, is_taken) in [(MAX_HEADERS, true), (MAX_HEADERS + 1, false), (40_000, false)] {
            let headers: serde_json::Map<String, Value> =
                (0..count).map(|number| (format!("x-{number}"), "1".into())).collect();
            let mut event = post("");
            event["headers"] = headers.into();
            let read = serde_json::from_str::<Event>(&event.to_string());
            assert_eq!(read.is_ok(), is_taken, "{count}");
            if let Err(error) = read {
                assert!(error.to_string().contains("at most 1000"), "{error}");
            }
        }
        let mut event = post("");
        event["headers"] = Value::Null;
        assert!(serde_json::from_str::<Event>(&event.to_string()).is_ok());
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

//! Requests, through the function's own router and the conversion from API Gateway's events.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use lambda_http::{
    Adapter, Context, LambdaEvent, Service,
    tower::{ServiceBuilder, ServiceExt},
};
use local::s3::EmbeddedS3;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use recommend::{
    access::Access,
    api::router_with,
    http::lambda::{Event, sanitize_event},
    models::{ModelManager, Source},
};
use serde_json::{Value, json};
use store::{Store, Upload};
use tokio::runtime::Runtime;

use crate::{MODEL, reached::reach};

/// The routes that take a query; those that end in a slash take the rest of a path too.
const ROUTES: [&str; 11] = [
    "/v1/recommendations",
    "/v1/tracks",
    "/v1/tracks/",
    "/recommend/",
    "/search",
    "/v1/map",
    "/v1/clusters",
    "/v1/model",
    "/health",
    "/page/",
    "/",
];
/// What a server would not hand on as it is.
const UNSENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'%')
    .remove(b'&')
    .remove(b'=')
    .remove(b'+')
    .remove(b'/')
    .remove(b'?');

/// The function with the small model in it.
struct Function {
    runtime: Runtime,
    router: Router,
}

static FUNCTION: LazyLock<Function> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let router = runtime.block_on(loaded());
    Function { runtime, router }
});

/// The function's router, its model loaded from a server that is gone afterwards.
async fn loaded() -> Router {
    let folder = tempfile::tempdir().expect("a folder");
    let s3 = EmbeddedS3::start(folder.path()).await.expect("an S3 server");
    s3.create_bucket("fuzz").expect("a bucket");
    let store = Store::with_client(s3.client(), "s3://fuzz".parse().expect("a location"));
    let upload = Upload::of(MODEL.into(), Vec::new()).expect("the model has a card");
    store.publish(upload).await.expect("the model is published");
    let models = Arc::new(ModelManager::new(Source::Store(store), Duration::from_secs(60)));
    models.get_with_graphs().await.expect("the model is loaded");
    models.get_with_text_search().await.expect("searches are ready");
    router_with(models, &Access::default(), true)
}

/// A query string, and for some routes the end of a path. The first byte says which route.
pub fn api_query(data: &[u8]) {
    let [which, rest @ ..] = data else { return };
    let route = ROUTES[usize::from(*which) % ROUTES.len()];
    let rest = if route.ends_with('/') || rest.starts_with(b"?") { rest.to_vec() } else { [b"?", rest].concat() };
    let plain = std::str::from_utf8(&rest).ok().map(|rest| format!("{route}{rest}"));
    let escaped = format!("{route}{}", percent_encode(&rest, UNSENT));
    for target in plain.into_iter().chain([escaped]) {
        // What is no URL does not get as far as a function.
        if let Ok(request) = Request::get(target).body(Body::empty()) {
            ask(request);
        }
    }
}

/// A JSON body. The first byte says of which route.
pub fn api_body(data: &[u8]) {
    let [which, body @ ..] = data else { return };
    let route = ["/v1/recommendations", "/v1/classify"][usize::from(*which) % 2];
    let request = Request::post(route).header(header::CONTENT_TYPE, "application/json");
    ask(request.body(Body::from(body.to_vec())).expect("a request"));
}

fn ask(request: Request<Body>) {
    let function = &*FUNCTION;
    function.runtime.block_on(async {
        // The router takes whatever comes.
        let response = function.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        check(parts.status, &parts.headers, &body);
    });
}

/// An event as API Gateway sends it, in JSON. What does not begin with a brace is taken for an event's method, path,
/// query, headers and body, a line each: a fuzzer would take long to write them in JSON.
pub fn api_event(data: &[u8]) {
    if data.starts_with(b"{") {
        return event(data);
    }
    let text = String::from_utf8_lossy(data);
    let mut lines = text.splitn(5, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (method, path, query, headers, body) = (line(), line(), line(), line(), line());
    let headers: serde_json::Map<String, Value> =
        headers.split(';').filter_map(|header| header.split_once(':')).map(|(k, v)| (k.into(), v.into())).collect();
    let made = json!({
        "version": "2.0",
        "routeKey": "ANY /{proxy+}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": { "http": { "method": method, "path": path }, "stage": "$default" },
        "body": body,
        "isBase64Encoded": method.ends_with(' '),
    });
    event(made.to_string().as_bytes());
}

fn event(json: &[u8]) {
    // An event that is none: the runtime refuses it before it gets to the function.
    let Ok(payload) = serde_json::from_slice::<Event>(json) else { return };
    let function = &*FUNCTION;
    function.runtime.block_on(async {
        // As `main` of the function has it.
        let router = function.router.clone();
        let mut service = ServiceBuilder::new().map_request(sanitize_event).service(Adapter::from(router));
        let Ok(answer) = service.call(LambdaEvent { payload, context: Context::default() }).await;
        let answer = serde_json::to_value(&answer).expect("an answer in JSON");
        let status = answer["statusCode"].as_u64().and_then(|status| StatusCode::from_u16(status as u16).ok());
        let status = status.expect("a status");
        assert!(!status.is_server_error(), "{answer}");
        if let (Some(body), Some(false), true) =
            (answer["body"].as_str(), answer["isBase64Encoded"].as_bool(), status == StatusCode::OK)
            && body.starts_with('{')
        {
            assert_numbers(&serde_json::from_str(body).expect("JSON"));
            reach();
        }
    });
}

/// Whatever is asked, the function is not to blame, and what it says is whole.
fn check(status: StatusCode, headers: &HeaderMap, body: &[u8]) {
    assert!(!status.is_server_error(), "{status}: {}", String::from_utf8_lossy(body));
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.ends_with("json") {
        let value: Value = serde_json::from_slice(body).expect("JSON");
        match status {
            StatusCode::OK => {
                assert_numbers(&value);
                reach();
            }
            _ => assert_eq!(value["status"], status.as_u16(), "a problem says its status"),
        }
    }
}

/// What is not known is left out: a null would be a number that is not finite.
fn assert_numbers(value: &Value) {
    match value {
        Value::Null => panic!("an answer holds a null"),
        Value::Array(values) => values.iter().for_each(assert_numbers),
        Value::Object(members) => members.values().for_each(assert_numbers),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

//! Events of HTTP requests, as those send them who invoke the function.

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

/// An event of API Gateway's payload format 2.0. `target` is what a client asks for: a path, with a query string where it
/// has one, both encoded. The path of the event is decoded, as an HTTP API hands it on (and `sam local start-api` too).
pub fn api_gateway_event(method: &str, target: &str) -> Value {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = percent_decode_str(path).decode_utf8_lossy();
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {
            "accept": "*/*",
            "content-length": "0",
            "host": "abcdefghij.execute-api.eu-west-1.amazonaws.com",
            "user-agent": "curl/8.7.1",
            "x-amzn-trace-id": "Root=1-66f2c5a1-3f2b1c0d4e5f60718293a4b5",
            "x-forwarded-for": "192.0.2.1",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https"
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix": "abcdefghij",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "curl/8.7.1"
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "22/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1_795_348_800_000_u64
        },
        "isBase64Encoded": false
    })
}

/// The same as `cargo lambda watch` sends it: the path as the client sent it, and no API that the event would be of.
pub fn cargo_lambda_event(method: &str, target: &str) -> Value {
    let mut event = api_gateway_event(method, target);
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    event["rawPath"] = path.into();
    let context = &mut event["requestContext"];
    context["http"]["path"] = path.into();
    for unknown in ["accountId", "apiId"] {
        context[unknown] = Value::Null;
    }
    event
}

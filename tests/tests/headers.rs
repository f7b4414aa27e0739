//! What every route does alike: headers, methods, conditional and compressed answers, cross-origin requests.

use std::io::Read;

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::read::GzDecoder;
use recommend::http::cors::Cors;
use reqwest::{Client, Method, Response};
use serde_json::Value;
use tests::{runtime::api_gateway_event, test_env::TestEnv};

/// A target of every route that answers `GET` from the model alone, by its path in the OpenAPI document.
const FROM_THE_MODEL: [(&str, &str); 20] = [
    ("/v1/recommendations", "/v1/recommendations?song=track+seven"),
    ("/v1/tracks", "/v1/tracks?q=track+sev"),
    ("/v1/tracks/{id}", "/v1/tracks/ID"),
    ("/v1/clusters", "/v1/clusters"),
    ("/v1/genres", "/v1/genres"),
    ("/v1/model", "/v1/model"),
    ("/v1/map", "/v1/map?limit=20"),
    ("/v1/path", "/v1/path?from_song=Track+One&to_song=Track+Two"),
    ("/openapi.json", "/openapi.json"),
    ("/recommend/{song_name}", "/recommend/track%20seven"),
    ("/search", "/search?song=shared"),
    ("/spotify/v1/recommendations", "/spotify/v1/recommendations?seed_tracks=ID"),
    ("/spotify/v1/recommendations/available-genre-seeds", "/spotify/v1/recommendations/available-genre-seeds"),
    ("/spotify/v1/audio-features", "/spotify/v1/audio-features?ids=ID"),
    ("/spotify/v1/audio-features/{id}", "/spotify/v1/audio-features/ID"),
    ("/spotify/v1/tracks", "/spotify/v1/tracks?ids=ID"),
    ("/spotify/v1/tracks/{id}", "/spotify/v1/tracks/ID"),
    ("/spotify/v1/search", "/spotify/v1/search?q=track+sev"),
    // Of `Artist 6`.
    ("/spotify/v1/artists/{id}", "/spotify/v1/artists/3n4jgSt8eGAs8YizgNrl54"),
    ("/spotify/v1/artists/{id}/top-tracks", "/spotify/v1/artists/3n4jgSt8eGAs8YizgNrl54/top-tracks"),
];

async fn published(cors: &Cors) -> (TestEnv, String) {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let base = test_env.serve(cors).await;
    (test_env, base)
}

async fn send(method: Method, url: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Client::new().request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
}

async fn get(url: &str, headers: &[(&str, &str)]) -> Response {
    send(Method::GET, url, headers).await
}

fn text<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("text"))
}

async fn targets(base: &str) -> Vec<String> {
    let answer: Value =
        get(&format!("{base}/v1/recommendations?song=track+seven"), &[]).await.json().await.expect("JSON");
    let id = answer["seeds"][0]["id"].as_str().expect("an id").to_owned();
    FROM_THE_MODEL.iter().map(|(_, target)| format!("{base}{}", target.replace("ID", &id))).collect()
}

#[tokio::test]
async fn what_the_model_alone_decides_is_sent_once() {
    let (_world, base) = published(&Cors::Off).await;
    let mut etags = Vec::new();
    for url in targets(&base).await {
        let first = get(&url, &[]).await;
        assert_eq!((first.status().as_u16(), text(&first, "cache-control")), (200, "no-cache"), "{url}");
        assert!(text(&first, "vary").contains("accept-encoding"), "{url}");
        let etag = text(&first, "etag").to_owned();
        assert!(etag.starts_with("W/\"") && etag.ends_with('"'), "{url}: {etag}");
        for known in [etag.clone(), format!("\"other\", {}", &etag[2..]), "*".to_owned()] {
            for method in [Method::GET, Method::HEAD] {
                let again = send(method, &url, &[("if-none-match", &known)]).await;
                assert_eq!(again.status(), 304, "{url}: {known}");
                assert_eq!(text(&again, "etag"), etag);
                assert_eq!(text(&again, "cache-control"), "no-cache");
                assert!(again.bytes().await.expect("no body").is_empty());
            }
        }
        assert_eq!(get(&url, &[("if-none-match", "W/\"other\"")]).await.status(), 200);
        etags.push(etag);
    }
    let other = get(&format!("{base}/v1/recommendations?song=track+seven&limit=3"), &[]).await;
    etags.push(text(&other, "etag").to_owned());
    let all = etags.len();
    etags.sort();
    etags.dedup();
    assert_eq!(etags.len(), all, "each target has an ETag of its own");
}

#[tokio::test]
async fn another_model_has_another_etag() {
    let (test_env, base) = published(&Cors::Off).await;
    let before = get(&format!("{base}/v1/clusters"), &[]).await;
    test_env.publish_as("4").await;
    let base = test_env.serve(&Cors::Off).await;
    let after = get(&format!("{base}/v1/clusters"), &[("if-none-match", text(&before, "etag"))]).await;
    assert_eq!(after.status(), 200);
    assert_ne!(text(&after, "etag"), text(&before, "etag"));
}

#[tokio::test]
async fn what_is_no_answer_of_the_model_is_not_kept() {
    let (_world, base) = published(&Cors::Off).await;
    for (target, status) in
        [("/health", 200), ("/v1/recommendations?song=none", 404), ("/v1/model?x=1", 400), ("/nowhere", 404)]
    {
        let answer = get(&format!("{base}{target}"), &[("if-none-match", "*")]).await;
        assert_eq!((answer.status().as_u16(), text(&answer, "cache-control")), (status, "no-store"), "{target}");
        assert_eq!(text(&answer, "etag"), "", "{target}");
    }
}

#[tokio::test]
async fn the_openapi_document_has_every_route_and_the_features_of_the_model() {
    let (_world, base) = published(&Cors::Off).await;
    let document: Value = get(&format!("{base}/openapi.json"), &[]).await.json().await.expect("JSON");
    assert!(document["openapi"].as_str().expect("a version").starts_with("3.1"));
    let kept: Vec<&str> = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .filter(|(_, path)| path["get"]["responses"].get("304").is_some())
        .map(|(path, _)| path.as_str())
        .collect();
    let mut listed = FROM_THE_MODEL.map(|(path, _)| path);
    listed.sort_unstable();
    assert_eq!(kept, listed, "a route that answers from the model is in the list at the top of this file");
    let features = &document["components"]["schemas"]["Features"];
    let model: Value = get(&format!("{base}/v1/model"), &[]).await.json().await.expect("JSON");
    for (index, feature) in model["features"].as_array().expect("features").iter().enumerate() {
        assert_eq!(features["required"][index], feature["name"]);
        assert!(features["properties"][feature["name"].as_str().expect("a name")].is_object());
    }
}

#[tokio::test]
async fn the_openapi_document_is_there_without_a_model() {
    let test_env = TestEnv::new().await;
    let base = test_env.serve(&Cors::Off).await;
    let answer = get(&format!("{base}/openapi.json"), &[]).await;
    assert_eq!((answer.status().as_u16(), text(&answer, "cache-control")), (200, "no-store"));
    let document: Value = answer.json().await.expect("JSON");
    assert_eq!(document["components"]["schemas"]["Features"]["additionalProperties"]["type"], "number");
}

#[tokio::test]
async fn an_answer_is_compressed_where_the_client_takes_it() {
    let (_world, base) = published(&Cors::Off).await;
    let url = format!("{base}/v1/recommendations?song=track+seven&limit=50");
    let plain = get(&url, &[]).await;
    assert_eq!(text(&plain, "content-encoding"), "");
    let plain = plain.bytes().await.expect("a body");
    let gzip = get(&url, &[("accept-encoding", "br, gzip;q=0.8")]).await;
    assert_eq!(text(&gzip, "content-encoding"), "gzip");
    assert_eq!(text(&gzip, "vary"), "accept-encoding");
    let gzip = gzip.bytes().await.expect("a body");
    assert!(gzip.len() * 2 < plain.len(), "{} of {}", gzip.len(), plain.len());
    let mut decoded = Vec::new();
    GzDecoder::new(&*gzip).read_to_end(&mut decoded).expect("gzip");
    assert_eq!(decoded, plain);
    let refused = get(&url, &[("accept-encoding", "gzip;q=0")]).await;
    assert_eq!(text(&refused, "content-encoding"), "");
    let small = get(&format!("{base}/health"), &[("accept-encoding", "gzip")]).await;
    assert_eq!(text(&small, "content-encoding"), "", "a small answer is not worth it");
    let nothing = get(&url, &[("accept-encoding", "identity;q=0, *;q=0")]).await;
    assert_eq!((nothing.status().as_u16(), text(&nothing, "content-type")), (406, "application/problem+json"));
}

#[tokio::test]
async fn a_compressed_answer_passes_through_lambda_in_base64() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let function = test_env.function().await;
    let mut event = api_gateway_event("GET", "/v1/recommendations?song=track+seven&limit=50");
    let plain = function.invoke(event.clone()).await;
    assert_eq!(plain["isBase64Encoded"], false);
    event["headers"]["accept-encoding"] = "gzip".into();
    let answer = function.invoke(event).await;
    assert_eq!(answer["headers"]["content-encoding"], "gzip");
    assert_eq!(answer["isBase64Encoded"], true);
    assert_eq!(answer["headers"]["etag"], plain["headers"]["etag"]);
    let body = BASE64_STANDARD.decode(answer["body"].as_str().expect("a body")).expect("base64");
    let mut decoded = String::new();
    GzDecoder::new(&*body).read_to_string(&mut decoded).expect("gzip");
    assert_eq!(decoded, plain["body"].as_str().expect("a body"));
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let (_world, base) = published(&Cors::Off).await;
    let mut urls = targets(&base).await;
    urls.push(format!("{base}/health"));
    urls.push(format!("{base}/v1/recommendations?song=none"));
    for url in urls {
        let (whole, head) = (get(&url, &[]).await, send(Method::HEAD, &url, &[]).await);
        assert_eq!(head.status(), whole.status(), "{url}");
        for header in ["content-type", "content-length", "etag", "cache-control", "vary"] {
            assert_eq!(text(&head, header), text(&whole, header), "{url}: {header}");
        }
        assert!(head.bytes().await.expect("no body").is_empty(), "{url}");
    }
}

#[tokio::test]
async fn options_says_what_a_route_takes() {
    let (test_env, closed) = published(&Cors::Off).await;
    let open = test_env.serve(&Cors::Any).await;
    for base in [closed, open] {
        for (target, allowed) in [
            ("/v1/recommendations", "GET, HEAD, POST, OPTIONS"),
            ("/v1/tracks/x", "GET, HEAD, OPTIONS"),
            ("/v1/classify", "POST, OPTIONS"),
            ("/recommend/x/y", "GET, HEAD, OPTIONS"),
            ("/health", "GET, HEAD, OPTIONS"),
        ] {
            let answer = send(Method::OPTIONS, &format!("{base}{target}"), &[]).await;
            assert_eq!((answer.status().as_u16(), text(&answer, "allow")), (204, allowed), "{target}");
            let refused = send(Method::PATCH, &format!("{base}{target}"), &[]).await;
            assert_eq!((refused.status().as_u16(), text(&refused, "allow")), (405, allowed), "{target}");
            let problem: Value = refused.json().await.expect("JSON");
            assert_eq!(problem["type"], "urn:segue:problem:wrong-method");
        }
        assert_eq!(send(Method::OPTIONS, &format!("{base}/nowhere"), &[]).await.status(), 404);
    }
}

#[tokio::test]
async fn pages_of_other_origins_are_let_in_as_configured() {
    const PAGE: &str = "https://app.example";
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let preflight = [
        ("origin", PAGE),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let one: Cors = "https://app.example, http://localhost:3000".parse().expect("origins");
    let other: Cors = "https://other.example".parse().expect("an origin");
    for (cors, allowed) in [(Cors::Off, ""), (Cors::Any, "*"), (one, PAGE), (other.clone(), "")] {
        let base = test_env.serve(&cors).await;
        let url = format!("{base}/v1/clusters");
        let answer = get(&url, &[("origin", PAGE)]).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(text(&answer, "access-control-allow-origin"), allowed, "{cors:?}");
        let problem = get(&format!("{base}/nowhere"), &[("origin", PAGE)]).await;
        assert_eq!(text(&problem, "access-control-allow-origin"), allowed, "{cors:?}");
        let ahead = send(Method::OPTIONS, &format!("{base}/v1/classify"), &preflight).await;
        assert!(ahead.status().is_success(), "{cors:?}");
        assert_eq!(text(&ahead, "access-control-allow-origin"), allowed, "{cors:?}");
        if cors == Cors::Off {
            assert!(answer.headers().keys().all(|name| !name.as_str().starts_with("access-control")));
        } else {
            assert!(text(&answer, "access-control-expose-headers").contains("etag"));
            assert!(text(&ahead, "access-control-allow-methods").contains("POST"));
            assert!(text(&ahead, "access-control-allow-headers").contains("content-type"));
            let by_origin = answer.headers().get_all("vary").iter().any(|vary| vary == "origin");
            assert_eq!(by_origin, cors != Cors::Any, "{cors:?}");
        }
    }
}

#[tokio::test]
async fn the_function_reads_the_origins_from_its_environment() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let mut env = test_env.env();
    env.push(("CORS_ORIGINS".to_owned(), "https://app.example".to_owned()));
    let function = tests::runtime::Function::start(&tests::binaries::binary("recommend"), &env).await;
    let mut event = api_gateway_event("GET", "/health");
    event["headers"]["origin"] = "https://app.example".into();
    let answer = function.invoke(event).await;
    assert_eq!(answer["headers"]["access-control-allow-origin"], "https://app.example");
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let (test_env, base) = published(&Cors::Any).await;
    for target in ["/health", "/nowhere", "/v1/clusters", "/v1/recommendations?song=none"] {
        let url = format!("{base}{target}");
        let (one, other) = (get(&url, &[]).await, get(&url, &[]).await);
        assert!(!text(&one, "x-request-id").is_empty());
        assert_ne!(text(&one, "x-request-id"), text(&other, "x-request-id"));
        let mine = get(&url, &[("x-request-id", "mine-42")]).await;
        assert_eq!(text(&mine, "x-request-id"), "mine-42");
        let forged = get(&url, &[("x-request-id", "a b\tc")]).await;
        assert_ne!(text(&forged, "x-request-id"), "a b\tc");
    }
    // API Gateway's, which its access log has too; Lambda's own, where it is not there and the client gives none.
    let function = test_env.function().await;
    let mut event = api_gateway_event("GET", "/health");
    event["headers"]["x-request-id"] = "mine-42".into();
    let answer = function.invoke(event.clone()).await;
    assert_eq!(answer["headers"]["x-request-id"], event["requestContext"]["requestId"]);
    let answer = function.invoke(tests::runtime::cargo_lambda_event("GET", "/health")).await;
    assert_eq!(answer["headers"]["x-request-id"], "request-1");
}

#[tokio::test]
async fn an_etag_changes_with_the_deployed_version() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let mut tags = Vec::new();
    for version in ["7", "8", "8"] {
        let mut env = test_env.env();
        env.push(("AWS_LAMBDA_FUNCTION_VERSION".to_owned(), version.to_owned()));
        let function = tests::runtime::Function::start(&tests::binaries::binary("recommend"), &env).await;
        let (status, headers, _) = function.get("/v1/model").await;
        assert_eq!(status, 200);
        tags.push(headers["etag"].clone());
    }
    assert!(tags[0] != tags[1] && tags[1] == tags[2], "{tags:?}");
}

#[tokio::test]
async fn a_path_that_api_gateway_has_decoded_is_the_same_path() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let function = test_env.function().await;
    for title in ["#1 Song?", "50% of it", "a\\b", "What's up", "Déjà Vu"] {
        let mut event = api_gateway_event("GET", "/recommend/x?n=3");
        event["rawPath"] = format!("/recommend/{title}").into();
        event["requestContext"]["http"]["path"] = event["rawPath"].clone();
        let answer = function.invoke(event).await;
        let body: Value = serde_json::from_str(answer["body"].as_str().expect("a body")).expect("JSON");
        if title == "Déjà Vu" {
            assert_eq!(body["recommendations"].as_array().expect("tracks").len(), 3, "{body}");
        } else {
            let message = body["message"].as_str().unwrap_or_default();
            assert!(message.contains(&format!("{title:?}")), "{title}: {body}");
        }
    }
}

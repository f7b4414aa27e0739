//! What no client of good will sends: each is a problem, and the next request is answered.

use crate::operations::{lines, logging};
use recommend::http::cors::Cors;
use serde_json::Value;
use tests::{
    runtime::{Function, api_gateway_event, cargo_lambda_event},
    test_env::TestEnv,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

async fn post(function: &Function, body: &str) -> (u16, Value) {
    let mut event = api_gateway_event("POST", "/v1/classify");
    event["headers"]["content-type"] = "application/json".into();
    event["body"] = body.into();
    let answer = function.invoke(event).await;
    assert_eq!(answer["headers"]["content-type"], "application/problem+json", "{answer}");
    let problem = serde_json::from_str(answer["body"].as_str().expect("a body")).expect("JSON");
    (answer["statusCode"].as_u64().expect("a status") as u16, problem)
}

fn bodies() -> Vec<(&'static str, String, u16, &'static str)> {
    let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
    vec![
        ("5 MB", format!("{{\"tracks\":[\"{}\"]}}", "x".repeat(5_000_000)), 413, "body-too-large"),
        ("5 MB of nothing", " ".repeat(5_000_000), 413, "body-too-large"),
        ("a byte too many", " ".repeat(256 * 1024 + 1), 413, "body-too-large"),
        ("the largest body", " ".repeat(256 * 1024), 400, "malformed-json"),
        ("deep lists", format!("{{\"tracks\":{}}}", deep(100_000)), 400, "bad-parameter"),
        ("deep objects", "{\"tracks\":[".to_owned() + &"{\"features\":".repeat(18_000), 400, "bad-parameter"),
        ("a list without end", "[".repeat(200_000), 400, "bad-parameter"),
        ("NaN", "{\"features\":{\"energy\":NaN}}".to_owned(), 400, "malformed-json"),
        ("1e400", "{\"features\":{\"energy\":1e400}}".to_owned(), 400, "bad-parameter"),
        ("a long number", format!("{{\"features\":{{\"energy\":{}}}}}", "9".repeat(200_000)), 400, "bad-parameter"),
        ("a NUL byte", "{\"features\":{\"\0\":1}}".to_owned(), 400, "malformed-json"),
        ("an escaped NUL", "{\"features\":{\"\\u0000\":1}}".to_owned(), 400, "bad-parameter"),
        ("a lone surrogate", "{\"features\":{\"\\ud800\":1}}".to_owned(), 400, "malformed-json"),
        ("a lone low surrogate", "{\"features\":{\"\\udc00\":1}}".to_owned(), 400, "malformed-json"),
        ("nothing", String::new(), 400, "malformed-json"),
        ("half", "{\"features\":{\"energy\":0.".to_owned(), 400, "malformed-json"),
        ("two", "{\"features\":{}}{}".to_owned(), 400, "malformed-json"),
        (
            "10,000 tracks",
            format!("{{\"tracks\":[{}]}}", vec!["{\"features\":{}}"; 10_000].join(",")),
            400,
            "bad-parameter",
        ),
        (
            "10,000 features",
            format!(
                "{{\"features\":{{{}}}}}",
                (0..10_000).map(|n| format!("\"f{n}\":1")).collect::<Vec<_>>().join(",")
            ),
            400,
            "bad-parameter",
        ),
    ]
}

#[tokio::test]
async fn a_hostile_body_is_a_problem_and_the_next_request_is_served() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let mut function = test_env.function().await;
    let base = test_env.serve(&Cors::Off).await;
    for (name, body, status, word) in bodies() {
        let (found, problem) = post(&function, &body).await;
        let short: String = problem.to_string().chars().take(300).collect();
        assert_eq!(
            (found, &problem["type"]),
            (status, &Value::from(format!("urn:segue:problem:{word}"))),
            "{name}: {short}"
        );
        assert!(problem.to_string().len() < 2_000, "{name}: the problem repeats what was sent");
        assert_eq!(function.get("/v1/recommendations?song=track+seven").await.0, 200, "after {name}");

        let request = reqwest::Client::new().post(format!("{base}/v1/classify"));
        let answer = request.header("content-type", "application/json").body(body).send().await.expect(name);
        assert_eq!(answer.status(), status, "{name}");
        let next = reqwest::get(format!("{base}/v1/recommendations?song=track+seven")).await.expect("an answer");
        assert_eq!(next.status(), 200, "after {name}");
    }
    assert!(function.is_running());
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_is_a_problem() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let base = test_env.serve(&Cors::Off).await;
    let request = reqwest::Client::new().post(format!("{base}/v1/classify"));
    let body = b"{\"features\":{\"\xff\":1}}".to_vec();
    let answer = request.header("content-type", "application/json").body(body).send().await.expect("an answer");
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["content-type"].to_str().expect("text")),
        (400, "application/problem+json")
    );
}

#[tokio::test]
async fn an_event_that_would_make_a_panic_is_a_problem_and_the_log_stays_json() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let file = test_env.folder.path().join("log");
    let mut function = logging(&test_env, &file, &[]).await;
    for route in ["/v1/classify", "/v1/recommendations"] {
        let mut event = api_gateway_event("POST", route);
        event["headers"]["content-type"] = "application/json".into();
        event["body"] = "{\"no\": \"base64\"}".into();
        event["isBase64Encoded"] = true.into();
        let (status, headers, problem) = function.answer(event).await;
        assert_eq!((status, &problem["type"]), (400, &Value::from("urn:segue:problem:malformed-base64")), "{problem}");
        assert!(headers["x-request-id"].is_string(), "{headers}");
    }
    let mut event = api_gateway_event("GET", "/health");
    event["requestContext"]["stage"] = "a stage <of no URL>".into();
    assert_eq!(function.answer(event).await.0, 200);
    // The runtime refuses it: it is no request.
    let mut event = api_gateway_event("GET", "/health");
    for number in 0..40_000 {
        event["headers"][format!("x-{number}")] = "1".into();
    }
    let error = function.try_invoke(event).await.expect_err("no request");
    assert!(error.to_string().contains("at most 1000"), "{error}");
    assert_eq!(function.get("/health").await.0, 200);
    assert!(function.is_running());
    drop(function);
    let lines = lines(&file);
    assert!(lines.iter().all(|line| !line.to_string().contains("panicked")), "{lines:?}");
}

#[tokio::test]
async fn a_hostile_url_is_a_problem_and_the_next_request_is_served() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let base = test_env.serve(&Cors::Off).await;
    let function = test_env.function().await;
    let long = "x".repeat(1_025);
    let endless = "x".repeat(20_000);
    for (target, status) in [
        ("/v1/recommendations?song=%00".to_owned(), 404),
        ("/v1/recommendations?song=%ED%A0%80".to_owned(), 400),
        ("/v1/recommendations?song=%FF".to_owned(), 400),
        ("/v1/recommendations?%FF=1".to_owned(), 400),
        ("/v1/recommendations?song=%".to_owned(), 404),
        ("/v1/recommendations?song=%zz".to_owned(), 404),
        (format!("/v1/recommendations?song={long}"), 400),
        (format!("/v1/recommendations?song={endless}"), 414),
        (format!("/v1/recommendations?{}", "song=a&".repeat(500)), 400),
        ("/v1/tracks/%00".to_owned(), 404),
        ("/v1/tracks/%FF".to_owned(), 400),
        ("/v1/tracks/%ED%A0%80".to_owned(), 400),
        (format!("/v1/tracks/{long}"), 400),
        ("/v1/tracks/".to_owned(), 404),
        ("/recommend/%FF".to_owned(), 400),
        ("/recommend/%20".to_owned(), 400),
        ("/recommend/".to_owned(), 404),
        (format!("/recommend/{long}"), 400),
        (format!("/{endless}"), 414),
        ("//".to_owned(), 404),
        ("/%2e%2e/%2e%2e/etc/passwd".to_owned(), 404),
    ] {
        let short = &target[..target.len().min(60)];
        // API Gateway decodes the path of a URL: what is no UTF-8 does not come through it as it was.
        let (found, _, problem) = function.answer(api_gateway_event("GET", &target)).await;
        assert!(found < 500, "{short}: {problem}");
        let (found, headers, problem) = function.answer(cargo_lambda_event("GET", &target)).await;
        assert_eq!(
            (found, &headers["content-type"]),
            (status, &Value::from("application/problem+json")),
            "{short}: {problem}"
        );
        assert_eq!(problem["status"], status, "{short}");
        assert!(problem.to_string().len() < 5_000, "{short}: the problem repeats what was sent");
        assert_eq!(function.get("/health").await.0, 200, "after {short}");

        // Straight through a socket: a client library would mend some of them.
        let address = base.trim_start_matches("http://");
        let mut socket = TcpStream::connect(address).await.expect("connects");
        let request = format!("GET {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await.expect("sends");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{short}: {answer}");
        assert!(answer.contains("application/problem+json"), "{short}: {answer}");
    }
}

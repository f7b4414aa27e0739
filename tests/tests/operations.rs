//! What an operator sees of the function and sets: its log, its metrics, its health, and who may ask.

use std::{path::Path, process::Stdio};

use recommend::{access::Access, http::cors::Cors};
use serde_json::{Value, json};
use tests::{
    binaries::binary,
    runtime::{Function, api_gateway_event},
    test_env::TestEnv,
};
use tokio::process::Command;

/// SHA-256 of `open sesame`.
const SESAME: &str = "41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb";
/// `requestContext.requestId` of the events: what API Gateway calls `$context.requestId` in its access log.
const GATEWAY_REQUEST_ID: &str = "JKJaXmPLvHcESHA=";
pub(crate) const SONG: &str = "/v1/recommendations?song=track+seven";

/// A function that writes its log as JSON, as Lambda tells it to.
pub(crate) async fn logging(test_env: &TestEnv, file: &Path, more: &[(&str, &str)]) -> Function {
    let mut env = test_env.env();
    env.push(("AWS_LAMBDA_LOG_FORMAT".to_owned(), "JSON".to_owned()));
    env.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let log = std::fs::File::create(file).expect("a file");
    Function::start_logging(&binary("recommend"), &env, Stdio::from(log)).await
}

pub(crate) fn lines(file: &Path) -> Vec<Value> {
    let log = std::fs::read_to_string(file).expect("reads");
    // The process was killed: what it was about to write ends without a line's end.
    let whole = log.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    whole.map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"))).collect()
}

/// The lines of requests, in their order.
fn requests(lines: &[Value]) -> Vec<Value> {
    let fields = lines.iter().map(|line| line["fields"].clone());
    fields.filter(|fields| fields["message"] == "request").collect()
}

#[tokio::test]
async fn each_request_is_one_line_of_json_with_what_one_asks_of_it() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let file = test_env.folder.path().join("log");
    let function = logging(&test_env, &file, &[]).await;
    let (_, _, answer) = function.get(&format!("{SONG}&search=exact")).await;
    let mine = [("x-request-id", "mine-7")];
    let (_, headers, _) = function.get_with("/v1/recommendations?song=no+such+song", &mine).await;
    assert_eq!(headers["x-request-id"], GATEWAY_REQUEST_ID);
    function.get("/health").await;
    drop(function);

    let lines = lines(&file);
    let requests = requests(&lines);
    assert_eq!(requests.len(), 3);
    let (first, second) = (&requests[0], &requests[1]);
    let seed = &answer["seeds"][0];
    for (field, value) in [
        ("method", &json!("GET")),
        ("route", &json!("/v1/recommendations")),
        ("status", &json!(200)),
        ("request_id", &json!(GATEWAY_REQUEST_ID)),
        ("lambda_request_id", &json!("request-0")),
        ("trace_id", &json!("1-5759e988-bd862e3fe1be46a994272793")),
        ("model_version", &answer["model"]["version"]),
        ("cold", &json!(true)),
        ("search", &json!("exact")),
        ("initial_pool_size", &seed["initial_pool_size"]),
        ("after_filtering_size", &seed["after_filtering_size"]),
    ] {
        assert_eq!(&first[field], value, "{field} in {first}");
    }
    assert!(first["milliseconds"].is_number());
    assert_eq!((&second["status"], &second["problem"]), (&json!(404), &json!("unknown-song")));
    assert_eq!((&second["client_request_id"], &second["cold"]), (&json!("mine-7"), &json!(false)));
    // One id joins the access log, this line and the answer, whatever the client calls the request.
    assert_eq!((&second["request_id"], first.get("client_request_id")), (&json!(GATEWAY_REQUEST_ID), None));
    assert!(requests[2].get("model_version").is_none());
    // What a request asked for is not in the log.
    assert!(!lines.iter().any(|line| line.to_string().contains("no such song")));
}

#[tokio::test]
async fn metrics_are_lines_of_the_embedded_metric_format() {
    let test_env = TestEnv::new().await;
    let file = test_env.folder.path().join("log");
    let function = logging(&test_env, &file, &[]).await;
    assert_eq!(function.get(SONG).await.0, 503);
    test_env.publish().await;
    assert_eq!(function.get(SONG).await.0, 200);
    drop(function);

    let lines = lines(&file);
    let metrics: Vec<&Value> = lines.iter().filter(|line| line.get("_aws").is_some()).collect();
    let of = |name: &str| metrics.iter().filter(|line| line.get(name).is_some()).copied().collect::<Vec<_>>();
    for (name, unit, count) in [
        ("Latency", "Milliseconds", 2),
        ("ColdStart", "Count", 1),
        ("ModelAge", "Seconds", 1),
        ("ModelLoadTime", "Milliseconds", 1),
        ("ModelLoadFailures", "Count", 1),
        ("Errors", "Count", 2),
    ] {
        let found = of(name);
        assert!(found.len() >= count, "{name}: {metrics:?}");
        for line in found {
            assert_eq!(line["function"], "recommend");
            let directive = &line["_aws"]["CloudWatchMetrics"][0];
            assert_eq!(directive["Namespace"], "segue");
            let described =
                directive["Metrics"].as_array().expect("a list").iter().find(|metric| metric["Name"] == name);
            assert_eq!(described.expect("described")["Unit"], unit, "{line}");
        }
    }
    let kinds = |by_version: bool| {
        let lines = of("Errors").into_iter().filter(move |line| line.get("version").is_some() == by_version);
        lines.filter_map(|line| line.get("type")).collect::<Vec<&Value>>()
    };
    assert_eq!((kinds(false), kinds(true)), (vec![&json!("model-unavailable")], vec![&json!("model-unavailable")]));
    assert!(of("Latency").iter().all(|line| line["xrayTraceId"] == "1-5759e988-bd862e3fe1be46a994272793"));
}

#[tokio::test]
async fn empty_and_short_answers_and_unknown_and_shared_titles_are_counted() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let file = test_env.folder.path().join("log");
    let function = logging(&test_env, &file, &[]).await;
    for (query, status, tracks) in [
        ("song=Track+Seven", 200, Some(10)),
        ("song=Track+Seven&limit=100", 200, Some(67)),
        ("song=Track+Seven&min_year=2100", 200, Some(0)),
        ("song=No+Such+Song", 404, None),
        ("song=Shared", 409, None),
    ] {
        let (answered, _, answer) = function.get(&format!("/v1/recommendations?{query}")).await;
        assert_eq!((answered, answer["tracks"].as_array().map(Vec::len)), (status, tracks), "{query}: {answer}");
    }
    drop(function);
    let lines = lines(&file);
    let counted = |name: &str| -> f64 { lines.iter().filter_map(|line| line[name].as_f64()).sum() };
    assert_eq!((counted("EmptyAnswers"), counted("ShortAnswers")), (1.0, 1.0), "{lines:?}");
    for problem in ["unknown-song", "artist-needed"] {
        let of = lines.iter().filter(|line| line["type"] == problem && line["Errors"] == 1).count();
        assert_eq!(of, 1, "{problem}: {lines:?}");
    }
    let logged: Vec<&Value> = lines.iter().filter(|line| line["fields"]["message"] == "request").collect();
    assert_eq!(logged.iter().filter_map(|line| line["fields"]["tracks"].as_u64()).collect::<Vec<_>>(), [10, 67, 0]);
}

#[tokio::test]
async fn health_is_cheap_unless_it_is_asked_to_be_deep() {
    let test_env = TestEnv::new().await;
    let function = test_env.function().await;
    assert_eq!(function.get("/health").await.0, 200);
    let (status, headers, problem) = function.get("/health?deep=true").await;
    assert_eq!((status, &problem["type"]), (503, &json!("urn:segue:problem:model-unavailable")));
    assert!(headers["retry-after"].is_string());
    test_env.publish().await;
    let (_, _, shallow) = function.get("/health?deep=false").await;
    assert!(shallow.get("model").is_none(), "nothing was loaded for it");
    let (status, _, deep) = function.get("/health?deep=true").await;
    assert_eq!((status, deep["model"].as_str().map(str::len)), (200, Some(64)));
    assert_eq!(function.get("/health?deep=maybe").await.0, 400);
}

#[tokio::test]
async fn without_a_token_that_is_known_only_health_and_the_page_answer() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let file = test_env.folder.path().join("log");
    let function = logging(&test_env, &file, &[("API_TOKENS", SESAME)]).await;
    let bearer = |token: &'static str| [("authorization", token)];
    for (headers, challenge) in [
        (&[][..], "Bearer"),
        (&bearer("Bearer close sesame"), r#"Bearer error="invalid_token""#),
        (&bearer("Basic b3BlbiBzZXNhbWU="), r#"Bearer error="invalid_token""#),
        (&bearer("Bearer "), r#"Bearer error="invalid_token""#),
    ] {
        for target in [SONG, "/v1/model", "/openapi.json", "/nowhere"] {
            let (status, answered, problem) = function.get_with(target, headers).await;
            assert_eq!((status, &problem["type"]), (401, &json!("urn:segue:problem:unauthorized")), "{target}");
            assert_eq!(answered["www-authenticate"], challenge, "{headers:?}");
        }
        assert_eq!(function.get_with("/health", headers).await.0, 200);
        // The page asks for the token itself.
        for (target, status) in
            [("/", 200), ("/page/app.js", 200), ("/page/style.css", 200), ("/page/secrets.txt", 404)]
        {
            let mut event = api_gateway_event("GET", target);
            headers.iter().for_each(|(name, value)| event["headers"][*name] = (*value).into());
            assert_eq!(function.invoke(event).await["statusCode"], status, "{target}");
        }
        for target in ["/page", "/page/../v1/model", "//", "/health/"] {
            assert_eq!(function.get_with(target, headers).await.0 / 100, 4, "{target}");
        }
    }
    assert_eq!(function.get_with(SONG, &bearer("Bearer open sesame")).await.0, 200);
    drop(function);
    let log = std::fs::read_to_string(&file).expect("reads");
    assert!(!log.contains("sesame") && !log.contains(SESAME), "a token is in the log");
    assert!(!log.contains("open to everybody"));
}

#[tokio::test]
async fn without_tokens_the_log_says_that_the_api_is_open() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let file = test_env.folder.path().join("log");
    let function = logging(&test_env, &file, &[]).await;
    assert_eq!(function.get(SONG).await.0, 200);
    drop(function);
    let warned = lines(&file).into_iter().any(|line| {
        line["level"] == "WARN"
            && line["fields"]["message"].as_str().is_some_and(|message| message.contains("API_TOKENS"))
    });
    assert!(warned);
}

#[tokio::test]
async fn a_page_of_another_origin_may_send_a_token() {
    let test_env = TestEnv::new().await;
    let access = Access { cors: Cors::Any, tokens: Some(SESAME.parse().expect("a hash")) };
    let base = test_env.serve_to(&access).await;
    let client = reqwest::Client::new();
    let preflight = client
        .request(reqwest::Method::OPTIONS, format!("{base}/v1/model"))
        .header("origin", "https://app.example")
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "authorization")
        .send()
        .await
        .expect("answers");
    assert_eq!(preflight.status(), 200);
    let allowed = preflight.headers()["access-control-allow-headers"].to_str().expect("text").to_lowercase();
    assert!(allowed.contains("authorization"), "{allowed}");
    let refused = client.get(format!("{base}/v1/model")).header("origin", "https://app.example").send().await;
    let refused = refused.expect("answers");
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["access-control-allow-origin"]),
        (401, &"*".parse().expect("text"))
    );
}

#[tokio::test]
async fn a_token_in_place_of_its_hash_stops_the_start_and_is_not_repeated() {
    let test_env = TestEnv::new().await;
    let mut start = Command::new(binary("recommend"));
    start.env_clear().envs(test_env.env()).env("AWS_LAMBDA_FUNCTION_NAME", "recommend").env("API_TOKENS", "hunter2");
    let output = start.output().await.expect("the function runs");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!output.status.success() && said.contains("API_TOKENS") && said.contains("sha256sum"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

//! The function binary behind a Lambda runtime API, its model in a real S3 server.

use serde_json::Value;
use tests::{
    binaries::binary,
    runtime::{Function, cargo_lambda_event},
    test_env::TestEnv,
};

fn songs(answer: &Value) -> Vec<&str> {
    let tracks = answer["tracks"].as_array().expect("tracks");
    tracks.iter().map(|track| track["song"].as_str().expect("a song")).collect()
}

async fn published() -> (TestEnv, Function) {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let function = test_env.function().await;
    (test_env, function)
}

#[tokio::test]
async fn a_cold_function_answers_from_the_published_model() {
    let (_world, function) = published().await;
    let (status, headers, answer) = function.get("/v1/recommendations?song=track%20seven&limit=5").await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(songs(&answer).len(), 5);
    let seed = &answer["seeds"][0];
    assert_eq!(seed["song"], "Track Seven");
    for track in answer["tracks"].as_array().expect("tracks") {
        assert_eq!(track["cluster"], seed["cluster"]);
        assert!(track["similarity"].as_f64().expect("a number").abs() <= 1.0);
        assert!(track["id"].is_string() && track["artist"].is_string());
        let features = |track: &Value| track["features"].as_object().expect("features").len();
        assert_eq!(features(track), features(seed));
    }
    assert_eq!(answer["model"]["tracks"], 203);
    assert_eq!(answer["model"]["version"].as_str().expect("a version").len(), 64);

    // The id leads to the same track, and from there to the same answer.
    let id = seed["id"].as_str().expect("an id");
    let (status, _, track) = function.get(&format!("/v1/tracks/{id}")).await;
    assert_eq!((status, &track["track"]["song"]), (200, &seed["song"]));
    let (_, _, mut by_id) = function.get(&format!("/v1/recommendations?track_id={id}&limit=5")).await;
    // It goes on for its own request.
    assert_ne!(by_id["next"], answer["next"]);
    by_id["next"] = answer["next"].clone();
    assert_eq!(by_id, answer);

    // Every parameter does something.
    let (_, _, anywhere) = function.get("/v1/recommendations?song=Track+Seven&limit=100&same_cluster=false").await;
    assert_eq!(songs(&anywhere).len(), 100);
    assert!(anywhere["seeds"][0]["initial_pool_size"].as_u64() > seed["initial_pool_size"].as_u64());
    for search in ["exact", "hnsw"] {
        let (_, _, answer) = function.get(&format!("/v1/recommendations?song=Track+Seven&search={search}")).await;
        assert_eq!((answer["search"].as_str(), songs(&answer).len()), (Some(search), 10));
    }

    let (status, _, clusters) = function.get("/v1/clusters").await;
    let clusters = clusters["clusters"].as_array().expect("clusters");
    assert_eq!((status, clusters.len()), (200, 3));
    assert_eq!(clusters.iter().map(|cluster| cluster["size"].as_u64().expect("a size")).sum::<u64>(), 203);
    let (status, _, model) = function.get("/v1/model").await;
    assert_eq!((status, &model["version"]), (200, &answer["model"]["version"]));
    assert!(model["inertia"]["8"].is_number() && model["classifier"]["accuracy"].is_number(), "{model}");
}

#[tokio::test]
async fn tracks_are_found_by_what_is_typed_of_them() {
    let (_world, function) = published().await;
    for (typed, song) in [("deja+v", "Déjà Vu"), ("D%C3%A9j%C3%A0%20Vu", "Déjà Vu"), ("eve+vu", "Déjà Vu")] {
        let (status, headers, answer) = function.get(&format!("/v1/tracks?q={typed}")).await;
        assert_eq!((status, headers["content-type"].as_str()), (200, Some("application/json")), "{answer}");
        assert_eq!(songs(&answer).first(), Some(&song), "{typed}");
    }
    let (_, _, answer) = function.get("/v1/tracks?q=track+sven&limit=3").await;
    assert_eq!((&answer["query"], songs(&answer)[0]), (&Value::from("track sven"), "Track Seven"));
    assert_eq!(answer["model"]["tracks"], 203);
    let track = &answer["tracks"][0];
    let (_, _, by_id) = function.get(&format!("/v1/tracks/{}", track["id"].as_str().expect("an id"))).await;
    assert_eq!(&by_id["track"], track);

    // Ten where nothing else is asked for, and each song once.
    for (limit, count) in [("", 10), ("&limit=50", 50), ("&limit=1", 1)] {
        let (_, _, answer) = function.get(&format!("/v1/tracks?q=song{limit}")).await;
        assert_eq!(songs(&answer).len(), count, "{limit}");
    }
    let (_, _, answer) = function.get("/v1/tracks?q=re-released").await;
    assert_eq!(songs(&answer).len(), 1);
    let (status, _, answer) = function.get("/v1/tracks?q=%3F%21").await;
    assert_eq!((status, songs(&answer).len()), (200, 0));

    let long = format!("q={}", "x".repeat(257));
    for (query, parameter) in [
        ("", "q"),
        ("q=", "q"),
        ("q=+", "q"),
        (&long, "q"),
        ("q=a&limit=0", "limit"),
        ("q=a&limit=51", "limit"),
        ("query=a", "query"),
    ] {
        let (status, _, problem) = function.get(&format!("/v1/tracks?{query}")).await;
        assert_eq!((status, &problem["parameter"]), (400, &Value::from(parameter)), "{problem}");
    }
}

#[tokio::test]
async fn titles_ignore_case_white_space_and_unicode_form() {
    let (_world, function) = published().await;
    for song in ["D%C3%A9j%C3%A0%20Vu", "%20d%C3%A9j%C3%A0%20%20VU%20", "De%CC%81ja%CC%80+vu"] {
        let (status, _, answer) = function.get(&format!("/v1/recommendations?song={song}")).await;
        assert_eq!((status, &answer["seeds"][0]["song"]), (200, &Value::from("Déjà Vu")), "{song}");
    }
}

#[tokio::test]
async fn no_song_is_in_an_answer_twice_and_the_seeds_not_at_all() {
    let (_world, function) = published().await;
    // Three rows by one artist: no artist has to be named.
    let (status, _, answer) = function.get("/v1/recommendations?song=re-released&limit=100&same_cluster=false").await;
    assert_eq!(status, 200, "{answer}");
    let mut named: Vec<(String, String)> = answer["tracks"]
        .as_array()
        .expect("tracks")
        .iter()
        .map(|track| (track["song"].to_string().to_lowercase(), track["artist"].to_string().to_lowercase()))
        .collect();
    assert!(named.iter().all(|(song, _)| !song.contains("re-released")));
    named.sort();
    named.dedup();
    assert_eq!(named.len(), 100);
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_a_problem_that_says_so() {
    let (_world, function) = published().await;
    let check = async |target: &str, status: u16, word: &str, member: &str| {
        let (found, headers, problem) = function.get(target).await;
        assert_eq!(found, status, "{target}: {problem}");
        assert_eq!(headers["content-type"], "application/problem+json", "{target}");
        assert_eq!(problem["type"], format!("urn:segue:problem:{word}"), "{target}");
        assert_eq!(problem["status"], status, "{target}");
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{target}");
        assert!(!problem[member].is_null(), "{target}: {problem}");
        problem
    };
    let shared = check("/v1/recommendations?song=shared&strict=true", 409, "artist-needed", "artists").await;
    assert_eq!(shared["artists"], Value::from(vec!["Ann", "Bob, Cy"]));
    let (status, _, by_one_of_two) = function.get("/v1/recommendations?song=shared&artist=cy").await;
    assert_eq!((status, &by_one_of_two["seeds"][0]["artist"]), (200, &Value::from("Bob, Cy")));

    let near = check("/v1/recommendations?song=track%20seve&strict=true", 404, "unknown-song", "suggestions").await;
    assert!(near["suggestions"].as_array().expect("titles").contains(&Value::from("Track Seven")), "{near}");
    check("/v1/recommendations?song=shared&artist=Eve", 404, "unknown-artist", "artists").await;
    check("/v1/recommendations?track_id=none", 404, "unknown-track", "detail").await;
    check("/v1/tracks/none", 404, "unknown-track", "detail").await;
    check("/v2/recommendations", 404, "unknown-route", "detail").await;
    for (query, parameter) in [
        ("", "song"),
        ("artist=Ann", "song"),
        ("song=", "song"),
        ("song=shared&limit=0", "limit"),
        ("song=shared&limit=101", "limit"),
        ("song=shared&limit=ten", "limit"),
        ("song=shared&same_cluster=maybe", "same_cluster"),
        ("song=shared&search=fast", "search"),
        ("song=shared&limits=3", "limits"),
        ("song=shared&song=shared", "song"),
    ] {
        let problem = check(&format!("/v1/recommendations?{query}"), 400, "bad-parameter", "allowed").await;
        assert_eq!(problem["parameter"], parameter, "{query}");
    }
    // API Gateway would not hand on what is not UTF-8.
    let (status, _, problem) = function.answer(cargo_lambda_event("GET", "/v1/tracks/%FF")).await;
    assert_eq!((status, &problem["type"]), (400, &Value::from("urn:segue:problem:bad-parameter")));
    assert!(problem["allowed"].is_string(), "{problem}");
}

#[tokio::test]
async fn a_load_that_failed_is_tried_again_by_the_next_request() {
    let test_env = TestEnv::new().await;
    let mut function = test_env.function().await;
    let (status, headers, problem) = function.get("/v1/recommendations?song=shared").await;
    assert_eq!((status, &problem["type"]), (503, &Value::from("urn:segue:problem:model-unavailable")));
    assert!(headers["retry-after"].as_str().expect("a header").parse::<u32>().is_ok(), "{headers}");
    // Health needs no model, and a wrong request is told so without one.
    let (status, _, health) = function.get("/health").await;
    assert_eq!((status, &health["status"]), (200, &Value::from("ok")));
    assert!(health.get("model").is_none());
    assert_eq!(function.get("/v1/recommendations?limit=0").await.0, 400);

    test_env.publish().await;
    let (status, _, answer) = function.get("/v1/recommendations?song=track+seven").await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(function.get("/health").await.2["model"], answer["model"]["version"]);
    assert!(function.is_running());
}

#[tokio::test]
async fn a_damaged_artifact_is_503_and_not_the_end() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    std::fs::remove_file(test_env.prefetch()).expect("a prefetch");
    // As long as before, so that only the checksums can tell.
    let artifact = test_env.artifact();
    let mut bytes = std::fs::read(&artifact).expect("reads");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&artifact, &bytes).expect("writes");
    let mut function = test_env.function().await;
    let (status, _, problem) = function.get("/v1/model").await;
    assert_eq!(status, 503, "{problem}");
    bytes[middle] ^= 1;
    std::fs::write(&artifact, &bytes).expect("writes");
    assert_eq!(function.get("/v1/model").await.0, 200);
    assert!(function.is_running());
}

#[tokio::test]
async fn a_wrong_setting_stops_the_start_by_its_name() {
    let output = tokio::process::Command::new(binary("recommend"))
        .env_clear()
        .env("MODEL_URI", "nowhere")
        .env("AWS_LAMBDA_FUNCTION_NAME", "recommend")
        .output()
        .await
        .expect("the function runs");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!output.status.success() && said.contains("MODEL_URI") && said.contains("s3://bucket/prefix"), "{said}");
}

//! The function that trains: the real binary behind a Lambda runtime API, an upload in a real S3 server, a model that
//! the other function answers from.

use std::{collections::HashMap, io::Write, path::Path};

use aws_sdk_s3::primitives::ByteStream;
use flate2::{Compression, write::GzEncoder};
use local::s3::EmbeddedS3;
use saphyr::{LoadableYamlNode, Yaml};
use serde_json::{Value, json};
use store::Store;
use tests::{
    binaries::binary,
    catalog::{self, BUCKET, LOCATION},
    faults::{Fault, FaultTarget, Proxy},
    runtime::Function,
    test_env::{TestEnv, open, train},
};

/// Puts an object below `uploads/`: what EventBridge says of it.
async fn upload(s3: &EmbeddedS3, name: &str, content: impl Into<Vec<u8>>, metadata: &[(&str, &str)]) -> Value {
    let key = format!("uploads/{name}");
    let metadata: HashMap<String, String> = metadata.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
    let request = s3.client().put_object().bucket(BUCKET).key(&key).set_metadata(Some(metadata));
    let put = request.body(ByteStream::from(content.into())).send().await.expect("an object");
    let etag = put.e_tag.expect("an ETag");
    json!({
        "version": "0", "detail-type": "Object Created", "source": "aws.s3", "region": "us-east-1",
        "detail": { "version": "0", "bucket": { "name": BUCKET }, "reason": "PutObject",
                    "object": { "key": key, "etag": etag.trim_matches('"'), "sequencer": "00617F08299329D189" } }
    })
}

async fn function(test_env: &TestEnv, memory: &str) -> Function {
    let mut env = test_env.env();
    env.push(("AWS_LAMBDA_FUNCTION_MEMORY_SIZE".into(), memory.into()));
    Function::start(&binary("train"), &env).await
}

/// The function with a proxy between it and S3.
async fn function_behind(proxy: &Proxy, test_env: &TestEnv, memory: &str) -> Function {
    let more = [("MODEL_URI", LOCATION), ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory)];
    let more = more.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let env: Vec<_> = proxy.env(&test_env.s3).into_iter().chain(more).collect();
    Function::start(&binary("train"), &env).await
}

async fn started() -> (TestEnv, Function) {
    let test_env = TestEnv::new().await;
    let function = function(&test_env, "3008").await;
    (test_env, function)
}

async fn is_empty(test_env: &TestEnv) -> bool {
    let store = Store::with_client(test_env.s3.client(), LOCATION.parse().expect("a location"));
    matches!(store.latest(None).await, Err(store::Error::NoModel { .. }))
}

#[tokio::test]
async fn an_upload_becomes_the_model_that_the_api_answers_from() {
    let (test_env, function) = started().await;
    let event = upload(&test_env.s3, "my tracks+1.csv", catalog::csv(), &[("segue-k", "3")]).await;
    let outcome = function.invoke(event).await[0].clone();
    assert_eq!((&outcome["outcome"], &outcome["tracks"]), (&json!("published"), &json!(203)), "{outcome}");

    let (status, _, answer) = test_env.function().await.get("/v1/recommendations?song=track+seven&limit=5").await;
    assert_eq!((status, &answer["model"]["version"]), (200, &outcome["version"]), "{answer}");
    let list = test_env.s3.client().list_objects_v2().bucket(BUCKET).prefix("models/").send().await.expect("a list");
    let keys: Vec<&str> = list.contents().iter().filter_map(|object| object.key()).collect();
    for name in ["report/index.html", "report/metrics.json", "report/elbow.svg", "model.segue", "summary.json"] {
        assert!(keys.iter().any(|key| key.ends_with(name)), "{name} in {keys:?}");
    }
}

#[tokio::test]
async fn a_table_makes_the_same_model_here_and_in_the_trainer() {
    let (test_env, function) = started().await;
    let csv = test_env.folder.path().join("tracks.csv");
    std::fs::write(&csv, catalog::csv()).expect("writes");
    let weights =
        ["--k", "4", "--k-range", "2-5", "--seed", "7", "--features", "energy,tempo,valence", "--weights", "tempo=2"];
    let trained = open(&train(&csv, &weights));

    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(catalog::csv().as_bytes()).expect("packs");
    let metadata = [
        ("segue-k", "4"),
        ("segue-k-range", "2-5"),
        ("segue-seed", "7"),
        ("segue-features", "energy,tempo,valence"),
        ("segue-weights", "tempo=2"),
        ("mtime", "0"),
    ];
    let event = upload(&test_env.s3, "tracks.csv.gz", packed.finish().expect("packs"), &metadata).await;
    let outcome = function.invoke(event).await;
    assert_eq!(outcome[0]["version"], trained.version().to_string(), "{outcome}");
}

#[tokio::test]
async fn what_is_no_table_is_left_alone() {
    let (test_env, function) = started().await;
    let event = upload(&test_env.s3, "readme.txt", "no table", &[]).await;
    assert_eq!(function.invoke(event).await, json!([{ "outcome": "no_table", "key": "uploads/readme.txt" }]));
    assert!(is_empty(&test_env).await);
}

#[tokio::test]
async fn a_table_is_known_by_its_name_in_any_case() {
    let (test_env, function) = started().await;
    let event = upload(&test_env.s3, "tracks.xlsx", catalog::csv(), &[]).await;
    assert_eq!(function.invoke(event).await[0]["outcome"], "no_table");
    for name in ["TRACKS.CSV", "Tracks.Csv", "tracks.TSV"] {
        let event = upload(&test_env.s3, name, catalog::csv(), &[]).await;
        assert_eq!(function.invoke(event).await[0]["outcome"], "published", "{name}");
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(catalog::csv().as_bytes()).expect("packs");
    let event = upload(&test_env.s3, "Tracks.csv.GZ", packed.finish().expect("packs"), &[]).await;
    assert_eq!(function.invoke(event).await[0]["outcome"], "published");
}

#[tokio::test]
async fn a_step_that_s3_did_not_answer_is_done_again_and_a_table_that_is_wrong_is_not() {
    let test_env = TestEnv::new().await;
    let proxy = Proxy::start(&test_env.s3.endpoint()).await;
    let function = function_behind(&proxy, &test_env, "3008").await;

    let wrong = upload(&test_env.s3, "wrong.csv", "song,artist\nA,B\n", &[]).await;
    assert_eq!(function.try_invoke(wrong).await.expect_err("refused")["errorType"], "Input");
    let heads = proxy.exchanges().iter().filter(|exchange| exchange.method == "HEAD").count();
    assert_eq!(heads, 1, "it was tried again");

    // As often as the S3 client tries by itself.
    for target in [FaultTarget::Model, FaultTarget::Pointer] {
        proxy.set(Fault::Status(503), target, 3);
        let event = upload(&test_env.s3, "tracks.csv", catalog::csv(), &[]).await;
        assert_eq!(function.invoke(event).await[0]["outcome"], "published", "{target:?}");
        assert_eq!(proxy.met(), 3);
    }
}

#[tokio::test]
async fn a_model_that_another_publisher_overtook_becomes_current_without_another_training() {
    let test_env = TestEnv::new().await;
    let mut writes = 0;
    let proxy = Proxy::start_with(&test_env.s3.endpoint(), move |exchange| {
        let moves_pointer = exchange.method == "PUT" && exchange.path.ends_with("latest.json");
        writes += usize::from(moves_pointer);
        (moves_pointer && writes == 1).then_some(Fault::Hold)
    })
    .await;
    let function = function_behind(&proxy, &test_env, "3008").await;

    let event = upload(&test_env.s3, "tracks.csv", catalog::csv(), &[]).await;
    let overtake = async {
        proxy.held().await;
        test_env.publish_as("4").await;
        proxy.release();
    };
    let (outcome, ()) = tokio::join!(function.invoke(event), overtake);
    assert_eq!(outcome[0]["outcome"], "published", "{outcome}");
    let models = test_env.store().list().await.expect("a list");
    let current = models.iter().find(|model| model.current).expect("a current model");
    assert_eq!((models.len(), Value::from(current.version.to_string())), (2, outcome[0]["version"].clone()));
    let downloads = proxy
        .exchanges()
        .into_iter()
        .filter(|exchange| exchange.method == "GET" && exchange.path.ends_with("tracks.csv"));
    assert_eq!(downloads.count(), 1);
}

#[test]
fn every_upload_reaches_the_function_once_and_what_it_refuses_the_queue_at_once() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
    let text = std::fs::read_to_string(path).expect("a template");
    let template = Yaml::load_from_str(&text).expect("YAML").remove(0);
    let function = &template["Resources"]["TrainFunction"]["Properties"];
    assert_eq!(function["EventInvokeConfig"]["MaximumRetryAttempts"].as_integer(), Some(0));
    assert!(function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"].is_mapping());
    let keys = &function["Events"]["Uploaded"]["Properties"]["Pattern"]["detail"]["object"]["key"];
    let keys = keys.as_sequence().expect("keys");
    let prefix = keys[0].as_mapping_get("prefix").and_then(Yaml::as_str);
    // An ending in the pattern would be one in lower case.
    assert_eq!((keys.len(), prefix), (1, Some("uploads/")), "{keys:?}");
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_before_it_is_downloaded() {
    let test_env = TestEnv::new().await;
    let s3 = &test_env.s3;
    let proxy = Proxy::start(&s3.endpoint()).await;
    let function = function_behind(&proxy, &test_env, "129").await;

    let csv = catalog::csv() + &"Filler,Nobody,,,0.5,100,0.5,0.5,1,1999,No\n".repeat(7_000);
    let bytes = csv.len();
    let event = upload(s3, "large.csv", csv.clone(), &[]).await;
    let error = function.try_invoke(event).await.expect_err("refused");
    assert_eq!(error["errorType"], "TooLarge", "{error}");
    let message = error["errorMessage"].as_str().expect("a message");
    for part in ["uploads/large.csv", &bytes.to_string(), "for 910 in its 129 MB", "227500 bytes", "AWS Batch"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let exchanges = proxy.exchanges();
    let mut asked = exchanges.iter().filter(|exchange| exchange.path.contains("large.csv")).peekable();
    assert!(
        asked.peek().is_some() && asked.all(|exchange| exchange.method == "HEAD"),
        "it was downloaded: {exchanges:?}"
    );

    // What its size does not tell is told by its rows, and so is one whose owner says less than there is.
    for (name, metadata, csv) in
        [("rows.csv", vec![], csv[..150_000].to_owned() + "\n"), ("stated.csv", vec![("segue-tracks", "500")], csv)]
    {
        let csv = &csv[..csv[..csv.len() - 1].rfind('\n').expect("rows") + 1];
        let event = upload(s3, name, csv, &metadata).await;
        let error = function.try_invoke(event).await.expect_err("refused");
        let message = error["errorMessage"].as_str().expect("a message");
        assert!(error["errorType"] == "TooLarge" && message.contains("more than the 910 tracks"), "{error}");
    }
}

#[tokio::test]
async fn an_upload_that_was_replaced_is_left_to_the_newer_ones_event() {
    let (test_env, function) = started().await;
    let older = upload(&test_env.s3, "tracks.csv", "song,artist\n", &[]).await;
    let newer = upload(&test_env.s3, "tracks.csv", catalog::csv(), &[]).await;
    assert_eq!(function.invoke(older).await[0]["outcome"], "replaced");
    assert!(is_empty(&test_env).await);
    assert_eq!(function.invoke(newer).await[0]["outcome"], "published");
}

#[tokio::test]
async fn what_is_wrong_with_an_upload_is_said_and_leaves_the_current_model() {
    let (test_env, mut function) = started().await;
    for (content, metadata, kind, part) in [
        ("", vec![], "Input", "is empty"),
        ("song,artist\nA,B\n", vec![], "Input", "expected at least 2 of"),
        ("\u{1f}not gzip", vec![], "Input", "columns"),
        ("song,artist,energy,tempo\nA,B,1,2\n", vec![("segue-k", "many")], "Option", "segue-k"),
        ("song,artist,energy,tempo\nA,B,1,2\n", vec![("segue-clusters", "6")], "Option", "segue-k-range"),
    ] {
        let event = upload(&test_env.s3, "tracks.csv", content, &metadata).await;
        let error = function.try_invoke(event).await.expect_err("refused");
        let message = error["errorMessage"].as_str().expect("a message");
        assert!(error["errorType"] == kind && message.contains(part), "{error}");
    }
    let mut gone = upload(&test_env.s3, "tracks.csv", catalog::csv(), &[]).await;
    gone["detail"]["object"]["key"] = json!("uploads/gone.csv");
    assert_eq!(function.try_invoke(gone).await.expect_err("refused")["errorType"], "Head");
    assert!(is_empty(&test_env).await && function.is_running());
}

#[tokio::test]
async fn the_event_that_comes_with_the_repository_works() {
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let (test_env, function) = started().await;
    let table = std::fs::read(events.join("tracks.csv")).expect("a table");
    let put = upload(&test_env.s3, "tracks.csv", table, &[]).await;
    let event = std::fs::read_to_string(events.join("train/upload.json")).expect("an event");
    let event: Value = serde_json::from_str(&event).expect("JSON");
    assert_eq!(event["detail"]["object"]["etag"], put["detail"]["object"]["etag"], "of another events/tracks.csv");
    assert_eq!(function.invoke(event).await[0]["outcome"], "published");
}

#[tokio::test]
async fn every_event_of_the_repository_is_answered() {
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let (test_env, function) = started().await;
    let table = std::fs::read(events.join("tracks.csv")).expect("a table");
    function.invoke(upload(&test_env.s3, "tracks.csv", table, &[]).await).await;
    let recommend = test_env.function().await;
    let mut answered = 0;
    for event in std::fs::read_dir(&events).expect("events") {
        let path = event.expect("an event").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let event = serde_json::from_str(&std::fs::read_to_string(&path).expect("an event")).expect("JSON");
        let answer = recommend.invoke(event).await;
        let expected = if path.ends_with("preflight.json") { 204 } else { 200 };
        assert_eq!(answer["statusCode"], expected, "{}: {answer}", path.display());
        answered += 1;
    }
    assert!(answered >= 15, "{answered} events");
}

#[tokio::test]
async fn a_table_of_one_title_by_many_artists_is_trained_on_and_its_answers_stay_small() {
    let (test_env, function) = started().await;
    let row = |track: usize| {
        let (energy, tempo) = (track % 3 * 10 + track % 2, track % 3 * 40 + track % 5);
        format!("Intro\u{1b}[31m\u{202e},{}{track},{energy},{tempo}\n", "Artist ".repeat(100))
    };
    let csv = "song,artist,energy,tempo\n".to_owned() + &(0..3_000).map(row).collect::<String>();
    let outcome = function.invoke(upload(&test_env.s3, "one.csv", csv, &[("segue-k", "3")]).await).await[0].clone();
    assert_eq!((&outcome["outcome"], &outcome["tracks"]), (&json!("published"), &json!(3_000)), "{outcome}");
    let (status, _, problem) = test_env.function().await.get("/v1/recommendations?song=intro%1B%5B31m%E2%80%AE").await;
    assert_eq!((status, &problem["artist_count"]), (409, &json!(3_000)));
    assert!(problem.to_string().len() < 100_000);
}

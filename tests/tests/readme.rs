//! The README's requests, sent as they are printed.

use std::{collections::BTreeSet, path::Path, sync::Arc, time::Duration};

use local::s3::EmbeddedS3;
use recommend::{
    api,
    models::{ModelManager, Source},
};
use serde_json::Value;
use store::{Store, Upload};
use tests::test_env::train;
use trainer::{output, synth};

#[tokio::test]
async fn the_requests_of_the_readme_answer_on_the_demos_catalogue_as_it_shows() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).expect("a README");

    // The catalogue of `cargo demo`, trained as it does.
    let made_up = tempfile::tempdir().expect("a folder");
    let table = made_up.path().join("tracks.csv");
    output::write_with(&table, |file| synth::write(20_000, 1, file, &mut |_| {})).expect("writes");
    let trained = train(&table, &[]);
    let folder = tempfile::tempdir().expect("a folder");
    let s3 = EmbeddedS3::start(folder.path()).await.expect("an S3 server");
    s3.create_bucket("segue").expect("a bucket");
    let store = Store::with_client(s3.client(), "s3://segue/demo".parse().expect("a location"));
    let artifact = std::fs::read(trained.path().join("model.segue")).expect("an artifact");
    store.publish(Upload::of(artifact.into(), Vec::new()).expect("a card")).await.expect("publishes");
    let models = Arc::new(ModelManager::new(Source::Store(store), Duration::from_secs(20)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    // What the README shows was found by the graphs. Until they are there, the search is exact.
    models.get_with_graphs().await.map(drop).expect("a model");
    tokio::spawn(async move { axum::serve(listener, api::router(models)).await });

    let requests = readme.lines().filter_map(|line| line.strip_prefix("curl 'localhost:9000")?.strip_suffix('\''));
    let mut answers = Vec::new();
    for request in requests {
        let answer = reqwest::get(format!("http://{address}{request}")).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{request}");
        answers.push((request, answer.json::<Value>().await.expect("JSON")));
    }
    assert!(answers.len() >= 6, "the README's requests were not found");

    // The first one is shown with its answer, and after that stands what is omitted.
    let mut blocks = readme.split("```json\n").skip(1).map(|rest| rest.split_once("\n```\n").expect("an end"));
    let (shown, after) = blocks.next().expect("an answer");
    let mut shown: Value = serde_json::from_str(shown).expect("JSON");
    // Its version is cut short there.
    shown["model"]["version"].take();
    let first = &mut answers[0].1;
    first["model"]["version"].take();
    let mut omitted = BTreeSet::new();
    compare(&shown, first, &mut omitted);
    let paragraph = after.trim_start().split("\n\n").next().unwrap_or_default();
    let named: BTreeSet<_> = paragraph.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert_eq!(omitted, named, "the README omits other members of the answer than it says");
    let found = answers.iter().find(|(request, _)| request.starts_with("/v1/tracks")).expect("a search");
    assert_eq!(found.1["tracks"][0]["song"], "Lighthouse Summer", "{}", found.1);
}

/// Compares all that is shown with the answer, and collects the names of the members that are not shown.
fn compare(shown: &Value, answer: &Value, omitted: &mut BTreeSet<String>) {
    match (shown, answer) {
        (Value::Object(shown), Value::Object(answer)) => {
            for (name, value) in shown {
                let answered = answer.get(name).unwrap_or_else(|| panic!("{name} is not in the answer: {answer:?}"));
                compare(value, answered, omitted);
            }
            omitted.extend(answer.keys().filter(|name| !shown.contains_key(*name)).cloned());
        }
        (Value::Array(shown), Value::Array(answer)) => {
            assert_eq!(shown.len(), answer.len(), "{answer:?}");
            shown.iter().zip(answer).for_each(|(shown, answer)| compare(shown, answer, omitted));
        }
        _ => assert_eq!(shown, answer),
    }
}

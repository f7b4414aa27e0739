//! A function that changes its model while it answers.

use std::{
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use recommend::models::{Models, Source};
use segue_store::{Store, Upload};
use segue_tests::{
    binaries::binary,
    catalog::LOCATION,
    faults::{Fault, Of, Proxy},
    runtime::Function,
    world::World,
};
use serde_json::Value;

/// How long a test waits for what is to come.
const PATIENCE: Duration = Duration::from_secs(40);

async fn start(world: &World, endpoint: &str, more: &[(&str, &str)]) -> Function {
    let mut env = world.env();
    env.retain(|(name, _)| name != "AWS_ENDPOINT_URL_S3");
    env.push(("AWS_ENDPOINT_URL_S3".to_owned(), endpoint.to_owned()));
    env.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Function::start(&binary("recommend"), &env).await
}

async fn version(function: &Function) -> Value {
    let (status, headers, model) = function.get("/v1/model").await;
    assert_eq!(status, 200, "{model}");
    assert_eq!(headers["x-model-version"], model["version"]);
    model["version"].clone()
}

/// Asks until another model than this answers.
async fn another_than(function: &Function, old: &Value) -> Value {
    let begun = Instant::now();
    loop {
        let now = version(function).await;
        if now != *old {
            return now;
        }
        assert!(begun.elapsed() < PATIENCE, "no other model comes");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn what_is_published_or_rolled_back_to_answers_without_a_restart_and_names_itself_everywhere() {
    let world = World::new().await;
    world.publish_as("3").await;
    let function = start(&world, &world.s3.endpoint(), &[("REFRESH_SECONDS", "1")]).await;
    let first = version(&function).await;
    world.publish_as("4").await;
    let second = another_than(&function, &first).await;
    for target in [
        "/v1/recommendations?song=track+seven&limit=3",
        "/v1/tracks?q=track",
        "/v1/clusters",
        "/v1/map",
        "/recommend/Track%20Seven",
        "/search?song=shared",
        "/openapi.json",
    ] {
        let (status, headers, answer) = function.get(target).await;
        assert_eq!((status, &headers["x-model-version"]), (200, &second), "{target}");
        let names_itself = answer.get("model").is_none_or(|model| model["version"] == second);
        assert!(names_itself, "{target}: {answer}");
    }

    let store = Store::with_client(world.s3.client(), LOCATION.parse().expect("a location"));
    store.rollback(first.as_str().expect("text").parse().expect("a version")).await.expect("rolls back");
    assert_eq!(another_than(&function, &second).await, first);
}

#[tokio::test]
async fn a_model_that_was_replaced_is_let_go() {
    let world = World::new().await;
    world.publish_as("3").await;
    let store = Store::with_client(world.s3.client(), LOCATION.parse().expect("a location"));
    let models = Arc::new(Models::new(Source::Store(store), PATIENCE).refreshing(Duration::from_millis(100)));
    let first = Arc::downgrade(&models.get().await.expect("a model"));
    world.publish_as("4").await;
    let begun = Instant::now();
    while first.strong_count() > 0 {
        assert!(begun.elapsed() < PATIENCE, "somebody holds {} of the first model", first.strong_count());
        models.get().await.expect("a model");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn the_pointer_is_asked_for_no_more_often_than_said_and_not_without_requests() {
    let world = World::new().await;
    world.publish().await;
    let proxy = Proxy::start(&world.s3.endpoint()).await;
    let never = start(&world, &proxy.endpoint(), &[("REFRESH_SECONDS", "0")]).await;
    version(&never).await;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    version(&never).await;
    assert_eq!(proxy.pointers(), 1);
    drop(never);

    let function = start(&world, &proxy.endpoint(), &[("REFRESH_SECONDS", "2")]).await;
    version(&function).await;
    let begun = Instant::now();
    let before = proxy.pointers();
    while begun.elapsed() < Duration::from_secs(5) {
        version(&function).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let checks = proxy.pointers() - before;
    let most = begun.elapsed().as_secs() as usize / 2 + 1;
    assert!((1..=most).contains(&checks), "{checks} checks in {:?}", begun.elapsed());

    // Nothing is asked while nobody asks, and health is not a request for a model.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let before = proxy.pointers();
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    function.get("/health").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(proxy.pointers(), before);
}

#[tokio::test]
async fn a_model_that_does_not_fit_beside_the_old_one_is_left_where_it_is() {
    let world = World::new().await;
    world.publish().await;
    let function = start(&world, &world.s3.endpoint(), &[("REFRESH_SECONDS", "1")]).await;
    let first = version(&function).await;

    // It says that it has five million tracks: more than the function's 1769 MB.
    let store = Store::with_client(world.s3.client(), LOCATION.parse().expect("a location"));
    let features = vec!["energy".to_owned()];
    let artifact = vec![1; 1_000].into();
    let upload = Upload { artifact, report: Vec::new(), tracks: 5_000_000, k: 3, accuracy: 0.9, features };
    let large = store.publish(upload).await.expect("publishes");
    let begun = Instant::now();
    let failed = loop {
        assert_eq!(version(&function).await, first);
        let (_, _, health) = function.get("/health").await;
        if !health["refresh_failed"].is_null() {
            break health["refresh_failed"].clone();
        }
        assert!(begun.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(failed["reason"], "memory");
    assert_eq!(failed["model"], large.version.to_string());
    assert!(failed["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{failed}");

    store.rollback(first.as_str().expect("text").parse().expect("a version")).await.expect("rolls back");
    while !function.get("/health").await.2["refresh_failed"].is_null() {
        assert_eq!(version(&function).await, first);
        assert!(begun.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn signal(function: &Function, signal: &str) {
    let pid = function.pid().expect("it runs").to_string();
    let status = Command::new("kill").args([signal, &pid]).stdin(Stdio::null()).status().expect("kill runs");
    assert!(status.success());
}

/// As Lambda does between requests: the process stops, its connections die, and the clock goes on.
async fn freeze(function: &Function, time: Duration) {
    signal(function, "-STOP");
    tokio::time::sleep(time).await;
    signal(function, "-CONT");
}

#[tokio::test]
async fn a_check_that_is_frozen_half_way_ends_after_the_thaw() {
    for of in [Of::Pointer, Of::Model] {
        for fault in [Fault::Stall, Fault::Silence] {
            let world = World::new().await;
            world.publish_as("3").await;
            let proxy = Proxy::start(&world.s3.endpoint()).await;
            let settings = [("REFRESH_SECONDS", "1"), ("DEADLINE_MS", "2000")];
            let function = start(&world, &proxy.endpoint(), &settings).await;
            let first = version(&function).await;
            proxy.set(fault.clone(), of, usize::MAX);
            world.publish_as("4").await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            // It begins, and is frozen while it waits.
            let begun = Instant::now();
            while proxy.met() == 0 {
                assert_eq!(version(&function).await, first);
                assert!(begun.elapsed() < PATIENCE);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            freeze(&function, Duration::from_secs(5)).await;
            proxy.lift();
            // Requests are answered at once, and the new model comes.
            assert_eq!(function.get("/v1/model").await.0, 200);
            another_than(&function, &first).await;
        }
    }
}

#[tokio::test]
async fn a_first_load_that_is_frozen_half_way_is_not_the_first_request_s_trouble() {
    for of in [Of::Pointer, Of::Model] {
        let world = World::new().await;
        world.publish().await;
        let proxy = Proxy::start(&world.s3.endpoint()).await;
        proxy.set(Fault::Stall, of, usize::MAX);
        let function = start(&world, &proxy.endpoint(), &[("DEADLINE_MS", "2000")]).await;
        let begun = Instant::now();
        while proxy.met() == 0 {
            assert!(begun.elapsed() < PATIENCE);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // An environment that Lambda made in advance: initialised, and frozen until a request comes.
        freeze(&function, Duration::from_secs(5)).await;
        proxy.lift();
        version(&function).await;
    }
}

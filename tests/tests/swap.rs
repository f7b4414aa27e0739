//! A function that changes its model while it answers.

use std::{
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use recommend::models::{ModelManager, Source};
use serde_json::Value;
use store::{Quality, Upload};
use tests::{
    faults::{Extent, Fault, FaultTarget, Proxy},
    runtime::{Conditions, Extensions, Function},
    test_env::TestEnv,
    wait::{TIMEOUT, eventually},
};

/// More than any test takes.
const NOT_WITHIN_THIS_TEST: &str = "86400";
/// How long a request waits for a model in the tests of freezes.
const DEADLINE_MS: &str = "2000";
/// A freeze that outlasts the deadline, and every time-out that is set by it.
const FREEZE: Duration = Duration::from_millis(3_500);

async fn start(test_env: &TestEnv, endpoint: &str, settings: &[(&str, &str)]) -> Function {
    test_env.function_under(endpoint, settings, Conditions::default()).await
}

async fn version(function: &Function) -> Value {
    let (status, headers, model) = function.get("/v1/model").await;
    assert_eq!(status, 200, "{model}");
    assert_eq!(headers["x-model-version"], model["version"]);
    model["version"].clone()
}

/// Asks until another model than this answers.
async fn another_than(function: &Function, old: &Value) -> Value {
    let another = async || Some(version(function).await).filter(|now| now != old);
    eventually("another model", another).await
}

#[tokio::test]
async fn what_is_published_or_rolled_back_to_answers_without_a_restart_and_names_itself_everywhere() {
    let test_env = TestEnv::new().await;
    test_env.publish_as("3").await;
    let function = start(&test_env, &test_env.s3.endpoint(), &[("REFRESH_SECONDS", "1")]).await;
    let first = version(&function).await;
    test_env.publish_as("4").await;
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

    test_env.store().rollback(first.as_str().expect("text").parse().expect("a version")).await.expect("rolls back");
    assert_eq!(another_than(&function, &second).await, first);
}

#[tokio::test]
async fn a_model_that_was_replaced_is_let_go() {
    let test_env = TestEnv::new().await;
    test_env.publish_as("3").await;
    let source = Source::Store(test_env.store());
    let models = Arc::new(ModelManager::new(source, TIMEOUT).refreshing(Duration::from_millis(100)));
    let first = Arc::downgrade(&models.get().await.expect("a model"));
    test_env.publish_as("4").await;
    let let_go = async || {
        models.get().await.expect("a model");
        (first.strong_count() == 0).then_some(())
    };
    eventually("the end of the first model", let_go).await;
}

#[tokio::test]
async fn the_pointer_is_not_read_again_before_it_is_time_or_without_a_request_for_a_model() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    // Never, and not in this test: the model was loaded once, however many requests there are.
    for seconds in ["0", NOT_WITHIN_THIS_TEST] {
        let proxy = Proxy::start(&test_env.s3.endpoint()).await;
        let function = start(&test_env, &proxy.endpoint(), &[("REFRESH_SECONDS", seconds)]).await;
        for _ in 0..50 {
            version(&function).await;
        }
        // A check that one of them had begun would come by now, and later ones' long before.
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(proxy.pointers(), 1, "REFRESH_SECONDS is {seconds}");
    }

    // It is time after a second, but nobody asks, and health is not a request for a model: only in Lambda, where the
    // extension is told of every invocation, each of them will do.
    let proxy = Proxy::start(&test_env.s3.endpoint()).await;
    let conditions = Conditions { extensions: Extensions::Unknown, ..Conditions::default() };
    let function = test_env.function_under(&proxy.endpoint(), &[("REFRESH_SECONDS", "1")], conditions).await;
    let loaded = async || function.get("/health").await.2.get("model").cloned();
    eventually("a model that nobody has asked for", loaded).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    function.get("/health").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(proxy.pointers(), 1);
    // One request is enough.
    version(&function).await;
    eventually("a check", async || (proxy.pointers() == 2).then_some(())).await;
}

#[tokio::test]
async fn a_model_that_does_not_fit_beside_the_old_one_is_left_where_it_is() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let function = start(&test_env, &test_env.s3.endpoint(), &[("REFRESH_SECONDS", "1")]).await;
    let first = version(&function).await;

    // It says that it has twenty million tracks: more than the function's 1769 MB.
    let features = vec!["energy".to_owned()];
    let artifact = vec![1; 1_000].into();
    let upload = Upload {
        artifact,
        report: Vec::new(),
        tracks: 20_000_000,
        k: 3,
        accuracy: 0.9,
        features,
        quality: Quality::default(),
    };
    let large = test_env.store().publish(upload).await.expect("publishes");
    let failure = async || {
        assert_eq!(version(&function).await, first);
        let (_, _, health) = function.get("/health").await;
        Some(health["refresh_failed"].clone()).filter(|failed| !failed.is_null())
    };
    let failed = eventually("a report that it does not fit", failure).await;
    assert_eq!(failed["reason"], "memory");
    assert_eq!(failed["model"], large.version.to_string());
    assert!(failed["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{failed}");

    test_env.store().rollback(first.as_str().expect("text").parse().expect("a version")).await.expect("rolls back");
    eventually("the end of the report", async || failure().await.is_none().then_some(())).await;
}

fn signal(function: &Function, signal: &str) {
    let pid = function.pid().expect("it runs").to_string();
    let status = Command::new("kill").args([signal, &pid]).stdin(Stdio::null()).status().expect("kill runs");
    assert!(status.success());
}

/// As Lambda does between requests: the process stops, its connections die, and the clock goes on.
async fn freeze(function: &Function) {
    signal(function, "-STOP");
    tokio::time::sleep(FREEZE).await;
    signal(function, "-CONT");
}

#[tokio::test]
async fn a_check_that_is_frozen_half_way_ends_after_the_thaw() {
    let frozen = async |fault: Fault, of: FaultTarget| {
        let test_env = TestEnv::new().await;
        test_env.publish_as("3").await;
        let proxy = Proxy::start(&test_env.s3.endpoint()).await;
        let settings = [("REFRESH_SECONDS", "1"), ("DEADLINE_MS", DEADLINE_MS)];
        let function = start(&test_env, &proxy.endpoint(), &settings).await;
        let first = version(&function).await;
        proxy.set(fault, of, usize::MAX);
        test_env.publish_as("4").await;
        // It begins, and is frozen while it waits.
        let begun = async || {
            assert_eq!(version(&function).await, first);
            (proxy.met() > 0).then_some(())
        };
        eventually("a check", begun).await;
        freeze(&function).await;
        proxy.lift();
        // Requests are answered meanwhile, and the new model comes.
        another_than(&function, &first).await;
    };
    tokio::join!(
        frozen(Fault::Stall(Extent::HalfBody), FaultTarget::Pointer),
        frozen(Fault::Stall(Extent::Nothing), FaultTarget::Pointer),
        frozen(Fault::Stall(Extent::HalfBody), FaultTarget::Model),
        frozen(Fault::Stall(Extent::Nothing), FaultTarget::Model),
    );
}

#[tokio::test]
async fn a_first_load_that_is_frozen_half_way_is_not_the_first_request_s_trouble() {
    let frozen = async |of: FaultTarget| {
        let test_env = TestEnv::new().await;
        test_env.publish().await;
        let proxy = Proxy::start(&test_env.s3.endpoint()).await;
        proxy.set(Fault::Stall(Extent::HalfBody), of, usize::MAX);
        let function = start(&test_env, &proxy.endpoint(), &[("DEADLINE_MS", DEADLINE_MS)]).await;
        eventually("the first load", async || (proxy.met() > 0).then_some(())).await;
        // An environment that Lambda made in advance: initialised, and frozen until a request comes.
        freeze(&function).await;
        proxy.lift();
        version(&function).await;
    };
    tokio::join!(frozen(FaultTarget::Pointer), frozen(FaultTarget::Model));
}

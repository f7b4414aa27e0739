//! The function while its S3 server is out of order: cold, and while it looks for a new model. The table of
//! `docs/operations.md` has a row for each test.

use std::time::Duration;

use recommend::http::cors::Cors;
use serde_json::Value;
use tests::{
    binaries::binary,
    catalog::{BUCKET, LOCATION},
    faults::{Extent, Fault, FaultTarget, Other, Proxy},
    runtime::Function,
    test_env::TestEnv,
    wait::eventually,
};
use tokio::task::JoinSet;

/// What is asked for. An exact search says the same with and without graphs.
const TARGET: &str = "/v1/recommendations?song=track+seven&search=exact";
/// How long a request waits for a model.
const DEADLINE: Duration = Duration::from_millis(3_000);
/// Always.
const ALWAYS: usize = usize::MAX;

/// An S3 server behind a proxy, with a model in it.
struct FaultFixture {
    test_env: TestEnv,
    proxy: Proxy,
    /// The right answer from each model that was published, by its version.
    right: Vec<Value>,
}

impl FaultFixture {
    async fn new() -> Self {
        let test_env = TestEnv::new().await;
        let proxy = Proxy::start(&test_env.s3.endpoint()).await;
        let mut fixture = Self { test_env, proxy, right: Vec::new() };
        fixture.publish("3").await;
        fixture
    }

    /// Where nothing but artifacts holds what is fetched.
    async fn without_prefetch() -> Self {
        let fixture = Self::new().await;
        std::fs::remove_file(fixture.test_env.prefetch()).expect("a prefetch");
        fixture
    }

    /// Publishes another model, past the proxy.
    async fn publish(&mut self, k: &str) {
        self.test_env.publish_as(k).await;
        // Served without a fault, and without ever looking for another model.
        let url = self.test_env.serve(&Cors::Off).await + TARGET;
        let answer = reqwest::get(url).await.expect("answers").json().await.expect("JSON");
        self.right.push(answer);
    }

    fn version(&self) -> &Value {
        &self.right.last().expect("a model")["model"]["version"]
    }

    async fn function(&self) -> Function {
        let mut env = self.proxy.env(&self.test_env.s3);
        env.push(("MODEL_URI".to_owned(), LOCATION.to_owned()));
        env.push(("DEADLINE_MS".to_owned(), DEADLINE.as_millis().to_string()));
        env.push(("REFRESH_SECONDS".to_owned(), "1".to_owned()));
        Function::start(&binary("recommend"), &env).await
    }

    /// Asks once: the right answer of a model, or a 503 that says when to come back. Nothing else may come of any fault.
    async fn ask(&self, function: &Function) -> Option<Value> {
        let (status, headers, answer) = function.get(TARGET).await;
        if status == 503 {
            assert_eq!(answer["type"], "urn:segue:problem:model-unavailable");
            assert!(headers["retry-after"].as_str().is_some_and(|seconds| seconds.parse::<u32>().is_ok()), "{headers}");
            return None;
        }
        assert_eq!(status, 200, "{answer}");
        assert!(self.right.contains(&answer), "a wrong answer: {answer}");
        assert_eq!(headers["x-model-version"], answer["model"]["version"]);
        Some(answer["model"]["version"].clone())
    }

    /// Asks until the latest model answers; the one before answers meanwhile.
    async fn until_latest_answers(&self, function: &Function) {
        let latest = async || {
            let version = self.ask(function).await.expect("the old model answers until the new one does");
            (version == *self.version()).then_some(())
        };
        eventually("the new model", latest).await;
    }
}

/// The fault lasts: a cold function answers 503 meanwhile, and its next request once the fault is lifted.
async fn a_cold_function_waits_it_out(fault: &Fault, of: FaultTarget) {
    let fixture = FaultFixture::new().await;
    fixture.proxy.set(fault.clone(), of, ALWAYS);
    let mut function = fixture.function().await;
    assert_eq!(fixture.ask(&function).await, None, "{fault:?} of {of:?}");
    assert!(fixture.proxy.met() > 0);
    // What comes so much later than the deadline was not waited for.
    assert_eq!(fixture.proxy.delayed(), 0, "{fault:?} of {of:?}");
    fixture.proxy.lift();
    assert!(fixture.ask(&function).await.is_some(), "the first request after {fault:?} of {of:?}");
    assert!(function.is_running());
}

/// The fault passes: a cold function's first request is answered all the same.
async fn a_cold_function_tries_again(fault: &Fault, of: FaultTarget) {
    for fixture in [FaultFixture::new().await, FaultFixture::without_prefetch().await] {
        fixture.proxy.set(fault.clone(), of, 1);
        let function = fixture.function().await;
        assert!(fixture.ask(&function).await.is_some(), "{fault:?} of {of:?}");
        assert_eq!(fixture.proxy.met(), 1);
    }
}

/// The fault lasts, and is one of the prefetch alone: a cold function's first request is answered from the artifact.
async fn a_cold_function_goes_without_the_prefetch(fault: &Fault) {
    let fixture = FaultFixture::new().await;
    fixture.proxy.set(fault.clone(), FaultTarget::Prefetch, ALWAYS);
    let function = fixture.function().await;
    assert!(fixture.ask(&function).await.is_some(), "{fault:?}");
    assert_eq!(fixture.proxy.met(), 1, "{fault:?}");
}

/// What `/health` says of the last look for a new model, if that failed.
fn failure(health: &Value) -> Option<Value> {
    Some(health["refresh_failed"].clone()).filter(|failed| !failed.is_null())
}

/// The fault lasts: the old model goes on answering, `/health` says why, and the new one comes once the fault is lifted.
async fn the_old_model_goes_on(fault: &Fault, of: FaultTarget, reason: &str) {
    let mut fixture = FaultFixture::new().await;
    let mut function = fixture.function().await;
    assert!(fixture.ask(&function).await.is_some());
    let old = fixture.version().clone();
    fixture.proxy.set(fault.clone(), of, ALWAYS);
    fixture.publish("4").await;
    let reported = async || {
        assert_eq!(fixture.ask(&function).await.as_ref(), Some(&old), "{fault:?} of {of:?}");
        let (_, _, health) = function.get("/health").await;
        assert_eq!((&health["status"], &health["model"]), (&Value::from("ok"), &old));
        failure(&health)
    };
    let failed = eventually(&format!("a report of {fault:?} of {of:?}"), reported).await;
    assert_eq!(failed["reason"], reason, "{fault:?} of {of:?}");
    let named = if of == FaultTarget::Pointer { &Value::Null } else { fixture.version() };
    assert_eq!(&failed["model"], named);
    fixture.proxy.lift();
    fixture.until_latest_answers(&function).await;
    let (_, _, health) = function.get("/health").await;
    assert_eq!(health["refresh_failed"], Value::Null);
    assert!(function.is_running());
}

/// The fault passes: the new model comes.
async fn the_new_model_comes_anyway(fault: &Fault, of: FaultTarget) {
    let mut fixture = FaultFixture::new().await;
    let function = fixture.function().await;
    assert!(fixture.ask(&function).await.is_some());
    fixture.proxy.set(fault.clone(), of, 1);
    fixture.publish("4").await;
    fixture.until_latest_answers(&function).await;
}

/// A fault that lasts, in each place and at each time. `pointer` and `model` are how it is reported.
async fn lasting(fault: Fault, pointer: &str, model: &str) {
    tokio::join!(
        a_cold_function_waits_it_out(&fault, FaultTarget::Pointer),
        a_cold_function_waits_it_out(&fault, FaultTarget::Model),
        the_old_model_goes_on(&fault, FaultTarget::Pointer, pointer),
        the_old_model_goes_on(&fault, FaultTarget::Model, model),
    );
}

/// A fault that passes, in each place and at each time.
async fn passing(fault: Fault) {
    tokio::join!(
        a_cold_function_tries_again(&fault, FaultTarget::Pointer),
        a_cold_function_tries_again(&fault, FaultTarget::Model),
        the_new_model_comes_anyway(&fault, FaultTarget::Pointer),
        the_new_model_comes_anyway(&fault, FaultTarget::Model),
    );
}

/// Half of a body comes, and the connection is closed.
const CUT_BODY: Fault = Fault::Cut(Extent::HalfBody);
/// Half of a body comes, and then nothing.
const STALLED_BODY: Fault = Fault::Stall(Extent::HalfBody);
/// The answer never comes.
const SILENCE: Fault = Fault::Stall(Extent::Nothing);

/// Searches by text: whether the right song came first, or a 503.
async fn search(function: &Function) -> bool {
    let (status, headers, answer) = function.get("/v1/tracks?q=track+sev").await;
    if status == 503 {
        assert_eq!(answer["type"], "urn:segue:problem:search-unavailable");
        let detail = answer["detail"].as_str().expect("text");
        assert!(detail.contains("search") && !detail.contains("no model"), "{detail}");
        assert!(headers["retry-after"].is_string(), "{headers}");
        return false;
    }
    assert_eq!((status, &answer["tracks"][0]["song"]), (200, &Value::from("Track Seven")), "{answer}");
    true
}

#[tokio::test]
async fn what_searches_by_text_need_comes_with_the_first_one_and_with_each_new_model_from_then_on() {
    let mut fixture = FaultFixture::new().await;
    let function = fixture.function().await;
    assert!(fixture.ask(&function).await.is_some());
    let before = fixture.proxy.models();
    assert!(search(&function).await);
    assert_eq!(fixture.proxy.models(), before + 1);
    assert!(search(&function).await);
    assert_eq!(fixture.proxy.models(), before + 1);
    fixture.publish("4").await;
    fixture.until_latest_answers(&function).await;
    fixture.proxy.set(Fault::Status(503), FaultTarget::Model, ALWAYS);
    assert!(search(&function).await, "the new model is searched without a request");
}

#[tokio::test]
async fn searches_by_text_fail_alone_and_work_again_when_the_fault_is_lifted() {
    for fault in [Fault::Status(503), SILENCE, Fault::FlippedBit] {
        let fixture = FaultFixture::new().await;
        let function = fixture.function().await;
        assert!(fixture.ask(&function).await.is_some());
        fixture.proxy.set(fault.clone(), FaultTarget::Model, ALWAYS);
        assert!(!search(&function).await, "{fault:?}");
        let (status, _, answer) = function.get("/v1/recommendations?q=track+sev").await;
        assert_eq!((status, &answer["type"]), (503, &"urn:segue:problem:search-unavailable".into()), "{fault:?}");
        assert!(fixture.ask(&function).await.is_some(), "{fault:?}");
        fixture.proxy.lift();
        assert!(search(&function).await, "{fault:?}");
    }
}

#[tokio::test]
async fn prefetches_that_are_damaged_or_do_not_come() {
    let faults = [
        Fault::Delay(3 * DEADLINE),
        Fault::FlippedBit,
        Fault::Status(500),
        Fault::Status(503),
        Fault::Reset,
        Fault::WrongSignature,
        CUT_BODY,
        STALLED_BODY,
        SILENCE,
    ];
    let mut functions = JoinSet::new();
    for fault in faults {
        functions.spawn(async move { a_cold_function_goes_without_the_prefetch(&fault).await });
    }
    functions.join_all().await;
}

#[tokio::test]
async fn prefetches_of_another_model() {
    let mut fixture = FaultFixture::new().await;
    let prefetch = fixture.test_env.prefetch();
    let old = std::fs::read(&prefetch).expect("a prefetch");
    fixture.publish("4").await;
    // Whatever it says of itself: these are not the bytes of the artifact.
    std::fs::write(&prefetch, old).expect("writes");
    let function = fixture.function().await;
    assert_eq!(fixture.ask(&function).await.as_ref(), Some(fixture.version()));
}

#[tokio::test]
async fn answers_that_are_slow() {
    let slow = Fault::Delay(Duration::from_millis(300));
    tokio::join!(
        passing(slow.clone()),
        async {
            // Always slow, but each in time.
            let mut fixture = FaultFixture::new().await;
            fixture.proxy.set(slow.clone(), FaultTarget::Model, ALWAYS);
            let function = fixture.function().await;
            assert!(fixture.ask(&function).await.is_some());
            fixture.publish("4").await;
            fixture.until_latest_answers(&function).await;
        },
        lasting(Fault::Delay(3 * DEADLINE), "unreachable", "unreachable"),
    );
}

#[tokio::test]
async fn bodies_that_are_cut_short() {
    // A download goes on from where it was cut, half of the rest at a time, so that only the pointer never comes.
    tokio::join!(
        passing(CUT_BODY),
        a_cold_function_waits_it_out(&CUT_BODY, FaultTarget::Pointer),
        the_old_model_goes_on(&CUT_BODY, FaultTarget::Pointer, "unreachable"),
        async {
            let fixture = FaultFixture::new().await;
            fixture.proxy.set(CUT_BODY, FaultTarget::Model, ALWAYS);
            let function = fixture.function().await;
            eventually("a model", async || fixture.ask(&function).await).await;
        },
    );
}

#[tokio::test]
async fn bits_that_flip() {
    // The SDK compares a checksum of the pointer.
    tokio::join!(passing(Fault::FlippedBit), lasting(Fault::FlippedBit, "corrupt", "corrupt"));
}

#[tokio::test]
async fn graphs_that_are_damaged() {
    let cold = async {
        let fixture = FaultFixture::new().await;
        fixture.proxy.set(Fault::FlippedLastBit, FaultTarget::Model, ALWAYS);
        let function = fixture.function().await;
        assert!(fixture.ask(&function).await.is_some(), "an exact search needs no graph");
        // In all clusters, as it is the last one's graph that is damaged.
        let graphs = async || {
            let target = "/v1/recommendations?song=track+seven&search=hnsw&same_cluster=false";
            let (_, _, answer) = function.get(target).await;
            (answer["search"] == "hnsw").then_some(())
        };
        assert_eq!(graphs().await, None);
        fixture.proxy.lift();
        eventually("the graphs, asked for again", graphs).await;
    };
    tokio::join!(cold, the_old_model_goes_on(&Fault::FlippedLastBit, FaultTarget::Model, "corrupt"));
}

#[tokio::test]
async fn servers_that_are_overloaded() {
    tokio::join!(passing(Fault::Status(503)), lasting(Fault::Status(503), "unreachable", "unreachable"));
}

#[tokio::test]
async fn servers_that_fail() {
    tokio::join!(passing(Fault::Status(500)), lasting(Fault::Status(500), "unreachable", "unreachable"));
}

#[tokio::test]
async fn connections_that_are_reset() {
    tokio::join!(passing(Fault::Reset), lasting(Fault::Reset, "unreachable", "unreachable"));
}

#[tokio::test]
async fn servers_that_fall_silent() {
    tokio::join!(passing(SILENCE), lasting(SILENCE, "unreachable", "unreachable"));
}

#[tokio::test]
async fn bodies_that_stall() {
    tokio::join!(
        passing(STALLED_BODY),
        a_cold_function_waits_it_out(&STALLED_BODY, FaultTarget::Pointer),
        the_old_model_goes_on(&STALLED_BODY, FaultTarget::Pointer, "unreachable"),
    );
}

#[tokio::test]
async fn credentials_that_are_refused() {
    lasting(Fault::WrongSignature, "denied", "denied").await;
}

#[tokio::test]
async fn bytes_of_another_model_under_the_right_name() {
    let test_env = TestEnv::new().await;
    test_env.publish_as("5").await;
    let other = Fault::OtherBytes(Other(std::fs::read(test_env.artifact()).expect("reads").into()));
    tokio::join!(
        a_cold_function_waits_it_out(&other, FaultTarget::Model),
        the_old_model_goes_on(&other, FaultTarget::Model, "corrupt"),
        a_cold_function_tries_again(&other, FaultTarget::Model),
    );
}

#[tokio::test]
async fn another_object_in_the_place_of_the_model() {
    let fixture = FaultFixture::without_prefetch().await;
    let path = fixture.test_env.artifact();
    let right = std::fs::read(&path).expect("reads");
    // Another length, another ETag: the pointer names neither.
    std::fs::write(&path, &right[..right.len() - 1]).expect("writes");
    let function = fixture.function().await;
    assert_eq!(fixture.ask(&function).await, None);
    std::fs::write(&path, &right).expect("writes");
    assert!(fixture.ask(&function).await.is_some());
}

#[tokio::test]
async fn a_pointer_that_is_lost() {
    let fixture = FaultFixture::new().await;
    let pointer = fixture.test_env.s3.root().join(BUCKET).join("models/latest.json");
    let elsewhere = pointer.with_extension("lost");
    std::fs::rename(&pointer, &elsewhere).expect("moves");
    let function = fixture.function().await;
    assert_eq!(fixture.ask(&function).await, None);
    std::fs::rename(&elsewhere, &pointer).expect("moves back");
    assert!(fixture.ask(&function).await.is_some());

    // And of a function that has its model.
    std::fs::rename(&pointer, &elsewhere).expect("moves");
    let failed = async || {
        assert!(fixture.ask(&function).await.is_some());
        failure(&function.get("/health").await.2)
    };
    assert_eq!(eventually("a report of the lost pointer", failed).await["reason"], "missing");
    std::fs::rename(&elsewhere, &pointer).expect("moves back");
    eventually("the end of the report", async || failed().await.is_none().then_some(())).await;
}

//! The function in an environment that is frozen between invocations, as Lambda's are.

use std::{num::NonZeroU64, time::Duration};

use serde_json::Value;
use store::LatestState;
use tests::{
    faults::{Extent, Fault, FaultTarget, Proxy, Throttle},
    runtime::{Conditions, Extensions, Function},
    test_env::TestEnv,
    wait::eventually,
};

/// A check is due with each invocation that comes so much later than the one before.
const REFRESH: (&str, &str) = ("REFRESH_SECONDS", "1");
const DUE: Duration = Duration::from_millis(1_100);
const PROVISIONED: (&str, &str) = ("AWS_LAMBDA_INITIALIZATION_TYPE", "provisioned-concurrency");

fn freezing() -> Conditions {
    Conditions { freezing: true, ..Conditions::default() }
}

/// The model that answers.
async fn version(function: &Function) -> Value {
    let (status, _, model) = function.get("/v1/model").await;
    assert_eq!(status, 200, "{model}");
    model["version"].clone()
}

/// The model that is current in the store.
async fn published(test_env: &TestEnv) -> Value {
    match test_env.store().latest(None).await.expect("a pointer") {
        LatestState::Found { latest, .. } => latest.version.to_string().into(),
        LatestState::NotModified => unreachable!("nothing was known"),
    }
}

async fn initialised(function: &Function) {
    eventually("a question for the first event", async || function.first_next()).await;
}

#[tokio::test]
async fn each_of_ten_new_models_answers_the_invocation_after_the_one_that_looked_for_it() {
    let test_env = TestEnv::new().await;
    test_env.publish_as("3").await;
    let function = test_env.function_under(&test_env.s3.endpoint(), &[REFRESH], freezing()).await;
    let mut current = version(&function).await;
    for swap in 0..10 {
        test_env.publish_as(if swap % 2 == 0 { "4" } else { "3" }).await;
        let published = published(&test_env).await;
        assert_ne!(published, current, "swap {swap}");
        tokio::time::sleep(DUE).await;
        // It answers at once, by the model that is there, and looks for another.
        version(&function).await;
        current = version(&function).await;
        assert_eq!(current, published, "swap {swap}");
    }
    assert!(!function.timed_out());
}

#[tokio::test]
async fn on_demand_the_model_is_there_before_the_first_event_is_asked_for() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let proxy = Proxy::start(&test_env.s3.endpoint()).await;
    let function = test_env.function_under(&proxy.endpoint(), &[], freezing()).await;
    initialised(&function).await;
    // What an answer needs has been fetched.
    proxy.set(Fault::Reset, FaultTarget::Pointer, usize::MAX);
    version(&function).await;
}

#[tokio::test]
async fn provisioned_all_of_the_model_is_there_before_the_first_event_is_asked_for() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let proxy = Proxy::start(&test_env.s3.endpoint()).await;
    let function = test_env.function_under(&proxy.endpoint(), &[PROVISIONED], freezing()).await;
    initialised(&function).await;
    function.done().await;
    let requests = proxy.exchanges().len();
    tokio::time::sleep(DUE).await;
    let (status, _, answer) = function.get("/v1/recommendations?song=track+seven&limit=3&search=hnsw").await;
    assert_eq!((status, &answer["search"]), (200, &"hnsw".into()), "{answer}");
    function.done().await;
    assert_eq!(proxy.exchanges().len(), requests, "something was left to be fetched");
}

#[tokio::test]
async fn an_environment_begins_without_a_model_and_finds_it_later() {
    for initialization in [PROVISIONED, ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")] {
        let test_env = TestEnv::new().await;
        let function = test_env.function_under(&test_env.s3.endpoint(), &[initialization], freezing()).await;
        initialised(&function).await;
        let (status, _, problem) = function.get("/v1/model").await;
        assert_eq!(status, 503, "{problem}");
        test_env.publish().await;
        version(&function).await;
    }
}

#[tokio::test]
async fn a_first_load_goes_on_through_freezes_and_keeps_no_invocation_beyond_its_time() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let proxy = Proxy::start(&test_env.s3.endpoint()).await;
    // Some 14 kB, in some 14 seconds.
    let throttle =
        Throttle { bytes_per_second: NonZeroU64::new(1_000).expect("not 0"), first_byte_delay: Duration::ZERO };
    proxy.set(Fault::Throttle(throttle), FaultTarget::Model, usize::MAX);
    let conditions = Conditions { timeout: Duration::from_secs(5), ..freezing() };
    let function = test_env.function_under(&proxy.endpoint(), &[("DEADLINE_MS", "1000")], conditions).await;
    // The initialisation is over before the model is there.
    initialised(&function).await;
    let (status, _, problem) = function.get("/v1/model").await;
    assert_eq!(status, 503, "{problem}");
    function.done().await;
    assert!(!function.timed_out());
    proxy.lift();
    version(&function).await;
}

#[tokio::test]
async fn a_check_that_does_not_end_keeps_the_environment_from_its_freeze_no_longer_than_the_bound() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let proxy = Proxy::start(&test_env.s3.endpoint()).await;
    // The bound is `REFRESH_SECONDS`, far from the time-out.
    let conditions = Conditions { timeout: Duration::from_secs(60), ..freezing() };
    let function = test_env.function_under(&proxy.endpoint(), &[REFRESH, ("DEADLINE_MS", "60000")], conditions).await;
    let first = version(&function).await;
    function.done().await;
    proxy.set(Fault::Stall(Extent::Nothing), FaultTarget::Pointer, usize::MAX);
    tokio::time::sleep(DUE).await;
    for _ in 0..3 {
        assert_eq!(version(&function).await, first);
        function.done().await;
    }
    assert!(!function.timed_out());
    assert!(proxy.met() > 0, "no check met the fault");
}

#[tokio::test]
async fn an_environment_whose_extension_is_told_no_more_ends_instead_of_waiting_for_its_time_out() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let conditions = Conditions { extensions: Extensions::ToldOnce, ..freezing() };
    let mut function = test_env.function_under(&test_env.s3.endpoint(), &[], conditions).await;
    // On a busy machine the process may end before it has answered.
    _ = tokio::time::timeout(Duration::from_secs(10), version(&function)).await;
    eventually("the end of the process", async || (!function.is_running()).then_some(())).await;
    assert!(!function.timed_out());
}

#[tokio::test]
async fn without_an_extensions_api_the_function_answers_as_ever() {
    let test_env = TestEnv::new().await;
    test_env.publish_as("3").await;
    let conditions = Conditions { extensions: Extensions::Unknown, ..Conditions::default() };
    let function = test_env.function_under(&test_env.s3.endpoint(), &[REFRESH], conditions).await;
    let first = version(&function).await;
    test_env.publish_as("4").await;
    let another = async || Some(version(&function).await).filter(|now| *now != first);
    eventually("another model", another).await;
}

//! Connecting with the standard AWS variables, in processes of their own.

use std::{ffi::OsStr, process::Command};

use bytes::Bytes;
use store::{Error, LatestState, Published, Store};
use tests::{
    TestStore,
    faults::{Exchange, Proxy},
};
use tokio::task::JoinSet;

use super::{current, history, upload};

/// Runs the test `child` of this file in a process with these variables and no other of AWS.
fn run_child(child: &str, variables: &[(impl AsRef<OsStr>, String)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    let output = command
        .args(["--exact", &format!("store::settings::{child}"), "--ignored", "--nocapture"])
        .env("HOME", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn connect_takes_the_standard_variables() {
    let test = TestStore::start().await;
    test.store.publish(upload("model")).await.unwrap();
    let env = test.s3.env();
    let without = |left_out: &str| env.iter().filter(|(name, _)| *name != left_out).cloned().collect::<Vec<_>>();
    tokio::task::spawn_blocking({
        let (env, no_region, no_keys) = (env.clone(), without("AWS_REGION"), without("AWS_ACCESS_KEY_ID"));
        let no_endpoint = vec![env[2].clone(), env[3].clone()];
        move || {
            run_child("child_fetches_the_model", &env);
            run_child("child_fetches_the_model", &no_region);
            run_child("a_server_of_the_environment_does_all_that_a_store_needs", &env);
            run_child("child_finds_no_credentials", &no_keys);
            run_child("child_finds_no_region", &no_endpoint);
        }
    })
    .await
    .unwrap();
}

/// Which requests to change `latest.json`, or for it, had a header whose name begins like this.
fn with_header(proxy: &Proxy, method: &str, header: &str) -> Vec<bool> {
    let of_pointer = |exchange: &&Exchange| exchange.method == method && exchange.path.ends_with("latest.json");
    proxy.exchanges().iter().filter(of_pointer).map(|exchange| exchange.has_header(header)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn checksums_are_sent_and_asked_for_as_the_standard_variables_say() {
    let test = TestStore::start().await;
    for (value, expected) in [(None, true), (Some("when_supported"), true), (Some("WHEN_REQUIRED"), false)] {
        let proxy = Proxy::start(&test.s3.endpoint()).await;
        let mut env = proxy.env(&test.s3);
        for name in ["AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"] {
            env.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        }
        let child = move || run_child("child_publishes_and_fetches_a_model", &env);
        tokio::task::spawn_blocking(child).await.unwrap();
        let sent = with_header(&proxy, "PUT", "x-amz-checksum-");
        let asked = with_header(&proxy, "GET", "x-amz-checksum-mode:");
        assert!(!sent.is_empty() && sent.iter().all(|sent| *sent == expected), "{value:?}: {sent:?}");
        assert!(!asked.is_empty() && asked.iter().all(|asked| *asked == expected), "{value:?}: {asked:?}");
    }
}

async fn connected() -> Result<Store, Error> {
    Store::connect("s3://music/segue".parse().unwrap()).await
}

#[tokio::test]
#[ignore = "a child of connect_takes_the_standard_variables"]
async fn child_fetches_the_model() {
    let store = connected().await.unwrap();
    assert_eq!(store.fetch(&current(&store).await).await.unwrap(), "model");
}

#[tokio::test]
#[ignore = "a child of checksums_are_sent_and_asked_for_as_the_standard_variables_say"]
async fn child_publishes_and_fetches_a_model() {
    let store = connected().await.unwrap();
    let artifact = format!("model {:?}", std::time::SystemTime::now());
    store.publish(upload(artifact.clone())).await.unwrap();
    assert_eq!(store.fetch(&current(&store).await).await.unwrap(), artifact);
}

#[tokio::test]
#[ignore = "a child of connect_takes_the_standard_variables"]
async fn child_finds_no_credentials() {
    assert!(matches!(connected().await, Err(Error::NoCredentials { .. })));
}

#[tokio::test]
#[ignore = "a child of connect_takes_the_standard_variables"]
async fn child_finds_no_region() {
    assert!(matches!(connected().await, Err(Error::NoRegion)));
}

/// The whole life of a store on any server: set the AWS variables and, for another bucket, `SEGUE_TEST_STORE`.
#[tokio::test]
#[ignore = "needs the AWS variables of a server; runs as a child of connect_takes_the_standard_variables too"]
async fn a_server_of_the_environment_does_all_that_a_store_needs() {
    let location = std::env::var("SEGUE_TEST_STORE").unwrap_or_else(|_| "s3://music/any".into());
    let store = Store::connect(location.parse().unwrap()).await.unwrap();
    let before = match store.latest(None).await {
        Ok(LatestState::Found { latest, .. }) => Some(latest.version),
        Err(Error::NoModel { .. }) => None,
        other => panic!("{other:?}"),
    };

    let unique = format!("{:?} {}", std::time::SystemTime::now(), std::process::id());
    let artifact = |name: &str| Bytes::from(format!("{name} {unique} ").repeat(50_000));
    let first = store.publish(upload(artifact("first"))).await.unwrap();
    assert_eq!((first.already_there, first.previous), (false, before));
    let LatestState::Found { latest, etag } = store.latest(None).await.unwrap() else { panic!() };
    assert!(store.fetch(&latest).await.unwrap() == artifact("first"));
    assert_eq!(store.latest(etag.as_deref()).await.unwrap(), LatestState::NotModified);
    assert!(store.publish(upload(artifact("first"))).await.unwrap().already_there);

    let mut publishers = JoinSet::new();
    for number in 0..8 {
        let (store, artifact) = (store.clone(), artifact(&number.to_string()));
        publishers.spawn(async move { store.publish(upload(artifact)).await });
    }
    let results = publishers.join_all().await;
    let is_moved = |result: &&Result<Published, Error>| matches!(result, Err(Error::PointerMoved { .. }));
    let losers = results.iter().filter(is_moved).count();
    let winners: Vec<_> = results.into_iter().filter_map(Result::ok).collect();
    assert_eq!(winners.len() + losers, 8);
    let history = history(&winners, Some(first.version));
    assert_eq!(history.len(), winners.len());
    assert_eq!(Some(&current(&store).await.version), history.last());

    store.rollback(first.version).await.unwrap();
    let models = store.list().await.unwrap();
    assert!(models.len() >= 9);
    assert!(models.iter().filter(|model| model.current).map(|model| model.version).eq([first.version]));

    let nowhere = Store::connect("s3://segue-no-such-bucket/x".parse().unwrap()).await.unwrap();
    let error = nowhere.latest(None).await.unwrap_err();
    assert!(matches!(error, Error::NoBucket { .. } | Error::AccessDenied { .. }), "{error:?}");
}

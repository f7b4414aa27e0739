//! The store against an S3 server, through real sockets.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::{HashMap, HashSet};
use std::process::Command;
use std::time::{Duration, Instant};

use bytes::Bytes;
use segue_store::{
    Error, Latest, LatestState, Location, MAX_LATEST_BYTES, Published, ReportFile, Store, StoreOptions, Upload, Version,
};
use segue_tests::TestStore;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

fn upload(artifact: impl Into<Bytes>) -> Upload {
    let chart = ReportFile {
        path: "elbow.svg".into(),
        bytes: Bytes::from_static(b"<svg/>"),
        content_type: "image/svg+xml".into(),
    };
    Upload {
        artifact: artifact.into(),
        report: vec![chart],
        tracks: 39_280,
        k: 6,
        accuracy: 0.905,
        features: vec!["danceability".into(), "energy".into()],
    }
}

async fn current(store: &Store) -> Latest {
    match store.latest(None).await.unwrap() {
        LatestState::Found { latest, .. } => latest,
        LatestState::NotModified => panic!("nothing was known"),
    }
}

/// The versions in the order in which they became current, as each winner says what was current before it. There is
/// one such order, or the pointer was undone unseen.
fn history(winners: &[Published], start: Option<Version>) -> Vec<Version> {
    let after: HashMap<Option<Version>, Version> = winners.iter().map(|won| (won.previous, won.version)).collect();
    assert_eq!(after.len(), winners.len(), "two winners replaced the same model");
    std::iter::successors(after.get(&start), |&&version| after.get(&Some(version))).copied().collect()
}

#[tokio::test]
async fn what_is_published_is_fetched() {
    let test = TestStore::start().await;
    let artifact: Bytes = (0..3_000_000u32).flat_map(u32::to_le_bytes).collect();
    let published = test.store.publish(upload(artifact.clone())).await.unwrap();
    assert_eq!(published.version, Version::of(&artifact));
    assert_eq!((published.already_there, published.previous), (false, None));

    let latest = current(&test.store).await;
    assert_eq!(latest.version, published.version);
    assert_eq!(latest.key, format!("segue/models/{}/model.segue", published.version));
    assert_eq!(latest.size, artifact.len() as u64);
    assert_eq!((latest.tracks, latest.k, latest.accuracy), (39_280, 6, 0.905));
    assert_eq!(latest.features, ["danceability", "energy"]);
    assert_eq!(latest.previous, None);
    assert!(test.store.fetch(&latest).await.unwrap() == artifact);

    let report = format!("segue/models/{}/report/elbow.svg", published.version);
    let report = test.s3.client().get_object().bucket("music").key(report).send().await.unwrap();
    assert_eq!(report.content_type(), Some("image/svg+xml"));
    assert_eq!(report.body.collect().await.unwrap().to_vec(), b"<svg/>");
}

#[tokio::test]
async fn a_store_may_be_a_whole_bucket() {
    let test = TestStore::start().await;
    let store = Store::with_client(test.s3.client(), "s3://music".parse().unwrap());
    let published = store.publish(upload("model")).await.unwrap();
    let latest = current(&store).await;
    assert_eq!(latest.key, format!("models/{}/model.segue", published.version));
    assert_eq!(store.fetch(&latest).await.unwrap(), "model");
    assert_eq!(store.list().await.unwrap().len(), 1);
    assert!(matches!(test.store.latest(None).await, Err(Error::NoModel { .. })), "another prefix is another store");
}

#[tokio::test]
async fn publishing_the_same_bytes_again_changes_nothing() {
    let test = TestStore::start().await;
    test.store.publish(upload("first")).await.unwrap();
    let published = test.store.publish(upload("second")).await.unwrap();
    let latest = test.store.latest(None).await.unwrap();

    let mut again = upload("second");
    again.report[0].bytes = Bytes::from_static(b"<svg>took longer</svg>");
    let again = test.store.publish(again).await.unwrap();
    assert_eq!(again, Published { already_there: true, ..published });
    assert_eq!(test.store.latest(None).await.unwrap(), latest);
    assert_eq!(test.store.list().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_model_that_was_current_once_becomes_it_again_by_publishing() {
    let test = TestStore::start().await;
    let first = test.store.publish(upload("first")).await.unwrap();
    let second = test.store.publish(upload("second")).await.unwrap();
    let third = test.store.publish(upload("first")).await.unwrap();
    assert_eq!(third, Published { already_there: true, previous: Some(second.version), ..first });
    assert_eq!(current(&test.store).await.version, first.version);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_publishers_at_once_those_told_so_won_and_the_others_are_stored() {
    let test = TestStore::start().await;
    let start = test.store.publish(upload("start")).await.unwrap().version;

    let mut publishers = JoinSet::new();
    for number in 0..16 {
        let store = test.store.clone();
        publishers.spawn(async move {
            let artifact = format!("model {number} ").repeat(10_000);
            (Version::of(artifact.as_bytes()), store.publish(upload(artifact)).await)
        });
    }
    let mut winners = Vec::new();
    let mut losers = Vec::new();
    for (version, result) in publishers.join_all().await {
        match result {
            Ok(published) => {
                assert_eq!(published.version, version);
                winners.push(published);
            }
            Err(Error::PointerMoved { version: stored, now, .. }) => {
                assert_eq!(stored, version);
                losers.push((version, now.unwrap()));
            }
            Err(error) => panic!("{error:?}"),
        }
    }

    let history = history(&winners, Some(start));
    assert_eq!(history.len(), winners.len());
    let latest = current(&test.store).await;
    assert_eq!(Some(&latest.version), history.last());
    assert!(losers.iter().all(|(version, now)| history.contains(now) && !history.contains(version)));

    let stored: HashSet<Version> = test.store.list().await.unwrap().iter().map(|model| model.version).collect();
    assert_eq!(stored.len(), 17);
    assert!(losers.iter().all(|(version, _)| stored.contains(version)));
}

#[tokio::test(flavor = "multi_thread")]
async fn publishers_that_try_again_all_get_their_turn_and_none_undoes_another() {
    let test = TestStore::start().await;
    let mut publishers = JoinSet::new();
    for number in 0..8 {
        let store = test.store.clone();
        publishers.spawn(async move {
            loop {
                match store.publish(upload(format!("model {number}"))).await {
                    Err(Error::PointerMoved { .. }) => {}
                    result => return result.unwrap(),
                }
            }
        });
    }
    let winners = publishers.join_all().await;
    let history = history(&winners, None);
    assert_eq!(history.len(), 8);
    assert_eq!(Some(&current(&test.store).await.version), history.last());
}

#[tokio::test]
async fn an_interrupted_publish_leaves_the_current_model_current_and_can_be_done_again() {
    let test = TestStore::start().await;
    let first = test.store.publish(upload("first")).await.unwrap();
    // What is there once the report and half the rest are up.
    let version = Version::of(b"second");
    test.put(&format!("segue/models/{version}/report/elbow.svg"), "<svg/>").await;
    assert_eq!(current(&test.store).await.version, first.version);
    assert_eq!(test.store.list().await.unwrap().len(), 1, "half a model is none");
    assert!(matches!(test.store.rollback(version).await, Err(Error::UnknownVersion { .. })));

    let second = test.store.publish(upload("second")).await.unwrap();
    assert!(!second.already_there);
    assert_eq!(test.store.fetch(&current(&test.store).await).await.unwrap(), "second");
}

#[tokio::test]
async fn an_artifact_of_another_size_in_its_place_is_corrupt_and_not_pointed_at() {
    let test = TestStore::start().await;
    test.put(&format!("segue/models/{}/model.segue", Version::of(b"model")), "mod").await;
    let error = test.store.publish(upload("model")).await.unwrap_err();
    assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
    assert!(matches!(test.store.latest(None).await, Err(Error::NoModel { .. })));
}

#[tokio::test]
async fn an_unchanged_pointer_is_not_sent_again() {
    let test = TestStore::start().await;
    test.store.publish(upload("first")).await.unwrap();
    let LatestState::Found { etag, .. } = test.store.latest(None).await.unwrap() else { panic!() };
    assert_eq!(test.store.latest(etag.as_deref()).await.unwrap(), LatestState::NotModified);

    let second = test.store.publish(upload("second")).await.unwrap();
    let LatestState::Found { latest, etag: now } = test.store.latest(etag.as_deref()).await.unwrap() else { panic!() };
    assert_eq!(latest.version, second.version);
    assert_ne!(now, etag);
}

#[tokio::test]
async fn models_are_listed_newest_first_over_many_pages() {
    let test = TestStore::start().await;
    let mut versions = Vec::new();
    for artifact in ["first", "second one", "the third"] {
        versions.push(test.store.publish(upload(artifact)).await.unwrap().version);
        tokio::time::sleep(Duration::from_millis(1100)).await; // S3 lists times to the second
    }
    test.store.rollback(versions[1]).await.unwrap();
    let report = test.s3.root().join(format!("music/segue/models/{}/report", versions[0]));
    for number in 0..2100 {
        std::fs::write(report.join(format!("{number}.txt")), "").unwrap();
    }

    let models = test.store.list().await.unwrap();
    let listed: Vec<_> = models.iter().map(|model| (model.version, model.size, model.current)).collect();
    assert_eq!(listed, [(versions[2], 9, false), (versions[1], 10, true), (versions[0], 5, false)]);
}

#[tokio::test]
async fn an_empty_store_lists_no_models() {
    let test = TestStore::start().await;
    assert_eq!(test.store.list().await.unwrap(), []);
}

#[tokio::test]
async fn a_rollback_restores_what_was_published() {
    let test = TestStore::start().await;
    let first = test.store.publish(Upload { tracks: 7, ..upload("first") }).await.unwrap();
    let before = current(&test.store).await;
    let second = test.store.publish(upload("second")).await.unwrap();

    let back = test.store.rollback(first.version).await.unwrap();
    assert_eq!(back, Latest { previous: Some(second.version), ..before });
    assert_eq!(current(&test.store).await, back);
    assert_eq!(test.store.fetch(&back).await.unwrap(), "first");

    assert_eq!(test.store.rollback(first.version).await.unwrap(), back, "it is there already");
    assert_eq!(test.store.rollback(second.version).await.unwrap().previous, Some(first.version));
}

#[tokio::test]
async fn a_rollback_to_what_is_not_there_or_not_whole_moves_nothing() {
    let test = TestStore::start().await;
    let first = test.store.publish(upload("first")).await.unwrap().version;
    let second = test.store.publish(upload("second")).await.unwrap().version;

    let nowhere = Version::of(b"never published");
    let error = test.store.rollback(nowhere).await.unwrap_err();
    assert!(matches!(error, Error::UnknownVersion { version, .. } if version == nowhere), "{error:?}");

    test.put(&format!("segue/models/{first}/model.segue"), "firs").await;
    assert!(matches!(test.store.rollback(first).await, Err(Error::Corrupt { .. })));
    test.put(&format!("segue/models/{first}/summary.json"), "{}").await;
    assert!(matches!(test.store.rollback(first).await, Err(Error::Corrupt { .. })));
    assert_eq!(current(&test.store).await.version, second);
}

#[tokio::test]
async fn a_pointer_that_cannot_be_trusted_is_corrupt_and_mended_by_publishing_or_rolling_back() {
    let test = TestStore::start().await;
    let version = test.store.publish(upload("model")).await.unwrap().version;
    let good = current(&test.store).await;
    let json = |latest: Latest| Bytes::from(serde_json::to_vec(&latest).unwrap());
    let huge = good.features.iter().cycle().take(10_000).cloned().collect();
    let oversize = json(Latest { features: huge, ..good.clone() });
    assert!(oversize.len() > MAX_LATEST_BYTES);

    for bad in [
        Bytes::from_static(b"not json"),
        Bytes::new(),
        oversize,
        json(Latest { key: "segue/secrets.txt".into(), ..good.clone() }),
        json(Latest { key: format!("elsewhere/models/{version}/model.segue"), ..good.clone() }),
        json(Latest { size: u64::MAX, ..good.clone() }),
    ] {
        test.put("segue/latest.json", bad.clone()).await;
        let error = test.store.latest(None).await.unwrap_err();
        assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
        assert!(!test.store.list().await.unwrap()[0].current);
        test.store.rollback(version).await.unwrap();
        assert_eq!(current(&test.store).await, good);
    }
    test.put("segue/latest.json", "not json").await;
    test.store.publish(upload("model")).await.unwrap();
    assert_eq!(current(&test.store).await.version, version);
}

#[tokio::test]
async fn an_object_that_is_not_what_the_pointer_says_is_corrupt() {
    let test = TestStore::start().await;
    test.store.publish(upload("model")).await.unwrap();
    let latest = current(&test.store).await;

    for other in ["mode", "models", ""] {
        test.put(&latest.key, other).await;
        let error = test.store.fetch(&latest).await.unwrap_err();
        assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
    }

    test.s3.client().delete_object().bucket("music").key(&latest.key).send().await.unwrap();
    assert!(matches!(test.store.fetch(&latest).await, Err(Error::UnknownVersion { .. })));
}

#[tokio::test]
async fn bytes_that_changed_in_storage_are_corrupt() {
    let test = TestStore::start().await;
    test.store.publish(upload("model")).await.unwrap();
    let latest = current(&test.store).await;
    std::fs::write(test.s3.root().join("music").join(&latest.key), "modem").unwrap();
    let error = test.store.fetch(&latest).await.unwrap_err();
    assert!(matches!(&error, Error::Corrupt { reason, .. } if reason.contains("its bytes are those of")), "{error:?}");
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let test = TestStore::start().await;
    let error = test.store.latest(None).await.unwrap_err();
    assert!(matches!(error, Error::NoModel { .. }), "{error:?}");
    assert!(error.to_string().contains("trainer publish FILE --to s3://music/segue"), "{error}");

    let nowhere = Store::with_client(test.s3.client(), "s3://nowhere/segue".parse().unwrap());
    for result in [
        nowhere.latest(None).await.map(drop),
        nowhere.publish(upload("model")).await.map(drop),
        nowhere.list().await.map(drop),
        nowhere.rollback(Version::of(b"model")).await.map(drop),
    ] {
        assert!(matches!(&result, Err(Error::NoBucket { bucket }) if bucket == "nowhere"), "{result:?}");
    }
}

#[tokio::test]
async fn wrong_keys_are_denied_and_not_shown() {
    let test = TestStore::start().await;
    test.store.publish(upload("model")).await.unwrap();
    let latest = current(&test.store).await;
    for (access, secret) in [("segue", "wrong-secret"), ("nobody", "wrong-secret")] {
        let store = Store::with_client(test.s3.client_with_keys(access, secret), test.store.location().clone());
        for result in [
            store.latest(None).await.map(drop),
            store.fetch(&latest).await.map(drop),
            store.publish(upload("model")).await.map(drop),
            store.list().await.map(drop),
        ] {
            let error = result.unwrap_err();
            assert!(matches!(error, Error::AccessDenied { .. }), "{error:?}");
            assert!(!error.is_retryable());
            assert!(!format!("{error} {error:?}").contains("wrong-secret"));
        }
    }
}

/// A client of an address that is not an embedded server's.
fn store_at(endpoint: String, options: StoreOptions) -> Store {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
        .region(aws_sdk_s3::config::Region::from_static("us-east-1"))
        .endpoint_url(endpoint)
        .force_path_style(true)
        .credentials_provider(aws_sdk_s3::config::Credentials::new("key", "secret", None, None, "test"))
        .build();
    let location: Location = "s3://music/segue".parse().unwrap();
    Store::with_client(aws_sdk_s3::Client::from_conf(config), location).with_options(options)
}

fn impatient() -> StoreOptions {
    StoreOptions {
        connect_timeout: Duration::from_millis(200),
        read_timeout: Duration::from_millis(200),
        attempt_timeout: Duration::from_millis(300),
        operation_timeout: Duration::from_millis(1000),
        download_timeout: Duration::from_millis(1000),
        max_attempts: 2,
        ..StoreOptions::default()
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_or_says_nothing_is_unavailable_in_time() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    for address in [gone, mute.local_addr().unwrap()] {
        let store = store_at(format!("http://{address}"), impatient());
        let started = Instant::now();
        let error = store.latest(None).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
        assert!(error.is_retryable());
        assert!(store.publish(upload("model")).await.unwrap_err().is_retryable());
        assert!(started.elapsed() < Duration::from_secs(30), "the limits are one second each");
    }
}

/// Answers each connection with the head of a 5-byte body and `sent` of it, then waits or hangs up.
async fn half_an_answer(sent: &'static [u8], hang_up: bool) -> (String, tokio::task::JoinHandle<()>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let length = stream.read(&mut request).await.unwrap_or(0);
            let resumed = String::from_utf8_lossy(&request[..length]).contains("range: bytes=2-4");
            let (head, sent): (&[u8], &[u8]) = match resumed {
                true => {
                    (b"HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 2-4/5\r\ncontent-length: 3\r\n\r\n", b"")
                }
                false => (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", sent),
            };
            let _ = stream.write_all(head).await;
            let _ = stream.write_all(sent).await;
            if !hang_up {
                open.push(stream);
            }
        }
    });
    (endpoint, server)
}

#[tokio::test]
async fn a_body_that_stops_coming_is_unavailable_in_time() {
    let test = TestStore::start().await;
    test.store.publish(upload("model")).await.unwrap();
    let latest = current(&test.store).await;
    for hang_up in [true, false] {
        let (endpoint, _server) = half_an_answer(b"mo", hang_up).await;
        let store = store_at(endpoint, impatient());
        let error = store.fetch(&latest).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
        let error = store.latest(None).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    }
}

/// Runs the test `child` of this file in a process with these variables and no other of AWS.
fn run_child(child: &str, variables: &[(&str, String)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    let output = command
        .args(["--exact", child, "--ignored", "--nocapture"])
        .env("HOME", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(variables.iter().cloned())
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

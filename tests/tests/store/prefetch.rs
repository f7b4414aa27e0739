//! `latest.prefetch`: which model it is of, whoever publishes, and what comes of one that is not the current model's.

use std::time::Duration;

use bytes::Bytes;
use store::{Prefetch, Store, StoreOptions, Version};
use tests::{
    TestStore,
    faults::{Exchange, Extent, Fault, Proxy},
    wait::eventually,
};
use tokio::task::JoinSet;

use super::{behind, current, holding, overtake, upload};

/// So many bytes that a prefetch is a part of them.
const LARGE_BYTES: usize = 24 << 20;
const PREFETCH_BYTES: u64 = 14 << 20;

fn artifact(size: usize, seed: u32) -> Bytes {
    let bytes: Vec<u8> = (seed..seed + size.div_ceil(4) as u32).flat_map(u32::to_le_bytes).collect();
    Bytes::from(bytes).slice(..size)
}

/// The prefetch as it is stored: the version in its metadata, and its bytes.
async fn stored(test: &TestStore) -> (String, Bytes) {
    let prefetch = test.s3.client().get_object().bucket("music").key("segue/latest.prefetch").send().await.unwrap();
    let version = prefetch.metadata().unwrap()["version"].clone();
    (version, prefetch.body.collect().await.unwrap().into_bytes())
}

/// Whether the prefetch is the current model's.
async fn is_current(test: &TestStore) -> bool {
    let latest = current(&test.store).await;
    let (version, prefetch) = stored(test).await;
    let artifact = test.store.fetch(&latest).await.unwrap();
    version == latest.version.to_string()
        && latest.prefetch_bytes == Some(prefetch.len() as u64)
        && artifact.starts_with(&prefetch)
}

/// What a start downloads.
async fn start(store: &Store) -> Bytes {
    start_with(store, store.request_prefetch()).await
}

async fn start_with(store: &Store, prefetch: Prefetch) -> Bytes {
    let latest = current(store).await;
    let download = store.download_with_prefetch(&latest, latest.size, prefetch);
    download.take(0..latest.size).await.unwrap()
}

fn requests<'a>(exchanges: &'a [Exchange], ending: &str) -> Vec<&'a Exchange> {
    exchanges.iter().filter(|exchange| exchange.path.ends_with(ending)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_asks_for_the_prefetch_with_the_pointer_and_then_for_the_rest() {
    for (size, prefetch_bytes) in [(1, 1), (5_000_000, 5_000_000), (LARGE_BYTES, PREFETCH_BYTES)] {
        let test = TestStore::start().await;
        let artifact = artifact(size, 0);
        test.store.publish(upload(artifact.clone())).await.unwrap();
        assert!(is_current(&test).await);
        let proxy = Proxy::start(&test.s3.endpoint()).await;
        let store = behind(&proxy, &test, StoreOptions::default());
        let prefetch = store.request_prefetch();
        let is_asked_for = async || (!requests(&proxy.exchanges(), "latest.prefetch").is_empty()).then_some(());
        eventually("a request for the prefetch, before one for the pointer", is_asked_for).await;
        assert!(start_with(&store, prefetch).await == artifact);

        let exchanges = proxy.exchanges();
        let rest: Vec<_> = requests(&exchanges, "model.segue").iter().map(|rest| rest.range.clone().unwrap()).collect();
        let expected: Vec<_> =
            (prefetch_bytes < size as u64).then_some(prefetch_bytes..size as u64).into_iter().collect();
        assert_eq!(rest, expected);
        let (prefetch, pointer) = (requests(&exchanges, "latest.prefetch"), requests(&exchanges, "latest.json"));
        assert_eq!((prefetch.len(), pointer.len()), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prefetch_that_is_of_another_model_or_missing_is_not_used() {
    let test = TestStore::start().await;
    let (old, new) = (artifact(LARGE_BYTES, 7), artifact(LARGE_BYTES, 8));
    test.store.publish(upload(old.clone())).await.unwrap();
    let (version, prefetch) = stored(&test).await;
    test.store.publish(upload(new.clone())).await.unwrap();
    let put = |metadata: Option<&str>, bytes: Bytes| {
        let request = test.s3.client().put_object().bucket("music").key("segue/latest.prefetch");
        let request = metadata.into_iter().fold(request, |request, version| request.metadata("version", version));
        request.body(bytes.into()).send()
    };
    let current = Version::of(&new).to_string();
    for (metadata, bytes) in [
        (Some(version.as_str()), prefetch.clone()),
        (None, new.slice(..PREFETCH_BYTES as usize)),
        (Some("no version"), prefetch.clone()),
        (Some(current.as_str()), new.slice(..1_000)),
        (Some(current.as_str()), new.clone()),
        (Some(current.as_str()), Bytes::new()),
    ] {
        put(metadata, bytes).await.unwrap();
        assert!(start(&test.store).await == new, "{metadata:?}");
    }
    test.s3.client().delete_object().bucket("music").key("segue/latest.prefetch").send().await.unwrap();
    assert!(start(&test.store).await == new);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prefetch_that_breaks_off_goes_on_from_the_artifact() {
    let test = TestStore::start().await;
    let artifact = artifact(LARGE_BYTES, 1);
    test.store.publish(upload(artifact.clone())).await.unwrap();
    for fault in [
        Fault::Cut(Extent::Bytes(300_000)),
        Fault::Stall(Extent::Bytes(300_000)),
        Fault::Cut(Extent::Nothing),
        Fault::Stall(Extent::Nothing),
        Fault::Status(503),
    ] {
        let met = fault.clone();
        let plan = move |exchange: &Exchange| exchange.path.ends_with("latest.prefetch").then(|| met.clone());
        let proxy = Proxy::start_with(&test.s3.endpoint(), plan).await;
        let options = StoreOptions {
            attempt_timeout: Duration::from_secs(1),
            stall_timeout: Duration::from_millis(200),
            ..StoreOptions::default()
        };
        assert!(start(&behind(&proxy, &test, options)).await == artifact, "{fault:?}");
        let exchanges = proxy.exchanges();
        assert_eq!(requests(&exchanges, "latest.prefetch").len(), 1, "it is asked for once");
        let etag = current(&test.store).await.etag;
        assert!(requests(&exchanges, "model.segue").iter().all(|rest| rest.if_match == etag), "{fault:?}");
    }
}

#[tokio::test]
async fn the_prefetch_follows_publishes_and_roll_backs() {
    let test = TestStore::start().await;
    let first = test.store.publish(upload("first")).await.unwrap().version;
    assert!(is_current(&test).await);
    test.store.publish(upload("second, and longer")).await.unwrap();
    assert!(is_current(&test).await);
    test.store.rollback(first).await.unwrap();
    assert!(is_current(&test).await);
    test.store.publish(upload("first")).await.unwrap();
    assert!(is_current(&test).await);
}

#[tokio::test]
async fn a_publisher_that_is_late_with_its_prefetch_writes_the_one_that_is_current() {
    // Every request of the slow publisher is held once; between its pointer and its prefetch, the quick one does all its work.
    let mut late = 0;
    for at in 0..20 {
        let test = TestStore::start().await;
        let start = test.store.publish(upload("start")).await.unwrap();
        let proxy = holding(&test, at).await;
        let slow = behind(&proxy, &test, StoreOptions::default());
        let quick = async {
            test.store.publish(upload("quick, and longer")).await.unwrap();
            test.store.rollback(start.version).await.unwrap()
        };
        let (ended, overtook) = overtake(&proxy, slow.publish(upload("slow")), quick).await;
        assert!(is_current(&test).await, "{at}");
        late += usize::from(ended.is_ok() && overtook.is_some());
    }
    assert!(late > 0, "the publisher was overtaken when its model was current");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_publishers_the_last_leaves_the_current_head() {
    let test = TestStore::start().await;
    for round in 0..3 {
        let mut publishers = JoinSet::new();
        for number in 0..8 {
            let store = test.store.clone();
            publishers.spawn(async move { store.publish(upload(format!("{round} {number} ").repeat(9_999))).await });
        }
        let won = publishers.join_all().await.into_iter().filter(Result::is_ok).count();
        assert!(won > 0);
        assert!(is_current(&test).await, "{round}");
    }
}

#[tokio::test]
async fn a_prefetch_that_cannot_be_written_fails_no_publish() {
    let test = TestStore::start().await;
    let plan = |exchange: &Exchange| exchange.path.ends_with("latest.prefetch").then_some(Fault::Status(403));
    let proxy = Proxy::start_with(&test.s3.endpoint(), plan).await;
    let store = behind(&proxy, &test, StoreOptions::default());
    let published = store.publish(upload("model")).await.unwrap();
    assert_eq!(current(&test.store).await.version, published.version);
    assert_eq!(start(&test.store).await, "model");
    assert_eq!(start(&store).await, "model");
}

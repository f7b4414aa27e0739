//! Downloading over several connections, and taking bytes as they come.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use store::{Error, Latest, LatestState, StoreOptions};
use tests::{
    TestStore,
    faults::{Exchange, Extent, Fault, Proxy},
    wait::TIMEOUT,
};
use tokio::task::JoinSet;

use super::{behind, current, impatient, upload};

/// So many bytes that the sockets cannot hold what a test lets nobody read.
const LARGE_BYTES: usize = 24 << 20;

/// Where tests cut a connection: some way into each part of a large artifact.
const MIDWAY_BYTES: usize = 300_000;

/// Bytes that are nowhere the same twice.
fn artifact(size: usize) -> Bytes {
    let mut bytes: Vec<u8> = (0..size.div_ceil(4) as u32).flat_map(u32::to_le_bytes).collect();
    bytes.truncate(size);
    bytes.into()
}

/// A store that has this artifact, and the pointer to it.
async fn published(artifact: &Bytes) -> (TestStore, Latest) {
    let test = TestStore::start().await;
    test.store.publish(upload(artifact.clone())).await.unwrap();
    let latest = current(&test.store).await;
    (test, latest)
}

/// A proxy whose requests meet this fault, by the number of their connection.
async fn faulty(test: &TestStore, fault: impl Fn(usize) -> Option<Fault> + Send + 'static) -> Proxy {
    Proxy::start_with(&test.s3.endpoint(), move |exchange| fault(exchange.connection)).await
}

/// A connection is cut some way into its part.
const CUT: Fault = Fault::Cut(Extent::Bytes(MIDWAY_BYTES));
/// A connection falls silent some way into its part.
const STALL: Fault = Fault::Stall(Extent::Bytes(MIDWAY_BYTES));

/// A request for a range.
#[derive(Debug)]
struct RangeRequest {
    range: Range<u64>,
    if_match: Option<String>,
}

/// The requests for ranges, in the order in which they came.
fn range_requests(proxy: &Proxy) -> Vec<RangeRequest> {
    let ranges = |Exchange { range, if_match, .. }| Some(RangeRequest { range: range?, if_match });
    proxy.exchanges().into_iter().filter_map(ranges).collect()
}

fn over(connections: u32) -> StoreOptions {
    StoreOptions { connections, ..StoreOptions::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_connections_bring_the_file_each_asked_for_its_part_of_the_same_object() {
    let artifact = artifact(LARGE_BYTES);
    let (test, latest) = published(&artifact).await;
    let proxy = Proxy::start(&test.s3.endpoint()).await;
    for connections in [1, 3, 4] {
        let store = behind(&proxy, &test, over(connections));
        let before = range_requests(&proxy).len();
        let download = store.download(&latest);
        assert!(download.take(0..LARGE_BYTES as u64).await.unwrap() == artifact);

        let mut requests = range_requests(&proxy).split_off(before);
        requests.sort_by_key(|request| request.range.start);
        assert_eq!(requests.len(), connections as usize);
        assert_eq!((requests[0].range.start, requests[requests.len() - 1].range.end), (0, LARGE_BYTES as u64));
        assert!(requests.windows(2).all(|pair| pair[0].range.end == pair[1].range.start));
        assert!(requests.iter().all(|request| request.if_match.is_some() && request.if_match == latest.etag));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn graphs_come_behind_the_rest_on_the_connections_that_are_there() {
    const MB: usize = 1 << 20;
    for (graphs, expected) in [(3 * MB, 2), (6 * MB, 3)] {
        let artifact = artifact(LARGE_BYTES + graphs);
        let (test, mut latest) = published(&artifact).await;
        latest.graphs_offset = Some(LARGE_BYTES as u64);
        let proxy = Proxy::start(&test.s3.endpoint()).await;
        let download = behind(&proxy, &test, over(2)).download(&latest);
        assert!(download.take(0..latest.size).await.unwrap() == artifact);

        let requests = range_requests(&proxy);
        assert_eq!(requests.len(), expected);
        let of_graphs_alone = requests.iter().filter(|request| request.range.start >= LARGE_BYTES as u64).count();
        assert_eq!(of_graphs_alone, expected - 2);
        let connections: HashSet<usize> = proxy.exchanges().iter().map(|exchange| exchange.connection).collect();
        assert_eq!(connections.len(), 2);
    }
}

#[tokio::test]
async fn sizes_around_the_borders_of_parts_come_whole() {
    for size in [1, 999, 1000, 1001, 1999, 2000, 2001, 3999, 4000, 4001, 5003] {
        let artifact = artifact(size);
        let (test, latest) = published(&artifact).await;
        let store = test.store.clone().with_options(StoreOptions { min_part_bytes: 1000, ..StoreOptions::default() });
        let end = size as u64;
        assert!(store.fetch(&latest).await.unwrap() == artifact, "{size}");

        // Byte by byte around each border, and what lies between.
        let download = store.download(&latest);
        let mut borders: Vec<u64> = [0, 999, 1000, 1001, 1250, 1251, 2500, 3752].map(|at: u64| at.min(end)).into();
        borders.push(end);
        for pair in borders.windows(2).rev() {
            let taken = download.take(pair[0]..pair[1]).await.unwrap();
            assert!(taken == artifact[pair[0] as usize..pair[1] as usize], "{size}: {pair:?}");
        }
        for nothing in [0..0, end..end, end / 2..end / 2] {
            assert_eq!(download.take(nothing).await.unwrap(), "");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tasks_take_their_sections_at_once() {
    let artifact = artifact(LARGE_BYTES);
    let (test, latest) = published(&artifact).await;
    let download = Arc::new(test.store.download(&latest));
    let mut takers = JoinSet::new();
    let mut start = 0;
    for length in (1..).map(|number| number * 100_003) {
        let range = start..LARGE_BYTES.min(start + length);
        start = range.end;
        let (download, expected) = (Arc::clone(&download), artifact.slice(range.clone()));
        takers.spawn(async move { download.take(range.start as u64..range.end as u64).await.unwrap() == expected });
        if start == LARGE_BYTES {
            break;
        }
    }
    assert!(takers.join_all().await.iter().all(|same| *same));
}

#[tokio::test]
async fn bytes_are_taken_once_and_not_past_the_end() {
    let (test, latest) = published(&artifact(5000)).await;
    let download = test.store.download(&latest);
    download.take(1000..2000).await.unwrap();
    #[expect(clippy::reversed_empty_ranges, reason = "it is refused")]
    for range in [1000..2000, 1999..2001, 0..5000, 0..5001, 6000..6001, u64::MAX..u64::MAX, 3..2] {
        let error = download.take(range.clone()).await.unwrap_err();
        assert!(matches!(&error, Error::RangeUnavailable { range: refused, .. } if *refused == range), "{error:?}");
        assert!(!error.is_retryable());
    }
    assert_eq!(download.take(2000..5000).await.unwrap().len(), 3000);
    assert_eq!(download.take(0..1000).await.unwrap().len(), 1000);
}

#[tokio::test]
async fn a_wait_that_is_given_up_takes_nothing() {
    let artifact = artifact(LARGE_BYTES);
    let (test, latest) = published(&artifact).await;
    let proxy = faulty(&test, |_| Some(Fault::Hold)).await;
    let download = behind(&proxy, &test, over(1)).download(&latest);
    let given_up = tokio::time::timeout(Duration::from_millis(50), download.take(0..latest.size)).await;
    assert!(given_up.is_err());
    proxy.release();
    assert!(download.take(0..latest.size).await.unwrap() == artifact);
}

#[tokio::test]
async fn what_has_come_is_taken_while_the_rest_has_not_and_a_dropped_download_hangs_up() {
    let artifact = artifact(LARGE_BYTES);
    let (test, latest) = published(&artifact).await;
    let proxy = faulty(&test, |_| Some(STALL)).await;
    let download = behind(&proxy, &test, over(4)).download(&latest);
    for part in 0..4 {
        let start = part * LARGE_BYTES / 4;
        let taken = download.take(start as u64..start as u64 + 200_000).await.unwrap();
        assert!(taken == artifact[start..start + 200_000]);
    }
    drop(download);
    proxy.has_at_most(0).await;
}

#[tokio::test]
async fn a_part_that_breaks_off_goes_on_where_it_was() {
    let artifact = artifact(LARGE_BYTES);
    let (test, latest) = published(&artifact).await;
    let proxy = faulty(&test, |connection| (connection < 4).then_some(CUT)).await;
    let store = behind(&proxy, &test, over(4));
    assert!(store.fetch(&latest).await.unwrap() == artifact);

    let requests = range_requests(&proxy);
    let part = LARGE_BYTES as u64 / 4;
    let (begun, resumed): (Vec<_>, Vec<_>) = requests.iter().partition(|request| request.range.start % part == 0);
    assert_eq!(begun.len(), 4, "none begins again: {requests:?}");
    assert!(resumed.len() >= 4, "{requests:?}");
    assert!(resumed.iter().all(|request| request.range.end % part == 0 && request.if_match == latest.etag));
}

#[tokio::test]
async fn a_part_that_breaks_off_more_often_than_there_are_attempts_comes_if_each_brings_something() {
    let artifact = artifact(4 << 20);
    let (test, latest) = published(&artifact).await;
    let proxy = faulty(&test, |_| Some(CUT)).await;
    let store = behind(&proxy, &test, StoreOptions { max_attempts: 2, ..over(2) });
    assert!(store.fetch(&latest).await.unwrap() == artifact);
    assert!(range_requests(&proxy).len() > 10);
}

#[tokio::test]
async fn connections_that_never_bring_anything_end_the_download() {
    let (test, latest) = published(&artifact(4 << 20)).await;
    let proxy = faulty(&test, |_| Some(Fault::Cut(Extent::Head))).await;
    let store = behind(&proxy, &test, StoreOptions { max_attempts: 2, ..over(2) });
    let download = store.download(&latest);
    for range in [0..latest.size, 0..1, 0..0] {
        let error = download.take(range).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable { .. }) && error.is_retryable(), "{error:?}");
    }
    assert!((2..=4).contains(&range_requests(&proxy).len()), "two attempts for each part at most");
}

#[tokio::test]
async fn silence_ends_the_download() {
    let (test, latest) = published(&artifact(LARGE_BYTES)).await;
    let proxy = faulty(&test, |_| Some(STALL)).await;
    let download = behind(&proxy, &test, impatient()).download(&latest);
    let taken = tokio::time::timeout(TIMEOUT, download.take(0..latest.size)).await;
    let error = taken.expect("an end").unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    proxy.has_at_most(0).await;
}

#[tokio::test]
async fn an_object_that_is_replaced_midway_is_refused_and_stops_the_other_parts() {
    let artifact = artifact(LARGE_BYTES);
    let (test, latest) = published(&artifact).await;
    let fault = |connection| match connection {
        0 => Some(CUT),
        1 => Some(STALL),
        _ => Some(Fault::Hold),
    };
    let proxy = faulty(&test, fault).await;
    let download = behind(&proxy, &test, over(2)).download(&latest);
    let middle = latest.size / 2;
    // Both are on their way.
    assert!(download.take(0..1000).await.unwrap() == artifact[..1000]);
    assert!(download.take(middle..middle + 1000).await.unwrap() == artifact[LARGE_BYTES / 2..][..1000]);

    let mut other = artifact.to_vec();
    other[LARGE_BYTES - 1] ^= 1;
    test.put(&latest.key, other).await;
    proxy.release();
    for range in [0..latest.size, 1000..1001, middle + 1000..middle + 1001] {
        let error = download.take(range).await.unwrap_err();
        assert!(matches!(&error, Error::Corrupt { reason, .. } if reason.contains("ETag")), "{error:?}");
    }
    assert_eq!(range_requests(&proxy).len(), 3, "it is not tried again");
    // What was answered with the refusal is kept for later requests.
    proxy.has_at_most(1).await;
}

#[tokio::test]
async fn a_pointer_without_an_etag_learns_it_from_the_first_answer() {
    let artifact = artifact(LARGE_BYTES);
    let (test, latest) = published(&artifact).await;
    let mut json = serde_json::to_value(&latest).unwrap();
    assert!(json.as_object_mut().unwrap().remove("etag").is_some());
    test.put("segue/latest.json", json.to_string()).await;

    let proxy = Proxy::start(&test.s3.endpoint()).await;
    let store = behind(&proxy, &test, over(4));
    let LatestState::Found { latest: old, .. } = store.latest(None).await.unwrap() else { panic!() };
    assert_eq!(old.etag, None);
    assert!(store.fetch(&old).await.unwrap() == artifact);
    let requests = range_requests(&proxy);
    assert_eq!(requests.len(), 4);
    assert_eq!((requests[0].range.start, &requests[0].if_match), (0, &None));
    assert!(requests[1..].iter().all(|request| request.if_match == latest.etag), "{requests:?}");
}

#[tokio::test]
async fn what_no_pointer_may_say_is_corrupt_before_anything_is_asked_for() {
    let (test, latest) = published(&artifact(10)).await;
    let proxy = Proxy::start(&test.s3.endpoint()).await;
    let store = behind(&proxy, &test, over(4));
    for bad in [
        Latest { size: 0, ..latest.clone() },
        Latest { size: u64::MAX, ..latest.clone() },
        Latest { etag: Some("\"a\"\r\nx-amz-evil: 1".into()), ..latest.clone() },
    ] {
        let download = store.download(&bad);
        let error = download.take(0..0).await.unwrap_err();
        assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
    }
    assert!(range_requests(&proxy).is_empty());
}

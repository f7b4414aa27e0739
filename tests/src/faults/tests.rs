use std::{num::NonZeroU64, time::Duration, time::Instant};

use aws_sdk_s3::operation::get_object::builders::GetObjectFluentBuilder;

use super::*;
use crate::TestStore;

const RATE: u64 = 4_000_000;
const DELAY: Duration = Duration::from_millis(50);

/// A server with an object, and a proxy in front of it.
async fn started(fault: Option<Fault>, content: Vec<u8>) -> (TestStore, Proxy) {
    let test = TestStore::start().await;
    test.put("song", content).await;
    let proxy = Proxy::start_with(&test.s3.endpoint(), move |_| fault.clone()).await;
    (test, proxy)
}

fn far_away() -> Option<Fault> {
    let bytes_per_second = NonZeroU64::new(RATE).expect("above 0");
    Some(Fault::Throttle(Throttle { bytes_per_second, first_byte_delay: DELAY }))
}

fn get(client: &Client) -> GetObjectFluentBuilder {
    client.get_object().bucket("music").key("song")
}

async fn read(request: GetObjectFluentBuilder) -> Vec<u8> {
    request.send().await.expect("an answer").body.collect().await.expect("a body").to_vec()
}

fn content(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|byte| (byte % 251) as u8).collect()
}

#[tokio::test]
async fn a_body_takes_its_bytes_over_the_rate_and_the_delay() {
    let content = content(1_000_001);
    let (test, proxy) = started(far_away(), content.clone()).await;
    let client = proxy.client(&test.s3);
    let begun = Instant::now();
    assert!(read(get(&client)).await == content);
    assert!(begun.elapsed() >= DELAY + Duration::from_secs_f64(1_000_001.0 / RATE as f64));
}

#[tokio::test]
async fn nothing_is_sent_before_the_delay() {
    let (test, proxy) = started(far_away(), Vec::new()).await;
    let client = proxy.client(&test.s3);
    let begun = Instant::now();
    client.head_object().bucket("music").key("song").send().await.expect("an answer");
    assert!(begun.elapsed() >= DELAY);
    let begun = Instant::now();
    client.get_object().bucket("music").key("another").send().await.expect_err("there is none");
    assert!(begun.elapsed() >= DELAY);
}

#[tokio::test]
async fn what_is_kept_is_told_apart_by_range_and_by_content() {
    let (test, proxy) = started(far_away(), content(1_000)).await;
    let client = proxy.client(&test.s3);
    let etag = get(&client).send().await.expect("an answer").e_tag.expect("an ETag");
    // The first from the server, the second as it was kept.
    for _ in 0..2 {
        assert!(read(get(&client).if_match(&etag)).await == content(1_000));
        assert!(read(get(&client).if_match(&etag).range("bytes=100-299")).await == content(1_000)[100..300]);
    }
    test.put("song", "la la").await;
    assert!(read(get(&client)).await == b"la la");
    get(&client).if_match("\"another\"").send().await.expect_err("it is not kept");
}

#[tokio::test]
async fn what_was_sent_is_told_by_connection() {
    let (test, proxy) = started(far_away(), content(200_000)).await;
    let client = proxy.client(&test.s3);
    // A client keeps a connection for the next request, and opens another for one at the same time.
    read(get(&client)).await;
    tokio::join!(read(get(&client).range("bytes=0-99999")), read(get(&client).range("bytes=100000-199999")));
    let sent = proxy.exchanges();
    assert_eq!(sent.iter().map(|sent| sent.bytes).collect::<Vec<_>>(), [200_000, 100_000, 100_000]);
    assert!(sent.iter().all(|sent| sent.path == "/music/song" && sent.asked < sent.latest));
    assert_eq!((sent[0].connection, sent[1].connection.abs_diff(sent[2].connection)), (0, 1));
    assert_eq!((sent[0].range.clone(), sent[1].range.clone().map(|range| range.end % 100_000)), (None, Some(0)));
}

#[tokio::test]
async fn an_answer_is_cut_where_it_is_said_and_not_where_it_is_shorter() {
    for (extent, expected) in [(Extent::Head, None), (Extent::Bytes(5_000), None), (Extent::Bytes(50_000), Some(()))] {
        let (test, proxy) = started(Some(Fault::Cut(extent)), content(10_000)).await;
        let body = get(&proxy.client(&test.s3)).send().await.expect("a head").body.collect().await;
        assert_eq!(body.map(drop).ok(), expected, "{extent:?}");
    }
}

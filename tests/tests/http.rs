//! The function's router over plain HTTP, its model fetched from a real S3 server.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use recommend::{
    api,
    models::{Models, Source},
};
use segue_store::Store;
use segue_tests::{catalog::LOCATION, world::World};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

/// Forwards connections to a server, and counts the bytes that come back.
async fn counting_proxy(server: SocketAddr) -> (SocketAddr, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let bytes = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&bytes);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let counted = Arc::clone(&counted);
            tokio::spawn(async move {
                let server = TcpStream::connect(server).await.expect("the server is there");
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = server.into_split();
                tokio::spawn(async move {
                    let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
                });
                if let Ok(copied) = tokio::io::copy(&mut from_server, &mut to_client).await {
                    counted.fetch_add(copied, Ordering::Relaxed);
                }
            });
        }
    });
    (address, bytes)
}

/// Serves the function's routes on a loopback port.
async fn serve(store: Store) -> String {
    let models = Arc::new(Models::new(Source::Store(store), Duration::from_secs(20)));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, api::router(models)).await });
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_first_requests_share_one_download() {
    let world = World::new().await;
    world.publish().await;
    let server = world.s3.endpoint().trim_start_matches("http://").parse().expect("an address");
    let (proxy, bytes) = counting_proxy(server).await;
    let config = world.s3.client().config().to_builder().endpoint_url(format!("http://{proxy}")).build();
    let store = Store::with_client(aws_sdk_s3::Client::from_conf(config), LOCATION.parse().expect("a location"));
    let base = serve(store).await;

    let requests: Vec<_> = (0..16)
        .map(|_| {
            let url = format!("{base}/v1/recommendations?song=track+seven");
            tokio::spawn(
                async move { reqwest::get(url).await.expect("an answer").json::<Value>().await.expect("JSON") },
            )
        })
        .collect();
    let mut answers = Vec::new();
    for request in requests {
        answers.push(request.await.expect("ends"));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer["tracks"].is_array()), "{}", answers[0]);
    // A connection is counted when it closes.
    drop(base);
    let size = std::fs::metadata(world.artifact()).expect("an artifact").len();
    world.s3.stop().await;
    for _ in 0..100 {
        if bytes.load(Ordering::Relaxed) > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let bytes = bytes.load(Ordering::Relaxed);
    assert!(size < bytes && bytes < 2 * size, "{bytes} bytes came for an artifact of {size}");
}

#[tokio::test]
async fn other_methods_are_refused_with_what_is_allowed() {
    let world = World::new().await;
    world.publish().await;
    let base = serve(Store::with_client(world.s3.client(), LOCATION.parse().expect("a location"))).await;
    let client = reqwest::Client::new();
    let refused = client.delete(format!("{base}/v1/clusters")).send().await.expect("an answer");
    assert_eq!(refused.status(), 405);
    assert!(refused.headers()["allow"].to_str().expect("text").contains("GET"));
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    let head = client.head(format!("{base}/v1/clusters")).send().await.expect("an answer");
    assert_eq!(head.status(), 200);
    assert!(head.bytes().await.expect("no body").is_empty());
}

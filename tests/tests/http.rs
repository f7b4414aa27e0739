//! The function's router over plain HTTP, its model fetched from a real S3 server.

use std::{sync::Arc, time::Duration};

use recommend::{
    api,
    models::{ModelManager, Source},
};
use serde_json::Value;
use store::Store;
use tests::{catalog::LOCATION, faults::Proxy, test_env::TestEnv};
use tokio::net::TcpListener;

/// Serves the function's routes on a loopback port.
async fn serve(store: Store) -> String {
    let models = Arc::new(ModelManager::new(Source::Store(store), Duration::from_secs(20)));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, api::router(models)).await });
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_first_requests_share_one_download() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let proxy = Proxy::start(&test_env.s3.endpoint()).await;
    let config = test_env.s3.client().config().to_builder().endpoint_url(proxy.endpoint()).build();
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
    // An artifact as small as this one comes in one part.
    assert_eq!((proxy.pointers(), proxy.models()), (1, 1));
}

#[tokio::test]
async fn other_methods_are_refused_with_what_is_allowed() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let base = serve(test_env.store()).await;
    let client = reqwest::Client::new();
    let refused = client.delete(format!("{base}/v1/clusters")).send().await.expect("an answer");
    assert_eq!(refused.status(), 405);
    assert!(refused.headers()["allow"].to_str().expect("text").contains("GET"));
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    let head = client.head(format!("{base}/v1/clusters")).send().await.expect("an answer");
    assert_eq!(head.status(), 200);
    assert!(head.bytes().await.expect("no body").is_empty());
}

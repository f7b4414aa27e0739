//! `GET /v1/clusters` over HTTP: what clusters are called, and which songs stand for them.

use std::collections::HashSet;

use recommend::http::cors::Cors;
use serde_json::Value;
use tests::{catalog, test_env::TestEnv};

async fn clusters(test_env: &TestEnv) -> (String, Vec<Value>) {
    let base = test_env.serve(&Cors::Off).await;
    let answer = reqwest::get(format!("{base}/v1/clusters")).await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.expect("JSON");
    (base, answer["clusters"].as_array().expect("clusters").clone())
}

fn examples(cluster: &Value) -> &[Value] {
    cluster["examples"].as_array().expect("examples")
}

fn popularity(track: &Value) -> f64 {
    track["features"]["popularity"].as_f64().expect("a number")
}

#[tokio::test]
async fn the_best_known_songs_of_each_cluster_stand_for_it() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let (base, clusters) = clusters(&test_env).await;
    for cluster in &clusters {
        let examples = examples(cluster);
        assert_eq!(examples.len(), 3, "{cluster}");
        assert!(examples.iter().all(|track| track["cluster"]["id"] == cluster["id"]), "{cluster}");
        assert!(examples.windows(2).all(|two| popularity(&two[0]) >= popularity(&two[1])), "{cluster}");
        let artists: HashSet<&str> = examples.iter().map(|track| track["artist"].as_str().expect("text")).collect();
        assert_eq!(artists.len(), 3, "{cluster}");
        // Nothing of the cluster is better known than the first.
        let id = examples[0]["id"].as_str().expect("an id");
        let answer =
            reqwest::get(format!("{base}/v1/recommendations?track_id={id}&limit=100")).await.expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        let others = answer["tracks"].as_array().expect("tracks");
        assert!(others.iter().all(|track| popularity(track) <= popularity(&examples[0])), "{cluster}");
    }
}

#[tokio::test]
async fn central_tracks_stand_for_clusters_where_popularity_is_unknown() {
    let test_env = TestEnv::new().await;
    test_env.publish_table("3", &catalog::csv().replacen("popularity", "likes_of_somebody", 1)).await;
    for cluster in &clusters(&test_env).await.1 {
        assert_eq!(cluster["examples"], cluster["central_tracks"]);
    }
}

#[tokio::test]
async fn names_say_the_sound_and_the_genre_of_a_fair_share() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let (_, clusters) = clusters(&test_env).await;
    let names: Vec<&str> = clusters.iter().map(|cluster| cluster["name"].as_str().expect("a name")).collect();
    for (genre, sound) in [("rock", "Fast"), ("ambient", "Acoustic"), ("disco", "Happy")] {
        let found = names.iter().filter(|name| name.ends_with(&format!(" ({genre})")));
        assert!(found.clone().any(|name| name.contains(sound)), "{genre}: {names:?}");
    }
}

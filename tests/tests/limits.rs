//! Inputs that would cost without bound: many artists of one title, very long texts, sections that unpack to more than there
//! is room for.

use std::{sync::Arc, time::Duration};

use recommend::{
    http::cors::Cors,
    models::{Error, ModelManager, Source},
};
use recommender::artifact::{self, Artifact};
use serde_json::Value;
use store::Upload;
use tests::test_env::TestEnv;

/// What an answer has at most, in bytes.
const MAX_ANSWER_BYTES: usize = 5_000_000;

/// The answer in JSON, and its length.
async fn get(url: &str) -> (u16, Value, usize) {
    let answer = reqwest::get(url).await.expect("an answer");
    let status = answer.status().as_u16();
    let bytes = answer.bytes().await.expect("a body");
    (status, serde_json::from_slice(&bytes).expect("JSON"), bytes.len())
}

#[tokio::test]
async fn of_artists_that_share_a_title_the_best_known_fifty_are_listed() {
    let test_env = TestEnv::new().await;
    let row = |number: usize| {
        let (energy, tempo) = (0.1 + (number % 7) as f64 / 10.0, 80 + number % 60);
        let popularity = if number.is_multiple_of(20) { 90 } else { 10 };
        format!(
            "Intro,{}{number:04},An album,rock,{energy},{tempo},0.5,0.5,{popularity},1999,No\n",
            "Artist ".repeat(100)
        )
    };
    test_env.publish_with(&(0..1_000).map(row).collect::<String>()).await;
    let base = test_env.serve(&Cors::Off).await;
    let best_known = |artists: &Value| {
        let artists: Vec<String> = serde_json::from_value(artists.clone()).expect("names");
        assert!(artists.len() == 50 && artists.is_sorted(), "{} artists", artists.len());
        assert!(artists.iter().all(|name| name[name.len() - 4..].parse::<u32>().is_ok_and(|number| number % 20 == 0)));
    };
    for (target, status) in
        [("/v1/recommendations?song=intro", 409), ("/v1/recommendations?song=intro&artist=nobody", 404)]
    {
        let (found, problem, bytes) = get(&format!("{base}{target}")).await;
        assert_eq!((found, &problem["artist_count"]), (status, &Value::from(1_000)), "{target}");
        best_known(&problem["artists"]);
        assert!(bytes < 100_000, "{target}: {bytes} bytes");
        assert!(problem["detail"].as_str().expect("a detail").ends_with(" and 950 more"), "{target}");
    }
    for target in ["/recommend/intro", "/recommend/intro?artist=nobody", "/search?song=intro"] {
        let (status, answer, bytes) = get(&format!("{base}{target}")).await;
        assert_eq!((status, &answer["status"]), (200, &Value::from("Artista_Necesario")), "{target}");
        best_known(&answer["options"]["artists"]);
        assert!(bytes < 150_000, "{target}: {bytes} bytes");
        if target.starts_with("/search") {
            assert_eq!((&answer["count"], answer["matches"].as_array().map(Vec::len)), (&Value::from(1_000), Some(50)));
        }
    }
    let (status, tracks, bytes) = get(&format!("{base}/v1/tracks?q=intro&limit=50")).await;
    assert_eq!((status, tracks["tracks"].as_array().map(Vec::len)), (200, Some(50)));
    assert!(bytes < 200_000, "{bytes} bytes");
}

/// The artifact of the small catalogue, changed.
async fn changed(change: impl FnOnce(&mut Artifact)) -> (TestEnv, Upload) {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let file = std::fs::read(test_env.artifact()).expect("reads");
    let mut artifact = artifact::decode(&file).expect("decodes");
    change(&mut artifact);
    let file = artifact::encode(&artifact).expect("encodes");
    let upload = Upload::of(file.into(), Vec::new()).expect("has a card");
    (test_env, upload)
}

#[tokio::test]
async fn no_answer_is_larger_than_lambda_hands_on() {
    // Each escape takes six bytes of JSON.
    let long = "\u{1}".repeat(1 << 18);
    let (test_env, upload) = changed(|artifact| {
        let tracks = artifact.catalog.len();
        let texts = || (0..tracks).map(|track| format!("{track}{long}")).collect();
        artifact.catalog.genres = Some(texts());
        artifact.catalog.albums = Some(texts());
        for (id, cluster) in artifact.clusters.iter_mut().enumerate() {
            // As much as fits into the section.
            cluster.name = format!("{id}{}", &long[..15_000]);
            cluster.genres = vec![long[..15_000].to_owned(); 20];
        }
        // The texts are of the artifact's size, but for this.
        artifact.card.clusters.iter_mut().for_each(|cluster| cluster.name.truncate(1));
    })
    .await;
    test_env.store().publish(upload).await.expect("publishes");
    let base = test_env.serve(&Cors::Off).await;
    for target in [
        "/v1/recommendations?song=track+seven&limit=100&same_cluster=false&explain=true",
        "/v1/tracks?q=song&limit=50",
        "/v1/clusters",
        "/v1/model",
        "/v1/map?limit=5000&tracks=true",
        "/recommend/track%20seven",
        "/search?song=shared",
        "/openapi.json",
    ] {
        let (status, _, bytes) = get(&format!("{base}{target}")).await;
        assert!(status == 200 && bytes < MAX_ANSWER_BYTES, "{target}: {status}, {bytes} bytes");
    }
    let model: Value = get(&format!("{base}/v1/model")).await.1;
    let features: serde_json::Map<String, Value> = model["features"]
        .as_array()
        .expect("features")
        .iter()
        .map(|feature| (feature["name"].as_str().expect("a name").to_owned(), 1.into()))
        .collect();
    let classify = async |count: usize| {
        let body = serde_json::json!({ "tracks": vec![serde_json::json!({ "features": features }); count] });
        let request = reqwest::Client::new().post(format!("{base}/v1/classify")).json(&body);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.bytes().await.expect("a body").len(), body.to_string().len())
    };
    let (status, bytes, sent) = classify(1_000).await;
    assert!(status == 400 && bytes < 1_000 && sent < 256 * 1_024, "{status}, {bytes} bytes");
    let (status, bytes, _) = classify(300).await;
    assert!(status == 200 && bytes < MAX_ANSWER_BYTES, "{status}, {bytes} bytes");
}

#[tokio::test]
async fn a_model_that_unpacks_to_more_than_there_is_room_for_is_not_unpacked() {
    const MIB: u64 = 1 << 20;
    let (test_env, upload) = changed(|artifact| {
        let long = "x".repeat(1 << 18);
        artifact.catalog.albums = Some((0..artifact.catalog.len()).map(|track| format!("{track}{long}")).collect());
    })
    .await;
    assert!(upload.artifact.len() < 1 << 20, "{} bytes", upload.artifact.len());
    let manager = |bytes| {
        let source = Source::Store(test_env.store());
        Arc::new(ModelManager::new(source, Duration::from_secs(60)).within_memory(bytes))
    };
    let models = manager(40 * MIB);
    models.get().await.expect("the small model");
    test_env.store().publish(upload).await.expect("publishes");
    match manager(40 * MIB).get().await {
        Err(Error::Memory { needed, limit, .. }) => assert!(needed > 50 * MIB && limit == 40 * MIB, "{needed}"),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("the model was loaded"),
    }
    manager(4_096 * MIB).get().await.expect("there is room");
}

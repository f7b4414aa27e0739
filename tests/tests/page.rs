//! The page for people, and the points of its map, over plain HTTP.

use recommend::http::cors::Cors;
use serde_json::Value;
use tests::test_env::TestEnv;

async fn json(url: String) -> (u16, Value) {
    let answer = reqwest::get(url).await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn the_page_needs_no_model_and_nothing_from_elsewhere() {
    let test_env = TestEnv::new().await;
    let base = test_env.serve(&Cors::Off).await;
    for (file, kind) in [("", "text/html"), ("page/style.css", "text/css"), ("page/app.js", "text/javascript")] {
        let answer = reqwest::get(format!("{base}/{file}?song=anything")).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{file}");
        let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
        assert!(header("content-type").starts_with(kind), "{file}");
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(!answer.bytes().await.expect("a body").is_empty());
    }
    assert_eq!(json(format!("{base}/page/secrets.txt")).await.0, 404);
}

#[tokio::test]
async fn a_map_has_as_many_points_as_asked_for_and_lies_on_the_models_axes() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let base = test_env.serve(&Cors::Off).await;
    let (status, map) = json(format!("{base}/v1/map?limit=50")).await;
    assert_eq!(status, 200);
    let points = map["points"].as_array().expect("points");
    assert_eq!(points.len(), 50);
    assert!((0..3).all(|cluster| points.iter().any(|point| point[2] == cluster)), "each cluster has its share");
    assert_eq!(json(format!("{base}/v1/map")).await.1["points"].as_array().expect("points").len(), 203);
    for limit in ["0", "5001", "many"] {
        assert_eq!(json(format!("{base}/v1/map?limit={limit}")).await.0, 400, "{limit}");
    }

    // What a client projects itself with the model's figures is where the map has it.
    let model = json(format!("{base}/v1/model")).await.1;
    let track = &json(format!("{base}/v1/recommendations?song=D%C3%A9j%C3%A0+Vu&limit=1")).await.1["seeds"][0];
    let place = [0, 1].map(|axis| {
        let features = model["features"].as_array().expect("features").iter();
        let along = features.zip(model["projection"][axis].as_array().expect("an axis")).map(|(feature, weight)| {
            let number = |value: &Value| value.as_f64().expect("a number");
            let value = number(&track["features"][feature["name"].as_str().expect("a name")]);
            (value - number(&feature["mean"])) / number(&feature["deviation"])
                * number(&feature["weight"])
                * number(weight)
        });
        (along.sum::<f64>() * 1e3).round() / 1e3
    });
    let all = json(format!("{base}/v1/map?limit=5000")).await.1;
    let near =
        |point: &Value| (0..2).all(|axis| (point[axis].as_f64().expect("a number") - place[axis]).abs() < 0.0011);
    assert!(all["points"].as_array().expect("points").iter().any(near), "{place:?}");
}

#[tokio::test]
async fn the_points_of_a_map_are_named_where_that_is_asked_for() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let base = test_env.serve(&Cors::Off).await;
    let plain = json(format!("{base}/v1/map?limit=50")).await.1;
    assert!(plain.get("tracks").is_none());
    let (status, named) = json(format!("{base}/v1/map?limit=50&tracks=true")).await;
    assert_eq!((status, &named["points"]), (200, &plain["points"]));
    let tracks = named["tracks"].as_array().expect("tracks");
    assert_eq!(tracks.len(), 50);
    for (point, named) in plain["points"].as_array().expect("points").iter().zip(tracks) {
        let id = named["id"].as_str().expect("an id");
        let track = &json(format!("{base}/v1/tracks/{id}")).await.1["track"];
        assert_eq!((&track["song"], &track["artist"]), (&named["song"], &named["artist"]));
        assert_eq!(track["cluster"]["id"], point[2]);
    }
}

#[tokio::test]
async fn clusters_name_their_best_known_songs() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let base = test_env.serve(&Cors::Off).await;
    let all = json(format!("{base}/v1/map?limit=5000&tracks=true")).await.1;
    for cluster in json(format!("{base}/v1/clusters")).await.1["clusters"].as_array().expect("clusters") {
        let popularity = |track: &Value| track["features"]["popularity"].as_f64().expect("a popularity");
        let popular = cluster["examples"].as_array().expect("tracks");
        assert_eq!(popular.len(), 3);
        assert!(popular.is_sorted_by(|a, b| popularity(a) >= popularity(b)));
        let mut artists: Vec<_> = popular.iter().map(|track| track["artist"].as_str()).collect();
        artists.sort_unstable();
        artists.dedup();
        assert_eq!(artists.len(), 3, "each is by another artist");
        for (point, named) in
            all["points"].as_array().expect("points").iter().zip(all["tracks"].as_array().expect("tracks"))
        {
            if point[2] == cluster["id"] {
                let id = named["id"].as_str().expect("an id");
                let track = &json(format!("{base}/v1/tracks/{id}")).await.1["track"];
                assert!(popularity(track) <= popularity(&popular[0]), "{track}");
            }
        }
    }
}

//! Songs as people name them, and what answers tell of them.

use recommend::http::cors::Cors;
use serde_json::Value;
use tests::{catalog, test_env::TestEnv};

struct Api {
    _test_env: TestEnv,
    base: String,
    client: reqwest::Client,
}

impl Api {
    async fn start(table: &str) -> Self {
        let test_env = TestEnv::new().await;
        test_env.publish_table("3", table).await;
        let base = test_env.serve(&Cors::Off).await;
        Self { _test_env: test_env, base, client: reqwest::Client::new() }
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.client.get(format!("{}{path}", self.base)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn ok(&self, path: &str) -> Value {
        let (status, answer) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }
}

#[tokio::test]
async fn tracks_have_their_popularity_and_a_link_where_the_id_is_spotifys() {
    let table = catalog::csv();
    let (spotify, other) = ("4cOdK2wGLETKBW3PvgPWqT", "4cOdK2wGLETKBW3PvgPWq!");
    let table = table.lines().enumerate().fold(String::new(), |table, (line, text)| {
        let id = match line {
            0 => "track_id".to_owned(),
            1 => spotify.to_owned(),
            2 => other.to_owned(),
            line => format!("id{line}"),
        };
        table + &format!("{id},{text}\n")
    });
    let api = Api::start(&table).await;
    let track = api.ok(&format!("/v1/tracks/{spotify}")).await["track"].take();
    assert_eq!(track["url"], format!("https://open.spotify.com/track/{spotify}"));
    assert_eq!(track["popularity"], track["features"]["popularity"]);
    assert!(track["popularity"].is_number() && track["year"] == 1960 && track["album"] == "An album", "{track}");
    let other = api.ok("/v1/tracks/4cOdK2wGLETKBW3PvgPWq%21").await["track"].take();
    assert!(other.get("url").is_none() && other["popularity"].is_number(), "{other}");
}

#[tokio::test]
async fn a_similarity_is_held_against_what_is_usual() {
    let api = Api::start(&catalog::csv()).await;
    let answer = api.ok("/v1/recommendations?song=track+seven&limit=60").await;
    let tracks = answer["tracks"].as_array().expect("tracks");
    let percentiles: Vec<u64> =
        tracks.iter().map(|track| track["similarity_percentile"].as_u64().expect("a percentile")).collect();
    assert!(percentiles.is_sorted_by(|a, b| a >= b), "{percentiles:?}");
    assert!(percentiles[0] > 50 && percentiles[59] == 0, "{percentiles:?}");
}

//! Key, mode, time signature and length over HTTP: answered where known, bounded and aimed at.

use recommend::http::cors::Cors;
use recommender::catalog::attributes::Attribute;
use serde_json::{Value, json};
use tests::{
    catalog,
    test_env::{TestEnv, open, train},
};

struct Api {
    _test_env: TestEnv,
    url: String,
    client: reqwest::Client,
}

impl Api {
    async fn start(table: &str) -> Self {
        let test_env = TestEnv::new().await;
        test_env.publish_table("3", table).await;
        let url = test_env.serve(&Cors::Off).await + "/v1/recommendations";
        Self { _test_env: test_env, url, client: reqwest::Client::new() }
    }

    /// The answer to a query that begins from a song, in all clusters.
    async fn get(&self, more: &str) -> (u16, Value) {
        let url = format!("{}?song=track+seven&same_cluster=false&limit=50&{more}", self.url);
        let answer = self.client.get(url).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn tracks(&self, more: &str) -> Vec<Value> {
        let (status, answer) = self.get(more).await;
        assert_eq!(status, 200, "{more}: {answer}");
        answer["tracks"].as_array().expect("tracks").clone()
    }

    /// The same in a body.
    async fn post(&self, word: &str, name: &str, value: f64) -> Vec<Value> {
        let mut body = json!({ "seeds": [{ "song": "track seven" }], "same_cluster": false, "limit": 50 });
        body[word] = json!({ name: value });
        let answer = self.client.post(&self.url).json(&body).send().await.expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        answer["tracks"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
    }
}

fn ids(tracks: &[Value]) -> Vec<&str> {
    tracks.iter().map(|track| track["id"].as_str().expect("an id")).collect()
}

#[tokio::test]
async fn bounds_and_targets_of_every_attribute_hold() {
    let api = Api::start(&catalog::csv_with_attributes()).await;
    let plain = api.tracks("").await;
    for attribute in Attribute::ALL {
        let name = attribute.name();
        let value = |track: &Value| track[name].as_f64();
        assert!(plain.iter().any(|track| track.get(name).is_none()), "{name} is known of all");
        let mut known: Vec<f64> = plain.iter().filter_map(value).collect();
        known.sort_by(f64::total_cmp);
        let (least, most) = (known[0], known[known.len() - 1]);
        assert!(least < most, "{name}: {known:?}");
        let middle = (least + most) / 2.0;
        type Bound<'a> = (&'a str, f64, &'a dyn Fn(f64) -> bool);
        let bounds: [Bound<'_>; 4] = [
            ("min", middle, &|value| value >= middle),
            ("max", middle, &|value| value <= middle),
            ("min", most, &|value| value >= most),
            ("max", least, &|value| value <= least),
        ];
        for (word, bound, holds) in bounds {
            let found = api.tracks(&format!("{word}_{name}={bound}")).await;
            assert!(!found.is_empty() && found.iter().all(|track| value(track).is_some_and(holds)), "{word}_{name}");
            assert_eq!(ids(&found), ids(&api.post(word, name, bound).await), "{word}.{name}");
        }
        // What is unknown counts as far off as the known ones are on average.
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        let variance = known.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / known.len() as f64;
        let unknown = variance + (mean - most).powi(2);
        let off = |tracks: &[Value]| -> f64 {
            tracks.iter().map(|track| value(track).map_or(unknown, |value| (value - most).powi(2))).sum()
        };
        let aimed = api.tracks(&format!("target_{name}={most}")).await;
        assert!(off(&aimed) < off(&plain), "target_{name}: {} and {}", off(&aimed), off(&plain));
        assert_eq!(ids(&aimed), ids(&api.post("target", name, most).await), "target.{name}");
    }
}

#[tokio::test]
async fn attributes_that_the_catalogue_lacks_are_refused_by_name() {
    let api = Api::start(&catalog::csv()).await;
    let (status, problem) = api.get("min_key=3").await;
    assert_eq!((status, &problem["parameter"]), (400, &json!("min_key")), "{problem}");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("energy")), "{problem}");
}

#[test]
fn a_length_that_is_a_feature_is_no_attribute_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = folder.path().join("tracks.csv");
    std::fs::write(&table, catalog::csv_with_attributes()).expect("writes");
    let model = open(&train(&table, &["--k", "3", "--features", "energy,tempo,duration_ms"]));
    assert_eq!(
        model.bounded().collect::<Vec<_>>(),
        ["energy", "tempo", "duration_ms", "key", "mode", "time_signature"]
    );
    assert_eq!(model.catalog().track(0).duration_ms, None);
}

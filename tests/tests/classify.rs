//! `POST /v1/classify` held against the arrays of naive Bayes themselves, and its refusals by name and place.

use std::f64::consts::TAU;

use recommend::http::cors::Cors;
use recommender::Model;
use serde_json::{Map, Value, json};
use tests::test_env::TestEnv;

struct Served {
    _world: TestEnv,
    base: String,
    model: Model,
}

impl Served {
    async fn new() -> Self {
        let test_env = TestEnv::new().await;
        test_env.publish().await;
        let base = test_env.serve(&Cors::Off).await;
        let model = Model::open(&test_env.artifact()).expect("a model");
        Self { _world: test_env, base, model }
    }

    async fn post(&self, body: impl Into<reqwest::Body>) -> (u16, Value) {
        let request = reqwest::Client::new().post(format!("{}/v1/classify", self.base));
        let answer = request.header("content-type", "application/json").body(body).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    /// The features of a row, in the file's own units.
    fn features(&self, row: u32) -> Map<String, Value> {
        let names = self.model.scaler().features.iter().cloned();
        names.zip(self.model.catalog().raw(row).into_iter().map(Value::from)).collect()
    }

    async fn refused(&self, body: &str, parameter: &str) -> Value {
        let (status, problem) = self.post(body.to_owned()).await;
        assert_eq!(status, 400, "{body}: {problem}");
        assert_eq!(problem["parameter"], parameter, "{body}: {problem}");
        assert!(problem["detail"].is_string());
        problem
    }
}

/// Bayes' rule with Gaussian densities, straight from the arrays.
fn expected(model: &Model, features: &Map<String, Value>) -> Vec<f64> {
    let (scaler, bayes) = (model.scaler(), model.bayes());
    let scaled: Vec<f64> = (0..scaler.features.len())
        .map(|f| (features[&scaler.features[f]].as_f64().expect("a number") - scaler.mean[f]) / scaler.deviation[f])
        .collect();
    let joint: Vec<f64> = (0..bayes.priors.len())
        .map(|cluster| {
            let densities = scaled.iter().enumerate().map(|(f, x)| {
                let (mean, variance) = (bayes.means[cluster][f], bayes.variances[cluster][f]);
                (-(x - mean).powi(2) / (2.0 * variance)).exp() / (TAU * variance).sqrt()
            });
            bayes.priors[cluster] * densities.product::<f64>()
        })
        .collect();
    joint.iter().map(|p| p / joint.iter().sum::<f64>()).collect()
}

#[tokio::test]
async fn posteriors_are_those_of_naive_bayes() {
    let served = Served::new().await;
    let rows: Vec<u32> = (0..203).step_by(13).collect();
    let tracks: Vec<Value> = rows.iter().map(|row| json!({ "features": served.features(*row) })).collect();
    let (status, answer) = served.post(json!({ "tracks": tracks }).to_string()).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["model"]["version"], served.model.version().to_string());
    let placed = answer["tracks"].as_array().expect("tracks");
    assert_eq!(placed.len(), rows.len());
    for (row, placed) in rows.iter().zip(placed) {
        let expected = expected(&served.model, &served.features(*row));
        let posteriors = placed["posteriors"].as_array().expect("posteriors");
        assert_eq!(posteriors.len(), expected.len());
        for (id, (posterior, expected)) in posteriors.iter().zip(&expected).enumerate() {
            assert_eq!((&posterior["id"], &posterior["name"]), (&json!(id), &json!(served.model.clusters()[id].name)));
            let probability = posterior["probability"].as_f64().expect("a number");
            assert!((probability - expected).abs() < 1e-9, "row {row}: {probability}, expected {expected}");
        }
        let best = (0..expected.len()).max_by(|a, b| expected[*a].total_cmp(&expected[*b])).expect("a cluster");
        assert_eq!(placed["cluster"], json!({ "id": best, "name": served.model.clusters()[best].name }));
        // Of a track of the catalogue it is the cluster that k-means gave it.
        let own = served.model.cluster_of(*row);
        assert_eq!(placed["nearest_centroid"], json!({ "id": own, "name": served.model.clusters()[own].name }));
    }
    // One track alone is answered as it is among others.
    let (status, one) = served.post(json!({ "features": served.features(rows[2]) }).to_string()).await;
    assert_eq!((status, &one["tracks"]), (200, &json!([placed[2]])));
}

#[tokio::test]
async fn every_feature_changes_the_answer() {
    let served = Served::new().await;
    let base = served.features(100);
    let (_, before) = served.post(json!({ "features": base }).to_string()).await;
    for (feature, name) in served.model.scaler().features.iter().enumerate() {
        let mut moved = base.clone();
        let value = moved[name].as_f64().expect("a number") + served.model.scaler().deviation[feature] / 2.0;
        moved.insert(name.clone(), value.into());
        let (_, after) = served.post(json!({ "features": moved }).to_string()).await;
        assert_ne!(after["tracks"], before["tracks"], "{name}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_its_name_and_place() {
    let served = Served::new().await;
    let good = json!({ "features": served.features(0) }).to_string();
    let with = |energy: &str| {
        let mut features = served.features(1);
        features.insert("energy".to_owned(), json!("HERE"));
        json!({ "features": features }).to_string().replace("\"HERE\"", energy)
    };
    for value in ["\"0.5\"", "null", "true", "[1]", "{}", "1e400", "-1e400", "1e13", "NaN", "Infinity"] {
        served.refused(&with(value), "features.energy").await;
        served.refused(&format!("{{\"tracks\":[{good},{}]}}", with(value)), "tracks[1].features.energy").await;
    }
    let out_of_range = served.refused(&with("1e400"), "features.energy").await;
    assert_eq!(out_of_range["type"], "urn:segue:problem:bad-parameter");
    assert_eq!(served.refused(&with("NaN"), "features.energy").await["type"], "urn:segue:problem:malformed-json");

    let mut missing = served.features(0);
    missing.remove("tempo");
    served.refused(&json!({ "features": missing }).to_string(), "features.tempo").await;
    let mut unknown = served.features(0);
    unknown.insert("swing".to_owned(), json!(1));
    let problem =
        served.refused(&json!({ "tracks": [{ "features": unknown }] }).to_string(), "tracks[0].features.swing").await;
    assert!(problem["allowed"].as_str().expect("text").contains("tempo"));
    served.refused(&good.replacen('{', "{\"feature\":1,", 1), "feature").await;
    served.refused(&format!("{{\"tracks\":[{{\"id\":1,{}]}}", &good[1..]), "tracks[0].id").await;
    served.refused(&good.replacen("\"features\":{", "\"features\":{\"energy\":1,", 1), "features.energy").await;
    served.refused(&format!("{{\"tracks\":[{good}],{}", &good[1..]), "body").await;
    for body in ["{}", "[]", "7", "\"x\"", "null"] {
        served.refused(body, "body").await;
    }
    served.refused("{\"tracks\":{}}", "tracks").await;
    served.refused("{\"tracks\":[]}", "tracks").await;
    served.refused("{\"tracks\":[7]}", "tracks[0]").await;
    served.refused("{\"features\":[1,2]}", "features").await;
    served.refused("{\"tracks\":[{}]}", "tracks[0].features").await;

    let (status, answer) = served.post(format!("{{\"tracks\":[{}]}}", vec![&*good; 1_000].join(","))).await;
    assert_eq!((status, answer["tracks"].as_array().map(Vec::len)), (200, Some(1_000)), "{}", answer["detail"]);
    served.refused(&format!("{{\"tracks\":[{}]}}", vec![&*good; 1_001].join(",")), "tracks").await;
}

#[tokio::test]
async fn only_json_is_taken_and_no_parameter() {
    let served = Served::new().await;
    let good = json!({ "features": served.features(0) }).to_string();
    let client = reqwest::Client::new();
    let url = format!("{}/v1/classify", served.base);
    let send = async |content_type: Option<&str>, url: &str| {
        let mut request = client.post(url).body(good.clone());
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    for taken in ["application/json", "application/json; charset=utf-8", "application/vnd.api+json"] {
        assert_eq!(send(Some(taken), &url).await.0, 200, "{taken}");
    }
    for other in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("json")] {
        let (status, problem) = send(other, &url).await;
        assert_eq!((status, &problem["type"]), (415, &json!("urn:segue:problem:unsupported-media-type")), "{other:?}");
    }
    let (status, problem) = send(Some("application/json"), &format!("{url}?k=3")).await;
    assert_eq!((status, &problem["parameter"]), (400, &json!("k")));
}

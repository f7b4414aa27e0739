//! The routes for clients of the Python service: every status, every parameter, its names.

use recommend::http::cors::Cors;
use serde_json::{Value, json};
use tests::{
    runtime::{api_gateway_event, cargo_lambda_event},
    test_env::TestEnv,
};

async fn served() -> (TestEnv, String) {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let base = test_env.serve(&Cors::Off).await;
    (test_env, base)
}

async fn get(base: &str, target: &str) -> (u16, Value) {
    let answer = reqwest::get(format!("{base}{target}")).await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_known_song_is_answered_in_the_old_shape() {
    let (_world, base) = served().await;
    let (status, answer) = get(&base, "/recommend/track%20seven").await;
    assert_eq!((status, &answer["status"]), (200, &json!("ok")));
    let (_, new) = get(&base, "/v1/recommendations?song=track+seven&limit=50").await;
    let (seed, original) = (&new["seeds"][0], &answer["original_song"]);
    // The invented catalogue has no danceability and no loudness: they are left out.
    assert_eq!(
        *original,
        json!({
            "song": seed["song"], "artist": seed["artist"],
            "cluster_id": seed["cluster"]["id"], "nombre_cluster": seed["cluster"]["name"],
            "features": { "Energy": seed["features"]["energy"], "Positiveness": seed["features"]["valence"] },
        })
    );
    let (old, new) = (answer["recommendations"].as_array().expect("tracks"), new["tracks"].as_array().expect("tracks"));
    assert_eq!((old.len(), new.len()), (50, 50), "50 unless set");
    for (old, new) in old.iter().zip(new) {
        assert_eq!(
            *old,
            json!({
                "song": new["song"], "artist": new["artist"],
                "cluster_id": new["cluster"]["id"], "nombre_cluster": new["cluster"]["name"],
                "similarity": new["similarity"],
                "Energy": new["features"]["energy"], "Positiveness": new["features"]["valence"],
            })
        );
    }
}

#[tokio::test]
async fn every_parameter_does_something() {
    let (_world, base) = served().await;
    let (_, three) = get(&base, "/recommend/track%20seven?n=3").await;
    assert_eq!(three["recommendations"].as_array().expect("tracks").len(), 3);
    let own = &three["original_song"]["cluster_id"];
    let (_, within) = get(&base, "/recommend/track%20seven?same_cluster=true").await;
    assert!(within["recommendations"].as_array().expect("tracks").iter().all(|track| track["cluster_id"] == *own));
    let (_, anywhere) = get(&base, "/recommend/track%20seven?same_cluster=false").await;
    let (_, new) = get(&base, "/v1/recommendations?song=track+seven&limit=50&same_cluster=false").await;
    let songs = |answer: &Value, tracks: &str| -> Vec<Value> {
        answer[tracks].as_array().expect("tracks").iter().map(|track| track["song"].clone()).collect()
    };
    assert_eq!(songs(&anywhere, "recommendations"), songs(&new, "tracks"));
    let (_, ann) = get(&base, "/recommend/shared?artist=ann").await;
    let (_, cy) = get(&base, "/recommend/shared?artist=cy").await;
    assert_eq!((&ann["original_song"]["artist"], &cy["original_song"]["artist"]), (&json!("Ann"), &json!("Bob, Cy")));
    for query in ["n=0", "n=51", "n=few", "n=+5", "same_cluster=1", "artist=", "top=3", "n=1&n=2"] {
        let (status, problem) = get(&base, &format!("/recommend/track%20seven?{query}")).await;
        assert_eq!((status, &problem["type"]), (400, &json!("urn:segue:problem:bad-parameter")), "{query}");
    }
}

#[tokio::test]
async fn what_is_not_found_is_a_status() {
    let (_world, base) = served().await;
    let (status, unknown) = get(&base, "/recommend/nothing%20like%20it").await;
    assert_eq!((status, &unknown["status"]), (200, &json!("No_Encontrado")));
    assert!(unknown["message"].is_string() && unknown.as_object().expect("an object").len() == 2);
    for target in ["/recommend/shared", "/recommend/SHARED?artist=Eve"] {
        let (status, shared) = get(&base, target).await;
        assert_eq!((status, &shared["status"]), (200, &json!("Artista_Necesario")), "{target}");
        assert_eq!(shared["options"], json!({ "artists": ["Ann", "Bob, Cy"] }));
        assert!(shared["message"].is_string());
    }
}

#[tokio::test]
async fn titles_with_slashes_are_one_title() {
    let test_env = TestEnv::new().await;
    test_env
        .publish_with(
            "AC/DC Live,Angus,An album,rock,0.9,140,0.4,0.1,50,2000,No\nA%2FB,Angus,An album,rock,0.9,141,0.4,0.1,50,2000,No\n",
        )
        .await;
    let base = test_env.serve(&Cors::Off).await;
    for path in ["AC%2FDC%20Live", "ac/dc%20live", "ac%2fdc%20live"] {
        let (status, answer) = get(&base, &format!("/recommend/{path}?n=2")).await;
        assert_eq!((status, &answer["original_song"]["song"]), (200, &json!("AC/DC Live")), "{path}");
    }
    let (_, answer) = get(&base, "/recommend/A%252FB?n=1").await;
    assert_eq!(answer["original_song"]["song"], "A%2FB");
}

#[tokio::test]
async fn a_title_is_decoded_once_whoever_sends_the_event() {
    let rows = ["%41", "100%", "A%2FB", "AC/DC Live", "50%25 off", "#1 Song?"]
        .map(|title| format!("{title},Angus,An album,rock,0.9,140,0.4,0.1,50,2000,No\n"));
    let test_env = TestEnv::new().await;
    test_env.publish_with(&rows.concat()).await;
    let function = test_env.function().await;
    for (sent, title) in [
        ("%2541", "%41"),
        ("100%25", "100%"),
        ("A%252FB", "A%2FB"),
        ("AC%2FDC%20Live", "AC/DC Live"),
        ("AC/DC%20Live", "AC/DC Live"),
        ("50%2525%20off", "50%25 off"),
        ("%231%20Song%3F", "#1 Song?"),
    ] {
        for event in [api_gateway_event, cargo_lambda_event] {
            let event = event("GET", &format!("/recommend/{sent}?n=1"));
            let (_, _, answer) = function.answer(event.clone()).await;
            assert_eq!(answer["original_song"]["song"], title, "{event}: {answer}");
        }
    }
}

#[tokio::test]
async fn search_says_who_has_a_song_of_the_title() {
    let (_world, base) = served().await;
    let (status, single) = get(&base, "/search?song=D%C3%A9j%C3%A0+vu").await;
    assert_eq!((status, &single["status"], &single["count"]), (200, &json!("single"), &json!(1)));
    assert_eq!(single["query"], "Déjà vu");
    let found = &single["matches"][0];
    assert_eq!((&found["song"], &found["artist"]), (&json!("Déjà Vu"), &json!("Eve")));
    let (_, track) = get(&base, "/v1/recommendations?song=D%C3%A9j%C3%A0+vu").await;
    assert_eq!(found["cluster"], track["seeds"][0]["cluster"]["id"]);

    let (_, shared) = get(&base, "/search?song=shared").await;
    assert_eq!((&shared["status"], &shared["count"]), (&json!("Artista_Necesario"), &json!(2)));
    assert_eq!(shared["options"], json!({ "artists": ["Ann", "Bob, Cy"] }));
    assert_eq!(shared["matches"].as_array().expect("matches").len(), 2);
    let (_, releases) = get(&base, "/search?song=re-released").await;
    assert_eq!((&releases["status"], &releases["count"]), (&json!("single"), &json!(1)), "three releases, one song");

    let (status, unknown) = get(&base, "/search?song=nobody").await;
    assert_eq!((status, &unknown["status"], &unknown["count"]), (200, &json!("No_Encontrado"), &json!(0)));
    assert_eq!((&unknown["matches"], &unknown["options"]), (&json!([]), &json!({ "artists": [] })));
    for query in ["", "?song=", "?q=shared", "?song=a&song=b"] {
        assert_eq!(get(&base, &format!("/search{query}")).await.0, 400, "{query}");
    }
}

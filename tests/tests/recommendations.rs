//! `/v1/recommendations` over HTTP: every parameter does what it says, in a query and in a body.

use recommend::http::cors::Cors;
use serde_json::{Value, json};
use tests::test_env::TestEnv;

struct Api {
    _world: TestEnv,
    base: String,
    client: reqwest::Client,
}

impl Api {
    async fn start() -> Self {
        let test_env = TestEnv::new().await;
        test_env.publish().await;
        let base = test_env.serve(&Cors::Off).await;
        Self { _world: test_env, base, client: reqwest::Client::new() }
    }

    async fn get(&self, query: &str) -> (u16, Value) {
        let url = format!("{}/v1/recommendations?{query}", self.base);
        let answer = self.client.get(url).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn post(&self, body: &Value) -> (u16, Value) {
        let url = format!("{}/v1/recommendations", self.base);
        let answer = self.client.post(url).json(body).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn get_model(&self) -> (u16, Value) {
        let answer = self.client.get(format!("{}/v1/model", self.base)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    /// Tracks of an answer that begins from `Track Seven`, in all clusters.
    async fn tracks(&self, more: &str) -> Vec<Value> {
        let (status, answer) = self.get(&format!("song=track+seven&same_cluster=false&{more}")).await;
        assert_eq!(status, 200, "{more}: {answer}");
        answer["tracks"].as_array().expect("tracks").clone()
    }

    async fn id(&self, song: &str) -> String {
        let (_, answer) = self.get(&format!("song={song}")).await;
        answer["seeds"][0]["id"].as_str().expect("an id").to_owned()
    }
}

fn number(track: &Value, feature: &str) -> f64 {
    track["features"][feature].as_f64().expect("a number")
}

const FEATURES: [&str; 5] = ["energy", "tempo", "valence", "acousticness", "popularity"];

#[tokio::test]
async fn bounds_and_targets_of_every_feature_hold() {
    let api = Api::start().await;
    let plain = api.tracks("limit=50").await;
    for feature in FEATURES {
        let mut values: Vec<f64> = plain.iter().map(|track| number(track, feature)).collect();
        values.sort_by(f64::total_cmp);
        let middle = values[25];
        assert!(values[0] < middle && middle < values[49], "{feature}: {values:?}");
        let above = api.tracks(&format!("limit=50&min_{feature}={middle}")).await;
        assert!(above.iter().all(|track| number(track, feature) >= middle), "min_{feature}");
        let below = api.tracks(&format!("limit=50&max_{feature}={middle}")).await;
        assert!(below.iter().all(|track| number(track, feature) <= middle), "max_{feature}");
        let off = |tracks: &[Value]| tracks.iter().map(|track| (number(track, feature) - values[0]).abs()).sum::<f64>();
        let aimed = api.tracks(&format!("limit=50&target_{feature}={}", values[0])).await;
        assert!(off(&aimed) < off(&plain), "target_{feature}");
    }
}

#[tokio::test]
async fn what_is_filtered_is_not_there() {
    let api = Api::start().await;
    let plain = api.tracks("limit=100").await;
    let any = |holds: fn(&Value) -> bool| plain.iter().any(holds) && !plain.iter().all(holds);
    for (query, holds) in [
        ("genre=Disco", (|track| track["genre"] == "disco") as fn(&Value) -> bool),
        ("min_year=1990", |track| track["year"].as_u64().expect("a year") >= 1990),
        ("max_year=1990", |track| track["year"].as_u64().expect("a year") <= 1990),
        ("explicit=false", |track| track["explicit"] == false),
        ("explicit=true", |track| track["explicit"] == true),
    ] {
        assert!(any(holds), "{query} would change nothing");
        let found = api.tracks(&format!("limit=100&{query}")).await;
        assert!(!found.is_empty() && found.iter().all(holds), "{query}");
    }
}

#[tokio::test]
async fn what_is_excluded_is_not_there() {
    let api = Api::start().await;
    let plain = api.tracks("limit=10").await;
    let ids = [plain[0]["id"].as_str().expect("an id"), plain[3]["id"].as_str().expect("an id")];
    let found = api.tracks(&format!("limit=10&exclude_tracks={},{}", ids[0], ids[1])).await;
    assert!(found.iter().all(|track| !ids.contains(&track["id"].as_str().expect("an id"))));
    assert_eq!(found[0]["id"], plain[1]["id"]);

    let artist = plain[0]["artist"].as_str().expect("an artist");
    let found = api.tracks(&format!("limit=100&exclude_artists=Nobody;{}", artist.replace(' ', "+"))).await;
    assert!(found.iter().all(|track| track["artist"] != artist) && found.len() > 50);

    // Artist 6 has other songs than Track Seven.
    let by_seeds = |tracks: &[Value]| tracks.iter().filter(|track| track["artist"] == "Artist 6").count();
    assert!(
        by_seeds(&api.tracks("limit=100&min_tempo=0").await) + by_seeds(&api.tracks("limit=100&max_energy=0.5").await)
            > 0
    );
    for more in ["", "&max_energy=0.5"] {
        assert_eq!(by_seeds(&api.tracks(&format!("limit=100&exclude_seed_artists=true{more}")).await), 0);
    }
}

#[tokio::test]
async fn artists_have_their_share_and_answers_their_variety() {
    let api = Api::start().await;
    let most = |tracks: &[Value]| {
        let of = |artist: &Value| tracks.iter().filter(|track| track["artist"] == *artist).count();
        tracks.iter().map(|track| of(&track["artist"])).max().unwrap_or(0)
    };
    assert!(most(&api.tracks("limit=40").await) > 1);
    let shared = api.tracks("limit=40&max_per_artist=1").await;
    assert_eq!((most(&shared), shared.len()), (1, 40));

    let mean = |tracks: &[Value]| {
        tracks.iter().map(|track| track["similarity"].as_f64().expect("a number")).sum::<f64>() / tracks.len() as f64
    };
    let (plain, diverse) = (api.tracks("limit=10").await, api.tracks("limit=10&diversity=0.9").await);
    assert!(mean(&diverse) < mean(&plain), "diversity changes nothing");
}

#[tokio::test]
async fn several_seeds_are_named_in_any_way() {
    let api = Api::start().await;
    let (one, two) = (api.id("track+one").await, api.id("track+two").await);
    let (status, listed) = api.get(&format!("seed_tracks={one},{two}&limit=20")).await;
    assert_eq!((status, listed["seeds"].as_array().expect("seeds").len()), (200, 2), "{listed}");
    let (_, named) = api.get(&format!("track_id={one}&song=track+two&limit=20")).await;
    assert_eq!(named["tracks"], listed["tracks"]);
    let clusters = [&listed["seeds"][0]["cluster"]["id"], &listed["seeds"][1]["cluster"]["id"]];
    assert_ne!(clusters[0], clusters[1]);
    let tracks = listed["tracks"].as_array().expect("tracks");
    assert!(tracks.iter().all(|track| clusters.contains(&&track["cluster"]["id"])));
    assert!(tracks.iter().all(|track| track["song"] != "Track One" && track["song"] != "Track Two"));

    let (status, problem) = api.get(&format!("seed_tracks={one},none&strict=true")).await;
    assert_eq!((status, problem["seed"].as_str()), (404, Some("seeds[1]")), "{problem}");
    let too_many = [one.as_str(); 101].join(",");
    for (query, parameter) in [
        (format!("seed_tracks={too_many}"), "seed_tracks"),
        (format!("seed_artists={}&track_id={one}", ["Ann"; 100].join(";")), "seed_artists"),
    ] {
        let (status, problem) = api.get(&query).await;
        assert_eq!((status, problem["parameter"].as_str()), (400, Some(parameter)), "{problem}");
        assert!(problem["detail"].as_str().expect("a text").contains("brings the seeds to 101"), "{problem}");
    }
}

#[tokio::test]
async fn an_explanation_is_given_where_it_is_asked_for() {
    let api = Api::start().await;
    assert!(api.tracks("limit=3").await.iter().all(|track| track.get("explanation").is_none()));
    for track in api.tracks("limit=3&explain=true").await {
        let similarities = track["explanation"]["similarities"].as_array().expect("features");
        assert!(!similarities.is_empty() && similarities.len() <= 3);
        assert!(
            similarities
                .iter()
                .all(|share| share["track"] == track["features"][share["feature"].as_str().expect("a name")])
        );
    }
}

#[tokio::test]
async fn a_body_says_what_a_query_says() {
    let api = Api::start().await;
    let (_, by_query) = api
        .get(
            "song=track+seven&limit=20&same_cluster=false&search=exact&min_tempo=90&max_energy=0.8&target_valence=0.5\
             &explicit=false&min_year=1970&max_year=2010&exclude_artists=Dee&max_per_artist=2&diversity=0.3&explain=true",
        )
        .await;
    let (status, by_body) = api
        .post(&json!({
            "seeds": [{ "song": "track seven" }], "limit": 20, "same_cluster": false, "search": "exact",
            "min": { "tempo": 90 }, "max": { "energy": 0.8 }, "target": { "valence": 0.5 }, "explicit": false,
            "min_year": 1970, "max_year": 2010, "exclude_artists": ["Dee"], "max_per_artist": 2, "diversity": 0.3,
            "explain": true,
        }))
        .await;
    assert_eq!(status, 200, "{by_body}");
    assert_eq!(by_body, by_query);
}

#[tokio::test]
async fn a_query_and_a_body_have_the_same_limits() {
    let api = Api::start().await;
    let seeds = json!([{ "song": "track seven" }]);
    for (name, value) in [
        ("limit", json!(0)),
        ("limit", json!(101)),
        ("max_per_artist", json!(0)),
        ("max_per_artist", json!(101)),
        ("min_year", json!(0)),
        ("max_year", json!(10_000)),
        ("diversity", json!(-0.1)),
        ("diversity", json!(1.1)),
    ] {
        let (status, by_query) = api.get(&format!("song=track+seven&{name}={value}")).await;
        let mut body = json!({ "seeds": seeds });
        body[name] = value.clone();
        assert_eq!((status, api.post(&body).await.0), (400, 400), "{name}={value}");
        let by_body = api.post(&body).await.1;
        assert_eq!(by_body["detail"], format!("{name} is {value}: expected {}", by_body["allowed"].as_str().unwrap()));
        for member in ["type", "parameter", "allowed"] {
            assert_eq!(by_body[member], by_query[member], "{name}={value}");
        }
        body[name] = Value::Null;
        assert_eq!(api.post(&body).await.0, 200, "null is as if {name} were absent");
    }
    let long = "x".repeat(129);
    let (_, by_query) = api.get(&format!("song=track+seven&exclude_tracks={long}")).await;
    let (_, by_body) = api.post(&json!({ "seeds": seeds, "exclude_tracks": [long] })).await;
    assert_eq!((&by_query, by_query["allowed"].as_str()), (&by_body, Some("at most 128 characters")));
}

#[tokio::test]
async fn a_song_that_is_not_in_the_catalogue_is_placed_by_its_features() {
    let api = Api::start().await;
    let features = json!({ "energy": 0.9, "tempo": 150, "valence": 0.4, "acousticness": 0.1, "popularity": 50 });
    let (status, answer) = api.post(&json!({ "seeds": [{ "features": features }], "limit": 5 })).await;
    assert_eq!(status, 200, "{answer}");
    let seed = &answer["seeds"][0];
    assert!(seed.get("id").is_none() && seed["features"] == features);
    let posteriors = seed["posteriors"].as_array().expect("posteriors");
    let probability = |posterior: &Value| posterior["probability"].as_f64().expect("a number");
    assert_eq!(posteriors.len(), 3);
    assert!((posteriors.iter().map(probability).sum::<f64>() - 1.0).abs() < 1e-9);
    let own = seed["cluster"]["id"].as_u64().expect("an id") as usize;
    assert!(posteriors.iter().all(|posterior| probability(posterior) <= probability(&posteriors[own])));
    assert!(answer["tracks"].as_array().expect("tracks").iter().all(|track| track["genre"] == "rock"), "{answer}");
}

#[tokio::test]
async fn negative_seeds_keep_away_what_is_like_them() {
    let api = Api::start().await;
    let plain = json!({ "seeds": [{ "song": "track seven" }], "limit": 5 });
    let (_, before) = api.post(&plain).await;
    let first = &before["tracks"][0];
    let mut asked = plain.clone();
    asked["negative_seeds"] = json!([{ "track_id": first["id"] }]);
    let (status, after) = api.post(&asked).await;
    assert_eq!(status, 200, "{after}");
    assert!(after["tracks"].as_array().expect("tracks").iter().all(|track| track["id"] != first["id"]));
    assert_ne!(after["tracks"], before["tracks"]);
}

#[tokio::test]
async fn a_body_that_is_wrong_is_refused_by_the_place_that_is() {
    let api = Api::start().await;
    let seed = json!([{ "song": "track seven" }]);
    let too_many = vec![json!({ "song": "track seven" }); 101];
    for (body, parameter) in [
        (json!({}), "seeds"),
        (json!({ "seeds": [] }), "seeds"),
        (json!({ "seeds": too_many }), "seeds"),
        (json!({ "seeds": [{}] }), "seeds[0].track_id"),
        (json!({ "seeds": [{ "artist": "Ann", "genre": "rock" }] }), "seeds[0].song"),
        (json!({ "seeds": [{ "song": "track seven", "weight": 0 }] }), "seeds[0].weight"),
        (json!({ "seeds": [{ "song": "track seven", "weight": 100.5 }] }), "seeds[0].weight"),
        (json!({ "seeds": [{ "song": " " }] }), "seeds[0].song"),
        (json!({ "seeds": [{ "song": "shared", "track_id": "x" }] }), "seeds[0].song"),
        (json!({ "seeds": [{ "features": { "energy": 1 } }] }), "seeds[0].features.tempo"),
        (json!({ "seeds": [{ "features": { "beauty": 1 } }] }), "seeds[0].features.beauty"),
        (json!({ "seeds": seed, "min": { "beauty": 1 } }), "min.beauty"),
        (json!({ "seeds": seed, "target": { "tempo": 1e13 } }), "target.tempo"),
        (json!({ "seeds": seed, "limit": 0 }), "limit"),
        (json!({ "seeds": seed, "limit": 101 }), "limit"),
        (json!({ "seeds": seed, "diversity": 1.1 }), "diversity"),
        (json!({ "seeds": seed, "max_per_artist": 0 }), "max_per_artist"),
        (json!({ "seeds": seed, "max_per_album": 101 }), "max_per_album"),
        (json!({ "seeds": seed, "min_year": 0 }), "min_year"),
        (json!({ "seeds": seed, "negative_seeds": too_many }), "negative_seeds"),
        (json!({ "seeds": seed, "exclude_tracks": vec!["x"; 1_001] }), "exclude_tracks"),
    ] {
        let (status, problem) = api.post(&body).await;
        assert_eq!((status, problem["parameter"].as_str()), (400, Some(parameter)), "{body}: {problem}");
        assert!(problem["allowed"].is_string(), "{problem}");
    }
    let (status, problem) = api.post(&json!({ "seeds": seed, "limits": 3 })).await;
    assert!(status == 400 && problem["detail"].as_str().expect("text").contains("limits"), "{problem}");
    let (status, problem) =
        api.post(&json!({ "seeds": [{ "song": "shared" }, { "song": "none such" }], "strict": true })).await;
    assert_eq!((status, problem["seed"].as_str()), (409, Some("seeds[0]")), "{problem}");
    // What came before has not hurt.
    assert_eq!(api.post(&json!({ "seeds": seed })).await.0, 200);
}

#[tokio::test]
async fn what_the_catalogue_does_not_have_cannot_be_asked_for() {
    let api = Api::start().await;
    let (status, problem) = api.get("song=track+seven&min_liveness=0.1").await;
    assert_eq!((status, problem["parameter"].as_str()), (400, Some("min_liveness")), "{problem}");
    assert!(problem["allowed"].as_str().expect("text").contains("energy"), "{problem}");
    for (query, parameter) in [
        ("min_tempo=NaN", "min_tempo"),
        ("max_tempo=1e400", "max_tempo"),
        ("target_tempo=fast", "target_tempo"),
        ("diversity=2", "diversity"),
        ("explain=yes", "explain"),
        ("order=random", "order"),
        ("vary=-1", "vary"),
        ("vary=4294967296", "vary"),
        ("versions=1", "versions"),
        ("min_year=0", "min_year"),
        ("mintempo=3", "mintempo"),
    ] {
        let (status, problem) = api.get(&format!("song=track+seven&{query}")).await;
        assert_eq!((status, problem["parameter"].as_str()), (400, Some(parameter)), "{query}: {problem}");
    }
}

/// What an answer is ranked by: its similarity and the shares of its affinities.
fn score(track: &Value) -> f64 {
    let shares = track["explanation"]["affinities"].as_array().expect("affinities").iter();
    track["similarity"].as_f64().expect("a number")
        + shares.map(|part| part["share"].as_f64().expect("a share")).sum::<f64>()
}

#[tokio::test]
async fn each_affinity_brings_what_it_names() {
    let api = Api::start().await;
    let seed = api.get("song=track+seven").await.1["seeds"][0].clone();
    let plain = api.tracks("limit=10").await;
    let by_seed = |tracks: &[Value]| tracks.iter().filter(|track| track["artist"] == seed["artist"]).count();
    let artist = api.tracks("limit=10&affinity=artist:10").await;
    assert!(by_seed(&artist) > by_seed(&plain) && artist[0]["artist"] == seed["artist"], "{artist:?}");

    let year = |track: &Value| track["year"].as_i64().expect("a year");
    let apart = |tracks: &[Value]| tracks.iter().map(|track| (year(track) - year(&seed)).abs()).sum::<i64>();
    assert!(apart(&api.tracks("limit=10&affinity=year:10").await) < apart(&plain));

    let of_genre = |tracks: &[Value]| tracks.iter().filter(|track| track["genre"] == seed["genre"]).count();
    // Songs of another genre are nearer to these targets.
    let targets = "limit=10&target_energy=0.2&target_tempo=80&target_acousticness=0.9";
    assert!(of_genre(&api.tracks(targets).await) < 10);
    assert_eq!(of_genre(&api.tracks(&format!("{targets}&affinity=genre:10")).await), 10);
}

#[tokio::test]
async fn balanced_is_what_the_model_says_and_the_order_is_by_what_is_explained() {
    let api = Api::start().await;
    let (_, plain) = api.get("song=track+seven&same_cluster=false&limit=100").await;
    assert!(plain.get("affinity").is_none(), "nothing counts beside the audio by default");
    let (_, balanced) = api.get("song=track+seven&same_cluster=false&limit=40&affinity=balanced&explain=true").await;
    assert_eq!(balanced["affinity"], json!({ "artist": 0.5, "year": 0.3, "genre": 0.2 }));
    let (_, named) = api
        .get("song=track+seven&same_cluster=false&limit=40&affinity=artist:0.5,year:0.3,genre:0.2&explain=true")
        .await;
    assert_eq!(named["tracks"], balanced["tracks"]);
    let tracks = balanced["tracks"].as_array().expect("tracks");
    assert_ne!(tracks[..10], plain["tracks"].as_array().expect("tracks")[..10]);
    let mut before = f64::INFINITY;
    for track in tracks {
        let parts = track["explanation"]["affinities"].as_array().expect("affinities");
        let names: Vec<&str> = parts.iter().filter_map(|part| part["affinity"].as_str()).collect();
        assert_eq!(names, ["artist", "year", "genre"]);
        for (part, weight) in parts.iter().zip([0.5, 0.3, 0.2]) {
            let (value, share) = (part["value"].as_f64().expect("a value"), part["share"].as_f64().expect("a share"));
            assert!((0.0..=1.0).contains(&value) && (value * weight - share).abs() < 1e-5, "{part}");
        }
        assert!(score(track) <= before + 1e-5, "{track}");
        before = score(track);
        // The similarity is that of the audio.
        if let Some(same) = plain["tracks"].as_array().expect("tracks").iter().find(|other| other["id"] == track["id"])
        {
            assert_eq!(same["similarity"], track["similarity"]);
        }
    }
    let (_, own) = api.get("song=track+seven&limit=40&affinity=balanced").await;
    let cluster = &own["seeds"][0]["cluster"]["id"];
    assert!(own["tracks"].as_array().expect("tracks").iter().all(|track| track["cluster"]["id"] == *cluster));
    let (_, model) = api.get_model().await;
    assert_eq!(model["balanced"], balanced["affinity"]);
}

#[tokio::test]
async fn affinities_are_the_same_in_a_query_and_in_a_body() {
    let api = Api::start().await;
    for (query, member) in [
        ("balanced", json!("balanced")),
        ("artist:2,year:0.5", json!({ "artist": 2, "year": 0.5 })),
        ("genre:1.5", json!({ "genre": 1.5, "artist": null })),
    ] {
        let (_, asked) = api.get(&format!("song=track+seven&affinity={query}")).await;
        let (status, posted) = api.post(&json!({ "seeds": [{ "song": "Track Seven" }], "affinity": member })).await;
        assert_eq!(status, 200, "{posted}");
        assert_eq!((&asked["tracks"], &asked["affinity"]), (&posted["tracks"], &posted["affinity"]), "{query}");
    }
    let (_, none) = api.post(&json!({ "seeds": [{ "song": "Track Seven" }], "affinity": null })).await;
    assert!(none.get("affinity").is_none());
}

#[tokio::test]
async fn an_affinity_that_the_catalogue_lacks_or_that_is_none_is_refused_with_what_there_is() {
    let api = Api::start().await;
    for (query, detail, allowed) in [
        ("playlists:0.6", "no playlists", "artist, year, genre"),
        ("artist:0.5,playlists:0", "no playlists", "artist, year, genre"),
        ("mood:1", "expected one of artist, year, genre, playlists", "balanced"),
        ("artist:11", "0 to 10", "balanced"),
        ("artist", "expected balanced", "balanced"),
    ] {
        let (status, problem) = api.get(&format!("song=track+seven&affinity={query}")).await;
        assert_eq!((status, &problem["parameter"]), (400, &json!("affinity")), "{query}: {problem}");
        assert!(problem["detail"].as_str().expect("text").contains(detail), "{problem}");
        assert!(problem["allowed"].as_str().expect("text").contains(allowed), "{problem}");
    }
    for member in
        [json!({ "playlists": 1 }), json!({ "mood": 1 }), json!({ "artist": 11 }), json!("artist:1"), json!(1)]
    {
        let (status, problem) = api.post(&json!({ "seeds": [{ "song": "Track Seven" }], "affinity": member })).await;
        assert_eq!(status, 400, "{problem}");
        assert!(problem["parameter"].as_str().expect("text").starts_with("affinity"), "{problem}");
    }
}

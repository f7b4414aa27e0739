//! Versions, artists and genres as seeds, weights, quotas of albums, varied answers, their order and paths over HTTP: every parameter
//! does what it says.

use std::collections::HashSet;

use recommend::http::cors::Cors;
use serde_json::{Value, json};
use tests::{
    binaries::binary,
    catalog,
    test_env::{TestEnv, train},
};

/// Versions of `Track Seven` by its artist, whose sound is about the same; one with a guest, and a cover by another artist.
const VERSIONS: &str = "\
Track Seven - Live,Artist 6,Another album,rock,0.85,150.0,0.42,0.12,50,1999,No
Track Seven (2011 Remaster),Artist 6,Another album,rock,0.86,151.0,0.43,0.13,51,2011,No
Track Seven (feat. Guest) [Radio Edit],Artist 6; Guest,Another album,rock,0.87,152.0,0.44,0.14,52,2012,No
Track Seven - Acoustic,Somebody Else,Covers,rock,0.86,151.5,0.43,0.13,3,2012,No
";

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

    async fn ask(&self, path: &str) -> (u16, Value) {
        let answer = self.client.get(format!("{}{path}", self.base)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn get(&self, query: &str) -> Value {
        let (status, answer) = self.ask(&format!("/v1/recommendations?{query}")).await;
        assert_eq!(status, 200, "{query}: {answer}");
        answer
    }

    async fn post(&self, body: &Value) -> Value {
        let url = format!("{}/v1/recommendations", self.base);
        let answer = self.client.post(url).json(body).send().await.expect("an answer");
        let status = answer.status();
        let answer: Value = answer.json().await.expect("JSON");
        assert_eq!(status, 200, "{body}: {answer}");
        answer
    }
}

fn tracks(answer: &Value) -> &[Value] {
    answer["tracks"].as_array().expect("tracks")
}

fn all<'a>(answer: &'a Value, member: &str) -> Vec<&'a str> {
    tracks(answer).iter().map(|track| track[member].as_str().expect("text")).collect()
}

/// The titles of an answer that begin as the seed's does, with their artists.
fn versions(answer: &Value) -> HashSet<(String, String)> {
    let all = tracks(answer).iter().map(|track| (track["song"].as_str().unwrap_or_default(), &track["artist"]));
    let versions = all.filter(|(song, _)| song.starts_with("Track Seven"));
    versions.map(|(song, artist)| (song.to_owned(), artist.as_str().unwrap_or_default().to_owned())).collect()
}

fn mean_similarity(answer: &Value) -> f64 {
    let similarities = tracks(answer).iter().map(|track| track["similarity"].as_f64().expect("a number"));
    similarities.sum::<f64>() / tracks(answer).len() as f64
}

#[tokio::test]
async fn an_answer_holds_no_other_version_of_its_seed_unless_versions_are_asked_for() {
    let api = Api::start(&(catalog::csv() + VERSIONS)).await;
    let cover = ("Track Seven - Acoustic".to_owned(), "Somebody Else".to_owned());
    for query in ["same_cluster=true", "same_cluster=false", "same_cluster=false&min_tempo=1", "search=exact"] {
        let plain = api.get(&format!("song=track+seven&artist=artist+6&limit=100&{query}")).await;
        assert_eq!(versions(&plain), HashSet::from([cover.clone()]), "{query}");
        let with = api.get(&format!("song=track+seven&artist=artist+6&limit=100&versions=true&{query}")).await;
        assert_eq!(versions(&with).len(), 4, "{query}: {:?}", versions(&with));
        // Counts follow.
        let count = |answer: &Value| answer["seeds"][0]["after_filtering_size"].as_u64().expect("a number") as usize;
        assert_eq!(count(&plain) + 3, count(&with), "{query}");
        assert_eq!(tracks(&plain).len(), count(&plain).min(100), "{query}");
        assert_eq!(tracks(&with).len(), count(&with).min(100), "{query}");
    }
    // From another song, one of the versions at most.
    let other = api.get("song=track+one&limit=100").await;
    assert!(versions(&other).iter().filter(|(_, artist)| artist.starts_with("Artist 6")).count() == 1, "{other}");
    let body = json!({ "seeds": [{ "song": "track one" }], "limit": 100, "versions": true });
    assert_eq!(versions(&api.post(&body).await).len(), 5);
    // And clients of the Python service.
    let (_, answer) = api.ask("/recommend/Track%20Seven?artist=Artist+6&same_cluster=false").await;
    let titles = answer["recommendations"].as_array().unwrap_or_else(|| panic!("{answer}")).iter();
    assert_eq!(titles.filter(|track| track["song"].as_str().expect("text").starts_with("Track Seven")).count(), 1);
}

#[tokio::test]
async fn artists_and_genres_are_seeds() {
    let api = Api::start(&catalog::csv()).await;
    let answer = api.get("seed_artists=ARTIST+6&limit=20").await;
    let seed = &answer["seeds"][0];
    assert_eq!(seed["artist"], "Artist 6");
    let count = catalog::csv().lines().filter(|line| line.split(',').nth(1) == Some("Artist 6")).count();
    assert_eq!(seed["tracks"].as_u64(), Some(count as u64), "{seed}");
    assert!(seed["features"]["tempo"].as_f64().is_some() && seed.get("id").is_none() && seed.get("song").is_none());
    let own = seed["cluster"]["id"].as_u64();
    assert!(tracks(&answer).iter().all(|track| track["cluster"]["id"].as_u64() == own));
    // Its own songs may be there, unless they are not wanted.
    let all_of = |query: &str| format!("seed_artists=Artist+6&same_cluster=false&limit=100{query}");
    let with = api.get(&all_of("")).await;
    assert!(all(&with, "artist").contains(&"Artist 6"));
    let without = api.get(&all_of("&exclude_seed_artists=true")).await;
    assert!(!all(&without, "artist").contains(&"Artist 6"));

    // A genre's songs sound alike in this catalogue.
    let disco = api.get("seed_genres=Disco&same_cluster=false").await;
    assert_eq!(disco["seeds"][0]["genre"], "disco");
    assert!(all(&disco, "genre").iter().all(|genre| *genre == "disco"), "{disco}");
    let two = api.get("seed_genres=disco,ambient&same_cluster=false&limit=100").await;
    assert_eq!(two["seeds"].as_array().map(Vec::len), Some(2));

    // In a body the same.
    let body = json!({ "seeds": [{ "artist": "artist 6" }], "limit": 20 });
    assert_eq!(api.post(&body).await["tracks"], answer["tracks"]);
    let body = json!({ "seeds": [{ "genre": "disco" }], "same_cluster": false });
    assert_eq!(api.post(&body).await["tracks"], disco["tracks"]);
    // Together with tracks.
    let mixed = api.get("song=track+seven&seed_artists=Artist+6;Ann&seed_genres=rock&same_cluster=false").await;
    assert_eq!(mixed["seeds"].as_array().map(Vec::len), Some(4));
    assert!(mixed["seeds"][0]["id"].is_string());
}

#[tokio::test]
async fn an_artist_stands_for_its_popular_tracks_more_than_for_others() {
    // Two songs far apart, of which one is played.
    let rows = "\
Loud,Two Sides,,rock,0.95,150.0,0.4,0.05,100,2000,No
Quiet,Two Sides,,ambient,0.1,75.0,0.3,0.95,0,2000,No
";
    let api = Api::start(&(catalog::csv() + rows)).await;
    let answer = api.get("seed_artists=two+sides&same_cluster=false").await;
    assert!(all(&answer, "genre").iter().all(|genre| *genre == "rock"), "{answer}");
    let energy = answer["seeds"][0]["features"]["energy"].as_f64().expect("a number");
    assert!(energy > 0.85, "{energy}");
}

#[tokio::test]
async fn unknown_artists_and_genres_are_404_with_what_there_is() {
    let api = Api::start(&catalog::csv()).await;
    for (query, code, suggestion) in
        [("seed_artists=artist+999", "unknown-artist", "Artist 9"), ("seed_genres=rokk", "unknown-genre", "rock")]
    {
        let (status, problem) = api.ask(&format!("/v1/recommendations?{query}")).await;
        assert_eq!(status, 404, "{problem}");
        assert_eq!(problem["type"], format!("urn:segue:problem:{code}"));
        let suggestions = problem["suggestions"].as_array().expect("suggestions");
        assert!(suggestions.iter().any(|name| name == suggestion), "{problem}");
    }
    let (_, problem) = api.ask("/v1/recommendations?song=track+seven&seed_artists=Nobody+At+All&strict=true").await;
    assert_eq!(problem["seed"], "seeds[1]", "{problem}");
    // More than a hundred in all.
    let ids = vec!["x"; 60].join(",");
    let (status, problem) =
        api.ask(&format!("/v1/recommendations?seed_tracks={ids}&seed_genres={}", vec!["rock"; 41].join(","))).await;
    assert_eq!((status, problem["parameter"].as_str()), (400, Some("seed_genres")), "{problem}");
    let (status, problem) = api.ask("/v1/recommendations?artist=Ann").await;
    assert!(status == 400 && problem["detail"].as_str().expect("text").contains("seed_artists"), "{problem}");
}

#[tokio::test]
async fn a_heavier_seed_draws_the_answer_to_it() {
    let api = Api::start(&catalog::csv()).await;
    let genres = |answer: &Value, genre: &str| all(answer, "genre").iter().filter(|other| **other == genre).count();
    let ask = async |rock: f64, ambient: f64| {
        let seeds = json!([{ "genre": "rock", "weight": rock }, { "genre": "ambient", "weight": ambient }]);
        api.post(&json!({ "seeds": seeds, "same_cluster": false, "limit": 20 })).await
    };
    let (rock, ambient) = (ask(100.0, 0.01).await, ask(0.01, 100.0).await);
    assert_eq!((genres(&rock, "rock"), genres(&ambient, "ambient")), (20, 20), "{rock}");
    assert_eq!((rock["seeds"][0]["weight"].as_f64(), rock["seeds"][1]["weight"].as_f64()), (Some(100.0), Some(0.01)));
    let even = ask(1.0, 1.0).await;
    assert!(even["seeds"][0].get("weight").is_none());
    assert!(even["tracks"] != rock["tracks"] && even["tracks"] != ambient["tracks"]);
    // The similarity is the weighted mean.
    assert!(rock["tracks"][0]["similarity"].as_f64() > even["tracks"][0]["similarity"].as_f64());
    // Negative seeds have weights among themselves.
    let away = async |rock: f64, ambient: f64| {
        let negative = json!([{ "genre": "rock", "weight": rock }, { "genre": "ambient", "weight": ambient }]);
        let seeds = json!([{ "genre": "disco" }]);
        api.post(&json!({ "seeds": seeds, "negative_seeds": negative, "same_cluster": false, "limit": 100 })).await
    };
    assert_ne!(away(100.0, 0.01).await["tracks"], away(0.01, 100.0).await["tracks"]);
}

#[tokio::test]
async fn an_album_has_no_more_than_its_share() {
    let mut table = String::new();
    for (number, line) in catalog::csv().lines().enumerate() {
        // Five songs an album, by one artist.
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        if number > 0 {
            cells[2] = if number % 7 == 0 { String::new() } else { format!("Album {}", number % 40) };
        }
        table += &(cells.join(",") + "\n");
    }
    let api = Api::start(&table).await;
    let most = |answer: &Value| {
        let mut counts = std::collections::HashMap::new();
        for track in tracks(answer).iter().filter(|track| track["album"].is_string()) {
            *counts.entry((track["album"].to_string(), track["artist"].to_string())).or_insert(0) += 1;
        }
        counts.into_values().max().unwrap_or(0)
    };
    let plain = api.get("song=track+seven&same_cluster=false&limit=60").await;
    assert!(most(&plain) > 2, "{plain}");
    for max in [1, 2] {
        for more in ["", "&diversity=0.3", "&vary=3"] {
            let limited =
                api.get(&format!("song=track+seven&same_cluster=false&limit=60&max_per_album={max}{more}")).await;
            assert_eq!((most(&limited), tracks(&limited).len()), (max, 60), "{more}");
        }
    }
    let body = json!({ "seeds": [{ "song": "track seven" }], "same_cluster": false, "limit": 60, "max_per_album": 1 });
    assert_eq!(most(&api.post(&body).await), 1);

    let without: String = catalog::csv().replace(",album,", ",colour,");
    let api = Api::start(&without).await;
    let (status, problem) = api.ask("/v1/recommendations?song=track+seven&max_per_album=1").await;
    assert_eq!((status, problem["parameter"].as_str()), (400, Some("max_per_album")), "{problem}");
}

#[tokio::test]
async fn each_number_varies_the_answer_and_the_same_one_gives_the_same() {
    let api = Api::start(&catalog::csv()).await;
    for more in ["", "&diversity=0.4", "&max_per_artist=1", "&min_tempo=90"] {
        let query = format!("song=track+seven&same_cluster=false&limit=10{more}");
        let plain = api.get(&query).await;
        let mut seen = HashSet::new();
        for number in 0..6 {
            let varied = api.get(&format!("{query}&vary={number}")).await;
            assert_eq!(varied, api.get(&format!("{query}&vary={number}")).await, "{number}{more}");
            assert_eq!(tracks(&varied).len(), 10, "{number}{more}");
            assert!(mean_similarity(&varied) > mean_similarity(&plain) - 0.15, "{number}{more}: {varied}");
            seen.insert(all(&varied, "id").join(" "));
        }
        assert!(seen.len() >= 5, "{more}: {seen:?}");
    }
    // Best first, and as many as match.
    let varied = api.get("song=track+seven&limit=10&vary=7").await;
    let similarities: Vec<f64> =
        tracks(&varied).iter().map(|track| track["similarity"].as_f64().expect("one")).collect();
    assert!(similarities.is_sorted_by(|a, b| a >= b), "{similarities:?}");
    for more in ["", "&diversity=0.5", "&diversity=0.5&max_per_artist=2"] {
        let query = format!("song=track+seven&limit=100{more}");
        let (whole, varied) = (api.get(&query).await, api.get(&format!("{query}&vary=7")).await);
        assert_eq!(tracks(&whole).len(), tracks(&varied).len(), "{more}");
    }
    let body = json!({ "seeds": [{ "song": "track seven" }], "vary": 7 });
    assert_eq!(api.post(&body).await["tracks"], varied["tracks"]);

    // Its ETag is its own, and holds.
    let url = |number| format!("{}/v1/recommendations?song=track+seven&vary={number}", api.base);
    let etag = async |number| {
        let answer = api.client.get(url(number)).send().await.expect("an answer");
        answer.headers()["etag"].to_str().expect("text").to_owned()
    };
    assert_ne!(etag(1).await, etag(2).await);
    let kept = api.client.get(url(1)).header("if-none-match", etag(1).await).send().await.expect("an answer");
    assert_eq!(kept.status(), 304);
}

#[tokio::test]
async fn flow_puts_the_same_songs_in_the_order_of_small_steps() {
    let api = Api::start(&catalog::csv_with_attributes()).await;
    let query = "song=track+seven&same_cluster=false&limit=30";
    let (plain, flow) = (api.get(query).await, api.get(&format!("{query}&order=flow")).await);
    let sorted = |answer: &Value| {
        let mut ids: Vec<String> = all(answer, "id").into_iter().map(str::to_owned).collect();
        ids.sort();
        ids
    };
    assert_eq!(sorted(&plain), sorted(&flow));
    let steps = |answer: &Value, step: fn(&Value, &Value) -> Option<f64>| {
        let steps: Vec<f64> = tracks(answer).windows(2).filter_map(|pair| step(&pair[0], &pair[1])).collect();
        steps.iter().sum::<f64>() / steps.len() as f64
    };
    fn tempo(a: &Value, b: &Value) -> Option<f64> {
        let octaves = (a["features"]["tempo"].as_f64()? / b["features"]["tempo"].as_f64()?).log2().abs();
        Some((octaves - octaves.round()).abs())
    }
    fn key(a: &Value, b: &Value) -> Option<f64> {
        let fifths = |track: &Value| {
            let relative = if track["mode"].as_u64()? == 0 { 3 } else { 0 };
            Some((track["key"].as_u64()? + relative) * 7 % 12)
        };
        let steps = fifths(a)?.abs_diff(fifths(b)?);
        Some(steps.min(12 - steps) as f64)
    }
    assert!(steps(&flow, tempo) < 0.7 * steps(&plain, tempo), "{} {}", steps(&flow, tempo), steps(&plain, tempo));
    assert!(steps(&flow, key) < 0.5 * steps(&plain, key), "{} {}", steps(&flow, key), steps(&plain, key));
    let body = json!({ "seeds": [{ "song": "track seven" }], "same_cluster": false, "limit": 30, "order": "flow" });
    assert_eq!(api.post(&body).await["tracks"], flow["tracks"]);
    assert_eq!(api.get(&format!("{query}&order=similarity")).await["tracks"], plain["tracks"]);
}

#[tokio::test]
async fn a_path_leads_from_song_to_song() {
    let api = Api::start(&(catalog::csv() + VERSIONS)).await;
    let id =
        async |song: &str| api.get(&format!("song={song}&limit=1")).await["seeds"][0]["id"].as_str().map(str::to_owned);
    let (from, to) = (id("track+one").await.expect("an id"), id("track+two").await.expect("an id"));
    let between = async |more: &str| {
        let (status, answer) = api.ask(&format!("/v1/path?from={from}&to={to}{more}")).await;
        assert_eq!(status, 200, "{more}: {answer}");
        answer
    };
    for (more, length) in
        [("", 10), ("&length=2", 2), ("&length=3", 3), ("&length=40", 40), ("&search=exact", 10), ("&search=hnsw", 10)]
    {
        let path = between(more).await;
        let ids = all(&path, "id");
        assert_eq!((ids.len(), ids[0], ids[length - 1]), (length, &*from, &*to), "{more}");
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), length, "{more}");
        assert!(all(&path, "artist").windows(2).all(|pair| pair[0] != pair[1]), "{more}");
        for member in ["similarity", "similarity_percentile"] {
            assert!(
                path["tracks"][0].get(member).is_none() && path["tracks"][1][member].is_number(),
                "{more} {member}"
            );
        }
    }
    let path = between("&length=60").await;
    assert!(versions(&path).iter().filter(|(_, artist)| artist.starts_with("Artist 6")).count() <= 1);

    // Filters are recommendations'.
    let middle = |path: &Value| tracks(path)[1..tracks(path).len() - 1].to_vec();
    for (more, holds) in [
        ("&genre=disco", (|track| track["genre"] == "disco") as fn(&Value) -> bool),
        ("&min_year=1990", |track| track["year"].as_u64().expect("a year") >= 1990),
        ("&max_year=1990", |track| track["year"].as_u64().expect("a year") <= 1990),
        ("&explicit=false", |track| track["explicit"] == false),
        ("&min_tempo=110", |track| track["features"]["tempo"].as_f64().expect("a tempo") >= 110.0),
        ("&max_tempo=110", |track| track["features"]["tempo"].as_f64().expect("a tempo") <= 110.0),
    ] {
        assert!(!middle(&between("&length=20").await).iter().all(holds), "{more} would change nothing");
        assert!(middle(&between(&format!("&length=20{more}")).await).iter().all(holds), "{more}");
    }
    let plain = between("&length=20").await;
    let gone = (all(&plain, "id")[5].to_owned(), all(&plain, "artist")[9].replace(' ', "+"));
    assert!(!all(&between(&format!("&length=20&exclude_tracks={}", gone.0)).await, "id").contains(&&*gone.0));
    let without = between(&format!("&length=20&exclude_artists={}", gone.1)).await;
    assert!(!all(&without, "artist").contains(&&*gone.1.replace('+', " ")));

    // By title.
    let by_title = api.ask("/v1/path?from_song=track+one&to_song=Track+Two&to_artist=Artist+1").await.1;
    assert_eq!(by_title["tracks"], between("").await["tracks"]);
}

#[tokio::test]
async fn versions_are_songs_of_their_own_on_a_path_that_asks_for_them() {
    let api = Api::start(&(catalog::csv() + VERSIONS)).await;
    let query = "/v1/path?from_song=track+seven&from_artist=artist+6&to_song=track+seven+-+live&length=4";
    let (status, problem) = api.ask(query).await;
    assert_eq!((status, problem["parameter"].as_str()), (400, Some("to")), "{problem}");
    let (status, path) = api.ask(&format!("{query}&versions=true")).await;
    assert!(status == 200 && tracks(&path).len() == 4, "{path}");
    let (_, without) = api.ask(&format!("{query}&versions=true&exclude_seed_artists=true")).await;
    let middle = &all(&without, "artist")[1..3];
    assert!(middle.iter().all(|artist| !artist.starts_with("Artist 6")), "{middle:?}");
}

#[tokio::test]
async fn a_path_that_there_is_not_has_one_clear_answer() {
    // The mean of this table is 0 in both features: there are opposite vectors, and equal ones.
    let mut table = "id,song,artist,energy,valence\n".to_owned();
    let sounds = [(1, 1), (-1, -1), (2, -1), (-2, 1), (1, 2), (-1, -2), (1, 1), (-1, -1)];
    for at in 0..24 {
        let ((energy, valence), loud) = (sounds[at % 8], 1 + at as i32 / 8);
        table += &format!("id{at},Song {at},Artist {},{},{}\n", at % 5, energy * loud, valence * loud);
    }
    let api = Api::start(&table).await;
    for (query, status, word) in [
        ("from=id0&to=id0", 400, "same song"),
        ("from=id0&to=id1", 404, "opposite"),
        ("from=id0&to=id4&length=50", 404, "22 songs are left"),
        ("from=id0&to=none", 404, "none"),
        ("from=id0", 400, "to_song"),
        ("to=id0", 400, "from_song"),
        ("from=id0&from_song=Song+0&to=id4", 400, "from_song"),
        ("from=id0&to=id4&to_artist=x", 400, "to_song"),
        ("from=id0&to=id4&length=1", 400, "2 to 100"),
        ("from=id0&to=id4&length=101", 400, "2 to 100"),
        ("from=id0&to=id4&min_tempo=1", 400, "tempo"),
        ("from=id0&to=id4&target_energy=1", 400, "target_energy"),
    ] {
        let (got, problem) = api.ask(&format!("/v1/path?{query}")).await;
        let detail = problem["detail"].as_str().unwrap_or_else(|| panic!("{query}: {problem}"));
        assert!(got == status && detail.contains(word), "{query}: {problem}");
    }
    // Equal vectors have a path around them.
    let (status, path) = api.ask("/v1/path?from=id0&to=id6&length=4").await;
    assert_eq!((status, tracks(&path).len()), (200, 4), "{path}");
    let (status, _) = api.ask("/v1/path?from=id0&to=id1&length=2").await;
    assert_eq!(status, 200, "two songs need no line");
}

#[tokio::test]
async fn what_the_catalogue_lacks_is_not_described() {
    let api = Api::start(&catalog::csv().replace(",album,genre,", ",colour,shape,")).await;
    let (_, document) = api.ask("/openapi.json").await;
    let names = |path: &str| {
        let parameters = document["paths"][path]["get"]["parameters"].as_array().expect("parameters").iter();
        parameters.map(|parameter| parameter["name"].as_str().expect("a name").to_owned()).collect::<HashSet<_>>()
    };
    for name in ["max_per_album", "seed_genres", "genre", "min_liveness"] {
        assert!(!names("/v1/recommendations").contains(name), "{name}");
        assert!(!names("/v1/path").contains(name), "{name}");
    }
    assert!(names("/v1/recommendations").contains("seed_artists") && names("/v1/path").contains("min_energy"));
    let (status, problem) = api.ask("/v1/recommendations?seed_genres=rock").await;
    assert_eq!((status, problem["parameter"].as_str()), (400, Some("seed_genres")), "{problem}");
}

#[test]
fn the_trainer_recommends_versions_varied_answers_and_flow() {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = folder.path().join("tracks.csv");
    std::fs::write(&csv, catalog::csv() + VERSIONS).expect("writes");
    let model = train(&csv, &["--k", "3", "--k-range", "3-3"]);
    let ask = |more: &[&str]| {
        let mut command = std::process::Command::new(binary("trainer"));
        command.arg("recommend").arg(model.path().join("model.segue"));
        command.args(["--song", "Track Seven", "--artist", "Artist 6", "--any-cluster", "-n", "100"]).args(more);
        let output = command.output().expect("the trainer runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // Behind the line of the seed.
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let plain = ask(&[]);
    let versions = |lines: &[String]| lines.iter().filter(|line| line.contains("Track Seven")).count();
    assert_eq!((versions(&plain), versions(&ask(&["--versions"]))), (1, 4), "{plain:?}");
    assert!(ask(&["--vary", "1"]) != plain && ask(&["--vary", "1"]) == ask(&["--vary", "1"]));
    let flow = ask(&["--flow"]);
    let sorted = |lines: &[String]| lines.iter().cloned().collect::<std::collections::BTreeSet<_>>();
    assert!(flow != plain && sorted(&flow) == sorted(&plain), "{flow:?}");
}

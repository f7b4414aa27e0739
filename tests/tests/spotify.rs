//! The routes in the shapes of Spotify's Web API: the answers of `/v1` in another form.

use std::fmt::Write;

use recommend::{access::Access, http::cors::Cors};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tests::{catalog, runtime::Conditions, test_env::TestEnv};

const ATTRIBUTES: [&str; 14] = [
    "acousticness",
    "danceability",
    "duration_ms",
    "energy",
    "instrumentalness",
    "key",
    "liveness",
    "loudness",
    "mode",
    "popularity",
    "speechiness",
    "tempo",
    "time_signature",
    "valence",
];
const SHARES: [&str; 7] =
    ["acousticness", "danceability", "energy", "instrumentalness", "liveness", "speechiness", "valence"];
/// SHA-256 of `open sesame`.
const SESAME: &str = "41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb";

/// 120 tracks with all fourteen attributes; shares from 0 to `scale`. Ids are Spotify's, or there are none.
fn table(scale: f64, has_ids: bool) -> String {
    let mut csv = String::from(if has_ids { "id," } else { "" }) + "song,artist,album,genre,year,";
    csv += &ATTRIBUTES.join(",");
    csv.push('\n');
    let mut state = 11_u64;
    for track in 0..120 {
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1_u64 << 31) as f64
        };
        // Writing to a `String` cannot fail.
        if has_ids {
            let _ = write!(csv, "{track:022},");
        }
        let genre = ["hip hop", "rock", "pop"][track % 3];
        let _ = write!(csv, "Title {track},Artist {},Album {},{genre},{}", track % 20, track % 30, 1980 + track % 40);
        for attribute in ATTRIBUTES {
            let value = match attribute {
                "duration_ms" => (90_000.0 + random() * 300_000.0).round(),
                "key" => (random() * 11.9).floor(),
                "loudness" => -(random() * 300.0).round() / 10.0,
                "mode" => (random() * 1.9).floor(),
                "popularity" => (random() * 100.0).round(),
                "tempo" => (60.0 + random() * 1_200.0).round() / 10.0 + 60.0,
                "time_signature" => 3.0 + (random() * 2.9).floor(),
                _ => (random() * 100.0).round() * scale / 100.0,
            };
            let _ = write!(csv, ",{value}");
        }
        csv.push('\n');
    }
    csv
}

struct Api {
    _test_env: TestEnv,
    url: String,
    client: Client,
}

impl Api {
    async fn over(table: &str) -> Self {
        Self::to(table, &Access::default()).await
    }

    async fn to(table: &str, access: &Access) -> Self {
        let test_env = TestEnv::new().await;
        test_env.publish_table("3", table).await;
        let url = test_env.serve_to(access).await;
        Self { _test_env: test_env, url, client: Client::new() }
    }

    async fn send(&self, target: &str) -> Response {
        self.client.get(format!("{}{target}", self.url)).send().await.expect("an answer")
    }

    /// Status and body of a route below `/spotify/v1/`.
    async fn get(&self, target: &str) -> (u16, Value) {
        let answer = self.send(&format!("/spotify/v1/{target}")).await;
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn ok(&self, target: &str) -> Value {
        let (status, body) = self.get(target).await;
        assert_eq!(status, 200, "{target}: {body}");
        body
    }

    /// The tracks of recommendations, each with its audio features among its members.
    async fn recommended(&self, query: &str) -> Vec<Value> {
        let mut tracks = self.ok(&format!("recommendations?{query}")).await["tracks"].take();
        let tracks = tracks.as_array_mut().expect("tracks");
        let features = self.ok(&format!("audio-features?ids={}", ids(tracks).join(","))).await;
        for (track, features) in tracks.iter_mut().zip(features["audio_features"].as_array().expect("features")) {
            assert_eq!(track["id"], features["id"]);
            for (name, value) in features.as_object().expect("members") {
                track[name] = value.clone();
            }
        }
        std::mem::take(tracks)
    }
}

fn ids(tracks: &[Value]) -> Vec<&str> {
    tracks.iter().map(|track| track["id"].as_str().expect("an id")).collect()
}

fn names(items: &Value) -> Vec<&str> {
    items.as_array().expect("a list").iter().map(|item| item["name"].as_str().expect("a name")).collect()
}

#[tokio::test]
async fn bounds_and_targets_of_all_fourteen_attributes_hold_in_spotifys_ranges() {
    for scale in [1.0, 100.0] {
        let api = Api::over(&table(scale, true)).await;
        let seed = format!("seed_tracks={:022}", 7);
        let plain = api.recommended(&format!("{seed}&limit=100")).await;
        let nearest = api.recommended(&format!("{seed}&limit=20")).await;
        assert_eq!((plain.len(), nearest.len()), (100, 20));
        for name in ATTRIBUTES {
            let value = |track: &Value| track[name].as_f64().unwrap_or_else(|| panic!("{name}: {track}"));
            let mut known: Vec<f64> = plain.iter().map(value).collect();
            known.sort_by(f64::total_cmp);
            let (least, most) = (known[0], known[known.len() - 1]);
            if SHARES.contains(&name) {
                assert!((0.0..0.2).contains(&least) && (0.8..=1.0).contains(&most), "{name}: {least} to {most}");
            }
            let middle = known[known.len() / 2];
            for (word, bound) in [("min", middle), ("max", middle), ("min", most), ("max", least)] {
                let found = api.recommended(&format!("{seed}&limit=100&{word}_{name}={bound}")).await;
                let holds = |value: f64| if word == "min" { value >= bound } else { value <= bound };
                // Of all tracks: those of the plain answer that the bound allows, and perhaps others.
                let allowed = known.iter().filter(|value| holds(**value)).count();
                assert!(found.len() >= allowed.min(100) && allowed > 0, "{word}_{name}={bound}: {}", found.len());
                assert!(found.iter().all(|track| holds(value(track))), "{word}_{name}={bound}, scale {scale}");
            }
            let off = |tracks: &[Value], wanted: f64| -> f64 {
                tracks.iter().map(|track| (value(track) - wanted).powi(2)).sum()
            };
            for wanted in [least, most] {
                let aimed = api.recommended(&format!("{seed}&limit=20&target_{name}={wanted}")).await;
                let (aimed, before) = (off(&aimed, wanted), off(&nearest, wanted));
                assert!(aimed < before, "target_{name}={wanted}, scale {scale}: {aimed} and {before}");
            }
        }
    }
}

#[tokio::test]
async fn answers_are_those_of_v1_over_all_clusters_with_the_balanced_affinity() {
    let api = Api::over(&table(100.0, true)).await;
    let artist = api.ok("search?q=artist:%22Artist+3%22&type=artist").await;
    let artist = artist["artists"]["items"][0]["id"].as_str().expect("an id").to_owned();
    let (one, other) = (format!("{:022}", 7), format!("{:022}", 8));
    for (spotify, v1) in [
        (format!("seed_tracks={one}"), format!("seed_tracks={one}&limit=20")),
        (
            format!("seed_artists={artist}&seed_tracks={one},{other}&seed_genres=pop&limit=50&market=ES&fields=id"),
            format!("seed_artists=Artist+3&seed_tracks={one},{other}&seed_genres=pop&limit=50"),
        ),
        (
            "seed_genres=hip-hop&limit=10&min_energy=0.29&target_valence=0.5&max_popularity=70&seed_tracks=".to_owned(),
            "seed_genres=hip+hop&limit=10&min_energy=29&target_valence=50&max_popularity=70".to_owned(),
        ),
    ] {
        let answer = api.ok(&format!("recommendations?{spotify}")).await;
        let same = api.send(&format!("/v1/recommendations?{v1}&same_cluster=false&affinity=balanced")).await;
        let same: Value = same.json().await.expect("JSON");
        let (tracks, expected) = (answer["tracks"].as_array(), same["tracks"].as_array());
        assert_eq!(ids(tracks.expect("tracks")), ids(expected.unwrap_or_else(|| panic!("{same}"))), "{spotify}");
        let sizes = |seeds: &Value, initial: &str, after: &str| -> Vec<(Value, Value)> {
            seeds.as_array().expect("seeds").iter().map(|seed| (seed[initial].clone(), seed[after].clone())).collect()
        };
        let seeds = sizes(&answer["seeds"], "initialPoolSize", "afterFilteringSize");
        assert_eq!(seeds, sizes(&same["seeds"], "initial_pool_size", "after_filtering_size"));
        assert_eq!(seeds, sizes(&answer["seeds"], "initialPoolSize", "afterRelinkingSize"));
    }
    let seeds = api.ok(&format!("recommendations?seed_genres=pop&seed_artists={artist}&seed_tracks={one}")).await;
    let seeds: Vec<Value> =
        seeds["seeds"].as_array().expect("seeds").iter().map(|s| json!([s["type"], s["id"]])).collect();
    assert_eq!(seeds, [json!(["TRACK", one]), json!(["ARTIST", artist]), json!(["GENRE", "pop"])]);
    assert_eq!(api.ok("recommendations/available-genre-seeds").await, json!({ "genres": ["hip hop", "pop", "rock"] }));
}

#[tokio::test]
async fn ids_uris_and_addresses_are_taken_alike_and_spotifys_alone_have_a_page() {
    let api = Api::over(&table(1.0, true)).await;
    let id = format!("{:022}", 7);
    let track = api.ok(&format!("tracks/{id}")).await;
    assert_eq!((&track["name"], &track["uri"]), (&json!("Title 7"), &json!(format!("spotify:track:{id}"))));
    let page = format!("https://open.spotify.com/track/{id}");
    assert_eq!(track["external_urls"], json!({ "spotify": page }));
    assert_eq!(track["href"], format!("{}/spotify/v1/tracks/{id}", api.url));
    let page = page.replace(':', "%3A").replace('/', "%2F");
    for other in [format!("spotify:track:{id}"), format!("{page}%3Fsi=1"), format!("{id}/")] {
        assert_eq!(api.ok(&format!("tracks/{other}")).await, track, "{other}");
    }
    let plain = api.recommended(&format!("seed_tracks={id}")).await;
    assert_eq!(ids(&api.recommended(&format!("seed_tracks=spotify:track:{id}")).await), ids(&plain));
    assert_eq!(ids(&api.recommended(&format!("seed_tracks={page}")).await), ids(&plain));

    let artist = &track["artists"][0];
    let artist_id = artist["id"].as_str().expect("an id");
    assert_eq!((artist_id.len(), &artist["external_urls"]), (22, &json!({})), "it has no page");
    let found = api.ok(&format!("artists/spotify:artist:{artist_id}")).await;
    assert_eq!((&found["name"], &found["id"]), (&json!("Artist 7"), &artist["id"]));
    assert!(found["genres"].as_array().is_some_and(|genres| !genres.is_empty()), "{found}");
    let top = api.ok(&format!("artists/{artist_id}/top-tracks?market=ES")).await;
    let popularity: Vec<u64> =
        top["tracks"].as_array().expect("tracks").iter().filter_map(|track| track["popularity"].as_u64()).collect();
    assert!(popularity.len() == 6 && popularity.iter().rev().is_sorted(), "{popularity:?}");
    assert_eq!(found["popularity"], popularity[0]);

    let several = api.ok(&format!("tracks/?ids=unknown,{id}")).await;
    assert_eq!(several["tracks"], json!([null, track]));
    let several = api.ok(&format!("audio-features/?ids={id},unknown")).await;
    assert_eq!(
        (several["audio_features"][0]["id"].as_str(), &several["audio_features"][1]),
        (Some(&*id), &Value::Null)
    );
}

#[tokio::test]
async fn ids_that_clients_would_refuse_are_written_in_letters_and_digits() {
    let awkward = table(1.0, true).replacen(&format!("{:022},", 3), "a-3/é,", 1);
    for table in [table(1.0, false), awkward] {
        let api = Api::over(&table).await;
        let found = api.ok("search?q=Title+3&type=track&limit=1").await;
        let track = &found["tracks"]["items"][0];
        let id = track["id"].as_str().expect("an id");
        assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
        assert_eq!((&track["name"], &track["external_urls"]), (&json!("Title 3"), &json!({})));
        assert_eq!(&api.ok(&format!("tracks/{id}")).await, track);
        assert_eq!(api.recommended(&format!("seed_tracks={id}&limit=5")).await.len(), 5);
    }
}

#[tokio::test]
async fn what_the_catalogue_lacks_is_null_and_no_bound() {
    let api = Api::over(&catalog::csv()).await;
    let found = api.ok("search?q=track+seven").await;
    let id = found["tracks"]["items"][0]["id"].as_str().expect("an id");
    let features = api.ok(&format!("audio-features/{id}")).await;
    for lacking in ["key", "mode", "time_signature", "duration_ms", "loudness", "danceability"] {
        assert_eq!(features.get(lacking), Some(&Value::Null), "{features}");
    }
    assert!(features["energy"].is_number() && features["tempo"].is_number(), "{features}");
    let (status, refused) = api.get(&format!("recommendations?seed_tracks={id}&min_key=3")).await;
    assert_eq!(status, 400);
    assert!(refused["error"]["message"].as_str().is_some_and(|message| message.contains("min_key")), "{refused}");
}

#[tokio::test]
async fn a_search_has_words_filters_and_pages() {
    let api = Api::over(&table(1.0, true)).await;
    let tracks = async |query: &str| api.ok(&format!("search?{query}")).await["tracks"].clone();
    let one = tracks("q=artist:%22Artist+3%22+track:Title+43&type=track").await;
    assert_eq!(names(&one["items"]), ["Title 43"]);
    let of_artist = tracks("q=artist:Artist+3&limit=50").await;
    assert!(of_artist["items"].as_array().is_some_and(|items| items.len() >= 6), "{of_artist}");
    let filtered = tracks("q=genre:hip-hop+year:1990-1995&limit=50").await;
    let items = filtered["items"].as_array().expect("items");
    assert!(!items.is_empty() && filtered["total"].as_u64() == Some(items.len() as u64), "{filtered}");
    for item in items {
        let date = item["album"]["release_date"].as_str().expect("a date");
        assert!(("1990"..="1995").contains(&date), "{item}");
    }
    assert_eq!(tracks("q=Title+genre:hip-hop+year:1990-1995&limit=50").await["total"], filtered["total"]);
    assert!(names(&tracks("q=album:%22Album+3%22+year:1983").await["items"]).contains(&"Title 3"));
    assert_eq!(tracks("q=isrc:USUM71703861").await["total"], 0);

    let first = tracks("q=genre:pop&limit=15").await;
    let next = first["next"].as_str().and_then(|next| next.strip_prefix(&*api.url)).expect("a next page").to_owned();
    let second: Value = api.send(&next).await.json().await.expect("JSON");
    let second = &second["tracks"];
    assert_eq!((&second["offset"], &second["limit"], &second["total"]), (&json!(15), &json!(15), &first["total"]));
    assert!(names(&second["items"]).iter().all(|name| !names(&first["items"]).contains(name)));
    assert!(second["previous"].as_str().is_some_and(|previous| previous.contains("offset=0")), "{second}");
    let last = tracks("q=genre:pop&limit=15&offset=30").await;
    assert_eq!((last["items"].as_array().map(Vec::len), &last["next"]), (Some(10), &Value::Null));

    let both = api.ok("search?q=artist+3&type=artist,track,album&limit=3").await;
    assert_eq!(both["artists"]["items"][0]["name"], "Artist 3");
    assert_eq!((both["tracks"]["items"].as_array().map(Vec::len), &both["albums"]["total"]), (Some(3), &json!(0)));
    assert!(both.get("playlists").is_none());
}

#[tokio::test]
async fn a_filter_takes_nothing_away_that_it_lets_through() {
    // So many songs have the word that the least popular of them are not among the first thousand.
    let mut table = String::from("song,artist,genre,year,energy,tempo,popularity\n");
    for track in 0..1_500 {
        let (genre, year) = if track % 100 == 0 { ("jazz", 1975) } else { ("hip-hop", 1990) };
        let _ = writeln!(
            table,
            "Love {track},Artist {track},{genre},{year},0.{},{},{}",
            track % 97,
            60 + track % 89,
            track * 100 / 1_500
        );
    }
    let api = Api::over(&table).await;
    for query in ["love+genre:jazz", "genre:jazz", "love+year:1975", "year:1970-1980+love"] {
        assert_eq!(api.ok(&format!("search?q={query}")).await["tracks"]["total"], 15, "{query}");
    }
    // A genre with a space where the table has a hyphen.
    assert_eq!(api.ok("search?q=genre:hip+hop&limit=1").await["tracks"]["total"], 1_000);
    let seeds = api.ok("recommendations?seed_genres=hip+hop").await;
    assert_eq!(seeds["seeds"][0]["type"], "GENRE");
}

#[tokio::test]
async fn every_artist_that_a_track_lists_is_there() {
    let band: Vec<String> = (0..20).map(|member| format!("Member {member}")).collect();
    let table = table(1.0, true).replace("Artist 7,", &format!("{},", band.join("; ")));
    let api = Api::over(&table).await;
    let found = api.ok("search?q=track:%22Title+7%22&limit=1").await;
    let artists = found["tracks"]["items"][0]["artists"].as_array().expect("artists");
    assert_eq!(artists.len(), 16, "{found}");
    for artist in artists {
        let id = artist["id"].as_str().expect("an id");
        assert_eq!(api.ok(&format!("artists/{id}")).await["name"], artist["name"]);
        assert!(api.ok(&format!("artists/{id}/top-tracks")).await["tracks"][0].is_object());
        assert_eq!(api.ok(&format!("recommendations?seed_artists={id}&limit=1")).await["seeds"][0]["id"], id);
    }
}

#[tokio::test]
async fn errors_have_spotifys_shape() {
    let api = Api::over(&table(1.0, true)).await;
    for (target, status) in [
        ("tracks/unknown", 404),
        ("artists/unknown", 404),
        ("audio-features/unknown", 404),
        ("audio-analysis/unknown", 404),
        ("recommendations", 400),
        ("recommendations?seed_tracks=unknown", 404),
        ("recommendations?seed_artists=unknown", 404),
        ("recommendations?seed_genres=polka", 404),
        ("recommendations?seed_genres=pop&limit=101", 400),
        ("recommendations?seed_genres=pop&min_tempo=fast", 400),
        ("search?type=track", 400),
        ("search?q=a&type=song", 400),
        ("search?q=year:soon", 400),
        ("tracks", 400),
        (&*format!("tracks?ids={}", "1,".repeat(51)), 400),
        (&*format!("audio-features?ids={}", "1,".repeat(101)), 400),
        (&*format!("search?q={}", "a".repeat(20_000)), 414),
    ] {
        let answer = api.send(&format!("/spotify/v1/{target}")).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (status, &"application/json".parse().expect("a value"))
        );
        let body: Value = answer.json().await.expect("JSON");
        let message = body["error"]["message"].as_str().expect("a message");
        assert_eq!(body, json!({ "error": { "status": status, "message": message } }), "{target}");
        assert!(!message.is_empty());
    }
    let wrong = api.client.request(Method::POST, format!("{}/spotify/v1/search", api.url)).send().await;
    let wrong = wrong.expect("an answer");
    assert_eq!(
        (wrong.status().as_u16(), &wrong.headers()["allow"]),
        (405, &"GET, HEAD, OPTIONS".parse().expect("a value"))
    );
    assert_eq!(wrong.json::<Value>().await.expect("JSON")["error"]["status"], 405);
    let head = api.client.head(format!("{}/spotify/v1/tracks/unknown", api.url)).send().await.expect("an answer");
    assert_eq!((head.status().as_u16(), head.bytes().await.expect("a body").len()), (404, 0));
}

#[tokio::test]
async fn tokens_are_those_of_the_other_routes() {
    let access = Access { cors: Cors::Off, tokens: Some(SESAME.parse().expect("a hash")) };
    let api = Api::to(&table(1.0, true), &access).await;
    let (status, refused) = api.get("recommendations?seed_genres=pop").await;
    assert_eq!((status, &refused["error"]["status"]), (401, &json!(401)), "{refused}");
    let url = format!("{}/spotify/v1/recommendations?seed_genres=pop", api.url);
    let answer = api.client.get(url).bearer_auth("open sesame").send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn the_function_has_these_routes_where_it_is_told_to() {
    let test_env = TestEnv::new().await;
    test_env.publish_table("3", &table(1.0, true)).await;
    let target = format!("/spotify/v1/tracks/{:022}", 7);
    let function = test_env.function().await;
    let (status, _, problem) = function.get(&target).await;
    assert_eq!((status, &problem["type"]), (404, &json!("urn:segue:problem:unknown-route")));
    let endpoint = test_env.s3.endpoint();
    let function = test_env.function_under(&endpoint, &[("SPOTIFY_COMPAT", "true")], Conditions::default()).await;
    let (status, _, track) =
        function.get_with(&target, &[("host", "api.example"), ("x-forwarded-proto", "https")]).await;
    assert_eq!((status, &track["href"]), (200, &json!(format!("https://api.example{target}"))), "{track}");
    let (status, _, error) = function.get("/spotify/v1/tracks/unknown").await;
    assert_eq!((status, &error["error"]["status"]), (404, &json!(404)), "{error}");
}

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

/// The catalogue with songs that people name otherwise.
fn named_otherwise() -> String {
    let rows = "\
Lucky Night (feat. Guest Star),Punk Duo,An album,rock,0.9,140.0,0.4,0.1,82,2000,No
Lucky Night,Cover Band,An album,rock,0.9,141.0,0.4,0.1,20,2000,No
Tití Más Día,Señor,An album,rock,0.9,142.0,0.4,0.1,60,2000,No
Don't Go!,The Weekday,An album,rock,0.9,143.0,0.4,0.1,70,2000,No
Big Lights,The Weekday,An album,rock,0.9,144.0,0.4,0.1,95,2000,No
Big Lights,Low Time,An album,rock,0.9,145.0,0.4,0.1,40,2000,No
Even Song,First Band,An album,rock,0.9,146.0,0.4,0.1,50,2000,No
Even Song,Second Band,An album,rock,0.9,147.0,0.4,0.1,55,2000,No
";
    catalog::csv() + rows
}

#[tokio::test]
async fn songs_are_looked_up_as_people_name_them() {
    let api = Api::start(&named_otherwise()).await;
    for (named, by, song, artist) in [
        ("song=lucky+night&artist=punk+duo", "version", "Lucky Night (feat. Guest Star)", "Punk Duo"),
        ("song=lucky+night", "version", "Lucky Night (feat. Guest Star)", "Punk Duo"),
        ("song=titi+mas+dia", "spelling", "Tití Más Día", "Señor"),
        ("song=don%E2%80%99t+go&artist=the+weekday", "spelling", "Don't Go!", "The Weekday"),
        ("song=big+lights&artist=weekday", "artist", "Big Lights", "The Weekday"),
        ("song=lucky+nigt&artist=punk+duo", "typo", "Lucky Night (feat. Guest Star)", "Punk Duo"),
        ("song=big+lights", "popularity", "Big Lights", "The Weekday"),
        ("q=weekday+big", "search", "Big Lights", "The Weekday"),
        ("q=big+lights", "search", "Big Lights", "The Weekday"),
    ] {
        let answer = api.ok(&format!("/v1/recommendations?{named}")).await;
        let expected = serde_json::json!({ "by": by, "song": song, "artist": artist });
        assert_eq!(answer["seeds"][0]["resolved"], expected, "{named}: {}", answer["seeds"]);
        assert_eq!((&answer["seeds"][0]["song"], &answer["seeds"][0]["artist"]), (&song.into(), &artist.into()));
        let (status, problem) = api.get(&format!("/v1/recommendations?{named}&strict=true")).await;
        assert_eq!(status == 200, by == "search" || named == "song=lucky+night", "{named}: {problem}");
    }
    let answer = api.ok("/v1/recommendations?song=lucky+night&artist=cover+band").await;
    assert!(answer["seeds"][0].get("resolved").is_none(), "named as it is");
    let (status, problem) = api.get("/v1/recommendations?song=even+song").await;
    assert_eq!((status, &problem["artists"]), (409, &serde_json::json!(["Second Band", "First Band"])), "{problem}");
    let (status, problem) = api.get("/v1/recommendations?q=even+song").await;
    assert_eq!((status, &problem["artists"]), (409, &serde_json::json!(["Second Band", "First Band"])), "{problem}");
    assert_eq!(problem["options"][0]["song"], "Even Song", "{problem}");
    let (status, problem) = api.get("/v1/recommendations?song=luky+nite&strict=true").await;
    assert_eq!((status, problem["type"].as_str()), (404, Some("urn:segue:problem:unknown-song")), "{problem}");
    let path = api.ok("/v1/path?from_song=big+lights&to_song=track+seven&length=4").await;
    assert_eq!(path["tracks"][0]["resolved"]["by"], "popularity", "{path}");
    assert_eq!(api.get("/v1/path?from_song=big+lights&to_song=track+seven&strict=true").await.0, 409);
}

#[tokio::test]
async fn a_seed_that_is_not_found_leaves_the_others() {
    let api = Api::start(&named_otherwise()).await;
    let body = serde_json::json!({ "seeds": [
        { "song": "no such song at all" }, { "q": "track seven" }, { "track_id": "none" }, { "song": "even song" },
    ] });
    let post = async |body: &Value| -> (u16, Value) {
        let answer =
            api.client.post(format!("{}/v1/recommendations", api.base)).json(body).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    };
    let (status, answer) = post(&body).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["seeds"].as_array().map(Vec::len), Some(1));
    let unresolved = answer["unresolved"].as_array().expect("a list").iter();
    let named: Vec<_> = unresolved.map(|problem| (problem["seed"].as_str(), problem["status"].as_u64())).collect();
    assert_eq!(
        named,
        [(Some("seeds[0]"), Some(404)), (Some("seeds[2]"), Some(404)), (Some("seeds[3]"), Some(409))],
        "{answer}"
    );
    let mut strict = body.clone();
    strict["strict"] = true.into();
    let (status, problem) = post(&strict).await;
    assert_eq!((status, problem["seed"].as_str()), (404, Some("seeds[0]")), "{problem}");
    assert_eq!(post(&serde_json::json!({ "seeds": [{ "song": "none" }, { "track_id": "none" }] })).await.0, 404);
}

#[tokio::test]
async fn an_answer_goes_on_where_the_one_before_ended() {
    let api = Api::start(&catalog::csv()).await;
    let query = "/v1/recommendations?song=track+seven&same_cluster=false";
    let all = api.ok(&format!("{query}&limit=100&search=exact")).await;
    let mut found = Vec::new();
    let mut next = String::new();
    loop {
        let answer = api.ok(&format!("{query}&search=exact&limit=30{next}")).await;
        found.extend(answer["tracks"].as_array().expect("tracks").iter().map(|track| track["id"].clone()));
        let Some(cursor) = answer["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    let first: Vec<&Value> = all["tracks"].as_array().expect("tracks").iter().map(|track| &track["id"]).collect();
    assert!(found.iter().take(100).eq(first), "not the order of one answer");
    let available = all["seeds"][0]["after_filtering_size"].as_u64().expect("a number") as usize;
    let distinct: std::collections::HashSet<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!((found.len(), distinct.len()), (available, available));
    let cursor = all["next"].as_str().expect("a cursor");
    for (other, expected) in [
        (format!("{query}&search=exact&limit=5&cursor={cursor}"), 200),
        (format!("{query}&search=exact&min_tempo=100&cursor={cursor}"), 400),
        (format!("{query}&search=exact&cursor={}", &cursor[..cursor.len() - 3]), 400),
        (format!("{query}&search=exact&cursor=x"), 400),
    ] {
        let (status, answer) = api.get(&other).await;
        assert_eq!(status, expected, "{other}: {answer}");
    }
}

#[tokio::test]
async fn a_quota_counts_anew_and_ends_no_chain_while_songs_are_left() {
    let api = Api::start(&catalog::csv()).await;
    let query = "/v1/recommendations?song=track+seven&same_cluster=false&max_per_artist=1&limit=20";
    let (mut found, mut next, mut available) = (Vec::new(), String::new(), 0);
    loop {
        let answer = api.ok(&format!("{query}{next}")).await;
        available = available.max(answer["seeds"][0]["after_filtering_size"].as_u64().expect("a number"));
        found.extend(answer["tracks"].as_array().expect("tracks").iter().map(|track| track["id"].to_string()));
        let Some(cursor) = answer["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    let distinct: std::collections::HashSet<&String> = found.iter().collect();
    assert_eq!((found.len() as u64, distinct.len()), (available, found.len()));
}

#[tokio::test]
async fn only_the_members_that_are_wanted_are_answered() {
    let api = Api::start(&catalog::csv()).await;
    for path in ["/v1/recommendations?song=track+seven&explain=true&", "/v1/tracks?q=track&"] {
        let answer = api.ok(&format!("{path}fields=id,song")).await;
        for track in answer["tracks"].as_array().expect("tracks") {
            let names: Vec<&String> = track.as_object().expect("an object").keys().collect();
            assert_eq!(names, ["id", "song"]);
        }
        assert_eq!(answer.get("seeds").is_some(), path.contains("recommendations"), "no member is added");
        let (status, problem) = api.get(&format!("{path}fields=id,beauty")).await;
        assert_eq!((status, &problem["parameter"]), (400, &"fields".into()), "{problem}");
    }
    let answer = api.ok("/v1/recommendations?song=track+seven&fields=song").await;
    assert!(answer["seeds"][0].get("features").is_none() && answer["seeds"][0]["initial_pool_size"].is_number());
}

#[tokio::test]
async fn tracks_are_answered_by_their_ids_and_unknown_ones_named() {
    let api = Api::start(&catalog::csv()).await;
    let found = api.ok("/v1/tracks?q=track+s&limit=2").await;
    let id = |at: usize| found["tracks"][at]["id"].as_str().expect("an id");
    let answer = api.ok(&format!("/v1/tracks?ids={},none,{}", id(1), id(0))).await;
    assert_eq!(answer["tracks"], serde_json::json!([found["tracks"][1], found["tracks"][0]]));
    assert_eq!(answer["unknown"], serde_json::json!(["none"]));
    for wrong in ["", "?q=a&ids=b"] {
        assert_eq!(api.get(&format!("/v1/tracks{wrong}")).await.0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn genres_are_listed_and_several_may_be_wanted() {
    let api = Api::start(&catalog::csv()).await;
    let answer = api.ok("/v1/genres?limit=2").await;
    assert_eq!(answer["genre_count"], 3);
    assert_eq!(
        answer["genres"],
        serde_json::json!([{ "genre": "ambient", "tracks": 68 }, { "genre": "rock", "tracks": 68 }])
    );
    let genres = |answer: &Value| -> std::collections::BTreeSet<String> {
        let tracks = answer["tracks"].as_array().expect("tracks").iter();
        tracks.map(|track| track["genre"].as_str().expect("a genre").to_owned()).collect()
    };
    let query = "/v1/recommendations?song=track+seven&same_cluster=false&limit=100";
    let some = api.ok(&format!("{query}&genre=Rock,ambient")).await;
    assert_eq!(genres(&some).into_iter().collect::<Vec<_>>(), ["ambient", "rock"]);
    let (status, problem) = api.get(&format!("{query}&genre=rokc")).await;
    assert_eq!((status, &problem["suggestions"][0]), (400, &"rock".into()), "{problem}");
}

#[tokio::test]
async fn bounds_that_nothing_is_within_and_unknown_parameters_are_refused_with_what_there_is() {
    let api = Api::start(&catalog::csv()).await;
    for (query, parameter, detail) in [
        ("min_tempo=126&max_tempo=118", "min_tempo", "max_tempo is 118"),
        ("min_year=2000&max_year=1990", "min_year", "max_year is 1990"),
        ("min_tempo=900", "min_tempo", "in this catalogue"),
        ("max_energy=-5", "max_energy", "in this catalogue"),
        ("min_tepmo=100", "min_tepmo", "did you mean min_tempo?"),
        ("limits=3", "limits", "did you mean limit?"),
    ] {
        let (status, problem) = api.get(&format!("/v1/recommendations?song=track+seven&{query}")).await;
        assert_eq!((status, problem["parameter"].as_str()), (400, Some(parameter)), "{problem}");
        let said = problem["detail"].as_str().expect("text");
        assert!(said.contains(detail) && !said.contains("danceability"), "{said}");
    }
    let long = vec!["segue-0123456789012345678901"; 400].join(",");
    assert_eq!(api.get(&format!("/v1/recommendations?song=track+seven&exclude_tracks={long}")).await.0, 200);
}

mod real_tables {
    use std::collections::HashSet;

    use recommender::{
        Model,
        recommend::{Request, Seed},
        text::{fold, song_key},
    };
    use tests::{
        test_data,
        test_env::{open, train},
    };

    /// The most popular songs, each once.
    fn most_popular(model: &Model, count: usize) -> Vec<u32> {
        let popularity = &model.catalog().features[model.popularity().expect("a popularity")];
        let mut rows: Vec<u32> = (0..model.catalog().len() as u32).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(popularity.codes().get(*row as usize)));
        let mut seen = HashSet::new();
        rows.retain(|row| seen.insert(model.songs().of(*row)));
        rows.truncate(count);
        rows
    }

    /// A title as it is typed: without guests, in lower case, without accents.
    fn typed(title: &str) -> String {
        let folded = fold(title);
        let end =
            ["(feat", "[feat", "(ft", "(with ", " feat.", " ft."].iter().filter_map(|sign| folded.find(sign)).min();
        let typed = &folded[..end.filter(|end| *end > 0).unwrap_or(folded.len())];
        // `(Lead ft. Guest)` goes as a whole.
        let opened = typed.rfind('(').filter(|open| *open > 0 && !typed[*open..].contains(')'));
        typed[..opened.unwrap_or(typed.len())].trim().to_owned()
    }

    /// What people type, and whose song everybody means.
    const MEANT: [(&str, &str, &str); 24] = [
        ("eye of the tiger", "Eye of the Tiger", "Survivor"),
        ("smells like teen spirt", "Smells Like Teen Spirit", "Nirvana"),
        ("blinding lights", "Blinding Lights", "The Weeknd"),
        ("get lucky", "Get Lucky", "Daft Punk"),
        ("get lucky daft punk", "Get Lucky", "Daft Punk"),
        ("lose yourself", "Lose Yourself", "Eminem"),
        ("hey ya", "Hey Ya!", "Outkast"),
        ("titi me pregunto", "Tití Me Preguntó", "Bad Bunny"),
        ("bohemian rapsody", "Bohemian Rhapsody", "Queen"),
        ("weeknd blinding", "Blinding Lights", "The Weeknd"),
        ("take on me", "Take on Me", "a-ha"),
        ("africa toto", "Africa", "TOTO"),
        ("billie jean", "Billie Jean", "Michael Jackson"),
        ("wonderwall", "Wonderwall", "Oasis"),
        ("creep radiohead", "Creep", "Radiohead"),
        ("someone like you", "Someone Like You", "Adele"),
        ("as it was", "As It Was", "Harry Styles"),
        ("shape of you", "Shape of You", "Ed Sheeran"),
        ("despacito", "Despacito", "Luis Fonsi"),
        ("dont stop believin", "Don't Stop Believin'", "Journey"),
        ("never gonna give you up", "Never Gonna Give You Up", "Rick Astley"),
        ("mr brightside", "Mr. Brightside", "The Killers"),
        ("in the end", "In the End", "Linkin Park"),
        ("heat waves", "Heat Waves", "Glass Animals"),
    ];

    #[test]
    #[ignore = "needs the real tables"]
    fn songs_are_found_as_people_say_them() {
        let folder = train(&test_data::real_table("union_265k.csv"), &["--k-range", "6-6"]);
        let model = open(&folder);
        let begun = std::time::Instant::now();
        let percentile = model.similarity_percentile(0.96).expect("neighbours");
        println!("0.96 is more than {percentile} % of tenth neighbours, known after {:?}", begun.elapsed());
        let named = |row: u32| {
            let track = model.catalog().track(row);
            format!("{} by {}", track.song, track.artist)
        };
        let mut missed = Vec::new();
        for (query, song, artist) in MEANT {
            let first = model.search(query, 5).expect("an index").first().map(|hit| hit.row);
            let is_meant = |row: u32| {
                let track = model.catalog().track(row);
                song_key(track.song) == song_key(song) && fold(track.artist).contains(&fold(artist))
            };
            if !first.is_some_and(is_meant) {
                missed.push(format!("{query:?} finds {:?}", first.map(named)));
            }
        }
        assert!(missed.is_empty(), "{missed:#?}");

        for row in most_popular(&model, 400) {
            let track = model.catalog().track(row);
            let lead =
                model.catalog().credited(model.catalog().artists.code(row as usize)).next().unwrap_or(track.artist);
            let (song, artist) = (typed(track.song), fold(lead));
            match model.look_up(&song, Some(&artist)) {
                Ok((found, _)) if model.songs().of(found) == model.songs().of(row) => {}
                other => {
                    missed.push(format!("{song:?} by {artist:?} is {:?}", other.map(|(row, by)| (named(row), by))))
                }
            }
            let answer = model.recommend(&Request { limit: 50, ..Request::new(Seed::Row(row)) }).expect("answers");
            let songs = answer.tracks.iter().map(|track| track.row).chain([row]);
            let mut seen = HashSet::new();
            for other in songs {
                let track = model.catalog().track(other);
                let artists = model.artists_of(other);
                for artist in artists {
                    assert!(seen.insert((song_key(track.song), *artist)), "{} after {}", named(other), named(row));
                }
            }
        }
        assert!(missed.is_empty(), "{} of 400: {missed:#?}", missed.len());
    }
}

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
        let end = ["(feat", "[feat", "(ft", "(with ", " feat.", " ft."].iter().filter_map(|sign| folded.find(sign)).min();
        folded[..end.filter(|end| *end > 0).unwrap_or(folded.len())].trim().to_owned()
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
            let lead = model.catalog().credited(model.catalog().artists.code(row as usize)).next().unwrap_or(track.artist);
            let (song, artist) = (typed(track.song), fold(lead));
            match model.look_up(&song, Some(&artist)) {
                Ok((found, _)) if model.songs().of(found) == model.songs().of(row) => {}
                other => missed.push(format!("{song:?} by {artist:?} is {:?}", other.map(|(row, by)| (named(row), by)))),
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

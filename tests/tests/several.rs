//! Cells with several artists or genres, and titles of symbols, over HTTP: each table is one that people have.

use std::collections::HashMap;

use recommend::http::cors::Cors;
use serde_json::Value;
use tests::test_env::TestEnv;

struct Api {
    _test_env: TestEnv,
    base: String,
    client: reqwest::Client,
}

impl Api {
    /// Serves a model of a table of `rows`, each a title, an artist cell and a genre cell.
    async fn of(rows: &[(String, String, String)]) -> Self {
        let mut state = 11_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1_u64 << 31) as f64
        };
        let mut csv = "name,artists,genres,danceability,energy,valence\n".to_owned();
        for (song, artist, genre) in rows {
            let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
            let (song, artist, genre) = (quoted(song), quoted(artist), quoted(genre));
            csv += &format!("{song},{artist},{genre},{:.3},{:.3},{:.3}\n", random(), random(), random());
        }
        let test_env = TestEnv::new().await;
        test_env.publish_table("2", &csv).await;
        let base = test_env.serve(&Cors::Off).await;
        Self { _test_env: test_env, base, client: reqwest::Client::new() }
    }

    /// As [`Api::of`], by artist cells alone: songs are `Song 0`, `Song 1` and so on.
    async fn of_artists(cells: impl IntoIterator<Item = String>) -> Self {
        let rows = cells.into_iter().enumerate().map(|(at, cell)| (format!("Song {at}"), cell, String::new()));
        Self::of(&rows.collect::<Vec<_>>()).await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.client.get(format!("{}{path}", self.base)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    /// The artist of a seed that is asked for by its title and one of its artists.
    async fn seed(&self, song: &str, artist: &str) -> String {
        let (status, answer) = self.get(&format!("/v1/recommendations?song={song}&artist={artist}")).await;
        assert_eq!(status, 200, "{song} by {artist}: {answer}");
        text(&answer["seeds"][0], "artist").to_owned()
    }

    /// Tracks that follow `Song 0`, of all clusters.
    async fn follow(&self, more: &str) -> Vec<Value> {
        let path = format!("/v1/recommendations?song=Song+0&same_cluster=false&limit=100&{more}");
        let (status, answer) = self.get(&path).await;
        assert_eq!(status, 200, "{more}: {answer}");
        answer["tracks"].as_array().expect("tracks").clone()
    }
}

fn text<'a>(track: &'a Value, member: &str) -> &'a str {
    track[member].as_str().unwrap_or_else(|| panic!("no {member}: {track}"))
}

/// Whether none of some tracks, and one of all, has an artist.
async fn excludes(api: &Api, artist: &str) {
    let has = |tracks: &[Value]| tracks.iter().any(|track| text(track, "artist").contains(artist));
    assert!(has(&api.follow("").await), "nobody is {artist}");
    let left = api.follow(&format!("exclude_artists={artist}")).await;
    assert!(!left.is_empty() && !has(&left), "{artist} is not excluded");
}

/// Whether no artist has more than one track, by names that stand in the cells.
async fn one_each(api: &Api, names: &[&str]) {
    let tracks = api.follow("max_per_artist=1").await;
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for track in &tracks {
        for name in names.iter().filter(|name| text(track, "artist").contains(**name)) {
            *counts.entry(name).or_default() += 1;
        }
    }
    assert!(!tracks.is_empty() && counts.values().all(|count| *count == 1), "{counts:?}");
}

const NAMES: [&str; 7] = ["Lead 0", "Lead 1", "Lead 2", "Guest 0", "Guest 1", "Guest 2", "Guest 3"];

fn cells(of: impl Fn(usize, usize) -> String) -> impl Iterator<Item = String> {
    (0..24).map(move |at| of(at % 3, at % 4))
}

#[tokio::test]
async fn lists_of_artists_name_each_of_them() {
    let api = Api::of_artists(cells(|lead, guest| match guest {
        0 | 2 => format!("['Lead {lead}']"),
        _ => format!("['Lead {lead}', \"Guest {guest}\"]"),
    }))
    .await;
    assert_eq!(api.seed("Song+1", "Guest+1").await, "Lead 1, Guest 1");
    assert_eq!(api.seed("Song+1", "Guest+1;lead+1").await, "Lead 1, Guest 1");
    assert_eq!(api.seed("Song+1", "Lead+1,+Guest+1").await, "Lead 1, Guest 1");
    excludes(&api, "Lead 2").await;
    excludes(&api, "Lead 1, Guest 1").await;
    one_each(&api, &NAMES).await;
    let (_, problem) = api.get("/v1/recommendations?song=Song+1&artist=Guest+2").await;
    assert_eq!(problem["artists"], serde_json::json!(["Lead 1, Guest 1"]), "{problem}");
}

#[tokio::test]
async fn commas_separate_artists_where_a_column_has_them_between_and_names_keep_theirs() {
    let names = ["Tyler, The Creator".to_owned(), "Tyler, The Creator,Guest 2".to_owned()];
    let api = Api::of_artists(cells(|lead, guest| format!("Lead {lead},Guest {guest}")).chain(names)).await;
    assert_eq!(api.seed("Song+1", "Guest+1").await, "Lead 1, Guest 1");
    assert_eq!(api.seed("Song+24", "Tyler,+The+Creator").await, "Tyler, The Creator");
    assert_eq!(api.seed("Song+25", "tyler,+the+creator").await, "Tyler, The Creator, Guest 2");
    let (status, _) = api.get("/v1/recommendations?song=Song+24&artist=The+Creator&strict=true").await;
    assert_eq!(status, 404);
    excludes(&api, "Guest 2").await;
    one_each(&api, &NAMES).await;
    let (_, found) = api.get("/v1/tracks?q=tyler+creator").await;
    assert_eq!(found["tracks"].as_array().map(Vec::len), Some(2), "{found}");
    let seeds_own = api.follow("exclude_seed_artists=true").await;
    assert!(seeds_own.iter().all(|track| !["Lead 0", "Guest 0"].iter().any(|own| text(track, "artist").contains(own))));
}

#[tokio::test]
async fn guests_are_found_and_their_cell_is_shown_as_it_stands() {
    let api = Api::of_artists(cells(|lead, guest| match lead {
        0 => "Lead 0".to_owned(),
        1 => format!("Lead 1 feat. Guest {guest}"),
        _ => format!("Lead 2 & Guest {guest}"),
    }))
    .await;
    for artist in ["Lead+1", "Guest+1", "lead+1;guest+1"] {
        assert_eq!(api.seed("Song+1", artist).await, "Lead 1 feat. Guest 1");
    }
    assert_eq!(api.seed("Song+2", "Lead+2").await, "Lead 2 & Guest 2");
    excludes(&api, "Guest 2").await;
}

#[tokio::test]
async fn a_song_is_one_however_its_artists_are_written() {
    let mut cells: Vec<String> = cells(|lead, guest| format!("Lead {lead};Guest {guest}")).collect();
    cells.extend(["Lead 0 feat. Guest 0".to_owned(), "['Guest 0', 'Lead 0']".to_owned()]);
    let rows = cells.into_iter().enumerate().map(|(at, cell)| (format!("Song {}", at % 24), cell, String::new()));
    // Rows 24 and 25 are called as rows 0 and 1 are, and row 25 is by others than row 1.
    let api = Api::of(&rows.collect::<Vec<_>>()).await;
    let (status, _) = api.get("/v1/recommendations?song=Song+0").await;
    assert_eq!(status, 200, "one song of two releases");
    let (status, problem) = api.get("/v1/recommendations?song=Song+1").await;
    assert_eq!(status, 409, "{problem}");
    assert_eq!(problem["artists"].as_array().map(Vec::len), Some(2), "{problem}");
}

#[tokio::test]
async fn one_pair_in_every_cell_is_two_artists() {
    let api = Api::of_artists((0..24).map(|_| "Lead A, Guest B".to_owned())).await;
    assert_eq!(api.seed("Song+3", "Guest+B").await, "Lead A, Guest B");
}

#[tokio::test]
async fn lists_of_genres_have_each_of_them_and_an_empty_one_has_none() {
    for (cells, shown) in [
        (["['pop', 'dance pop']", "['rock']", "[]", "['rock', 'pop']"], "pop, dance pop"),
        (["pop, dance pop", "rock", "set()", "rock;pop"], "pop, dance pop"),
        (["pop|dance pop", "rock", "nan", "rock / pop"], "pop, dance pop"),
    ] {
        let row = |at: usize| (format!("Song {at}"), format!("Band {}", at % 8), cells[at % 4].to_owned());
        let api = Api::of(&(0..24).map(row).collect::<Vec<_>>()).await;
        let pop = api.follow("genre=POP").await;
        assert_eq!(pop.len(), 11, "{cells:?}");
        assert!(pop.iter().all(|track| text(track, "genre").contains("pop")));
        assert!(pop.iter().any(|track| text(track, "genre") == shown), "{cells:?}");
        assert!(api.follow("").await.iter().any(|track| track.get("genre").is_none()), "{cells:?}");
        for nothing in ["[]", "set()", "nan"] {
            let path = format!("/v1/recommendations?song=Song+0&genre={nothing}");
            assert_eq!(api.get(&path).await.0, 400, "{cells:?}");
        }
        let (_, clusters) = api.get("/v1/clusters").await;
        for cluster in clusters["clusters"].as_array().expect("clusters") {
            let said = format!("{} {}", cluster["name"], cluster["genres"]).replace("[]", "");
            assert!(!["set()", "nan", "['"].iter().any(|nothing| said.contains(nothing)), "{said}");
        }
    }
}

#[tokio::test]
async fn titles_of_symbols_are_found() {
    let symbols = ["★", "!!!!!!!", "(…)", "♍♒⬧", "?"];
    let row = |at: usize| {
        let song = symbols.get(at).map_or_else(|| format!("Song {at}"), |symbol| (*symbol).to_owned());
        (song, format!("Band {}", at % 8), String::new())
    };
    let api = Api::of(&(0..24).map(row).collect::<Vec<_>>()).await;
    for symbol in symbols {
        let encoded: String = symbol.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let (_, found) = api.get(&format!("/v1/tracks?q={encoded}")).await;
        assert_eq!(text(&found["tracks"][0], "song"), symbol, "{found}");
    }
}

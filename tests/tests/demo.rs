//! `cargo demo` with a table of the user's, and its settings. `commands.rs` starts it as the README has it.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;
use tests::{binaries::binary, catalog, test_data};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// The function's settings, which the demo takes too.
const SETTINGS: [&str; 5] = ["CORS_ORIGINS", "API_TOKENS", "REFRESH_SECONDS", "DEADLINE_MS", "SPOTIFY_COMPAT"];

struct Demo {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    folder: TempDir,
}

/// The demo's command, with these settings and none of this process.
fn command(settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary("segue-demo"));
    for name in SETTINGS {
        command.env_remove(name);
    }
    command.envs(settings.iter().copied()).args(["--port", "0"]).kill_on_drop(true);
    command
}

impl Demo {
    fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    fn start_with(data: &Path, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = command(settings);
        command.arg("--dir").arg(folder.path()).arg("--data").arg(data);
        let log = File::create(folder.path().join("log")).expect("a file");
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the demo starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        Self { _child: child, lines, folder }
    }

    /// The URL of the `curl` line that it prints.
    async fn example(&mut self) -> String {
        let curl = self.curl().await;
        curl.split('\'').nth(1).expect("a URL in quotes").to_owned()
    }

    /// The `curl` line that it prints.
    async fn curl(&mut self) -> String {
        loop {
            let line = tokio::time::timeout(Duration::from_secs(120), self.lines.next_line());
            let Some(line) = line.await.expect("in time").expect("a line") else {
                panic!("the demo ended: {}", std::fs::read_to_string(self.folder.path().join("log")).expect("reads"));
            };
            if line.starts_with("curl '") {
                return line;
            }
        }
    }
}

/// A table of a few tracks: the demo is ready at once.
fn table(folder: &TempDir) -> PathBuf {
    let csv = folder.path().join("mine.csv");
    std::fs::write(&csv, catalog::csv()).expect("writes");
    csv
}

async fn get(url: &str) -> (u16, Value) {
    let answer = reqwest::get(url).await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn the_demo_takes_a_table_of_the_users() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut demo = Demo::start(&table(&folder));
    let (status, answer) = get(&demo.example().await).await;
    assert_eq!((status, &answer["model"]["tracks"]), (200, &Value::from(203)), "{answer}");
}

#[tokio::test]
async fn a_shared_title_is_answered_once_its_artist_is_named() {
    let mut demo = Demo::start(&test_data::reference_table());
    let example = demo.example().await;
    let base = example.split("/v1/").next().expect("a base");
    let (status, problem) = get(&format!("{base}/v1/recommendations?song=Amber+Machine&limit=10")).await;
    assert_eq!(status, 409, "{problem}");
    let artists = problem["artists"].as_array().expect("artists");
    assert!(artists.contains(&Value::from("Hana Umbralle")) && artists.len() > 2, "{problem}");
    let (status, answer) =
        get(&format!("{base}/v1/recommendations?song=Amber+Machine&artist=Hana+Umbralle&limit=10")).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["tracks"].as_array().expect("tracks").len(), 10);
    assert!(answer["tracks"].as_array().expect("tracks").iter().all(|t| t["cluster"] == answer["seeds"][0]["cluster"]));
}

#[tokio::test]
async fn pages_of_any_origin_may_ask_the_demo_unless_it_is_told_which() {
    const PAGE: &str = "http://localhost:5500";
    let folder = tempfile::tempdir().expect("a folder");
    let csv = table(&folder);
    for (origins, allowed) in
        [("", Some("*")), ("https://app.example", None), ("https://app.example,http://localhost:5500", Some(PAGE))]
    {
        let mut demo = Demo::start_with(&csv, &[("CORS_ORIGINS", origins)]);
        let request = reqwest::Client::new().get(demo.example().await).header("origin", PAGE);
        let answer = request.send().await.expect("an answer");
        let header = answer.headers().get("access-control-allow-origin").map(|value| value.to_str().expect("text"));
        assert_eq!((answer.status().as_u16(), header), (200, allowed), "{origins:?}");
    }
}

#[tokio::test]
async fn the_request_that_is_printed_bears_a_token_where_one_is_asked_for() {
    // SHA-256 of `open sesame`.
    const SESAME: &str = "41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb";
    let folder = tempfile::tempdir().expect("a folder");
    let mut demo = Demo::start_with(&table(&folder), &[("API_TOKENS", SESAME)]);
    let curl = demo.curl().await;
    let output = Command::new("sh").args(["-c", &curl]).output().await.expect("sh and curl run");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["tracks"].as_array().map(Vec::len), Some(3), "{curl}: {answer}");

    let url = curl.split('\'').nth(1).expect("a URL in quotes");
    assert_eq!(get(url).await.0, 401);
    for (token, status) in [("open sesame", 200), ("close sesame", 401)] {
        let request = reqwest::Client::new().get(url).header("authorization", format!("Bearer {token}"));
        assert_eq!(request.send().await.expect("an answer").status(), status, "{token}");
    }
}

#[tokio::test]
async fn a_wrong_setting_stops_the_demo_before_it_does_anything() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("demo");
    for (name, value, allowed) in [
        ("CORS_ORIGINS", "https://app.example/", "* or origins separated by commas"),
        ("API_TOKENS", "hunter2", "sha256sum"),
        ("REFRESH_SECONDS", "often", "0 to 86400"),
        ("DEADLINE_MS", "1", "100 to 900000"),
    ] {
        let mut command = command(&[(name, value)]);
        let output = tokio::time::timeout(Duration::from_secs(60), command.arg("--dir").arg(&dir).output());
        let output = output.await.expect("it ends").expect("the demo starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(name) && said.contains(allowed), "{name}: {said}");
        assert!(output.stdout.is_empty() && !dir.exists(), "{name}");
    }
}

//! `cargo demo`, started as a user starts it: what it prints works.

use std::{path::Path, process::Stdio, time::Duration};

use segue_tests::{binaries::binary, catalog, data};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

struct Demo {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    _folder: TempDir,
}

impl Demo {
    fn start(data: Option<&Path>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(binary("local"));
        command.args(["--port", "0", "--dir"]).arg(folder.path());
        if let Some(data) = data {
            command.arg("--data").arg(data);
        }
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("the demo starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        Self { _child: child, lines, _folder: folder }
    }

    /// The URL of the `curl` line that it prints.
    async fn example(&mut self) -> String {
        loop {
            let line = tokio::time::timeout(Duration::from_secs(120), self.lines.next_line());
            let line = line.await.expect("in time").expect("a line").expect("the demo goes on");
            if let Some(url) = line.strip_prefix("curl '") {
                return url.trim_end_matches('\'').to_owned();
            }
        }
    }
}

async fn get(url: &str) -> (u16, Value) {
    let answer = reqwest::get(url).await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn the_demo_answers_the_request_that_it_prints() {
    let mut demo = Demo::start(None);
    let (status, answer) = get(&demo.example().await).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["model"]["tracks"], 20_000);
    assert_eq!(answer["tracks"].as_array().expect("tracks").len(), 3);
}

#[tokio::test]
async fn the_demo_takes_a_table_of_the_users() {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = folder.path().join("mine.csv");
    std::fs::write(&csv, catalog::csv()).expect("writes");
    let mut demo = Demo::start(Some(&csv));
    let (status, answer) = get(&demo.example().await).await;
    assert_eq!((status, &answer["model"]["tracks"]), (200, &Value::from(203)), "{answer}");
}

#[tokio::test]
async fn a_shared_title_of_a_real_table_is_answered_once_its_artist_is_named() {
    let Some(table) = data::table("light_spotify_39k.csv") else { return };
    let mut demo = Demo::start(Some(&table));
    let example = demo.example().await;
    let base = example.split("/v1/").next().expect("a base");
    let (status, problem) = get(&format!("{base}/v1/recommendations?song=Dance&limit=10")).await;
    assert_eq!(status, 409, "{problem}");
    let artists = problem["artists"].as_array().expect("artists");
    assert!(artists.contains(&Value::from("ABBA")) && artists.len() > 2, "{problem}");
    let (status, answer) = get(&format!("{base}/v1/recommendations?song=Dance&artist=ABBA&limit=10")).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["tracks"].as_array().expect("tracks").len(), 10);
    assert!(answer["tracks"].as_array().expect("tracks").iter().all(|t| t["cluster"] == answer["seeds"][0]["cluster"]));
}

//! Companions and weights that the trainer learns from playlists, from the command line to an answer.

use std::{fmt::Write, path::Path, process::Command};

use recommender::{
    Model,
    affinity::AffinityWeights,
    recommend::{Affinity, Request, Seed},
};
use serde_json::Value;
use tests::{binaries::binary, catalog};

/// Playlists of a dozen songs: those of each have their numbers in common, which neither audio nor artist nor year tells.
fn playlists() -> String {
    let mut csv = String::from("playlist_id,song,artist\n");
    for list in 0..32 {
        for place in 0..12 {
            // Songs 16 to 202 in 16 groups, of all genres; each playlist has most of one.
            let track = 16 + list % 16 + 16 * place;
            if track < 203 {
                // Writing to a `String` cannot fail.
                let _ = writeln!(csv, "p{list},Song {track},Artist {}", track % 40);
            }
        }
    }
    csv
}

fn run(arguments: &[&str]) -> (bool, String, String) {
    let output = Command::new(binary("trainer")).args(arguments).output().expect("the trainer runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

/// Trains on the invented catalogue with these playlists.
fn train(folder: &Path, lists: &str) -> (bool, String, String) {
    let (data, playlists, out) = (folder.join("tracks.csv"), folder.join("lists.csv"), folder.join("model"));
    std::fs::write(&data, catalog::csv()).expect("writes");
    std::fs::write(&playlists, lists).expect("writes");
    let path = |path: &Path| path.to_str().expect("a path").to_owned();
    let options =
        ["train", "--json", "--k", "3", "--k-range", "3-3", "--data", &path(&data), "--playlists", &path(&playlists)];
    run(&[&options[..], &["--out", &path(&out)]].concat())
}

#[test]
fn playlists_are_learned_from_and_what_they_bring_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let (is_good, stdout, stderr) = train(folder.path(), &playlists());
    assert!(is_good, "{stderr}");
    let printed: Value = serde_json::from_str(&stdout).expect("JSON");
    let balanced: AffinityWeights = serde_json::from_value(printed["balanced"].clone()).expect("weights");
    assert!(balanced.playlists.is_some_and(|weight| weight > 0.0), "{balanced:?}");
    let found = &printed["affinities"];
    assert_eq!((&found["playlists"], &found["folds"]), (&32.into(), &5.into()), "{found}");
    let methods = found["methods"].as_array().expect("methods");
    let recall = |method: &Value| method["five_seeds"][0]["mean"].as_f64().expect("a mean");
    let names = |method: &Value| method["affinities"].as_array().expect("names").len();
    assert_eq!(methods.iter().map(names).collect::<Vec<_>>(), [0, 1, 2, 3, 4], "one affinity more in each line");
    let (audio, best) = (&methods[0], &methods[4]);
    assert!(recall(best) > recall(audio), "{found}");
    assert!(audio["half"][1]["standard_error"].as_f64().is_some_and(|error| error > 0.0), "{found}");
    assert_eq!(found["weights"].as_array().expect("weights").len(), 5);

    let page = std::fs::read_to_string(folder.path().join("model/report/index.html")).expect("a page");
    assert!(page.contains("<h3>Affinities</h3>") && page.contains("+ playlists"), "the page says nothing of it");

    let path = folder.path().join("model/model.segue");
    let model = Model::open(&path).expect("opens");
    model.verify().expect("holds");
    assert_eq!(model.card().balanced, balanced);
    let seed = Seed::Song { song: "Song 16".into(), artist: None };
    let weights = AffinityWeights { playlists: Some(10.0), ..Default::default() };
    let request =
        Request { affinity: Some(Affinity::Weights(weights)), same_cluster: false, limit: 5, ..Request::new(seed) };
    let answer = model.recommend(&request).expect("answers");
    for track in &answer.tracks {
        let song = model.catalog().track(track.row).song;
        let number: usize = song.trim_start_matches("Song ").parse().expect("a number");
        assert_eq!(number % 16, 0, "{song} is on other playlists");
    }

    let lists = folder.path().join("lists.csv");
    let evaluate =
        ["evaluate", path.to_str().expect("a path"), "--sample", "50", "--data", lists.to_str().expect("a path")];
    let (is_good, text, stderr) = run(&evaluate);
    assert!(is_good && text.contains("+ playlists") && text.contains("affinity=balanced is"), "{text}{stderr}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let (_, json, _) = run(&[&evaluate[..], &["--json"]].concat());
    let evaluated: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(evaluated["affinities"]["methods"], found["methods"], "the same playlists give the same figures");
}

#[test]
fn the_same_playlists_give_the_same_bytes() {
    let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let bytes = |folder: &Path| {
        let (is_good, _, stderr) = train(folder, &playlists());
        assert!(is_good, "{stderr}");
        std::fs::read(folder.join("model/model.segue")).expect("a model")
    };
    assert!(bytes(one.path()) == bytes(two.path()));
}

#[test]
fn few_playlists_are_counted_and_the_weights_stay_the_default() {
    let folder = tempfile::tempdir().expect("a folder");
    let few: String = playlists().lines().take(1 + 3 * 12).map(|line| format!("{line}\n")).collect();
    let (is_good, stdout, stderr) = train(folder.path(), &few);
    assert!(is_good, "{stderr}");
    let printed: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(printed["balanced"], serde_json::json!({ "artist": 0.5, "year": 0.3, "genre": 0.2, "playlists": 0.6 }));
    assert!(printed.get("affinities").is_none(), "{printed}");
}

#[test]
fn playlists_that_cannot_be_used_are_refused_with_what_to_do() {
    for (lists, expected) in [
        ("playlist_id,track_id\np,x\n", ["none of the 1 rows", "trained on"]),
        ("song,artist\nTrack One,Artist 0\n", ["no playlist column", "playlist_id"]),
        ("", ["lists.csv", "empty"]),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let (is_good, _, stderr) = train(folder.path(), lists);
        assert!(!is_good && expected.iter().all(|expected| stderr.contains(expected)), "{stderr}");
        assert!(!folder.path().join("model/model.segue").exists(), "a model is written");
    }
}

//! The trainer binary: what it refuses, what it warns of, and that nothing half-written stays behind.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use tempfile::TempDir;
use tests::{
    TestStore,
    binaries::binary,
    catalog,
    faults::{Exchange, Extent, Fault, Proxy},
};

fn trainer(arguments: &[&str], folder: &Path) -> Output {
    Command::new(binary("trainer")).args(arguments).current_dir(folder).output().expect("the trainer runs")
}

fn folder(csv: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("tracks.csv"), csv).expect("writes");
    folder
}

fn train(csv: &[u8], more: &[&str]) -> (Output, TempDir) {
    let folder = folder(csv);
    let output = trainer(&[&["train", "--data", "tracks.csv", "--out", "out"], more].concat(), folder.path());
    (output, folder)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Exit code 1, one message that holds `expected`, and no output.
fn refused(csv: &[u8], more: &[&str], expected: &[&str]) {
    let (output, folder) = train(csv, more);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert_eq!(stderr.matches("error: ").count(), 1, "{stderr}");
    for expected in expected {
        assert!(stderr.contains(expected), "{expected:?} is not in: {stderr}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("lists").collect();
    assert_eq!(left.len(), 1, "something was written: {left:?}");
}

#[test]
fn an_export_does_not_replace_its_artifact() {
    let (_, folder) = train(catalog::csv().as_bytes(), &[]);
    let artifact = folder.path().join("out/model.segue");
    let before = std::fs::read(&artifact).expect("reads");
    let output = trainer(&["export", "out/model.segue", "--out", "out/../out/model.segue"], folder.path());
    let stderr = text(&output.stderr);
    assert!(output.status.code() == Some(1) && stderr.contains("--out needs another file"), "{stderr}");
    assert!(std::fs::read(&artifact).expect("reads") == before, "the artifact was replaced");
}

#[test]
fn an_export_is_csv_or_parquet_by_its_ending_or_as_asked_for() {
    let (_, folder) = train(catalog::csv().as_bytes(), &["--k", "3"]);
    let export = |more: &[&str]| trainer(&[&["export", "out/model.segue"], more].concat(), folder.path());
    for (more, file, parquet) in [
        (&["--out", "tracks.csv"][..], "tracks.csv", false),
        (&["--out", "tracks.parquet"], "tracks.parquet", true),
        (&["--out", "one", "--format", "parquet"], "one", true),
        (&["--out", "other"], "other", false),
    ] {
        let output = export(more);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let bytes = std::fs::read(folder.path().join(file)).expect("a table");
        let is_parquet = bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1");
        assert_eq!((is_parquet, bytes.starts_with(b"id,song,artist,")), (parquet, !parquet), "{more:?}");
    }
    let before = files(folder.path());
    for (out, format) in [("more.csv", "parquet"), ("more.parquet", "csv")] {
        let output = export(&["--out", out, "--format", format]);
        let stderr = text(&output.stderr);
        assert!(output.status.code() == Some(1) && stderr.contains("change one of them"), "{stderr}");
    }
    assert_eq!(files(folder.path()), before, "something was written");
}

#[test]
fn bad_tables_are_refused_with_a_message_that_says_what_to_do() {
    let header = "song,artist,energy,tempo\n";
    refused(b"", &[], &["empty"]);
    refused(header.as_bytes(), &[], &["header"]);
    refused(b"song,energy,tempo\nA,1,2\n", &[], &["artist", "song", "energy", "tempo"]);
    refused(format!("{header}A,B,1,2\n").as_bytes(), &["--features", "energy,valence"], &["valence", "tempo"]);
    refused(format!("{header}A,B,1\nA,B,1,2,3\n").as_bytes(), &[], &["row has 3 cells, expected 4 (1)", "line 2, 3"]);
    refused(format!("{header}A,B,,2\nA,B,x,2\n").as_bytes(), &[], &["no cell of energy holds a number"]);
    refused(format!("{header}A,B,,2\nA,,1,2\n").as_bytes(), &[], &["energy is empty", "artist is missing"]);
    refused(format!("{header}A,B,1,2\n").as_bytes(), &["--column", "tempo=speed"], &["\"speed\"", "\"energy\""]);
    refused(b"song,artist,energy\nA,B,1\n", &[], &["2"]);
    refused(catalog::csv().as_bytes(), &["--features", "energy"], &["--features", "2 to 15"]);
}

#[test]
fn a_missing_file_is_said_to_be_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = trainer(&["train", "--data", "nowhere.csv", "--out", "out"], folder.path());
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("nowhere.csv"), "{stderr}");
}

#[test]
fn a_failed_training_leaves_the_model_before_it_alone() {
    let (output, folder) = train(catalog::csv().as_bytes(), &["--k", "3"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let model = folder.path().join("out/model.segue");
    let before = std::fs::read(&model).expect("a model");
    std::fs::write(folder.path().join("tracks.csv"), "song,artist,energy,tempo\n").expect("writes");
    assert!(!trainer(&["train", "--data", "tracks.csv", "--out", "out"], folder.path()).status.success());
    assert!(std::fs::read(&model).expect("a model") == before);
}

#[test]
fn dropped_rows_are_counted_by_reason_and_many_of_them_are_a_warning() {
    let mut csv = catalog::csv();
    for broken in [",1,2,3,4", "x,1,2,3,4", "NaN,1,2,3,4", "inf,1,2,3,4"] {
        for _ in 0..8 {
            csv.push_str(&format!("Broken,Nobody,An album,rock,{broken},2000,No\n"));
        }
    }
    let (output, folder) = train(csv.as_bytes(), &["--k", "3"]);
    let stderr = text(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.contains("warning") && stderr.contains("one in ten"), "{stderr}");
    let metrics = std::fs::read(folder.path().join("out/report/metrics.json")).expect("metrics");
    let metrics: Value = serde_json::from_slice(&metrics).expect("JSON");
    assert_eq!(metrics["tracks"], 203);
    let dropped = metrics["dropped"].as_object().expect("reasons");
    let expected = [("energy is empty", 16), ("energy is infinite", 8), ("energy is not a number", 8)];
    assert_eq!(dropped.len(), expected.len(), "{metrics}");
    assert!(expected.iter().all(|(reason, count)| dropped[*reason] == *count), "{metrics}");
    assert!(metrics["seconds"].is_object());
}

#[test]
fn what_was_understood_of_the_columns_is_printed_and_reported() {
    let csv =
        catalog::csv().replacen("song,artist,album,genre,energy,tempo", "track,artist,notes,genre,nrgy,How fast", 1);
    let (output, folder) = train(csv.as_bytes(), &["--k", "3"]);
    let stderr = text(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let has_line = |words: &[&str]| stderr.lines().any(|line| line.split_whitespace().eq(words.iter().copied()));
    assert!(has_line(&["title", "track", "Track", "One"]), "{stderr}");
    assert!(stderr.contains("nothing is taken from: notes"), "{stderr}");
    assert!(stderr.contains("How fast looks like tempo: --column tempo='How fast'"), "{stderr}");
    let absent = stderr.lines().find(|line| line.contains("does not have")).expect("a warning");
    let (absent, looks_like) = absent.split_once("; ").expect("two parts");
    assert!(absent.contains("loudness") && !absent.contains("tempo"), "{absent}");
    assert!(looks_like.contains("tempo (column \"How fast\" looks like it"), "{looks_like}");
    let page = std::fs::read_to_string(folder.path().join("out/report/index.html")).expect("a page");
    assert!(page.contains("How fast") && page.contains("--column tempo='How fast'"), "the page does not tell it");

    let (output, _) = train(csv.as_bytes(), &["--k", "3", "--json", "--column", "tempo=How fast"]);
    let printed: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let used = printed["columns"]["used"].as_array().expect("a list");
    let tempo = used.iter().find(|used| used["meaning"] == "tempo").expect("tempo");
    assert_eq!((&tempo["column"], &tempo["empty"], &tempo["note"]), (&"How fast".into(), &0.into(), &"in BPM".into()));
    assert_eq!(printed["columns"]["unused"], serde_json::json!([{ "column": "notes" }]));
    assert!(printed["features"].as_array().expect("features").iter().any(|feature| feature["name"] == "tempo"));
}

#[test]
fn a_table_of_a_few_tracks_trains_with_default_options_and_says_how() {
    for tracks in 1..=7 {
        let mut csv = String::from("song,artist,energy,tempo\n");
        // Two of them do not differ.
        (0..=tracks).for_each(|track| csv += &format!("Song {track},Band,{},12{}\n", track % tracks, track % tracks));
        let (output, folder) = train(csv.as_bytes(), &[]);
        let stderr = text(&output.stderr);
        assert!(output.status.success(), "{tracks} tracks: {stderr}");
        let k = tracks.min(6);
        let expected = format!("the table has {tracks} tracks whose features differ: k is {k}, and the elbow's range");
        assert!(stderr.contains(&expected), "{stderr}");
        // Of those that do not differ, two share a cluster.
        let is_lone = stderr.contains("a single song") && stderr.contains("same_cluster=false");
        assert_eq!(is_lone, tracks > 1, "{stderr}");
        let verified = trainer(&["verify", "out/model.segue"], folder.path());
        assert!(verified.status.success(), "{}", text(&verified.stderr));
    }
    let (output, _) = train(catalog::csv().as_bytes(), &[]);
    let stderr = text(&output.stderr);
    assert!(!stderr.contains("features differ") && !stderr.contains("a single song"), "{stderr}");
}

#[test]
fn recommend_suggests_what_was_meant_and_where_more_songs_are() {
    let mut csv = String::from("song,artist,energy,tempo\n");
    (0..40).for_each(|track| csv += &format!("Song {track},Band {track},0.{},12{}\n", 50 + track, track % 10));
    csv += "Far Out,Loner,90,999\nTwin,Ann,0.5,120\nTwin,Bob,0.6,121\n";
    let (output, folder) = train(csv.as_bytes(), &["--k", "2"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let recommend = |more: &[&str]| {
        let output = trainer(&[&["recommend", "out/model.segue"], more].concat(), folder.path());
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, answer, _) = recommend(&["--song", "Far Outt", "--artist", "loner"]);
    assert!(
        code == Some(0) && answer.starts_with("Loner - Far Out (") && answer.contains("; found by typo"),
        "{answer}"
    );
    let (code, _, error) = recommend(&["--song", "Far Outt", "--strict"]);
    assert!(code == Some(1) && error.contains("did you mean --song 'Far Out'"), "{error}");
    let (code, _, error) = recommend(&["--song", "Twin"]);
    assert!(code == Some(1) && error.contains("Ann, Bob") && error.contains("--artist Ann"), "{error}");
    let (code, _, error) = recommend(&["--song", "Twin", "--artist", "Cy"]);
    assert!(code == Some(1) && error.contains("Ann, Bob"), "{error}");
    let (code, answer, hint) = recommend(&["--song", "Far Out"]);
    assert!(code == Some(0) && answer.lines().count() == 1, "{answer}");
    assert_eq!(hint, "no other song is in its cluster; --any-cluster searches in all clusters\n");
    let (_, answer, hint) = recommend(&["--song", "Far Out", "--any-cluster", "-n", "3"]);
    assert_eq!((answer.lines().count(), hint.as_str()), (4, ""));
    let (_, answer, hint) = recommend(&["--song", "Far Out", "--any-cluster", "-n", "100"]);
    assert_eq!((answer.lines().count(), hint.as_str()), (43, "42 songs: the catalogue has no more\n"));
    let (_, _, hint) = recommend(&["--song", "Song 1", "-n", "100"]);
    assert_eq!(hint, "41 songs: its cluster has no more; --any-cluster searches in all clusters\n");
    let (code, _, error) = recommend(&["--song", "Song 1", "-n", "101"]);
    assert!(code == Some(2) && error.contains("from 1 to 100"), "{error}");
}

#[test]
fn a_constant_feature_is_a_warning_and_divides_nothing() {
    let mut csv = String::new();
    for (line, row) in catalog::csv().lines().enumerate() {
        csv.push_str(row);
        csv.push_str(if line == 0 { ",liveness\n" } else { ",0.1\n" });
    }
    let (output, folder) = train(csv.as_bytes(), &["--k", "3"]);
    let stderr = text(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.contains("warning") && stderr.contains("liveness"), "{stderr}");
    let inspected = trainer(&["inspect", "out/model.segue", "--json"], folder.path());
    let inspected: Value = serde_json::from_slice(&inspected.stdout).expect("JSON");
    let features = inspected["features"].as_array().expect("features");
    assert!(features.iter().any(|feature| feature["name"] == "liveness" && feature["deviation"] == 0.0));
}

#[test]
fn the_same_table_gives_the_same_bytes_whatever_the_threads() {
    let (_, one) = train(catalog::csv().as_bytes(), &["--k", "3", "--threads", "1"]);
    let (_, four) = train(catalog::csv().as_bytes(), &["--k", "3", "--threads", "4"]);
    let (_, other) = train(catalog::csv().as_bytes(), &["--k", "4"]);
    let model = |folder: &TempDir| std::fs::read(folder.path().join("out/model.segue")).expect("a model");
    assert!(model(&one) == model(&four));
    assert!(model(&one) != model(&other));
}

#[test]
fn the_commands_agree_about_an_artifact() {
    let (output, folder) = train(catalog::csv().as_bytes(), &["--k", "3"]);
    let stdout = text(&output.stdout);
    for expected in ["inertia", "accuracy", "precision", "recall", "f1-score", "support", "macro avg", "weighted avg"] {
        assert!(stdout.contains(expected), "{expected:?} is not in: {stdout}");
    }
    for file in ["metrics.json", "elbow.svg", "cluster_profile.svg", "confusion_matrix.svg"] {
        assert!(folder.path().join("out/report").join(file).is_file(), "{file} is not there");
    }
    let run = |arguments: &[&str]| {
        let output = trainer(arguments, folder.path());
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, verified, _) = run(&["verify", "out/model.segue"]);
    assert!(code == Some(0) && verified.contains("203 tracks"), "{verified}");
    let (code, answer, _) = run(&["recommend", "out/model.segue", "--song", "track seven", "-n", "4"]);
    assert!(code == Some(0) && answer.lines().count() == 5, "{answer}");
    let (code, _, error) = run(&["recommend", "out/model.segue", "--song", "shared"]);
    assert!(code == Some(1) && error.contains("Ann") && error.contains("Bob, Cy"), "{error}");
    let (code, _, _) = run(&["export", "out/model.segue", "--out", "clusters.csv"]);
    let exported = std::fs::read_to_string(folder.path().join("clusters.csv")).expect("a table");
    assert!(code == Some(0) && exported.lines().count() == 204, "{exported}");

    let path = folder.path().join("out/model.segue");
    let mut bytes = std::fs::read(&path).expect("reads");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).expect("writes");
    let (code, _, error) = run(&["verify", "out/model.segue"]);
    assert!(code == Some(1) && error.contains("text-search"), "{error}");
}

#[test]
fn names_of_clusters_can_be_given() {
    let folder = folder(catalog::csv().as_bytes());
    std::fs::write(folder.path().join("names.toml"), "1 = \"Night drive\"\n").expect("writes");
    std::fs::write(folder.path().join("wrong.json"), r#"{"9": "Nowhere"}"#).expect("writes");
    let train = ["train", "--data", "tracks.csv", "--out", "out", "--k", "3", "--cluster-names"];
    let named = trainer(&[&train[..], &["names.toml"]].concat(), folder.path());
    assert!(text(&named.stdout).contains("Night drive"), "{}", text(&named.stderr));
    let wrong = trainer(&[&train[..], &["wrong.json"]].concat(), folder.path());
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong.stderr).contains('9'), "{}", text(&wrong.stderr));
}

fn gzip(text: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(text.as_bytes()).expect("packs");
    gzip.finish().expect("packs")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

#[test]
fn json_is_one_object_and_nothing_else_is_printed() {
    let (output, folder) = train(catalog::csv().as_bytes(), &["--k", "3", "--json"]);
    let printed: Value = serde_json::from_slice(&output.stdout).expect("one JSON value");
    let inspected = trainer(&["inspect", "out/model.segue", "--json"], folder.path());
    let inspected: Value = serde_json::from_slice(&inspected.stdout).expect("JSON");
    for figure in ["version", "bytes", "tracks", "inertia", "clusters", "classifier", "index"] {
        assert_eq!(printed[figure], inspected[figure], "{figure}");
    }
    assert_eq!((&printed["model"], &printed["published"]), (&Value::from("out/model.segue"), &Value::Null));
    assert!(printed["recommendations"]["same_cluster"]["genre"]["agreement"].is_number(), "{printed}");
    assert!(text(&output.stderr).contains("clusters"), "stages are told on stderr");
}

#[test]
fn weights_are_checked_and_told() {
    let csv = catalog::csv();
    for (weights, expected) in [
        ("tempo", "FEATURE=NUMBER"),
        ("speed=2", "unknown feature"),
        ("tempo=-1", "0 to 100"),
        ("tempo=1e9", "0 to 100"),
        ("tempo=NaN", "0 to 100"),
    ] {
        let (output, _) = train(csv.as_bytes(), &[&format!("--weights={weights}")]);
        let stderr = text(&output.stderr);
        assert!(output.status.code() == Some(2) && stderr.contains(expected), "{weights}: {stderr}");
    }
    refused(csv.as_bytes(), &["--weights", "liveness=2"], &["liveness", "valence", "--features"]);
    refused(csv.as_bytes(), &["--weights", "tempo=0,energy=0,valence=0,popularity=0"], &["1 features", "at least 2"]);

    let (plain, folder) = train(csv.as_bytes(), &["--k", "3", "--json"]);
    let (weighted, other) = train(csv.as_bytes(), &["--k", "3", "--json", "--weights", "tempo=3,popularity=0"]);
    let (ones, _) = train(csv.as_bytes(), &["--k", "3", "--json", "--weights", "tempo=1"]);
    let [plain, weighted, ones] =
        [plain, weighted, ones].map(|output| serde_json::from_slice::<Value>(&output.stdout).expect("JSON"));
    assert_eq!(plain["version"], ones["version"], "a weight of 1 is none");
    assert_ne!(plain["version"], weighted["version"]);
    // Means and deviations are the file's, whatever the weights.
    let scale = |trained: &Value| -> Vec<(Value, Value, Value)> {
        let features = trained["features"].as_array().expect("features").iter();
        features.map(|feature| ["name", "mean", "deviation"].map(|key| feature[key].clone()).into()).collect()
    };
    assert_eq!(scale(&plain), scale(&weighted));
    assert!(weighted["features"].as_array().expect("features").iter().any(|feature| feature["weight"] == 3.0));
    assert_eq!((&weighted["weights"]["tempo"], &weighted["weights"]["energy"]), (&Value::from(3.0), &Value::from(1.0)));
    let page = |folder: &TempDir| std::fs::read_to_string(folder.path().join("out/report/index.html")).expect("a page");
    assert!(page(&other).contains("multiplied with its weight") && !page(&folder).contains("multiplied with"));
    let model = recommender::Model::open(&other.path().join("out/model.segue")).expect("opens");
    let popularity = model.scaler().features.iter().position(|feature| feature == "popularity").expect("a feature");
    assert_eq!(model.scaler().weights[popularity], 0.0);
    assert!(model.neighbors().nodes().iter().all(|vector| vector.lanes()[popularity] == 0.0));
}

#[test]
fn quiet_says_nothing_but_errors() {
    let (output, folder) = train(catalog::csv().as_bytes(), &["--k", "3", "--quiet"]);
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
    assert!(folder.path().join("out/model.segue").is_file());
    let (output, _) = train(b"", &["--quiet"]);
    assert!(text(&output.stderr).starts_with("error: ") && output.status.code() == Some(1), "{output:?}");
}

#[test]
fn the_summary_fits_a_screen_and_its_last_line_is_a_command_that_works() {
    let (output, folder) = train(catalog::csv().as_bytes(), &["--k", "3"]);
    let stdout = text(&output.stdout);
    let summary: Vec<&str> = stdout.lines().skip_while(|line| !line.ends_with("share  cluster")).collect();
    assert!((10..=24).contains(&summary.len()) && summary.iter().all(|line| line.chars().count() <= 80), "{stdout}");
    let next = summary.last().and_then(|line| line.strip_prefix("next ")).expect("a command").trim_start();
    let command = next.replacen("trainer", &binary("trainer").display().to_string(), 1);
    let output = Command::new("sh").args(["-c", &command]).current_dir(folder.path()).output().expect("a shell");
    assert!(output.status.success() && text(&output.stdout).lines().count() == 11, "{next}: {output:?}");
}

#[test]
fn a_table_from_standard_input_gives_the_same_model_packed_or_not() {
    let (_, folder) = train(catalog::csv().as_bytes(), &["--k", "3"]);
    let expected = std::fs::read(folder.path().join("out/model.segue")).expect("a model");
    for bytes in [catalog::csv().into_bytes(), gzip(&catalog::csv())] {
        let mut child = Command::new(binary("trainer"))
            .args(["train", "--data", "-", "--out", "piped", "--k", "3", "--quiet"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .spawn()
            .expect("the trainer runs");
        child.stdin.take().expect("its input").write_all(&bytes).expect("writes");
        assert!(child.wait().expect("ends").success());
        assert!(std::fs::read(folder.path().join("piped/model.segue")).expect("a model") == expected);
    }
}

#[tokio::test]
async fn a_table_in_s3_gives_the_same_model_and_a_missing_one_is_told() {
    let (_, folder) = train(catalog::csv().as_bytes(), &["--k", "3"]);
    let expected = std::fs::read(folder.path().join("out/model.segue")).expect("a model");
    let test = TestStore::start().await;
    test.put("tables/tracks 1.csv.gz", gzip(&catalog::csv())).await;
    let train = async |data: &str| {
        let mut command = tokio::process::Command::new(binary("trainer"));
        command.args(["train", "--out", "fetched", "--k", "3", "--data", data]).envs(test.s3.env());
        command.current_dir(folder.path()).output().await.expect("the trainer runs")
    };
    let output = train("s3://music/tables/tracks 1.csv.gz").await;
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(std::fs::read(folder.path().join("fetched/model.segue")).expect("a model") == expected);
    for (data, expected) in [
        ("s3://music/tables/none.csv", "s3://music/tables/none.csv"),
        ("s3://nowhere/tracks.csv", "no bucket nowhere"),
        ("s3://music/none/", "holds no table"),
    ] {
        let output = train(data).await;
        let stderr = text(&output.stderr);
        assert!(output.status.code() == Some(1) && stderr.contains(expected), "{data}: {stderr}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_whose_download_breaks_off_is_read_on_from_there() {
    let (_, folder) = train(catalog::csv().as_bytes(), &["--k", "3"]);
    let expected = std::fs::read(folder.path().join("out/model.segue")).expect("a model");
    let test = TestStore::start().await;
    test.put("tracks.csv", catalog::csv()).await;
    assert!(catalog::csv().len() > 9_000);
    let cut = |exchange: &Exchange| (exchange.number == 0).then_some(Fault::Cut(Extent::Bytes(6_000)));
    let proxy = Proxy::start_with(&test.s3.endpoint(), cut).await;
    let mut command = tokio::process::Command::new(binary("trainer"));
    command.args(["train", "--out", "fetched", "--k", "3", "--data", "s3://music/tracks.csv"]);
    command.envs(proxy.env(&test.s3)).current_dir(folder.path());
    let output = command.output().await.expect("the trainer runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(std::fs::read(folder.path().join("fetched/model.segue")).expect("a model") == expected);
    assert_eq!(proxy.exchanges().len(), 2, "the download was not cut");
}

/// Sends a signal, and gives the exit code.
#[cfg(unix)]
fn interrupt(mut child: Child, signal: &str) -> Option<i32> {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
    child.wait().expect("ends").code()
}

#[test]
#[cfg(unix)]
fn a_training_that_is_ended_leaves_the_folder_as_it_was() {
    let folder = folder(catalog::csv().as_bytes());
    assert!(trainer(&["synth", "--tracks", "60000", "--out", "many.csv"], folder.path()).status.success());
    assert!(trainer(&["train", "--data", "tracks.csv", "--out", "out", "--k", "3"], folder.path()).status.success());
    let before: Vec<(PathBuf, Vec<u8>)> = files(&folder.path().join("out/report"))
        .into_iter()
        .chain([folder.path().join("out/model.segue")])
        .map(|path| (path.clone(), std::fs::read(path).expect("reads")))
        .collect();
    for (out, signal, code, said) in
        [("out", "-INT", 130, "interrupted"), ("new", "-INT", 130, "interrupted"), ("new", "-TERM", 143, "terminated")]
    {
        let mut child = Command::new(binary("trainer"))
            .args(["train", "--data", "many.csv", "--out", out])
            .current_dir(folder.path())
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the trainer runs");
        let mut stages = BufReader::new(child.stderr.take().expect("its messages")).lines();
        // k-means takes seconds: it is under way when the stage before it is done.
        assert!(stages.any(|line| line.expect("a line").starts_with("scale")));
        assert_eq!(interrupt(child, signal), Some(code));
        assert_eq!(stages.last().expect("a line").expect("a line"), said);
    }
    assert!(!folder.path().join("new").exists());
    assert_eq!(files(&folder.path().join("out")).len(), 2);
    assert_eq!(files(&folder.path().join("out/report")).len() + 1, before.len());
    for (path, bytes) in before {
        assert!(std::fs::read(&path).expect("reads") == bytes, "{} is another", path.display());
    }
}

#[test]
#[cfg(unix)]
fn a_writing_that_is_ended_leaves_no_file() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let folder = tempfile::tempdir().expect("a folder");
        let child = Command::new(binary("trainer"))
            .args(["synth", "--tracks", "5000000", "--out", "many.csv"])
            .current_dir(folder.path())
            .stderr(Stdio::null())
            .spawn()
            .expect("the trainer runs");
        let begun = Instant::now();
        let written =
            || files(folder.path()).first().and_then(|file| file.metadata().ok()).map_or(0, |file| file.len());
        while written() == 0 {
            assert!(begun.elapsed() < Duration::from_secs(60), "nothing is written");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(interrupt(child, signal), Some(code));
        assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
    }
}

/// What a terminal obeys, and the order of a line with it.
const HOSTILE: &str = "\u{1b}[31m\u{9b}2J\u{202e}\u{7}";

#[test]
fn a_terminal_obeys_no_text_of_a_table_or_an_artifact() {
    let header = "song,artist,genre,energy,tempo\n";
    let row = |track: usize| {
        let (energy, tempo) = (track % 3 * 10 + track % 2, track % 3 * 40 + track % 5);
        format!(
            "Song {}{HOSTILE},Artist {}{HOSTILE},rock{HOSTILE}{},{energy},{tempo}\n",
            track % 5,
            track % 7,
            track % 3
        )
    };
    let csv = header.to_owned() + &(0..60).map(row).collect::<String>();
    let (output, folder) = train(csv.as_bytes(), &["--k", "3"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut said = vec![("train", output)];
    for (name, arguments) in [
        ("inspect", &["inspect", "out/model.segue"][..]),
        ("inspect --json", &["inspect", "out/model.segue", "--json"]),
        (
            "recommend",
            &[
                "recommend",
                "out/model.segue",
                "--song",
                &format!("song 1{HOSTILE}"),
                "--artist",
                &format!("artist 1{HOSTILE}"),
            ],
        ),
        ("several artists", &["recommend", "out/model.segue", "--song", &format!("song 1{HOSTILE}")]),
        ("a table of no columns", &["train", "--data", "columns.csv", "--out", "more"]),
        ("names", &["train", "--data", "tracks.csv", "--out", "more", "--cluster-names", "names.toml"]),
        ("names that are no TOML", &["train", "--data", "tracks.csv", "--out", "more", "--cluster-names", "none.toml"]),
    ] {
        std::fs::write(folder.path().join("columns.csv"), format!("{HOSTILE}a,{HOSTILE}b\n1,2\n")).expect("writes");
        std::fs::write(folder.path().join("names.toml"), "0 = \"a\\u202eb\"\n").expect("writes");
        std::fs::write(folder.path().join("none.toml"), format!("0 = {HOSTILE}\n")).expect("writes");
        said.push((name, trainer(arguments, folder.path())));
    }
    for (name, output) in said {
        for said in [text(&output.stdout), text(&output.stderr)] {
            let obeyed = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
            assert!(!said.contains(obeyed), "{name}: {said:?}");
        }
        let fails = ["several artists", "a table of no columns", "names", "names that are no TOML"].contains(&name);
        assert_eq!(output.status.success(), !fails, "{name}: {}", text(&output.stderr));
    }
}

#[test]
#[cfg(unix)]
fn the_command_that_is_printed_works_though_artists_share_every_title() {
    let header = "song,artist,energy,tempo\n";
    let row = |track: usize| {
        format!("Intro,Artist {track}'s,{},{}\n", track % 3 * 10 + track % 2, track % 3 * 40 + track % 5)
    };
    let csv = header.to_owned() + &(0..3_000).map(row).collect::<String>();
    let (output, folder) = train(csv.as_bytes(), &["--k", "3"]);
    let stdout = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let next = stdout.lines().rev().find_map(|line| line.strip_prefix("next")).expect("a command").trim();
    assert!(next.contains("--artist"), "{next}");
    let command = next.replacen("trainer", binary("trainer").to_str().expect("a path"), 1);
    let output = Command::new("sh").args(["-c", &command]).current_dir(folder.path()).output().expect("a shell");
    assert!(output.status.success(), "{next}: {}", text(&output.stderr));
}

#[test]
#[cfg(unix)]
fn an_out_that_cannot_be_written_is_refused_before_the_training() {
    let folder = folder(catalog::csv().as_bytes());
    std::fs::write(folder.path().join("file"), "mine").expect("writes");
    std::fs::create_dir_all(folder.path().join("taken/model.segue")).expect("a folder");
    for out in ["file", "file/below", "taken", "-"] {
        let output = trainer(&["train", "--data", "tracks.csv", "--out", out], folder.path());
        let stderr = text(&output.stderr);
        assert!(output.status.code() == Some(1) && !stderr.contains("read "), "{out}: {stderr}");
    }
    assert_eq!(std::fs::read(folder.path().join("file")).expect("reads"), b"mine");
    assert!(!folder.path().join("taken/report").exists());
}

#[test]
#[cfg(unix)]
fn a_dash_and_the_standard_output_by_its_name_are_written_through() {
    let (_, folder) = train(catalog::csv().as_bytes(), &["--k", "3"]);
    let into = |arguments: &[&str]| {
        // As a file, which must be written and not replaced.
        let path = folder.path().join("stdout");
        let file = std::fs::File::create(&path).expect("a file");
        let output = Command::new(binary("trainer"))
            .args(arguments)
            .current_dir(folder.path())
            .stdout(file)
            .stderr(Stdio::null())
            .status()
            .expect("the trainer runs");
        assert!(output.success(), "{arguments:?}");
        std::fs::read(path).expect("reads")
    };
    let synth = |out| into(&["synth", "--tracks", "50", "--out", out]);
    assert_eq!(synth("-"), synth("/dev/stdout"));
    assert_eq!(synth("-").iter().filter(|byte| **byte == b'\n').count(), 51);
    for out in ["-", "/dev/stdout"] {
        let csv = text(&into(&["export", "out/model.segue", "--out", out]));
        assert!(csv.starts_with("id,song,artist,") && csv.lines().count() == 204, "{out}: {csv}");
    }
    let parquet = into(&["export", "out/model.segue", "--format", "parquet", "--out", "-"]);
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    assert!(!folder.path().join("-").exists());
}

#[test]
#[cfg(unix)]
fn what_is_no_artifact_is_left_after_its_first_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    for (file, expected) in [("/dev/zero", "not a segue artifact"), (".", "cannot read .")] {
        for command in ["verify", "inspect"] {
            let output = trainer(&[command, file], folder.path());
            let stderr = text(&output.stderr);
            assert!(output.status.code() == Some(1) && stderr.contains(expected), "{command} {file}: {stderr}");
            assert_eq!(stderr.matches("os error").count(), usize::from(file == "."), "said twice: {stderr}");
        }
    }
}

#[test]
#[cfg(unix)]
fn two_signals_leave_no_file_either() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(binary("trainer"))
        .args(["synth", "--tracks", "5000000", "--out", "many.csv"])
        .current_dir(folder.path())
        .stderr(Stdio::null())
        .spawn()
        .expect("the trainer runs");
    let begun = Instant::now();
    while files(folder.path()).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing is written");
        std::thread::sleep(Duration::from_millis(5));
    }
    // By one command, so that the second comes before the first is over.
    let id = child.id().to_string();
    let sent = Command::new("sh").args(["-c", &format!("kill -INT {id}; kill -INT {id}")]).status().expect("a shell");
    assert!(sent.success());
    assert_eq!(child.wait().expect("ends").code(), Some(130));
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

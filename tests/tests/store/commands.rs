//! The store's commands, as a person types them.

use std::{path::Path, process::Output};

use store::Version;
use tests::{
    binaries::binary,
    catalog::{self, BUCKET, LOCATION},
    test_env::{TestEnv, train},
};

/// What the trainer prints, or what it fails with.
async fn trainer(test_env: &TestEnv, arguments: &[&str]) -> Result<String, String> {
    let output = run(test_env, arguments).await;
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// What the trainer prints, and what it says beside that.
async fn trainer_says(test_env: &TestEnv, arguments: &[&str]) -> (String, String) {
    let output = run(test_env, arguments).await;
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{stderr}");
    (stdout, stderr)
}

async fn run(test_env: &TestEnv, arguments: &[&str]) -> Output {
    tokio::process::Command::new(binary("trainer")).args(arguments).envs(test_env.env()).output().await.unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn version_of(artifact: &Path) -> String {
    Version::of(&std::fs::read(artifact).unwrap()).to_string()
}

#[tokio::test]
async fn publish_takes_the_report_of_the_model_and_never_that_of_another() {
    let test_env = TestEnv::new().await;
    let csv = test_env.folder.path().join("tracks.csv");
    std::fs::write(&csv, catalog::csv()).unwrap();
    let (own, other) = (train(&csv, &["--k", "2"]), train(&csv, &["--k", "3"]));
    let (own, other) = (own.path(), other.path());
    let model = own.join("model.segue");
    let publish = ["publish", model.to_str().unwrap(), "--to", LOCATION];
    let reports = async || {
        let list = test_env.s3.client().list_objects_v2().bucket(BUCKET).prefix("models/").send().await.unwrap();
        list.contents().iter().filter(|object| object.key().unwrap().contains("/report/")).count()
    };

    std::fs::rename(own.join("report"), own.join("put aside")).unwrap();
    std::fs::rename(other.join("report"), own.join("report")).unwrap();
    let (_, warned) = trainer_says(&test_env, &publish).await;
    assert!(
        warned.contains("report is left out") && warned.contains(&version_of(&other.join("model.segue"))),
        "{warned}"
    );
    assert_eq!(reports().await, 0);

    std::fs::rename(own.join("report"), other.join("report")).unwrap();
    std::fs::rename(own.join("put aside"), own.join("report")).unwrap();
    std::fs::write(own.join("report/playlists.json"), "of somebody").unwrap();
    let (_, warned) = trainer_says(&test_env, &publish).await;
    assert!(!warned.contains("warning"), "{warned}");
    assert_eq!(reports().await, 5, "the report that was missing is stored, and nothing else");
}

#[tokio::test]
async fn models_shows_version_date_tracks_accuracy_and_size_and_prune_leaves_the_current_one() {
    let test_env = TestEnv::new().await;
    test_env.publish_as("2").await;
    test_env.publish_as("3").await;

    let list = trainer(&test_env, &["models", "--at", LOCATION]).await.unwrap();
    let lines: Vec<Vec<&str>> = list.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["version", "published", "tracks", "accuracy", "bytes"]);
    assert_eq!(lines.len(), 3, "{list}");
    for line in &lines[1..] {
        assert_eq!((line[0].len(), line[2]), (64, "203"), "{list}");
        assert!(line[1].ends_with('Z') && line[1].len() == 20, "{list}");
        assert!((0.5..=1.0).contains(&line[3].parse::<f64>().unwrap()), "{list}");
        assert!(line[4].replace(',', "").parse::<u64>().unwrap() > 1_000, "{list}");
    }
    let current = lines.iter().find(|line| line.last() == Some(&"current")).unwrap()[0];
    let other = lines[1..].iter().find(|line| line[0] != current).unwrap()[0];

    let back = trainer(&test_env, &["rollback", &other[..8], "--at", LOCATION]).await.unwrap();
    assert!(back.contains(other), "{back}");
    trainer(&test_env, &["rollback", current, "--at", LOCATION]).await.unwrap();
    for (prefix, message) in [("00000000", "trainer models --at"), (&other[..7], "the first eight or more")] {
        let refused = trainer(&test_env, &["rollback", prefix, "--at", LOCATION]).await.unwrap_err();
        assert!(refused.contains(message), "{refused}");
    }

    let young = trainer(&test_env, &["prune", "--keep", "0", "--at", LOCATION]).await.unwrap();
    assert_eq!(young, "deleted 0, 1 younger than a day left: --force deletes them too\n");
    let dry = trainer(&test_env, &["prune", "--keep", "0", "--force", "--dry-run", "--at", LOCATION]).await.unwrap();
    assert_eq!(dry, format!("would delete {other}\nwould delete 1\n"));
    let done = trainer(&test_env, &["prune", "--keep", "0", "--force", "--at", LOCATION]).await.unwrap();
    assert_eq!(done, format!("deleted {other}\ndeleted 1\n"));
    let list = trainer(&test_env, &["models", "--at", LOCATION]).await.unwrap();
    assert!(list.contains(current) && !list.contains(other), "{list}");

    let gone = trainer(&test_env, &["rollback", other, "--at", LOCATION]).await.unwrap_err();
    assert!(gone.contains("no model") && gone.contains("trainer models"), "{gone}");
    let missing = trainer(&test_env, &["prune", "--at", LOCATION]).await.unwrap_err();
    assert!(missing.contains("--keep"), "{missing}");
}

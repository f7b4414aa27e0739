//! The store's commands, as a person types them.

use tests::{binaries::binary, catalog::LOCATION, test_env::TestEnv};

/// What the trainer prints, or what it fails with.
async fn trainer(test_env: &TestEnv, arguments: &[&str]) -> Result<String, String> {
    let output =
        tokio::process::Command::new(binary("trainer")).args(arguments).envs(test_env.env()).output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
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

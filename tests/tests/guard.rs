//! The guard against bad uploads: a truncated or damaged table does not replace a good model, whoever publishes.

use std::{collections::HashMap, path::Path, process::Output};

use aws_sdk_s3::primitives::ByteStream;
use serde_json::{Value, json};
use store::Version;
use tests::{
    binaries::binary,
    catalog::{self, BUCKET, LOCATION},
    runtime::Function,
    test_env::{TestEnv, train},
};

/// The first tracks of the catalogue, as of an upload that was cut off.
fn truncated(tracks: usize) -> String {
    catalog::csv().split_inclusive('\n').take(1 + tracks).collect()
}

/// The catalogue with the genres of other tracks, as of a table whose columns were joined wrongly.
fn damaged() -> String {
    let csv = catalog::csv();
    let genre = |track: usize| ["rock", "ambient", "disco"][(track * 7 / 5) % 3];
    let mut lines = csv.lines();
    let header = lines.next().unwrap_or_default().to_owned();
    let rows = lines.enumerate().map(|(track, line)| {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells[3] = genre(track);
        format!("{}\n", cells.join(","))
    });
    format!("{header}\n{}", rows.collect::<String>())
}

async fn trainer(test_env: &TestEnv, arguments: &[&str]) -> Output {
    tokio::process::Command::new(binary("trainer")).args(arguments).envs(test_env.env()).output().await.expect("runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

async fn current(test_env: &TestEnv) -> Version {
    let models = test_env.store().list().await.expect("a list");
    models.iter().find(|model| model.current).expect("a current model").version
}

async fn is_stored(test_env: &TestEnv, version: Version) -> bool {
    test_env.store().list().await.expect("a list").iter().any(|model| model.version == version)
}

fn version_of(folder: &Path) -> Version {
    Version::of(&std::fs::read(folder.join("model.segue")).expect("an artifact"))
}

#[tokio::test]
async fn the_trainer_stores_a_model_with_too_few_tracks_and_leaves_the_current_one() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let good = current(&test_env).await;
    let csv = test_env.folder.path().join("short.csv");
    std::fs::write(&csv, truncated(120)).expect("writes");
    let short = train(&csv, &["--k", "3"]);
    let (model, version) = (short.path().join("model.segue"), version_of(short.path()));
    let publish = ["publish", model.to_str().expect("UTF-8"), "--to", LOCATION];

    let refused = trainer(&test_env, &publish).await;
    let message = said(&refused);
    assert!(!refused.status.success(), "{message}");
    let rollback = format!("`trainer rollback {version} --at {LOCATION}`");
    for part in ["120 tracks and the current model 203: 40.9 % less, allowed are 30.0 %", &rollback, "--force"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(current(&test_env).await == good && is_stored(&test_env, version).await, "stored, and not current");

    // What was refused can be taken after all: it is there.
    let taken = trainer(&test_env, &["rollback", &version.to_string(), "--at", LOCATION]).await;
    assert!(taken.status.success() && current(&test_env).await == version, "{}", said(&taken));
    for allowed in [&["--max-track-loss", "0.5"][..], &["--force"]] {
        test_env.publish().await;
        assert_eq!(current(&test_env).await, good);
        let published = trainer(&test_env, &[&publish[..], allowed].concat()).await;
        assert!(published.status.success() && current(&test_env).await == version, "{}", said(&published));
    }
}

#[tokio::test]
async fn a_training_whose_model_is_refused_keeps_it_and_fails() {
    let test_env = TestEnv::new().await;
    test_env.publish().await;
    let good = current(&test_env).await;
    let (csv, out) = (test_env.folder.path().join("short.csv"), test_env.folder.path().join("out"));
    std::fs::write(&csv, truncated(100)).expect("writes");
    let (csv, out) = (csv.to_str().expect("UTF-8"), out.to_str().expect("UTF-8"));
    let train = ["train", "--data", csv, "--out", out, "--k", "3", "--publish", LOCATION];
    let refused = trainer(&test_env, &train).await;
    assert!(!refused.status.success() && said(&refused).contains("but it is not published"), "{}", said(&refused));
    assert_eq!(current(&test_env).await, good);
    assert!(is_stored(&test_env, version_of(Path::new(out))).await);
    let forced = trainer(&test_env, &[&train[..], &["--force"]].concat()).await;
    assert!(forced.status.success(), "{}", said(&forced));
    assert_eq!(current(&test_env).await, version_of(Path::new(out)));
}

#[tokio::test]
async fn a_model_that_answers_much_worse_is_refused_by_name_of_the_figure() {
    let test_env = TestEnv::new().await;
    let folder = test_env.folder.path();
    let trained = ["good", "damaged"].map(|name| {
        let csv = folder.join(format!("{name}.csv"));
        std::fs::write(&csv, if name == "good" { catalog::csv() } else { damaged() }).expect("writes");
        train(&csv, &["--k", "3"])
    });
    let models = trained.each_ref().map(|folder| folder.path().join("model.segue"));
    let [good, damaged] = models.each_ref().map(|model| ["publish", model.to_str().expect("UTF-8"), "--to", LOCATION]);
    assert!(trainer(&test_env, &good).await.status.success());
    let refused = trainer(&test_env, &damaged).await;
    let message = said(&refused);
    assert!(!refused.status.success() && message.contains("its genre_agreement is 0."), "{message}");
    assert!(!message.contains("tracks and the current model"), "{message}");
    assert_eq!(current(&test_env).await, version_of(trained[0].path()));
    let allowed = trainer(&test_env, &[&damaged[..], &["--max-quality-loss", "1"]].concat()).await;
    assert!(allowed.status.success(), "{}", said(&allowed));
    // From there to the better one there is nothing to refuse.
    assert!(trainer(&test_env, &good).await.status.success());
}

/// Uploads a table and lets the function train on it.
async fn upload(
    test_env: &TestEnv,
    function: &Function,
    csv: String,
    metadata: &[(&str, &str)],
) -> Result<Value, Value> {
    let metadata: HashMap<String, String> =
        metadata.iter().chain(&[("segue-k", "3")]).map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let request = test_env.s3.client().put_object().bucket(BUCKET).key("uploads/tracks.csv");
    let put = request.set_metadata(Some(metadata)).body(ByteStream::from(csv.into_bytes())).send().await;
    let etag = put.expect("an object").e_tag.expect("an ETag");
    function
        .try_invoke(json!({ "detail": { "bucket": { "name": BUCKET },
            "object": { "key": "uploads/tracks.csv", "etag": etag.trim_matches('"') } } }))
        .await
}

#[tokio::test]
async fn a_truncated_upload_is_refused_with_its_reason_and_metadata_decides_otherwise() {
    let test_env = TestEnv::new().await;
    let mut env = test_env.env();
    env.push(("AWS_LAMBDA_FUNCTION_MEMORY_SIZE".into(), "3008".into()));
    let function = Function::start(&binary("train"), &env).await;
    upload(&test_env, &function, catalog::csv(), &[]).await.expect("published");
    let good = current(&test_env).await;

    let error = upload(&test_env, &function, truncated(130), &[]).await.expect_err("refused");
    assert_eq!(error["errorType"], "WorseThanCurrent", "{error}");
    let message = error["errorMessage"].as_str().expect("a message");
    for part in ["130 tracks and the current model 203", "segue-force=true", "trainer rollback"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let models = test_env.store().list().await.expect("a list");
    assert_eq!((current(&test_env).await, models.len()), (good, 2), "the model is stored, and the good one current");

    for allowed in [("segue-max-track-loss", "0.4"), ("segue-force", "true")] {
        upload(&test_env, &function, catalog::csv(), &[]).await.expect("published");
        upload(&test_env, &function, truncated(130), &[allowed]).await.expect("published");
        assert_ne!(current(&test_env).await, good, "{allowed:?}");
    }

    upload(&test_env, &function, catalog::csv(), &[]).await.expect("published");
    let error = upload(&test_env, &function, damaged(), &[]).await.expect_err("refused");
    assert!(error["errorMessage"].as_str().expect("a message").contains("genre_agreement"), "{error}");
    upload(&test_env, &function, damaged(), &[("segue-max-quality-loss", "1")]).await.expect("published");
}

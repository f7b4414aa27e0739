//! An S3 server with a model in it, made by the trainer binary as a user would.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use local::s3::EmbeddedS3;
use segue::Model;
use tempfile::TempDir;

use crate::{
    binaries::binary,
    catalog::{self, BUCKET, LOCATION},
    runtime::Function,
};

/// An S3 server over a temporary folder.
pub struct World {
    /// The folder, which goes with the world.
    pub folder: TempDir,
    /// The server.
    pub s3: EmbeddedS3,
}

impl World {
    /// A server with an empty bucket.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let s3 = EmbeddedS3::start(&folder.path().join("s3")).await.expect("an S3 server");
        s3.create_bucket(BUCKET).expect("a bucket");
        Self { folder, s3 }
    }

    /// The environment that leads a process to the model.
    pub fn env(&self) -> Vec<(String, String)> {
        let s3 = self.s3.env().into_iter().map(|(name, value)| (name.to_owned(), value));
        s3.chain([("MODEL_URI".to_owned(), LOCATION.to_owned())]).collect()
    }

    /// Trains on the invented catalogue with the trainer binary, and publishes.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub async fn publish(&self) {
        let csv = self.folder.path().join("tracks.csv");
        std::fs::write(&csv, catalog::csv()).expect("writes");
        let output = tokio::process::Command::new(binary("trainer"))
            .args(["train", "--k", "3", "--publish", LOCATION, "--data"])
            .arg(&csv)
            .arg("--out")
            .arg(self.folder.path().join("model"))
            .envs(self.env())
            .output()
            .await
            .expect("the trainer runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Where the server keeps the one artifact that is published.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn artifact(&self) -> PathBuf {
        let models = self.folder.path().join("s3").join(BUCKET).join("models/models");
        let version = std::fs::read_dir(models).expect("models").next().expect("one").expect("one");
        version.path().join("model.segue")
    }

    /// Starts the function binary on it.
    pub async fn function(&self) -> Function {
        Function::start(&binary("recommend"), &self.env()).await
    }
}

/// Trains on a table with the trainer binary, into a temporary folder.
///
/// # Panics
///
/// If that fails.
pub fn train(table: &Path, more: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(binary("trainer"))
        .args(["train", "--data"])
        .arg(table)
        .arg("--out")
        .arg(folder.path())
        .args(more)
        .output()
        .expect("the trainer runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

/// Opens what [`train`] made.
///
/// # Panics
///
/// If it does not open.
pub fn open(folder: &TempDir) -> Model {
    Model::open(&folder.path().join("model.segue")).expect("opens")
}

//! An S3 server with a model in it, made by the trainer binary as a user would.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::Duration,
};

use local::s3::EmbeddedS3;
use recommend::{
    access::Access,
    api,
    http::cors::Cors,
    models::{ModelManager, Source},
};
use recommender::{Model, Version};
use store::{Store, Upload};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::OnceCell};
use trainer::report::files::{self, FolderReport};

use crate::{
    binaries::binary,
    catalog::{self, BUCKET, LOCATION},
    runtime::{Conditions, Function},
};

/// Models that were trained already, by the number of clusters and the table.
type Trained = HashMap<(String, String), Arc<OnceCell<Upload>>>;

/// An S3 server over a temporary folder.
pub struct TestEnv {
    /// The folder, which goes with the world.
    pub folder: TempDir,
    /// The server.
    pub s3: EmbeddedS3,
}

impl TestEnv {
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

    /// The store that models are published to.
    ///
    /// # Panics
    ///
    /// Never: the location is one.
    pub fn store(&self) -> Store {
        Store::with_client(self.s3.client(), LOCATION.parse().expect("a location"))
    }

    /// Publishes a model that the trainer binary has trained on the invented catalogue. It is trained once a test run.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub async fn publish(&self) {
        self.publish_as("3").await;
    }

    /// As [`TestEnv::publish`], with this many clusters: another model.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub async fn publish_as(&self, k: &str) {
        self.publish_table(k, &catalog::csv()).await;
    }

    /// As [`TestEnv::publish`], with these rows added to the catalogue.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub async fn publish_with(&self, rows: &str) {
        self.publish_table("3", &(catalog::csv() + rows)).await;
    }

    /// Publishes a model of so many clusters that the trainer binary has trained on this table. It is trained once a test run.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub async fn publish_table(&self, k: &str, csv: &str) {
        self.store().publish(trained(k, csv).await).await.expect("publishes");
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

    /// Where the server keeps the prefetch of the current artifact.
    pub fn prefetch(&self) -> PathBuf {
        self.folder.path().join("s3").join(BUCKET).join("models/latest.prefetch")
    }

    /// Serves the function's routes on a loopback port: its URL.
    ///
    /// # Panics
    ///
    /// If no port can be opened.
    pub async fn serve(&self, cors: &Cors) -> String {
        self.serve_to(&Access { cors: cors.clone(), tokens: None }).await
    }

    /// As [`TestEnv::serve`], to those that `access` names.
    ///
    /// # Panics
    ///
    /// If no port can be opened.
    pub async fn serve_to(&self, access: &Access) -> String {
        let models = Arc::new(ModelManager::new(Source::Store(self.store()), Duration::from_secs(20)));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = api::router_with(models, access, true);
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    /// Starts the function binary on it.
    pub async fn function(&self) -> Function {
        self.function_under(&self.s3.endpoint(), &[], Conditions::default()).await
    }

    /// Starts the function binary under these conditions, with these settings besides; its S3 is at `endpoint`.
    pub async fn function_under(&self, endpoint: &str, settings: &[(&str, &str)], conditions: Conditions) -> Function {
        let mut env = self.env();
        env.retain(|(name, _)| name != "AWS_ENDPOINT_URL_S3");
        env.push(("AWS_ENDPOINT_URL_S3".to_owned(), endpoint.to_owned()));
        env.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Function::start_under(&binary("recommend"), &env, conditions).await
    }
}

/// What is to be published of a training on a table.
async fn trained(k: &str, table: &str) -> Upload {
    static TRAINED: LazyLock<Mutex<Trained>> = LazyLock::new(Mutex::default);
    let model = {
        let mut trained = TRAINED.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(trained.entry((k.to_owned(), table.to_owned())).or_default())
    };
    let train_once = async || {
        let folder = tempfile::tempdir().expect("a folder");
        let csv = folder.path().join("tracks.csv");
        std::fs::write(&csv, table).expect("writes");
        let mut command = tokio::process::Command::new(binary("trainer"));
        command.args(["train", "--k", k, "--data"]).arg(&csv).arg("--out").arg(folder.path());
        let output = command.output().await.expect("the trainer runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let file = std::fs::read(folder.path().join("model.segue")).expect("a model");
        let report = files::read(&folder.path().join("report"), Version::of(&file)).expect("reads");
        let FolderReport::Found(report) = report else { panic!("{report:?}") };
        Upload::of(file.into(), report).expect("a card")
    };
    model.get_or_init(train_once).await.clone()
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

/// Opens what [`train()`] made.
///
/// # Panics
///
/// If it does not open.
pub fn open(folder: &TempDir) -> Model {
    Model::open(&folder.path().join("model.segue")).expect("opens")
}

//! What `cargo demo` does: S3, a trained and published model, and the function's routes on a loopback port.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use aws_sdk_s3::{
    Client,
    config::{Credentials, Region},
};
use clap::Parser;
use recommend::{
    api,
    models::{Models, Source},
};
use segue_store::{Store, Upload};
use tokio::net::TcpListener;
use trainer::{
    console::Console,
    output,
    pipeline::{self, Options, Trained},
    report, synth, table,
};

use crate::s3::EmbeddedS3;

const BUCKET: &str = "segue";
const PREFIX: &str = "demo";
const REGION: &str = "us-east-1";
const TRACKS: u64 = 20_000;
/// How long a request may wait for the model.
const DEADLINE: Duration = Duration::from_secs(8);
/// How often to look for a model that another program published.
const REFRESH: Duration = Duration::from_secs(5);

/// Trains a model, publishes it to S3 and answers requests from it: all on this machine.
///
/// Without options it makes up a catalogue of 20,000 tracks and runs an S3 server of its own, which keeps its data in
/// target/segue/.
#[derive(Debug, Parser)]
#[command(name = "cargo demo", bin_name = "cargo demo", version, max_term_width = 100)]
pub struct Demo {
    /// Track table to train on: .csv or .csv.gz [default: a made-up catalogue]
    #[arg(long)]
    data: Option<PathBuf>,
    /// Port to answer on; 0 takes any that is free
    #[arg(long, default_value_t = 9000)]
    port: u16,
    /// An S3 server to use, such as MinIO at http://127.0.0.1:9100, with the keys in AWS_ACCESS_KEY_ID and
    /// AWS_SECRET_ACCESS_KEY [default: one in this process]
    #[arg(long, value_name = "URL")]
    s3: Option<String>,
    /// Folder for what the demo writes
    #[arg(long, default_value = "target/segue")]
    dir: PathBuf,
}

impl Demo {
    /// Runs until Ctrl-C.
    ///
    /// # Errors
    ///
    /// What could not be started, and what to do about it.
    pub async fn run(self) -> anyhow::Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", self.port))
            .await
            .with_context(|| format!("cannot listen on port {}: choose another with --port", self.port))?;
        let address = listener.local_addr()?;

        let embedded;
        let mut env = vec![("MODEL_URI", format!("s3://{BUCKET}/{PREFIX}"))];
        let client = match &self.s3 {
            Some(url) => {
                env.push(("AWS_ENDPOINT_URL_S3", url.clone()));
                env.push(("AWS_REGION", REGION.into()));
                client(url, &key("AWS_ACCESS_KEY_ID")?, &key("AWS_SECRET_ACCESS_KEY")?)
            }
            None => {
                let root = self.dir.join("s3");
                embedded = EmbeddedS3::start(&root)
                    .await
                    .with_context(|| format!("cannot start an S3 server over {}", root.display()))?;
                eprintln!("S3         {} (data in {})", embedded.endpoint(), root.display());
                env.extend(embedded.env().into_iter().filter(|(_, value)| !value.is_empty()));
                embedded.client()
            }
        };
        ensure_bucket(&client).await.with_context(|| format!("cannot make the bucket {BUCKET}"))?;
        let store = Store::with_client(client, format!("s3://{BUCKET}/{PREFIX}").parse()?);

        let dir = self.dir.clone();
        let trained = tokio::task::spawn_blocking(move || train(self.data, &dir)).await??;
        let published = store.publish(upload(&trained)).await?;
        eprintln!("published  {} at {}", published.version, published.location);

        let models = Arc::new(Models::new(Source::Store(store), DEADLINE).refreshing(REFRESH));
        models.start();
        println!("\nsegue answers at http://{address}; try\n");
        println!("curl '{}'\n", example(&trained, address.port()));
        println!("Other programs find the model with\n");
        for (name, value) in env {
            println!("export {name}={value}");
        }
        println!();
        println!("Ctrl-C ends it.");
        axum::serve(listener, api::router(models))
            .with_graceful_shutdown(async {
                // Where no signal can be waited for, the process is ended as any other.
                if tokio::signal::ctrl_c().await.is_err() {
                    std::future::pending::<()>().await;
                }
            })
            .await?;
        Ok(())
    }
}

fn key(name: &str) -> anyhow::Result<String> {
    match std::env::var(name) {
        Ok(key) if !key.is_empty() => Ok(key),
        _ => bail!("--s3 needs the server's keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY ({name} is not set)"),
    }
}

fn client(url: &str, access_key: &str, secret_key: &str) -> Client {
    let config = segue_store::base_config()
        .region(Region::from_static(REGION))
        .endpoint_url(url)
        .force_path_style(true)
        .credentials_provider(Credentials::new(access_key, secret_key, None, None, "environment"))
        .build();
    Client::from_conf(config)
}

async fn ensure_bucket(client: &Client) -> anyhow::Result<()> {
    if client.head_bucket().bucket(BUCKET).send().await.is_err() {
        client.create_bucket().bucket(BUCKET).send().await?;
    }
    Ok(())
}

fn train(data: Option<PathBuf>, dir: &Path) -> anyhow::Result<Trained> {
    let console = Console::new();
    let data = match data {
        Some(data) => data,
        None => {
            let made_up = dir.join("tracks.csv");
            let stage = console.stage("synth", TRACKS);
            output::write_with(&made_up, |file| synth::write(TRACKS, 1, file, &mut |done| stage.set(done)))?;
            stage.done(&format!("{TRACKS} made-up tracks in {}", made_up.display()));
            made_up
        }
    };
    let stage = console.stage("read", std::fs::metadata(&data).map_or(0, |file| file.len()));
    let table = table::open(&data, &table::Options::default(), &mut |position| stage.set(position))?;
    stage.done(&format!("{} tracks of {} rows", table.n_tracks(), table.rows));
    report::warn_of_table(&table, &console);
    Ok(pipeline::train(&table, &Options::default(), &console)?)
}

fn upload(trained: &Trained) -> Upload {
    Upload {
        artifact: trained.file.clone().into(),
        report: Vec::new(),
        tracks: trained.card.tracks,
        k: trained.card.k,
        accuracy: trained.card.classifier.accuracy,
        features: trained.card.features.iter().map(|feature| feature.name.clone()).collect(),
    }
}

/// A request that works as it is printed.
fn example(trained: &Trained, port: u16) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("song", &trained.example)
        .append_pair("limit", "3")
        .finish();
    format!("http://localhost:{port}/v1/recommendations?{query}")
}

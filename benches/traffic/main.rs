//! The function under traffic: its routes on a port, a model swapped every five seconds, and as many connections as one
//! likes; beside it, the scikit-learn service under the same traffic.
//!
//! `cargo bench --profile dev -p benches --bench traffic`, with options after `--`:
//!
//! | option | default | |
//! |---|---|---|
//! | `--connections` | `1,16,256` | connections, each asking again when it is answered |
//! | `--seconds` | 60 | how long for each |
//! | `--swap-seconds` | 5 | how often another model becomes current; 0 for never |
//! | `--catalog` | `265k` | `39k`, `265k` or `1m` |
//! | `--no-peer` | | without the scikit-learn service |
//!
//! It wants [wrk](https://github.com/wg/wrk) (Debian's package `wrk`). The server is `functions/recommend/examples/serve.rs`
//! in the release profile, looking for a new model every second; S3 is the embedded one. All share the machine's cores:
//! what wrk takes is not there for the server. Requests are for ten songs to follow one of a thousand, by title and
//! artist. A request has failed if it was answered with a status of 400 and above, or not at all within ten seconds.
//!
//! Memory is that of the server's process, looked at five times a second: the largest in the first and in the last third
//! of the time. It is flat where the two are alike. `target/segue/bench/traffic.json` has it all.

mod served;

use std::{path::Path, process::Command, time::Duration};

use anyhow::{Context, ensure};
use benches::{
    build,
    catalog::{self, Catalog},
    machine,
    peers::Peers,
    table,
};
use clap::Parser;
use local::s3::EmbeddedS3;
use recommender::{Model, artifact};
use serde_json::{Value, json};
use store::{Store, Upload, Version};
use tokio::sync::oneshot;

use crate::served::Served;

const BUCKET: &str = "segue-bench";
const LOCATION: &str = "s3://segue-bench/traffic";
/// Different songs that are asked for.
const SONGS: u32 = 1_000;

#[derive(Debug, Parser)]
struct Options {
    /// Connections, each asking again when it is answered
    #[arg(long, value_delimiter = ',', default_value = "1,16,256", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    connections: Vec<u32>,
    /// How long for each number of connections
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    seconds: u64,
    /// How often another model becomes current; 0 for never
    #[arg(long, default_value_t = 5)]
    swap_seconds: u64,
    /// Which catalogue: 39k, 265k, 1m
    #[arg(long, default_value = "265k")]
    catalog: String,
    /// Without the scikit-learn service
    #[arg(long)]
    no_peer: bool,
    /// Cargo says so to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    ensure!(cfg!(target_os = "linux"), "what a process uses is read from /proc, which only Linux has");
    ensure!(Command::new("wrk").arg("-v").output().is_ok(), "wrk is not installed (apt install wrk)");
    let machine = machine::describe();
    println!("{}", machine::line(&machine));
    let server = build::release_example("recommend", "serve")?;
    let name = *catalog::named(std::slice::from_ref(&options.catalog))?.first().context("one catalogue")?;
    let catalog = tokio::task::spawn_blocking(move || Catalog::ready(name)).await??;
    let catalog = catalog.context("nothing was measured")?;

    let peers = if options.no_peer { None } else { Some(Peers::ready()?) };
    let folder = tempfile::tempdir()?;
    let s3 = EmbeddedS3::start(&folder.path().join("s3")).await?;
    s3.create_bucket(BUCKET)?;
    let store = Store::with_client(s3.client(), LOCATION.parse()?);
    let (models, songs) = publish(&store, &catalog).await?;

    let mut rows = Vec::new();
    {
        let paths = folder.path().join("segue");
        std::fs::write(&paths, songs.iter().map(Song::of_segue).collect::<String>())?;
        let mut command = Command::new(server);
        command
            .env_clear()
            .envs(s3.env())
            .env("MODEL_URI", LOCATION)
            .env("REFRESH_SECONDS", "1")
            .env("RUST_LOG", "warn");
        let mut served = Served::start(command, |command, address| {
            command.arg(address);
        })
        .await?;
        for connections in &options.connections {
            let (stop, stopped) = oneshot::channel();
            let swapping = tokio::spawn(swap(store.clone(), models.clone(), options.swap_seconds, stopped));
            rows.push(measure("segue", &mut served, *connections, &options, &paths).await?);
            let _ = stop.send(());
            swapping.await?;
        }
    }
    if let Some(peers) = peers {
        let (trained_by, of) = (peers.clone(), catalog.clone());
        let joblib = tokio::task::spawn_blocking(move || of.joblib(&trained_by)).await??;
        let paths = folder.path().join("peer");
        std::fs::write(&paths, songs.iter().map(Song::of_peer).collect::<String>())?;
        let mut command = peers.python();
        command.args(["-m", "uvicorn", "serve:app", "--workers", "1", "--log-level", "warning"]).env("MODEL", joblib);
        let mut served = Served::start(command, |command, address| {
            let (host, port) = address.split_once(':').unwrap_or((address, "0"));
            command.args(["--host", host, "--port", port]);
        })
        .await?;
        for connections in &options.connections {
            rows.push(measure("FastAPI", &mut served, *connections, &options, &paths).await?);
        }
    }

    println!();
    table::print(&table(&rows));
    let results = json!({ "machine": machine, "catalog": name, "seconds": options.seconds,
        "swap_seconds": options.swap_seconds, "runs": rows });
    let path = build::results()?.join("traffic.json");
    trainer::output::write(&path, &serde_json::to_vec_pretty(&results)?)?;
    println!("\nall of it is in {}", path.display());
    let failed: u64 = rows.iter().filter(|row| row["server"] == "segue").filter_map(|row| row["failed"].as_u64()).sum();
    ensure!(failed == 0, "{failed} requests to segue failed");
    Ok(())
}

/// A song that is asked for.
struct Song {
    song: String,
    artist: String,
}

impl Song {
    fn of_segue(&self) -> String {
        let (song, artist) = (plus(&self.song), plus(&self.artist));
        format!("/v1/recommendations?song={song}&artist={artist}&limit=10\n")
    }

    fn of_peer(&self) -> String {
        format!("/recommend/{}?n=10\n", self.song.replace(' ', "%20"))
    }
}

fn plus(text: &str) -> String {
    text.replace(' ', "+")
}

/// Two models of the catalogue, which differ in a figure of their card, and songs spread evenly through it.
async fn publish(store: &Store, catalog: &Catalog) -> anyhow::Result<(Vec<Version>, Vec<Song>)> {
    let file = std::fs::read(&catalog.artifact)?;
    let model = Model::from_bytes(&file, Version::of(&file))?;
    let mut card = model.card().clone();
    card.classifier.accuracy = card.classifier.accuracy.map(|accuracy| accuracy - 1e-9);
    let other = artifact::with_card(file.clone(), &card)?;
    let mut versions = Vec::new();
    for file in [other, file] {
        versions.push(store.publish(Upload::of(file.into(), Vec::new())?).await?.version);
    }
    let tracks = model.catalog().len() as u32;
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ');
    let songs: Vec<Song> = (0..SONGS)
        .filter_map(|at| {
            let from = (u64::from(tracks) * u64::from(at) / u64::from(SONGS)) as u32;
            let tracks = (from..tracks).map(|row| model.catalog().track(row));
            let track = tracks.into_iter().find(|track| plain(track.song) && plain(track.artist))?;
            Some(Song { song: track.song.to_owned(), artist: track.artist.to_owned() })
        })
        .collect();
    ensure!(!songs.is_empty(), "no title of the catalogue is made of ASCII letters and digits");
    Ok((versions, songs))
}

/// Makes one model after the other current.
async fn swap(store: Store, models: Vec<Version>, seconds: u64, mut stopped: oneshot::Receiver<()>) {
    if seconds == 0 {
        return;
    }
    for version in models.iter().cycle() {
        // A write that has begun ends.
        tokio::select! {
            _ = &mut stopped => return,
            () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
        }
        if let Err(error) = store.rollback(*version).await {
            println!("no swap: {error}");
        }
    }
}

async fn measure(
    server: &str,
    served: &mut Served,
    connections: u32,
    options: &Options,
    paths: &Path,
) -> anyhow::Result<Value> {
    println!("{server}: {connections} connections for {} s", options.seconds);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("traffic/requests.lua");
    let mut wrk = tokio::process::Command::new("wrk");
    wrk.args(["-t", "1", "-c", &connections.to_string(), "-d", &format!("{}s", options.seconds), "--timeout", "10s"]);
    wrk.arg("-s").arg(script).arg(served.url()).arg("--").arg(paths);
    let watch = served.watch();
    let output = wrk.output().await.context("wrk does not run")?;
    let seen = watch.stop().await?;
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().rev().find(|line| line.starts_with('{')).with_context(|| format!("wrk said: {said}"))?;
    let counted: Value = serde_json::from_str(line)?;
    ensure!(served.is_running()?, "{server} ended under traffic");
    let count = |name: &str| counted[name].as_u64().unwrap_or(0);
    let (requests, seconds) = (count("requests"), counted["seconds"].as_f64().unwrap_or(f64::NAN));
    Ok(json!({
        "server": server,
        "connections": connections,
        "requests": requests,
        "per_second": requests as f64 / seconds,
        "p50_ms": counted["p50"], "p99_ms": counted["p99"], "p999_ms": counted["p999"], "max_ms": counted["max"],
        "failed": count("status") + count("broken"),
        "models": seen.models,
        "memory_first_third_mb": seen.first_third as f64 / 1e6,
        "memory_last_third_mb": seen.last_third as f64 / 1e6,
    }))
}

fn table(rows: &[Value]) -> Vec<Vec<String>> {
    let header = [
        "",
        "connections",
        "requests/s",
        "ratio",
        "p50",
        "p99",
        "p99.9",
        "failed",
        "models",
        "memory, first and last third",
    ];
    let mut cells = vec![header.map(str::to_owned).to_vec()];
    for row in rows {
        let number = |name: &str| row[name].as_f64().unwrap_or(f64::NAN);
        let same = |other: &&Value| other["server"] != row["server"] && other["connections"] == row["connections"];
        let ratio = rows.iter().find(same).filter(|_| row["server"] == "segue").map_or("-".to_owned(), |peer| {
            format!("{:.0} x", number("per_second") / peer["per_second"].as_f64().unwrap_or(f64::NAN))
        });
        cells.push(vec![
            row["server"].as_str().unwrap_or_default().to_owned(),
            row["connections"].to_string(),
            format!("{:.0}", number("per_second")),
            ratio,
            format!("{:.2} ms", number("p50_ms")),
            format!("{:.2} ms", number("p99_ms")),
            format!("{:.2} ms", number("p999_ms")),
            row["failed"].to_string(),
            row["models"].to_string(),
            format!("{:.0}, {:.0} MB", number("memory_first_third_mb"), number("memory_last_third_mb")),
        ]);
    }
    cells
}

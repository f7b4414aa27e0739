//! Cold starts: from the start of the function's process to its first answer, its model in an S3 that is as far away
//! as S3 is; beside it, the scikit-learn service with its artifact on this machine.
//!
//! `cargo bench --profile dev -p benches --bench cold_start`, with options after `--`:
//!
//! | option | environment | default | |
//! |---|---|---|---|
//! | `--rate` | `SEGUE_BENCH_RATE` | 90 | MB (10^6 bytes) a second that S3 sends on one connection |
//! | `--delay` | `SEGUE_BENCH_DELAY` | `30,63` | ms from a request to the first byte of S3's answer: each is measured |
//! | `--runs` | `SEGUE_BENCH_RUNS` | 10 | cold starts of each catalogue |
//! | `--peer-runs` | `SEGUE_BENCH_PEER_RUNS` | 5 | starts of the peer |
//! | `--no-peer` | | | without the peer |
//! | `--catalogs` | `SEGUE_BENCH_CATALOGS` | `39k,265k,1m` | which catalogues |
//!
//! `SEGUE_DATA` names the folder of the real track tables, if it is not `../shared/data` beside the workspace; a
//! catalogue whose table is not there is left out. The one of a million tracks is made up.
//!
//! The function is built as it is deployed, in the release profile and by itself. Each cold start is a new process
//! behind a Lambda runtime API, and the first event waits for it: ten recommendations for a song by its artist. The
//! second asks for `search=hnsw`, and so waits for the graphs. One start before the others does not count. S3, the
//! runtime API and the function share the machine's cores, which is harder than Lambda; and what Lambda does before it
//! starts the process is not in here.
//!
//! The transfer's own time is what S3's pace alone allows: one delay, and the bytes that it loads over the rate of the
//! connections that were in use at the same time. `target/segue/bench/cold_start.json` has every run.

mod function;
mod peer;

use std::{num::NonZeroU64, path::Path, time::Duration};

use anyhow::{Context, ensure};
use benches::{build, catalog, catalog::Catalog, machine, peers::Peers, stats::Stats, table};
use clap::Parser;
use local::s3::EmbeddedS3;
use recommender::{
    Model,
    artifact::{self, Need},
};
use serde_json::{Value, json};
use store::Upload;
use tests::faults::{Fault, Proxy, Throttle};

#[derive(Debug, Parser)]
struct Options {
    /// MB (10^6 bytes) a second that S3 sends on one connection
    #[arg(long, env = "SEGUE_BENCH_RATE", default_value_t = 90.0)]
    rate: f64,
    /// Milliseconds from a request to the first byte of S3's answer
    #[arg(
        long,
        env = "SEGUE_BENCH_DELAY",
        value_delimiter = ',',
        default_value = "30,63",
        value_parser = clap::value_parser!(u64).range(..=10_000)
    )]
    delay: Vec<u64>,
    /// Cold starts of each catalogue
    #[arg(long, env = "SEGUE_BENCH_RUNS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Starts of the scikit-learn service
    #[arg(long, env = "SEGUE_BENCH_PEER_RUNS", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    peer_runs: u32,
    /// Without the scikit-learn service
    #[arg(long)]
    no_peer: bool,
    /// Which catalogues: 39k, 265k, 1m
    #[arg(long, env = "SEGUE_BENCH_CATALOGS", value_delimiter = ',', default_value = "39k,265k,1m")]
    catalogs: Vec<String>,
    /// Cargo says so to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

/// An S3 server that is published to directly, and read from as from afar.
struct FarS3<'a> {
    s3: &'a EmbeddedS3,
    proxy: Proxy,
    throttle: Throttle,
}

impl<'a> FarS3<'a> {
    async fn start(s3: &'a EmbeddedS3, throttle: Throttle) -> Self {
        let proxy = Proxy::start_with(&s3.endpoint(), move |_| Some(Fault::Throttle(throttle))).await;
        Self { s3, proxy, throttle }
    }
}

/// A song that is asked for.
#[derive(Clone, Debug)]
struct Song {
    song: String,
    artist: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    ensure!(cfg!(target_os = "linux"), "what a process uses is read from /proc, which only Linux has");
    let rate = NonZeroU64::new((options.rate * 1e6) as u64).context("--rate is above 0")?;
    let throttle = |delay| Throttle { bytes_per_second: rate, first_byte_delay: Duration::from_millis(delay) };
    let names = catalog::named(&options.catalogs)?;
    let machine = machine::describe();
    println!("{}", machine::line(&machine));

    let binary = build::release("recommend")?;
    let binary_bytes = std::fs::metadata(&binary)?.len();
    let peers = if options.no_peer { None } else { Some(Peers::ready()?) };
    let folder = tempfile::tempdir()?;
    let s3 = EmbeddedS3::start(folder.path()).await?;
    s3.create_bucket(function::BUCKET)?;
    let mut catalogs = Vec::new();
    for name in names {
        let Some(catalog) = tokio::task::spawn_blocking(move || Catalog::ready(name)).await?? else { continue };
        for (number, delay) in options.delay.iter().enumerate() {
            let far = FarS3::start(&s3, throttle(*delay)).await;
            // The peer's artifact is on this machine's disk, however far S3 is.
            let peers = peers.as_ref().filter(|_| number == 0);
            catalogs.push(measure(&catalog, &options, &binary, &far, peers).await?);
        }
    }

    ensure!(!catalogs.is_empty(), "nothing was measured");
    for catalog in &catalogs {
        println!();
        table::print(&table(catalog));
    }
    println!("\nmedian (smallest to largest); the function's binary has {:.1} MB", binary_bytes as f64 / 1e6);
    let results = json!({
        "machine": machine,
        "rate_bytes_per_second": rate,
        "binary_bytes": binary_bytes,
        "catalogs": catalogs.iter().map(Measured::json).collect::<Vec<_>>(),
    });
    let path = build::results()?.join("cold_start.json");
    trainer::output::write(&path, &serde_json::to_vec_pretty(&results)?)?;
    println!("every run is in {}", path.display());
    Ok(())
}

async fn measure(
    catalog: &Catalog,
    options: &Options,
    binary: &Path,
    s3: &FarS3<'_>,
    peers: Option<&Peers>,
) -> anyhow::Result<Measured> {
    let songs = songs(&Model::open(&catalog.artifact)?, options.runs.max(options.peer_runs));
    ensure!(!songs.is_empty(), "no title of the catalogue {} is made of ASCII letters and digits", catalog.name);
    let upload = Upload::of(std::fs::read(&catalog.artifact)?.into(), Vec::new())?;
    let (tracks, bytes) = (upload.tracks, upload.artifact.len() as u64);
    // What only searches by text need is fetched when one comes.
    let sections = artifact::sections(&upload.artifact)?;
    let needed = sections.iter().filter(|entry| entry.section.need() != Need::TextSearch);
    let needed = needed.map(|entry| entry.range().end).max().unwrap_or(bytes);
    let location = function::publish(s3.s3, catalog.name, upload).await?;

    let delay = s3.throttle.first_byte_delay;
    println!("{}: {} cold starts of the function, S3 {delay:?} away", catalog.name, options.runs);
    let start = async |song| function::start(binary, s3, &location, song, needed).await;
    // One that does not count: S3 reads the object from its file once, and the system the binary.
    start(&songs[0]).await?;
    let mut starts = Vec::new();
    for song in songs.iter().cycle().take(options.runs as usize) {
        starts.push(start(song).await?);
    }

    let (mut served, mut joblib_bytes) = (Vec::new(), None);
    if let Some(peers) = peers {
        let (trained_by, of) = (peers.clone(), catalog.clone());
        let joblib = tokio::task::spawn_blocking(move || of.joblib(&trained_by)).await??;
        joblib_bytes = Some(std::fs::metadata(&joblib)?.len());
        println!("{}: {} starts of the scikit-learn service", catalog.name, options.peer_runs);
        peer::start(peers, &joblib, &songs[0]).await?;
        for song in songs.iter().cycle().take(options.peer_runs as usize) {
            served.push(peer::start(peers, &joblib, song).await?);
        }
    }
    Ok(Measured { name: catalog.name, delay, tracks, bytes, starts, joblib_bytes, served })
}

/// Songs spread evenly through the catalogue, with titles that any URL can carry: the peer takes no `/`.
fn songs(model: &Model, count: u32) -> Vec<Song> {
    let tracks = model.catalog().len() as u32;
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ');
    let spread = (0..count).filter_map(|at| {
        let from = (u64::from(tracks) * u64::from(at) / u64::from(count.max(1))) as u32;
        let track = (from..tracks)
            .map(|row| model.catalog().track(row))
            .find(|track| plain(track.song) && plain(track.artist))?;
        Some(Song { song: track.song.to_owned(), artist: track.artist.to_owned() })
    });
    spread.collect()
}

/// What was measured of a catalogue.
struct Measured {
    name: &'static str,
    delay: Duration,
    tracks: u64,
    bytes: u64,
    starts: Vec<function::Start>,
    joblib_bytes: Option<u64>,
    served: Vec<peer::Start>,
}

impl Measured {
    fn of(&self, figure: impl Fn(&function::Start) -> f64) -> Option<Stats> {
        Stats::of(self.starts.iter().map(figure))
    }

    fn of_peer(&self, figure: impl Fn(&peer::Start) -> f64) -> Option<Stats> {
        Stats::of(self.served.iter().map(figure))
    }

    /// The first answer, in what the transfer's own time allows it.
    fn ratio(&self) -> Option<Stats> {
        self.of(|start| start.first_answer.as_secs_f64() / (1.25 * start.ideal.as_secs_f64() + 0.030))
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "first_byte_delay_ms": ms(self.delay),
            "tracks": self.tracks,
            "artifact_bytes": self.bytes,
            "first_answer_ms": Stats::json(self.of(|start| ms(start.first_answer))),
            "graphs_ready_ms": Stats::json(self.of(|start| ms(start.graphs_ready))),
            "ratio": Stats::json(self.ratio()),
            "reached": self.ratio().map(|ratio| ratio.median <= 1.0),
            "starts": self.starts.iter().map(function::Start::json).collect::<Vec<_>>(),
            "peer": {
                "artifact_bytes": self.joblib_bytes,
                "first_answer_ms": Stats::json(self.of_peer(|start| ms(start.first_answer))),
                "starts": self.served.iter().map(peer::Start::json).collect::<Vec<_>>(),
            },
        })
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// A row for each figure: a column of segue's, and one of the peer's where it was measured.
fn table(catalog: &Measured) -> Vec<Vec<String>> {
    type Cell = Box<dyn Fn(&Measured) -> String>;
    let own = |decimals: usize, unit: &'static str, figure: fn(&function::Start) -> f64| -> Cell {
        Box::new(move |of| Stats::cell(of.of(figure), decimals, unit))
    };
    let peer = |decimals: usize, unit: &'static str, figure: fn(&peer::Start) -> f64| -> Cell {
        Box::new(move |of| Stats::cell(of.of_peer(figure), decimals, unit))
    };
    let none = || -> Cell { Box::new(|_| "-".to_owned()) };
    let rows: Vec<(&str, Cell, Cell)> = vec![
        (
            "artifact",
            Box::new(|of| format!("{:.1} MB", mb(of.bytes))),
            Box::new(|of| of.joblib_bytes.map_or("-".to_owned(), |bytes| format!("{:.1} MB", mb(bytes)))),
        ),
        ("to first next", own(0, "ms", |start| ms(start.first_next)), none()),
        (
            "to first answer",
            own(0, "ms", |start| ms(start.first_answer)),
            peer(0, "ms", |start| ms(start.first_answer)),
        ),
        ("to graphs ready", own(0, "ms", |start| ms(start.graphs_ready)), none()),
        ("connections at once", own(0, "", |start| start.transfer.at_once as f64), none()),
        ("sent at first answer", own(1, "MB", |start| mb(start.transfer.bytes)), none()),
        ("the transfer's own time", own(0, "ms", |start| ms(start.ideal)), none()),
        (
            "first answer / (1.25 x that + 30 ms)",
            Box::new(|of| {
                let verdict = match of.ratio() {
                    Some(ratio) if ratio.median <= 1.0 => "reached",
                    _ => "not reached",
                };
                format!("{} {verdict}", Stats::cell(of.ratio(), 2, ""))
            }),
            none(),
        ),
        (
            "CPU to first answer",
            own(0, "ms", |start| ms(start.at_first_answer.cpu)),
            peer(0, "ms", |start| ms(start.at_first_answer.cpu)),
        ),
        ("CPU to graphs ready", own(0, "ms", |start| ms(start.at_graphs_ready.cpu)), none()),
        (
            "peak memory",
            own(0, "MB", |start| mb(start.steady.peak)),
            peer(0, "MB", |start| mb(start.at_first_answer.peak)),
        ),
        (
            "steady memory",
            own(0, "MB", |start| mb(start.steady.resident)),
            peer(0, "MB", |start| mb(start.at_first_answer.resident)),
        ),
    ];
    let mut table = vec![vec![format!("{} tracks, S3 {:?} away", catalog.tracks, catalog.delay), "segue".to_owned()]];
    table.extend(rows.iter().map(|(name, own, _)| vec![(*name).to_owned(), own(catalog)]));
    if !catalog.served.is_empty() {
        table[0].push("scikit-learn".to_owned());
        table.iter_mut().skip(1).zip(&rows).for_each(|(row, (_, _, peer))| row.push(peer(catalog)));
    }
    table
}

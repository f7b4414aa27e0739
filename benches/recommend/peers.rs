//! hnswlib and voyager, beside the model whose vectors they hold.

use std::{
    fs::{self, File},
    hint::black_box,
    io::{BufWriter, Write},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use benches::{
    engine::{vectors, walk},
    peers::Peers,
    process::{self, thread_cpu_time},
    table,
};
use recommender::{
    Model,
    recommend::{Request, Seed},
    search::{Search, ef_of},
};
use serde_json::Value;
use trainer::{evaluation, progress::Stopwatch, table as tracks, training};

/// How many neighbours are asked for.
const KS: [usize; 2] = [10, 50];
/// How much quicker than voyager's the graphs are to be built.
const BUILD_GOAL: f64 = 4.0;

/// Asks the peers, and prints what they and the model take to find as much. `csv` is the table of the model, where there is
/// one.
pub(crate) fn compare(model: &Model, rows: &[u32], peers: &Peers, csv: Option<&Path>) -> anyhow::Result<()> {
    let figures = ask(model, rows.len(), peers)?;
    println!(
        "\npeers: {} distinct vectors, M = {}, ef_construction = {}",
        figures["vectors"], figures["m"], figures["ef_construction"]
    );
    for k in KS {
        let own = [request(model, rows, k)?, walked(model, rows, k, &figures)?];
        println!("\n{k} nearest of the whole catalogue, one thread");
        print(&own, k, &figures)?;
    }
    match csv {
        Some(csv) => builds(csv, &figures),
        None => {
            println!("\nthe time to build graphs is left out: SEGUE_MODEL has no table");
            Ok(())
        }
    }
}

/// What the peers say of themselves.
fn ask(model: &Model, seeds: usize, peers: &Peers) -> anyhow::Result<Value> {
    let folder = tempfile::tempdir()?;
    let (file, said) = (folder.path().join("vectors.f32"), folder.path().join("neighbors.json"));
    let features = model.scaler().len();
    let mut out = BufWriter::new(File::create(&file)?);
    for vector in vectors(model).iter() {
        for lane in &vector.lanes()[..features] {
            out.write_all(&lane.to_le_bytes())?;
        }
    }
    out.into_inner().map_err(|error| error.into_error())?;
    let mut command = peers.python();
    command.arg("neighbors.py").arg(&file).args(["--features", &features.to_string(), "--seeds", &seeds.to_string()]);
    command.arg("--k").args(KS.map(|k| k.to_string())).stdout(File::create(&said)?);
    let run = process::run(&mut command).context("python does not run")?;
    ensure!(run.status.success(), "neighbors.py failed");
    Ok(serde_json::from_slice(&fs::read(&said)?)?)
}

/// How the model finds neighbours.
struct Own {
    name: &'static str,
    recall: f64,
    p50: Duration,
    /// Of processor time.
    mean: Duration,
}

impl Own {
    /// `cpu` is the processor time of all `times`.
    fn of(name: &'static str, recall: f64, mut times: Vec<Duration>, cpu: Duration) -> Self {
        times.sort();
        let p50 = times.get(times.len() / 2).copied().unwrap_or_default();
        Self { name, recall, p50, mean: cpu / times.len().max(1) as u32 }
    }
}

/// A whole request.
fn request(model: &Model, rows: &[u32], k: usize) -> anyhow::Result<Own> {
    let mut request = Request { limit: k, same_cluster: false, search: Search::Auto, ..Request::new(Seed::Row(0)) };
    let mut times = Vec::with_capacity(rows.len());
    let cpu = thread_cpu_time();
    for row in rows {
        request.seeds = vec![Seed::Row(*row)];
        let begun = Instant::now();
        black_box(model.recommend(&request)?);
        times.push(begun.elapsed());
    }
    let cpu = thread_cpu_time().saturating_sub(cpu);
    Ok(Own::of("segue, a request: k songs", evaluation::recall(model, k, rows.len(), false)?, times, cpu))
}

/// The graphs alone.
fn walked(model: &Model, rows: &[u32], k: usize, figures: &Value) -> anyhow::Result<Own> {
    let nearest = figures["nearest"][k.to_string()].as_array().context("neighbors.py told no distances")?;
    let tolerance = figures["tolerance"].as_f64().context("neighbors.py told no tolerance")?;
    ensure!(nearest.len() == rows.len(), "neighbors.py told {} distances for {} seeds", nearest.len(), rows.len());
    let (mut times, mut found) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    let cpu = thread_cpu_time();
    for row in rows {
        let begun = Instant::now();
        found.push(black_box(walk(model, *row, ef_of(k))));
        times.push(begun.elapsed());
    }
    let cpu = thread_cpu_time().saturating_sub(cpu);
    let mut right = 0;
    for (mut distances, bound) in found.into_iter().zip(nearest) {
        let bound = bound.as_f64().context("neighbors.py told a distance that is no number")? + tolerance;
        // Tracks of one vector are one neighbour. The first is the seed's own.
        distances.dedup();
        let others = distances.iter().filter(|distance| **distance > 0.0).take(k);
        right += others.filter(|distance| f64::from(**distance) <= bound).count();
    }
    Ok(Own::of("segue, the walk: distances", right as f64 / (k * rows.len()) as f64, times, cpu))
}

fn print(own: &[Own], k: usize, figures: &Value) -> anyhow::Result<()> {
    let header = ["", "recall", "p50", "mean CPU", "ef", "call p50", "batch CPU", "segue's p50 / call", "/ batch"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    let micros = |nanos: f64| format!("{:.1} µs", nanos / 1e3);
    let peers = figures["peers"].as_array().context("neighbors.py told no peers")?;
    for own in own {
        let mut row = vec![own.name.to_owned(), format!("{:.4}", own.recall)];
        row.extend([own.p50, own.mean].map(|time| micros(time.as_nanos() as f64)));
        row.resize(header.len(), String::new());
        rows.push(row);
        for peer in peers {
            let name = peer["name"].as_str().unwrap_or("?");
            let queries = peer["queries"][k.to_string()].as_array().context("neighbors.py told no queries")?;
            let number = |query: &Value, what: &str| query[what].as_f64().unwrap_or(f64::NAN);
            let mut row = vec![format!("  {name} at no less recall")];
            match queries.iter().find(|query| number(query, "recall") >= own.recall) {
                Some(query) => {
                    let (call, batch) = (number(query, "call_p50_ns"), number(query, "batch_ns"));
                    row.extend([format!("{:.4}", number(query, "recall")), String::new(), String::new()]);
                    row.extend([query["ef"].to_string(), micros(call), micros(batch)]);
                    row.extend([call, batch].map(|peer| format!("{:.2}", own.p50.as_nanos() as f64 / peer)));
                }
                None => row.push("not reached".to_owned()),
            }
            row.resize(header.len(), String::new());
            rows.push(row);
        }
    }
    table::print(&rows);
    Ok(())
}

/// Builds the model's graphs again, on one thread and on all, and prints the seconds.
fn builds(csv: &Path, figures: &Value) -> anyhow::Result<()> {
    let table = tracks::open(csv, &tracks::Options::default(), &mut |_| {})?;
    let mut rows = vec![["to build", "one thread", "all threads"].map(str::to_owned).to_vec()];
    let seconds = |seconds: f64| format!("{seconds:.2} s");
    let all = training::Options::default();
    let mut own = Vec::new();
    for threads in [1, all.threads] {
        let stopwatch = Stopwatch::default();
        let options = training::Options { threads, k_range: all.k..=all.k, ..all.clone() };
        training::train(table.clone(), &options, &stopwatch)?;
        let stages = stopwatch.seconds();
        let (_, index) = stages.iter().find(|(stage, _)| stage == "index").context("the trainer told no seconds")?;
        own.push(*index);
    }
    let row = |name: String, found: &[f64]| -> Vec<String> {
        std::iter::once(name).chain(found.iter().copied().map(seconds)).collect()
    };
    rows.push(row("segue: vectors, graphs, order, titles, ids".to_owned(), &own));
    let mut verdict = None;
    for peer in figures["peers"].as_array().context("neighbors.py told no peers")? {
        let of = |what: &str| peer["build_seconds"][what].as_f64().context("neighbors.py told no seconds");
        let found = [of("one_thread")?, of("all_threads")?];
        if peer["name"] == "voyager" {
            verdict = Some((found[0] / own[0], found[1] / own[1]));
        }
        rows.push(row(
            format!("{} {}", peer["name"].as_str().unwrap_or("?"), peer["version"].as_str().unwrap_or("?")),
            &found,
        ));
    }
    println!();
    table::print(&rows);
    if let Some((one, all)) = verdict {
        let reached = if all >= BUILD_GOAL { "goal reached" } else { "goal missed" };
        println!(
            "voyager / segue: {one:.2} on one thread, {all:.2} on all; the goal is {BUILD_GOAL} on all: {reached}"
        );
    }
    Ok(())
}

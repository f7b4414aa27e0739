//! Training: `trainer train` and the scikit-learn way, turn about on one table in one run.
//!
//! `cargo bench --profile dev -p benches --bench train`, with options after `--`:
//!
//! | option | environment | default | |
//! |---|---|---|---|
//! | `--data` | `SEGUE_BENCH_TABLE` | `union_265k.csv` | the table: a path, or a name in the folder of the real ones |
//! | `--rounds` | `SEGUE_BENCH_ROUNDS` | 3 | how often each of the two trains |
//! | `--no-peer` | | | without scikit-learn |
//!
//! `SEGUE_DATA` names the folder of the real track tables, if it is not `../shared/data` beside the workspace.
//!
//! The trainer is built in the release profile. *Same work* is reading, scaling, the elbow, the clusters and the
//! classifier with its hold-out; *everything* is the whole command, which for the trainer has the graphs, their check,
//! the index of titles, the charts and the artifact too. `target/segue/bench/train.json` has every round.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, ensure};
use benches::{build, machine, peers::Peers, process, process::Run, stats::Stats, table};
use clap::Parser;
use serde_json::{Value, json};
use tests::test_data;

/// The trainer's stages that are the same work as the peer's.
const SAME_STAGES: [&str; 4] = ["read", "scale", "clusters", "classify"];
/// The peer's.
const PEER_SAME_STAGES: [&str; 5] = ["read", "scale", "elbow", "kmeans", "classify"];

#[derive(Debug, Parser)]
struct Options {
    /// The table: a path, or a name in the folder of the real ones
    #[arg(long, env = "SEGUE_BENCH_TABLE", default_value = "union_265k.csv")]
    data: PathBuf,
    /// How often each of the two trains
    #[arg(long, env = "SEGUE_BENCH_ROUNDS", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Without scikit-learn
    #[arg(long)]
    no_peer: bool,
    /// Cargo says so to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

/// One training of either.
struct Trained {
    run: Run,
    /// What it said of itself: `seconds` by stage, `inertia` by k, and more.
    figures: Value,
    accuracy: f64,
    artifact_bytes: u64,
}

impl Trained {
    fn seconds(&self, stages: &[&str]) -> f64 {
        stages.iter().filter_map(|stage| self.figures["seconds"][stage].as_f64()).sum()
    }

    fn json(&self) -> Value {
        json!({
            "wall_seconds": self.run.wall.as_secs_f64(),
            "cpu_seconds": self.run.usage.cpu.as_secs_f64(),
            "peak_bytes": self.run.usage.peak,
            "artifact_bytes": self.artifact_bytes,
            "accuracy": self.accuracy,
            "seconds": self.figures["seconds"],
            "inertia": self.figures["inertia"],
        })
    }
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    ensure!(cfg!(target_os = "linux"), "what a process uses is read from /proc, which only Linux has");
    let table = if options.data.is_file() {
        fs::canonicalize(&options.data)?
    } else {
        let name = options.data.to_str().context("the table's name is not UTF-8")?;
        fs::canonicalize(test_data::find_real_table(name).map_err(anyhow::Error::msg)?)?
    };
    let machine = machine::describe();
    println!("{}", machine::line(&machine));
    let binary = build::release("trainer")?;
    let peers = if options.no_peer { None } else { Some(Peers::ready()?) };

    let folder = tempfile::tempdir()?;
    let (mut own, mut peer) = (Vec::new(), Vec::new());
    for round in 1..=options.rounds {
        println!("\nround {round} of {}: trainer train --data {}", options.rounds, table.display());
        own.push(train(&binary, &table, folder.path())?);
        if let Some(peers) = &peers {
            println!("round {round} of {}: peers/train.py", options.rounds);
            peer.push(train_peer(peers, &table, folder.path())?);
        }
    }

    println!();
    print(&own, &peer);
    let results = json!({
        "machine": machine,
        "table": table,
        "segue": own.iter().map(Trained::json).collect::<Vec<_>>(),
        "scikit_learn": peer.iter().map(Trained::json).collect::<Vec<_>>(),
        "versions": peer.first().map(|peer| json!({
            "python": peer.figures["python"],
            "scikit_learn": peer.figures["scikit_learn"],
        })),
        "same_work": Stats::json(ratio(&own, &peer, |own| own.seconds(&SAME_STAGES))),
        "everything": Stats::json(ratio(&own, &peer, |own| own.run.wall.as_secs_f64())),
    });
    let path = build::results()?.join("train.json");
    trainer::output::write(&path, &serde_json::to_vec_pretty(&results)?)?;
    println!("\nevery round is in {}", path.display());
    Ok(())
}

fn train(binary: &Path, table: &Path, folder: &Path) -> anyhow::Result<Trained> {
    let out = folder.join("segue");
    let mut command = Command::new(binary);
    command.args(["train", "--data"]).arg(table).arg("--out").arg(&out).stdin(Stdio::null()).stdout(Stdio::null());
    let run = process::run(&mut command).context("the trainer does not run")?;
    ensure!(run.status.success(), "the trainer failed");
    let figures: Value = serde_json::from_slice(&fs::read(out.join("report/metrics.json"))?)?;
    let accuracy = figures["classifier"]["accuracy"].as_f64().context("metrics.json has no accuracy")?;
    Ok(Trained { run, figures, accuracy, artifact_bytes: fs::metadata(out.join("model.segue"))?.len() })
}

fn train_peer(peers: &Peers, table: &Path, folder: &Path) -> anyhow::Result<Trained> {
    let (out, said) = (folder.join("model.joblib"), folder.join("peer.json"));
    let mut command = peers.python();
    command.arg("train.py").arg(table).arg(&out).stdout(File::create(&said)?);
    let run = process::run(&mut command).context("python does not run")?;
    ensure!(run.status.success(), "train.py failed");
    let figures: Value = serde_json::from_slice(&fs::read(&said)?)?;
    let accuracy = figures["accuracy"].as_f64().context("train.py told no accuracy")?;
    Ok(Trained { run, figures, accuracy, artifact_bytes: fs::metadata(&out)?.len() })
}

/// A figure of the trainer's over the peer's same work, round by round.
fn ratio(own: &[Trained], peer: &[Trained], figure: impl Fn(&Trained) -> f64) -> Option<Stats> {
    Stats::of(own.iter().zip(peer).map(|(own, peer)| figure(own) / peer.seconds(&PEER_SAME_STAGES)))
}

fn print(own: &[Trained], peer: &[Trained]) {
    let row = |name: &str, decimals: usize, unit: &str, figure: &dyn Fn(&Trained, bool) -> Option<f64>| {
        let cell = |of: &[Trained], is_peer| {
            Stats::cell(Stats::of(of.iter().filter_map(|trained| figure(trained, is_peer))), decimals, unit)
        };
        vec![name.to_owned(), cell(own, false), cell(peer, true)]
    };
    let mut rows = vec![vec![String::new(), "segue".to_owned(), "scikit-learn".to_owned()]];
    for stage in ["read", "scale", "elbow", "kmeans", "clusters", "classify", "index", "check", "write"] {
        rows.push(row(stage, 2, "s", &|trained, _| trained.figures["seconds"][stage].as_f64()));
    }
    rows.push(row("same work", 2, "s", &|trained, is_peer| {
        Some(trained.seconds(if is_peer { &PEER_SAME_STAGES } else { &SAME_STAGES }))
    }));
    rows.push(row("everything", 2, "s", &|trained, _| Some(trained.run.wall.as_secs_f64())));
    rows.push(row("CPU", 2, "s", &|trained, _| Some(trained.run.usage.cpu.as_secs_f64())));
    rows.push(row("peak memory", 0, "MB", &|trained, _| Some(trained.run.usage.peak as f64 / 1e6)));
    rows.push(row("artifact", 1, "MB", &|trained, _| Some(trained.artifact_bytes as f64 / 1e6)));
    rows.push(row("accuracy, own labels", 4, "", &|trained, _| Some(trained.accuracy)));
    table::print(&rows);

    println!();
    let mut rows = vec![["k", "segue", "scikit-learn", "difference"].map(str::to_owned).to_vec()];
    // The same in every round: both start from a seed.
    if let (Some(own), Some(peer)) = (own.first(), peer.first()) {
        for k in 1..=32_u32 {
            let inertia = |of: &Trained| of.figures["inertia"][k.to_string()].as_f64();
            if let (Some(own), Some(peer)) = (inertia(own), inertia(peer)) {
                let difference = format!("{:+.3} %", (own / peer - 1.0) * 100.0);
                rows.push(vec![k.to_string(), format!("{own:.0}"), format!("{peer:.0}"), difference]);
            }
        }
        table::print(&rows);
        println!();
    }
    let goal = |name: &str, found: Option<Stats>, goal: f64| {
        if let Some(found) = found {
            let verdict = if found.median <= goal { "reached" } else { "not reached" };
            let cell = Stats::cell(Some(found), 3, "");
            println!("{name}: {cell} of scikit-learn's same work; {verdict}, the goal is {goal}");
        }
    };
    goal("same work", ratio(own, peer, |own| own.seconds(&SAME_STAGES)), 0.2);
    goal("everything", ratio(own, peer, |own| own.run.wall.as_secs_f64()), 0.33);
}

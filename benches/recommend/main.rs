//! Recommending: how long a request takes in process, by kind; what the graphs find; and hnswlib and voyager on the same
//! vectors.
//!
//! `cargo bench -p benches --bench recommend`, with options after `--`:
//!
//! | option | default | |
//! |---|---|---|
//! | `--no-peer` | | without hnswlib and voyager |
//!
//! The model is chosen as in `search.rs`. The peers hold its distinct vectors, and are asked from the same seeds, on one
//! thread: see `peers/neighbors.py`. Beside each stands a whole request over the whole catalogue, which filters, counts and
//! gives each song once; and the walk through the graphs, which is what the peers do. A peer's figure is that of the least
//! `ef` tried whose recall is no less: the p50 of calls from Python, and the processor time of a query in a batch, which the ratio
//! is to.

mod peers;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use benches::{
    catalog::{Chosen, chosen, model},
    latency::report,
    machine,
    peers::Peers,
};
use clap::Parser;
use recommender::{
    Model,
    recommend::{Affinity, Error, FeatureRange, MAX_LIMIT, MAX_SEEDS, Order, Request, Seed},
    search::Search,
};
use trainer::evaluation;

/// Seeds, spread evenly through the catalogue.
const SEEDS: usize = 2_000;
/// Artists or tracks that one request excludes.
const EXCLUDED: usize = 1_000;

/// Requests with affinities, and the same without.
const BALANCED: [&str; 2] = ["balanced, n = 10", "balanced, any cluster, n = 10"];

#[derive(Debug, Parser)]
struct Options {
    /// Without hnswlib and voyager
    #[arg(long)]
    no_peer: bool,
    /// Cargo says so to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    println!("{}", machine::line(&machine::describe()));
    let model = model()?;
    let tracks = model.catalog().len();
    println!("{tracks} tracks in {} clusters", model.clusters().len());
    let rows = spread(SEEDS, tracks);
    for (kind, seeds, request) in kinds(&model) {
        let some = if seeds == 1 { rows.clone() } else { spread(SEEDS / 10, tracks) };
        let mut times = ask(&model, &some, seeds, request)?;
        report(kind, &mut times);
    }
    for length in [10, MAX_LIMIT] {
        report(&format!("path, {length} songs"), &mut paths(&model, &spread(SEEDS / 10, tracks), length)?);
    }
    report("an artist as seed, n = 10", &mut artists(&model, &rows)?);
    for same_cluster in [true, false] {
        compare_balanced(&model, &rows, same_cluster)?;
    }
    for same_cluster in [true, false] {
        for k in [10, 50] {
            let recall = evaluation::recall(&model, k, SEEDS, same_cluster)?;
            println!("recall@{k} of hnsw, same_cluster = {same_cluster}: {recall:.4}");
        }
    }
    if options.no_peer {
        return Ok(());
    }
    let peers = Peers::ready()?;
    let table = match chosen()? {
        Chosen::Catalog(catalog) => Some(catalog.csv),
        Chosen::Artifact(_) => None,
    };
    peers::compare(&model, &rows, &peers, table.as_deref())
}

/// How much longer a request with affinities takes than one without, asked in turn, and how much of the exact answer it finds.
fn compare_balanced(model: &Model, rows: &[u32], same_cluster: bool) -> anyhow::Result<()> {
    let (mut plain, mut balanced) = (Vec::new(), Vec::new());
    let (mut hits, mut all) = (0, 0);
    for (at, row) in rows.iter().enumerate() {
        let request = Request { same_cluster, ..Request::new(Seed::Row(*row)) };
        let with = Request { affinity: Some(Affinity::Balanced), ..request.clone() };
        // What is asked second finds much in the caches: each is so every other time.
        let mut ask = |balanced_now: bool| -> anyhow::Result<()> {
            let (request, times) = if balanced_now { (&with, &mut balanced) } else { (&request, &mut plain) };
            let begun = Instant::now();
            black_box(model.recommend(request)?);
            times.push(begun.elapsed());
            Ok(())
        };
        ask(at % 2 == 0)?;
        ask(at % 2 == 1)?;
        // An exact answer takes long.
        if at % 20 == 0 {
            let found = model.recommend(&with)?;
            let exact = model.recommend(&Request { search: Search::Exact, ..with })?;
            all += exact.tracks.len();
            hits += exact.tracks.iter().filter(|track| found.tracks.iter().any(|other| other.row == track.row)).count();
        }
    }
    let p50 = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64()
    };
    let ratio = p50(&mut balanced) / p50(&mut plain);
    let recall = hits as f64 / all.max(1) as f64;
    println!("balanced, same_cluster = {same_cluster}: {ratio:.2} of a plain request's p50, recall@10 {recall:.4}");
    Ok(())
}

/// Rows spread evenly through a catalogue.
fn spread(count: usize, tracks: usize) -> Vec<u32> {
    (0..count).map(|at| (at * tracks / count) as u32).collect()
}

/// Requests by kind, and how many seeds each is to have.
fn kinds(model: &Model) -> Vec<(&'static str, usize, Request)> {
    let request = || Request::new(Seed::Row(0));
    let catalog = model.catalog();
    let excluded: Vec<_> = spread(EXCLUDED, catalog.len()).into_iter().map(|row| catalog.track(row)).collect();
    let mut all = vec![
        ("auto, n = 10", 1, request()),
        ("hnsw, n = 10", 1, Request { search: Search::Hnsw, ..request() }),
        ("exact, n = 10", 1, Request { search: Search::Exact, ..request() }),
        ("auto, n = 50", 1, Request { limit: 50, ..request() }),
        ("auto, n = 100", 1, Request { limit: MAX_LIMIT, ..request() }),
        ("auto, any cluster, n = 10", 1, Request { same_cluster: false, ..request() }),
        ("auto, any cluster, n = 50", 1, Request { same_cluster: false, limit: 50, ..request() }),
        ("auto, any cluster, n = 100", 1, Request { same_cluster: false, limit: MAX_LIMIT, ..request() }),
        ("exact, any cluster, n = 10", 1, Request { same_cluster: false, search: Search::Exact, ..request() }),
        (BALANCED[0], 1, Request { affinity: Some(Affinity::Balanced), ..request() }),
        (BALANCED[1], 1, Request { affinity: Some(Affinity::Balanced), same_cluster: false, ..request() }),
        ("balanced, 100 seeds, n = 10", MAX_SEEDS, Request { affinity: Some(Affinity::Balanced), ..request() }),
        ("diversity 0.3, n = 10", 1, Request { diversity: 0.3, ..request() }),
        ("5 seeds, n = 10", 5, request()),
        ("100 seeds, n = 10", MAX_SEEDS, request()),
        ("100 seeds, any cluster, n = 10", MAX_SEEDS, Request { same_cluster: false, ..request() }),
        ("versions, n = 10", 1, Request { versions: true, ..request() }),
        ("vary, n = 10", 1, Request { vary: Some(7), ..request() }),
        ("flow, n = 100", 1, Request { order: Order::Flow, limit: MAX_LIMIT, ..request() }),
        (
            "without 1,000 tracks, n = 10",
            1,
            Request { exclude_tracks: excluded.iter().map(|track| track.id.into()).collect(), ..request() },
        ),
        (
            "without 1,000 artists, n = 10",
            1,
            Request { exclude_artists: excluded.iter().map(|track| track.artist.to_owned()).collect(), ..request() },
        ),
    ];
    if let Some(tempo) = model.scaler().features.iter().position(|feature| feature == "tempo") {
        let range = FeatureRange { feature: "tempo".into(), min: Some(model.scaler().mean[tempo]), max: None };
        all.push(("min_tempo, n = 10", 1, Request { ranges: vec![range], ..request() }));
    }
    all
}

/// How long a request takes from each row, with so many seeds: that row, and others far from it.
fn ask(model: &Model, rows: &[u32], seeds: usize, mut request: Request) -> anyhow::Result<Vec<(Duration, String)>> {
    let mut times = Vec::with_capacity(rows.len());
    for at in 0..rows.len() {
        let of_seed = |seed: usize| Seed::Row(rows[(at + seed * rows.len() / seeds) % rows.len()]);
        request.seeds = (0..seeds).map(of_seed).collect();
        let begun = Instant::now();
        let answer = black_box(model.recommend(&request)?);
        times.push((begun.elapsed(), rows[at].to_string()));
        if seeds == 1 {
            let matching = answer.seeds[0].after_filtering_size as usize;
            anyhow::ensure!(
                answer.tracks.len() >= request.limit.min(matching),
                "an answer came back short: {request:?}"
            );
        }
    }
    Ok(times)
}

/// How long a path takes from each row to another far from it.
fn paths(model: &Model, rows: &[u32], length: usize) -> anyhow::Result<Vec<(Duration, String)>> {
    let mut times = Vec::with_capacity(rows.len());
    for (at, from) in rows.iter().enumerate() {
        let to = rows[(at * 7 + rows.len() / 2 + 1) % rows.len()];
        let request = Request { seeds: vec![Seed::Row(*from), Seed::Row(to)], ..Request::new(Seed::Row(*from)) };
        let begun = Instant::now();
        match black_box(model.path(&request, length)) {
            Ok(_) => times.push((begun.elapsed(), from.to_string())),
            // Versions of one song have no path.
            Err(Error::SameSong | Error::Opposite) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(times)
}

/// How long a request takes from the artist of each row.
fn artists(model: &Model, rows: &[u32]) -> anyhow::Result<Vec<(Duration, String)>> {
    let mut times = Vec::with_capacity(rows.len());
    for row in rows {
        let artist = model.catalog().track(*row).artist;
        let request = Request::new(Seed::Artist(artist.to_owned()));
        let begun = Instant::now();
        match black_box(model.recommend(&request)) {
            Ok(_) => times.push((begun.elapsed(), artist.to_owned())),
            // A cell may name nobody.
            Err(Error::Seed { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(times)
}

//! What the measurements share: a model to measure, and how times are told.

use std::{
    env,
    path::{Path, PathBuf},
    time::Duration,
};

use segue::{Model, Version};
use trainer::{console::Console, pipeline, synth, table};

/// Tracks made up where there are no real ones.
const MADE_UP: u64 = 100_000;

/// Prints the middle and the end of some times, and what took longest.
pub(crate) fn report(kind: &str, times: &mut [(Duration, String)]) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].0;
    let Some((slowest, query)) = times.last() else { return };
    let query: String = query.chars().take(60).collect();
    let (count, p50, p90, p99) = (times.len(), at(0.5), at(0.9), at(0.99));
    println!(
        "{kind:<28} {count:>6} queries  p50 {p50:>8.1?}  p90 {p90:>8.1?}  p99 {p99:>8.1?}  max {slowest:>8.1?} {query:?}"
    );
}

/// The artifact that `SEGUE_MODEL` names; or one trained on real tracks, or on made-up ones.
pub(crate) fn model() -> anyhow::Result<Model> {
    if let Some(artifact) = env::var_os("SEGUE_MODEL") {
        return Ok(Model::open(Path::new(&artifact))?);
    }
    let folder = env::var_os("SEGUE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let csv = folder.join("union_265k.csv");
    let table = if csv.is_file() {
        table::open(&csv, &table::Options::default(), &mut |_| {})?
    } else {
        println!("{} is not there: {MADE_UP} made-up tracks", csv.display());
        let mut made_up = Vec::new();
        synth::write(MADE_UP, 1, &mut made_up, &mut |_| {})?;
        table::read(&made_up[..], "made up", &table::Options::default(), &mut |_| {})?
    };
    let options = pipeline::Options { k_range: 6..=6, ..Default::default() };
    let trained = pipeline::train(&table, &options, &Console::quiet())?;
    Ok(Model::from_bytes(&trained.file, Version::of(&trained.file))?)
}

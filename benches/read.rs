//! Reading a track table: processor time, and memory at most.
//!
//! `cargo bench -p benches --bench read -- [FILE …]`. Without a file, the table of the catalogue `265k`. Each is read `--rounds` times,
//! turn about.

use std::path::PathBuf;

use anyhow::Context;
use benches::{catalog::Catalog, process::process_cpu_time, stats::Stats};
use clap::Parser;
use peak_alloc::PeakAlloc;
use trainer::table;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

#[derive(Parser)]
struct Args {
    /// How often each file is read
    #[arg(long, default_value_t = 11)]
    rounds: usize,
    /// Tables to read
    files: Vec<PathBuf>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let Args { rounds, mut files, .. } = Args::parse();
    if files.is_empty() {
        files.push(Catalog::ready("265k")?.context("there is no table: name one")?.csv);
    }
    let mut times = vec![Vec::new(); files.len()];
    let mut peaks = vec![0; files.len()];
    for _ in 0..rounds.max(1) {
        for (place, file) in files.iter().enumerate() {
            ALLOCATOR.reset_peak_usage();
            let before = ALLOCATOR.current_usage();
            let begun = process_cpu_time();
            let table = table::open(file, &table::Options::default(), &mut |_| {})?;
            times[place].push(process_cpu_time().saturating_sub(begun).as_secs_f64() * 1e3);
            peaks[place] = ALLOCATOR.peak_usage() - before;
            anyhow::ensure!(table.n_tracks() > 0, "{} has no tracks", file.display());
        }
    }
    for ((file, times), peak) in files.iter().zip(times).zip(peaks) {
        let (time, peak) = (Stats::cell(Stats::of(times), 0, "ms"), peak as f64 / 1e6);
        println!("{}: {time} of processor time, {peak:.1} MB at most", file.display());
    }
    Ok(())
}

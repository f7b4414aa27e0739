//! `trainer synth`.

use std::path::PathBuf;

use crate::{console::Console, output, progress::Progress, synth};

#[derive(Debug, clap::Args)]
pub(super) struct Synth {
    /// How many tracks, 1 to 10,000,000
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    tracks: u64,
    /// The same seed makes the same catalogue
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The CSV file to write, - for standard output
    #[arg(long)]
    out: PathBuf,
}

impl Synth {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let console = Console::new();
        let stage = console.stage("synth", self.tracks);
        output::write_with(&self.out, |file| synth::write(self.tracks, self.seed, file, &mut |done| stage.set(done)))?;
        stage.done(&format!("{} made-up tracks", self.tracks));
        if !output::is_stdout(&self.out) {
            println!("{}", self.out.display());
        }
        Ok(())
    }
}

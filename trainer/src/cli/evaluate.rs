//! `trainer evaluate`.

use std::path::PathBuf;

use recommender::Model;
use serde::Serialize;

use crate::{
    console::Console,
    evaluation::{self, Continuation, Options, Playlists, Quality},
    report, table,
};

#[derive(Debug, clap::Args)]
pub(super) struct Evaluate {
    /// The artifact
    file: PathBuf,
    /// A table with playlists, .csv or .csv.gz (columns playlist_id, and track_id or title and artist): half of each
    /// playlist is hidden and looked for
    #[arg(long, value_name = "CSV")]
    data: Option<PathBuf>,
    /// How many songs, and at most how many playlists, to measure on
    #[arg(long, default_value_t = Options::default().sample as u32, value_parser = clap::value_parser!(u32).range(1..))]
    sample: u32,
    /// The same seed draws the same songs
    #[arg(long, default_value_t = Options::default().seed)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Evaluated {
    version: recommender::Version,
    tracks: usize,
    seed: u64,
    recommendations: Quality,
    #[serde(skip_serializing_if = "Option::is_none")]
    playlists: Option<Continuation>,
}

impl Evaluate {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let model = Model::open(&self.file)?;
        let options = Options { sample: self.sample as usize, seed: self.seed };
        let console = Console::new();
        // Read first: a table that does not fit is said before anybody waits.
        let playlists = match &self.data {
            Some(path) => {
                let stage = console.stage("read", std::fs::metadata(path).map_or(0, |file| file.len()));
                let mut playlists = Playlists::default();
                let rows = table::open_playlists(path, &mut |position| stage.set(position), &mut |member| {
                    playlists.add(&model, member)
                })?;
                stage.done(&format!("{rows} rows"));
                let stage = console.stage("playlists", playlists.len().min(options.sample) as u64);
                let name = path.display().to_string();
                let found = evaluation::continuation(&model, playlists, &name, &options, &|done| stage.set(done))?;
                stage.done(&format!("{} continued", found.playlists));
                Some(found)
            }
            None => None,
        };
        let stage = console.stage("songs", 2 * u64::from(self.sample).min(model.songs().count().into()));
        let recommendations = evaluation::measure(&model, &options, &|done| stage.set(done))?;
        stage.done(&format!("{} begun from", recommendations.songs));

        if self.json {
            let (version, tracks) = (model.version(), model.catalog().len());
            let evaluated = Evaluated { version, tracks, seed: self.seed, recommendations, playlists };
            println!("{}", serde_json::to_string_pretty(&evaluated)?);
            return Ok(());
        }
        print!("{}", report::evaluation::quality(&recommendations));
        if let Some(playlists) = &playlists {
            print!("\n{}", report::evaluation::continuation(playlists));
        }
        Ok(())
    }
}

//! `trainer export`.

use std::path::PathBuf;

use anyhow::ensure;
use recommender::Model;

use crate::output;

#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// The artifact
    file: PathBuf,
    /// The CSV file to write: id, song, artist, cluster, cluster_name
    #[arg(long)]
    out: PathBuf,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let model = Model::open(&self.file)?;
        let same = std::fs::canonicalize(&self.out)
            .is_ok_and(|out| std::fs::canonicalize(&self.file).is_ok_and(|file| file == out));
        ensure!(!same, "{} is the artifact: --out needs another file", self.out.display());
        output::write_with(&self.out, |file| {
            let mut csv = csv::Writer::from_writer(file);
            csv.write_record(["id", "song", "artist", "cluster", "cluster_name"])?;
            for row in 0..model.catalog().len() as u32 {
                let track = model.catalog().track(row);
                let cluster = model.cluster_of(row);
                let name = &model.clusters()[cluster].name;
                csv.write_record([track.id, track.song, track.artist, &cluster.to_string(), name])?;
            }
            csv.flush()
        })?;
        println!("{}: {} tracks", self.out.display(), model.catalog().len());
        Ok(())
    }
}

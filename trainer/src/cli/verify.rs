//! `trainer verify`.

use std::path::PathBuf;

use recommender::Model;

#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// The artifact
    file: PathBuf,
}

impl Verify {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let model = Model::open(&self.file)?;
        model.verify()?;
        println!(
            "{}: whole; model {} of {} tracks in {} clusters",
            self.file.display(),
            model.version(),
            model.catalog().len(),
            model.clusters().len()
        );
        Ok(())
    }
}

//! `trainer verify`.

use std::path::PathBuf;

use recommender::{Model, Version, artifact};

use crate::training::consistency;

#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// The artifact
    file: PathBuf,
}

impl Verify {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let file = artifact::read_file(&self.file)?;
        let model = Model::from_bytes(&file, Version::of(&file))?;
        model.verify()?;
        consistency::verify(&artifact::decode(&file)?, &model)?;
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

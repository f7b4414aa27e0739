//! `trainer train`.

use std::{collections::BTreeMap, ops::RangeInclusive, path::PathBuf};

use anyhow::{Context, bail};
use segue::Model;
use segue_store::Location;

use crate::{
    console::Console,
    names, output,
    pipeline::{self, Options},
    report::{self, Facts},
    table::{self, Feature},
};

#[derive(Debug, clap::Args)]
pub(super) struct Train {
    /// The track table: .csv or .csv.gz, UTF-8, columns found by their names
    #[arg(long)]
    data: PathBuf,
    /// The folder to write model.segue and report/ to
    #[arg(long)]
    out: PathBuf,
    /// Publish the model when it is trained: s3://bucket/prefix
    #[arg(long, value_name = "S3_URI")]
    publish: Option<Location>,
    /// Features to use, 2 to 16, each one required [default: those of the eleven that the file has]
    #[arg(long, value_delimiter = ',', value_name = "A,B,...")]
    features: Option<Vec<Feature>>,
    /// Number of clusters, 1 to 32
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=32))]
    k: u32,
    /// Numbers of clusters to try for the elbow
    #[arg(long, default_value = "2-8", value_parser = k_range, value_name = "FROM-TO")]
    k_range: RangeInclusive<u32>,
    /// The same file, options and seed make the same bytes
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Threads to use; the model does not depend on it [default: one for each core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Names for clusters: TOML or JSON, cluster id to name
    #[arg(long, value_name = "FILE")]
    cluster_names: Option<PathBuf>,
}

/// `2-8`, or `2..=8`.
fn k_range(text: &str) -> Result<RangeInclusive<u32>, String> {
    let ends = text.split_once("..=").or_else(|| text.split_once('-'));
    match ends.map(|(from, to)| (from.trim().parse(), to.trim().parse())) {
        Some((Ok(from), Ok(to))) if 1 <= from && from <= to && to <= 32 => Ok(from..=to),
        _ => Err("expected two numbers from 1 to 32, the smaller first, such as 2-8".into()),
    }
}

impl Train {
    pub(super) fn run(self) -> anyhow::Result<()> {
        if let Some(threads) = self.threads {
            rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global()?;
        }
        let names = match &self.cluster_names {
            Some(path) => names::read(path, self.k as usize)?,
            None => BTreeMap::new(),
        };
        if let Some(features) = &self.features
            && !(2..=segue::feature::MAX_FEATURES).contains(&features.len())
        {
            bail!("--features names {} features: expected 2 to {}", features.len(), segue::feature::MAX_FEATURES);
        }
        let console = Console::new();
        let bytes = std::fs::metadata(&self.data).map_or(0, |file| file.len());
        let stage = console.stage("read", bytes);
        let options = table::Options { features: self.features.clone(), ..Default::default() };
        let table = table::open(&self.data, &options, &mut |position| stage.set(position))?;
        stage.done(&format!("{} tracks of {} rows", table.n_tracks(), table.rows));
        report::warn_of_table(&table, &console);

        let options = Options {
            k: self.k,
            k_range: self.k_range,
            seed: self.seed,
            threads: self.threads.map_or_else(rayon::current_num_threads, usize::from),
            names,
        };
        let trained = pipeline::train(&table, &options, &console)?;
        drop(table);
        println!("{}", report::text(&trained));

        let stage = console.stage("measure", Facts::steps());
        let model = Model::from_bytes(&trained.file, trained.version)?;
        let facts = Facts::gather(&model, &trained, &|done| stage.set(done))?;
        drop(model);
        stage.done(&format!("{} songs begun from", facts.quality.songs));

        let folder = self.out.join("report");
        let stage = console.stage("write", 0);
        report::write(&trained, &facts, &console, &folder)?;
        let artifact = self.out.join("model.segue");
        output::write(&artifact, &trained.file)?;
        stage.done(&format!("{} and {}", artifact.display(), folder.display()));
        println!(
            "model     {} ({} bytes, {:.1} a track)\nversion   {}\nreport    {}",
            artifact.display(),
            trained.file.len(),
            trained.file.len() as f64 / trained.card.tracks as f64,
            trained.version,
            folder.display()
        );
        match self.publish {
            Some(to) => super::store::publish(trained.file, &trained.card, &folder, to, &console).with_context(|| {
                format!("the model is trained and lies in {}, but it is not published", artifact.display())
            }),
            None => {
                println!("next      trainer recommend {} --song {:?}", artifact.display(), trained.example);
                Ok(())
            }
        }
    }
}

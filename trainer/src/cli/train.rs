//! `trainer train`.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context, bail};
use serde::Serialize;
use store::{Location, Published};

use super::train_options::TrainOptions;
use crate::{
    console::Console,
    input::Input,
    interrupt, output,
    progress::Progress,
    report::summary::{next_command, summary},
    report::{self, ReportData},
    training::cluster_names,
    training::elbow::knee,
    training::{self, Options, Trained},
};

#[derive(Debug, clap::Args)]
pub(super) struct Train {
    /// The track table: CSV in UTF-8, as it is or compressed with gzip, columns found by their names. A file,
    /// s3://bucket/key, or - for standard input
    #[arg(long, value_name = "FILE")]
    data: Input,
    /// The folder to write model.segue and report/ to
    #[arg(long)]
    out: PathBuf,
    /// Publish the model when it is trained: s3://bucket/prefix
    #[arg(long, value_name = "S3_URI")]
    publish: Option<Location>,
    #[command(flatten)]
    options: TrainOptions,
    /// Threads to use; the model does not depend on it [default: one for each core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Names for clusters: TOML or JSON, cluster id to name
    #[arg(long, value_name = "FILE")]
    cluster_names: Option<PathBuf>,
    /// Playlists to learn affinities from: CSV, as it is or compressed with gzip, with the columns playlist_id, and
    /// track_id or title and artist [default: those of the table, where it has a column of playlists]
    #[arg(long, value_name = "FILE")]
    playlists: Option<PathBuf>,
    /// Say nothing but errors
    #[arg(long, short)]
    quiet: bool,
    /// Print one JSON object: the figures of report/metrics.json, and where everything is
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Printed {
    bytes: usize,
    model: PathBuf,
    report: PathBuf,
    /// Where the model is published, where it is.
    published: Option<String>,
    /// A command to go on with.
    next: String,
    #[serde(flatten)]
    metrics: serde_json::Value,
}

impl Train {
    pub(super) fn run(self) -> anyhow::Result<()> {
        if let Some(threads) = self.threads {
            rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global()?;
        }
        let names = match &self.cluster_names {
            Some(path) => cluster_names::read(path, self.options.k as usize)?,
            None => BTreeMap::new(),
        };
        if let Some(features) = &self.options.features
            && !(2..=recommender::features::MAX_FEATURES).contains(&features.len())
        {
            bail!(
                "--features names {} features: expected 2 to {}",
                features.len(),
                recommender::features::MAX_FEATURES
            );
        }
        let console = if self.quiet { Console::quiet() } else { Console::new() };
        let table = self.data.table(&self.options.table(), &console)?;
        report::warn_of_table(&table, &console);

        let options = Options {
            threads: self.threads.map_or_else(rayon::current_num_threads, usize::from),
            names,
            playlists: self.playlists.clone(),
            ..self.options.training()
        };
        let (mut trained, model) = training::train_and_open(table, &options, &console)?;

        let stage = console.stage("measure", ReportData::steps());
        let mut report_data = ReportData::gather(&model, &trained, &|done| stage.set(done))?;
        if let Some(playlists) = trained.playlists.take() {
            let name = self.playlists.as_ref().map_or(self.data.to_string(), |path| path.display().to_string());
            report_data.add_playlists(&model, playlists, &name)?;
        }
        drop(model);
        stage.done(&format!("what follows {} songs", report_data.quality.songs));

        let folder = self.out.join("report");
        let artifact = self.out.join("model.segue");
        let stage = console.stage("write", 0);
        let deferred = interrupt::defer_signals();
        let report = report::files::make(&trained, &report_data, &console.seconds())?;
        report::files::write(&report, &folder)?;
        output::write(&artifact, &trained.file)?;
        drop(deferred);
        stage.done(&format!("{} and {}", artifact.display(), folder.display()));

        let published = match &self.publish {
            Some(to) => {
                Some(super::models::publish(trained.file.clone(), report, to.clone(), &console).with_context(|| {
                    format!("the model is trained and lies in {}, but it is not published", artifact.display())
                })?)
            }
            None => None,
        };
        self.print_result(&trained, &report_data, &console.seconds(), published.as_ref())
    }

    /// What is printed when all is done.
    fn print_result(
        &self,
        trained: &Trained,
        report_data: &ReportData,
        seconds: &[(String, f64)],
        published: Option<&Published>,
    ) -> anyhow::Result<()> {
        let (folder, artifact) = (self.out.join("report"), self.out.join("model.segue"));
        if self.json {
            let printed = Printed {
                bytes: trained.file.len(),
                published: published.map(|published| published.location.to_string()),
                next: next_command(trained, &artifact),
                metrics: report::metrics(trained, report_data, seconds),
                model: artifact,
                report: folder,
            };
            println!("{}", serde_json::to_string(&printed)?);
        } else if !self.quiet {
            let inertia: Vec<(u32, f64)> = trained.card.inertia.iter().map(|(k, inertia)| (*k, *inertia)).collect();
            println!("{}", report::text(trained));
            if let Some(published) = published {
                println!("{}\n", super::models::describe(published));
            }
            print!("{}", summary(trained, report_data, knee(&inertia), seconds, &artifact, &folder));
        }
        Ok(())
    }
}

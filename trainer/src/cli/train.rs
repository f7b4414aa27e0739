//! `trainer train`.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context, bail, ensure};
use serde::Serialize;
use store::{Location, Published};

use super::{guard_options::GuardOptions, train_options::TrainOptions};
use crate::{
    console::Console,
    input::{self, Input},
    interrupt, output,
    printable::printable_json,
    progress::Progress,
    report::summary::{next_command, summary},
    report::{self, ReportData},
    training::cluster_names,
    training::elbow::knee,
    training::{self, Options, Trained},
};

#[derive(Debug, clap::Args)]
pub(super) struct Train {
    /// The track table, or several that are one: CSV or TSV, as it is or packed with gzip or zip; Parquet. Columns are found
    /// by their names. A file, a folder, s3://bucket/key, s3://bucket/prefix/, s3://bucket/prefix/*.parquet, or - for
    /// standard input. Several: --data FILE FILE ..., or --data more than once
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    data: Vec<Input>,
    /// The folder to write model.segue and report/ to
    #[arg(long)]
    out: PathBuf,
    /// Publish the model when it is trained: s3://bucket/prefix
    #[arg(long, value_name = "S3_URI")]
    publish: Option<Location>,
    #[command(flatten)]
    guard: GuardOptions,
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
        let (folder, artifact) = (self.out.join("report"), self.out.join("model.segue"));
        ensure!(!output::is_stdout(&self.out), "--out needs a folder, for the model and its report");
        // What cannot be written would be noticed after the training.
        output::check_file(&artifact)?;
        output::check_folder(&folder)?;
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
        let table = input::read_tables(&self.data, &self.options.table(), &console)?;
        if !self.quiet {
            eprint!("{}", report::columns::text(&table.schema));
        }
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
            let name =
                self.playlists.as_ref().map_or_else(|| input::describe(&self.data), |path| path.display().to_string());
            report_data.add_playlists(&model, playlists, &name)?;
        }
        drop(model);
        stage.done(&format!("what follows {} songs", report_data.quality.songs));

        let stage = console.stage("write", 0);
        let deferred = interrupt::defer_signals();
        let report = report::files::make(&trained, &report_data, &console.seconds())?;
        // All are complete before the first takes its place: a disk that is full keeps the old model with its report.
        let files = report.iter().map(|file| (folder.join(&file.path), &*file.bytes));
        output::write_all(files.chain([(artifact.clone(), &*trained.file)]))?;
        drop(deferred);
        stage.done(&format!("{} and {}", artifact.display(), folder.display()));

        let published = match &self.publish {
            Some(to) => {
                let published =
                    super::models::publish(trained.file.clone(), report, to.clone(), self.guard.guard(), &console);
                Some(published.with_context(|| {
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
            println!("{}", printable_json(&serde_json::to_string(&printed)?));
        } else if !self.quiet {
            println!("{}", report::text(trained));
            if let Some(published) = published {
                println!("{}\n", super::models::describe(published));
            }
            print!("{}", summary(trained, report_data, knee(&trained.elbow()), seconds, &artifact, &folder));
        }
        Ok(())
    }
}

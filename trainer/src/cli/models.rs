//! `trainer publish`, `trainer models`, `trainer rollback`, `trainer prune`.

use std::{
    future::Future,
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::{Context, bail};
use recommender::{Model, Version, artifact};
use store::{Guard, Location, ModelEntry, Prune as Which, Published, ReportFile, Store, Upload};

use super::guard_options::GuardOptions;
use crate::{
    console::Console,
    numbers::count,
    progress::Progress,
    report::files::{self, FolderReport},
    report::text_table::{
        Column::{Left, Right},
        text_table,
    },
};

#[derive(Debug, clap::Args)]
pub(super) struct Publish {
    /// The artifact; its report is published too, if it lies in the folder `report` beside it
    file: PathBuf,
    /// Where to: s3://bucket/prefix
    #[arg(long)]
    to: Location,
    #[command(flatten)]
    guard: GuardOptions,
}

#[derive(Debug, clap::Args)]
pub(super) struct Models {
    /// Where models are published: s3://bucket/prefix
    #[arg(long)]
    at: Location,
}

#[derive(Debug, clap::Args)]
pub(super) struct Rollback {
    /// Version to make current: the 64 digits that `trainer models` lists, or the first eight or more of them
    version: VersionPrefix,
    /// Where models are published: s3://bucket/prefix
    #[arg(long)]
    at: Location,
}

#[derive(Debug, clap::Args)]
pub(super) struct Prune {
    /// How many of the newest models stay; the current one stays beside them
    #[arg(long, value_name = "N")]
    keep: usize,
    /// Where models are published: s3://bucket/prefix
    #[arg(long)]
    at: Location,
    /// Only say what would be deleted
    #[arg(long)]
    dry_run: bool,
    /// Delete those younger than a day too
    #[arg(long)]
    force: bool,
}

/// A version, or how one begins.
#[derive(Clone, Debug)]
struct VersionPrefix(String);

impl FromStr for VersionPrefix {
    type Err = String;

    fn from_str(digits: &str) -> Result<Self, String> {
        const MIN_DIGITS: usize = 8;
        let is_prefix = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        if is_prefix && (MIN_DIGITS..=64).contains(&digits.len()) {
            Ok(Self(digits.to_owned()))
        } else {
            Err("expected the 64 lower-case hexadecimal digits of a version, or the first eight or more".to_owned())
        }
    }
}

impl VersionPrefix {
    /// The one stored version that begins so; all 64 digits are looked for nowhere.
    async fn find(&self, store: &Store, at: &Location) -> anyhow::Result<Version> {
        let Self(prefix) = self;
        if let Ok(version) = prefix.parse() {
            return Ok(version);
        }
        let versions = store.list().await?.into_iter().map(|model| model.version);
        let found: Vec<Version> = versions.filter(|version| version.to_string().starts_with(prefix)).collect();
        match found[..] {
            [version] => Ok(version),
            [] => bail!("no model at {at} begins with {prefix}: `trainer models --at {at}` lists them"),
            _ => bail!("{} models at {at} begin with {prefix}: give more digits", found.len()),
        }
    }
}

impl Publish {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let file = artifact::read_file(&self.file)?;
        // What cannot be served is not published.
        let version = Version::of(&file);
        Model::from_bytes(&file, version)?;
        let console = Console::new();
        let report = report_beside(&self.file, version, &console)?;
        let published = publish(file, report, self.to, self.guard.guard(), &console)?;
        println!("{}", describe(&published));
        Ok(())
    }
}

/// The report in the folder `report` beside an artifact, if it is that of this model. Otherwise a person is told, and the
/// model is published without one.
fn report_beside(artifact: &Path, version: Version, progress: &dyn Progress) -> anyhow::Result<Vec<ReportFile>> {
    let folder = artifact.parent().unwrap_or(Path::new("")).join("report");
    let found = files::read(&folder, version).context("the report cannot be read")?;
    match found {
        FolderReport::Found(files) => return Ok(files),
        FolderReport::Absent => {}
        FolderReport::Changed { file } => progress.warn(&format!(
            "{} is left out: {file} is not the file that was made with metrics.json; `trainer train` writes a model and its \
             report",
            folder.display()
        )),
        FolderReport::OfAnother { version: named } => {
            let named =
                named.map_or_else(|| "does not say which model it is of".to_owned(), |it| format!("is of {it}"));
            progress.warn(&format!(
                "{} is left out: expected the report of {version}, and it {named}; `trainer train` writes a model and \
                 its report",
                folder.display()
            ));
        }
    }
    Ok(Vec::new())
}

/// Publishes an artifact with its report.
pub(super) fn publish(
    file: Vec<u8>,
    report: Vec<ReportFile>,
    to: Location,
    guard: Option<Guard>,
    progress: &dyn Progress,
) -> anyhow::Result<Published> {
    let upload = Upload::of(file.into(), report)?;
    let stage = progress.stage("publish", 0);
    let published: Published = block_on(async { Store::connect(to).await?.publish_guarded(upload, guard).await })?;
    stage.done(&published.location.to_string());
    Ok(published)
}

/// What a person is told of a model that is published.
pub(super) fn describe(published: &Published) -> String {
    let there = if published.already_there { " (it was there already)" } else { "" };
    format!("published {} at {}{there}", published.version, published.location)
}

impl Models {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self { at } = self;
        let models = block_on(async { Store::connect(at.clone()).await?.list().await })?;
        if models.is_empty() {
            eprintln!(
                "no model is published at {at}; `trainer publish` and `trainer train --publish` put models there"
            );
            return Ok(());
        }
        let columns =
            [Left("version"), Left("published"), Right("tracks"), Right("accuracy"), Right("bytes"), Left("")];
        print!("{}", text_table(&columns, models.iter().map(row)));
        Ok(())
    }
}

/// One model of the list. What its summary would say is a dash where there is none.
fn row(model: &ModelEntry) -> Vec<String> {
    let dash = || "–".to_owned();
    let state = match (model.current, model.removing) {
        (true, _) => "current",
        (false, true) => "being deleted",
        (false, false) if model.tracks.is_none() => "no summary",
        (false, false) => "",
    };
    vec![
        model.version.to_string(),
        format!("{:.0}", model.published_at),
        model.tracks.map_or_else(dash, count),
        model.accuracy.map_or_else(dash, |accuracy| format!("{accuracy:.3}")),
        count(model.size),
        state.to_owned(),
    ]
}

impl Prune {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self { keep, at, dry_run, force } = self;
        let which = Which { keep, young: force, dry_run };
        let pruned = block_on(async { Store::connect(at).await?.prune(&which).await })?;
        let done = if dry_run { "would delete" } else { "deleted" };
        for version in &pruned.models {
            println!("{done} {version}");
        }
        for version in &pruned.remains {
            println!("{done} {version} (what was left of it)");
        }
        let models = pruned.models.len() + pruned.remains.len();
        let young = match pruned.young {
            0 => String::new(),
            young => format!(", {young} younger than a day left: --force deletes them too"),
        };
        println!("{done} {models}{young}");
        Ok(())
    }
}

impl Rollback {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self { version, at } = self;
        let latest = block_on(async {
            let store = Store::connect(at.clone()).await?;
            let version = version.find(&store, &at).await?;
            anyhow::Ok(store.rollback(version).await?)
        })?;
        println!("current is now {} ({} tracks)", latest.version, latest.tracks);
        Ok(())
    }
}

fn block_on<T, E>(work: impl Future<Output = Result<T, E>>) -> anyhow::Result<T>
where
    anyhow::Error: From<E>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(work)?)
}

//! Catalogues to measure with, trained once and kept.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, ensure};
use recommender::{Model, Version, artifact::FORMAT_VERSION};
use tests::test_data;
use trainer::{output, synth, table, training};

use crate::{build, peers, peers::Peers, process};

/// A catalogue, with its table and its artifact.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// `39k`, `265k` or `1m`.
    pub name: &'static str,
    /// The table.
    pub csv: PathBuf,
    /// `model.segue`.
    pub artifact: PathBuf,
    folder: PathBuf,
}

/// The catalogues that there are, and the tables that they are made from; the last one is made up.
const ALL: [(&str, Option<&str>); 3] =
    [("39k", Some("light_spotify_39k.csv")), ("265k", Some("union_265k.csv")), ("1m", None)];

/// Tracks of the catalogue that is made up.
const SYNTHETIC_TRACKS: u64 = 1_000_000;

/// Names of catalogues, checked.
///
/// # Errors
///
/// Where there is no such catalogue.
pub fn named(names: &[String]) -> anyhow::Result<Vec<&'static str>> {
    let find = |name: &String| {
        let found = ALL.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(known, _)| *known);
        found.with_context(|| format!("there is no catalogue {name:?}: expected 39k, 265k or 1m"))
    };
    names.iter().map(find).collect()
}

/// The artifact that `SEGUE_MODEL` names; without it, that of the catalogue `265k`, or `1m` where the machine does not have
/// its table.
///
/// # Errors
///
/// Where it cannot be read or trained.
pub fn artifact() -> anyhow::Result<Vec<u8>> {
    let path = match env::var_os("SEGUE_MODEL") {
        Some(path) => path.into(),
        None => {
            let real = Catalog::ready("265k")?;
            let catalog = real.map_or_else(|| Catalog::ready("1m"), |catalog| Ok(Some(catalog)))?;
            catalog.context("there is no catalogue: set SEGUE_MODEL to an artifact")?.artifact
        }
    };
    fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))
}

/// The model of [`artifact`].
///
/// # Errors
///
/// Where it cannot be read, trained or served.
pub fn model() -> anyhow::Result<Model> {
    let file = artifact()?;
    Ok(Model::from_bytes(&file, Version::of(&file))?)
}

impl Catalog {
    /// Trains a model, where it is not there yet from the same table by the same sources. Nothing, and a line that says
    /// so, where the machine does not have the table.
    ///
    /// # Errors
    ///
    /// Where there is no such catalogue, or it cannot be trained.
    pub fn ready(name: &'static str) -> anyhow::Result<Option<Self>> {
        let (_, file) = ALL.iter().find(|(known, _)| *known == name).context("there is no such catalogue")?;
        let table = match file {
            Some(file) => match test_data::find_real_table(file) {
                Ok(table) => Some(table),
                Err(missing) => {
                    println!("the catalogue {name} is left out: {missing}");
                    return Ok(None);
                }
            },
            None => None,
        };
        let results = build::results()?;
        let folder = results.join(format!("{name}-{}", key(table.as_deref())?));
        let csv = match table {
            Some(table) => table.canonicalize()?,
            None => folder.join("tracks.csv"),
        };
        let catalog = Self { name, csv, artifact: folder.join("model.segue"), folder };
        if !catalog.artifact.is_file() {
            forget(&results, &format!("{name}-"))?;
            catalog.train(file.is_none()).with_context(|| format!("the catalogue {name} cannot be trained"))?;
        }
        Ok(Some(catalog))
    }

    fn train(&self, made_up: bool) -> anyhow::Result<()> {
        if made_up {
            println!("making up {SYNTHETIC_TRACKS} tracks");
            output::write_with(&self.csv, |file| synth::write(SYNTHETIC_TRACKS, 1, file, &mut |_| {}))?;
        }
        println!("training on {}: kept in {}", self.csv.display(), self.folder.display());
        let table = table::open(&self.csv, &table::Options::default(), &mut |_| {})?;
        let trained = training::train(&table, &training::Options::default(), &())?;
        Ok(output::write(&self.artifact, &trained.file)?)
    }

    /// The peer's artifact of the same table, made where it is not there yet.
    ///
    /// # Errors
    ///
    /// Where the peer fails.
    pub fn joblib(&self, peers: &Peers) -> anyhow::Result<PathBuf> {
        let mut made_by = Vec::new();
        for source in ["train.py", "requirements.txt"] {
            made_by.extend(fs::read(peers::folder().join(source))?);
        }
        let path = self.folder.join(format!("{}.joblib", short(&made_by)));
        if !path.is_file() {
            println!("training the scikit-learn peer on {}: kept beside it", self.csv.display());
            // Written aside: a peer that is interrupted leaves nothing that looks whole.
            let aside = path.with_extension("part");
            let mut train = peers.python();
            train.args(["train.py", "--no-elbow"]).arg(&self.csv).arg(&aside);
            let run =
                process::run(train.stdout(Stdio::null()).stderr(Stdio::null())).context("train.py does not run")?;
            ensure!(run.status.success(), "train.py failed on {}", self.csv.display());
            fs::rename(&aside, &path)?;
        }
        Ok(path)
    }
}

/// What an artifact depends on: the table, the format, and everything that trains.
fn key(table: Option<&Path>) -> io::Result<String> {
    let mut parts = format!("{FORMAT_VERSION} {SYNTHETIC_TRACKS}").into_bytes();
    if let Some(table) = table {
        let file = fs::metadata(table)?;
        parts.extend(format!("{} {} {:?}", table.display(), file.len(), file.modified()?).into_bytes());
    }
    let workspace = build::workspace();
    for folder in ["trainer/src", "recommender/src"] {
        add_sources(&workspace.join(folder), &mut parts)?;
    }
    Ok(short(&parts))
}

fn short(bytes: &[u8]) -> String {
    Version::of(bytes).to_string().chars().take(12).collect()
}

fn add_sources(folder: &Path, to: &mut Vec<u8>) -> io::Result<()> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            add_sources(&entry, to)?;
        } else {
            to.extend(entry.as_os_str().as_encoded_bytes());
            to.extend(fs::read(&entry)?);
        }
    }
    Ok(())
}

/// Removes what earlier sources made: a catalogue of a million tracks is 200 MB.
fn forget(results: &Path, prefix: &str) -> io::Result<()> {
    let entries = match fs::read_dir(results) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) && entry.path().is_dir() {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

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
    /// `39k`, `265k`, `1m`, `60-artists` or `hostile`.
    pub name: &'static str,
    /// The table.
    pub csv: PathBuf,
    /// `model.segue`.
    pub artifact: PathBuf,
    folder: PathBuf,
}

/// Where the table of a catalogue comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Origin {
    /// A file in the folder of the real tables.
    Real(&'static str),
    /// It is made up.
    MadeUp { tracks: u64 },
    /// It is made up, and then given to a few artists.
    FewArtists { tracks: u64, artists: u64 },
    /// It is made up, and then given what costs most to look up: see [`HOSTILE`].
    Hostile { tracks: u64 },
}

/// The catalogues that there are.
const ALL: [(&str, Origin); 5] = [
    ("39k", Origin::Real("light_spotify_39k.csv")),
    ("265k", Origin::Real("union_265k.csv")),
    ("1m", Origin::MadeUp { tracks: 1_000_000 }),
    // As many tracks as 265k has.
    (FEW_ARTISTS, Origin::FewArtists { tracks: 264_798, artists: 60 }),
    (HOSTILE, Origin::Hostile { tracks: 264_798 }),
];

/// The catalogue whose artists are sixty.
pub const FEW_ARTISTS: &str = "60-artists";
/// The catalogue in which every third track has the same title, each track is by an artist of its own, and has twelve genres with
/// accents that no other track has all of.
pub const HOSTILE: &str = "hostile";

/// Names of catalogues, checked.
///
/// # Errors
///
/// Where there is no such catalogue.
pub fn named(names: &[String]) -> anyhow::Result<Vec<&'static str>> {
    let find = |name: &String| {
        let found = ALL.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(known, _)| *known);
        found.with_context(|| {
            format!("there is no catalogue {name:?}: expected 39k, 265k, 1m, {FEW_ARTISTS} or {HOSTILE}")
        })
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
    let path = match chosen()? {
        Chosen::Artifact(path) => path,
        Chosen::Catalog(catalog) => catalog.artifact,
    };
    fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))
}

/// What is measured where nothing else is said.
#[derive(Clone, Debug)]
pub enum Chosen {
    /// The artifact that `SEGUE_MODEL` names.
    Artifact(PathBuf),
    /// A catalogue.
    Catalog(Catalog),
}

/// What [`artifact`] reads.
///
/// # Errors
///
/// Where it cannot be trained.
pub fn chosen() -> anyhow::Result<Chosen> {
    if let Some(path) = env::var_os("SEGUE_MODEL") {
        return Ok(Chosen::Artifact(path.into()));
    }
    let real = Catalog::ready("265k")?;
    let catalog = real.map_or_else(|| Catalog::ready("1m"), |catalog| Ok(Some(catalog)))?;
    Ok(Chosen::Catalog(catalog.context("there is no catalogue: set SEGUE_MODEL to an artifact")?))
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
        let (_, origin) = ALL.iter().find(|(known, _)| *known == name).context("there is no such catalogue")?;
        let table = match origin {
            Origin::Real(file) => match test_data::find_real_table(file) {
                Ok(table) => Some(table),
                Err(missing) => {
                    println!("the catalogue {name} is left out: {missing}");
                    return Ok(None);
                }
            },
            Origin::MadeUp { .. } | Origin::FewArtists { .. } | Origin::Hostile { .. } => None,
        };
        let results = build::results()?;
        let folder = results.join(format!("{name}-{}", key(*origin, table.as_deref())?));
        let csv = match table {
            Some(table) => table.canonicalize()?,
            None => folder.join("tracks.csv"),
        };
        let catalog = Self { name, csv, artifact: folder.join("model.segue"), folder };
        if !catalog.artifact.is_file() {
            forget(&results, &format!("{name}-"))?;
            catalog.train(*origin).with_context(|| format!("the catalogue {name} cannot be trained"))?;
        }
        Ok(Some(catalog))
    }

    fn train(&self, origin: Origin) -> anyhow::Result<()> {
        match origin {
            Origin::Real(_) => {}
            Origin::MadeUp { tracks } => {
                println!("making up {tracks} tracks");
                output::write_with(&self.csv, |file| synth::write(tracks, 1, file, &mut |_| {}))?;
            }
            Origin::FewArtists { tracks, artists } => {
                println!("making up {tracks} tracks of {artists} artists");
                output::write_with(&self.csv, |file| write_few_artists(tracks, artists, file))?;
            }
            Origin::Hostile { tracks } => {
                println!("making up {tracks} tracks that are costly to look up");
                output::write_with(&self.csv, |file| write_hostile(tracks, file))?;
            }
        }
        println!("training on {}: kept in {}", self.csv.display(), self.folder.display());
        let table = table::open(&self.csv, &table::Options::default(), &mut |_| {})?;
        let trained = training::train(table, &training::Options::default(), &())?;
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

/// A made-up table whose artist cells are those of its first artists, turn about.
fn write_few_artists(tracks: u64, artists: u64, file: impl io::Write) -> io::Result<()> {
    let mut names: Vec<String> = Vec::new();
    write_changed(tracks, file, ["artists"], |row, [own]| {
        if (names.len() as u64) < artists && !own.contains([',', ';']) && !names.contains(own) {
            names.push(own.clone());
        }
        if let Some(name) = names.get(row % names.len().max(1)) {
            own.clone_from(name);
        }
    })
}

/// A made-up table as [`HOSTILE`] says.
fn write_hostile(tracks: u64, file: impl io::Write) -> io::Result<()> {
    write_changed(tracks, file, ["track_name", "artists", "track_genre"], |row, [title, artist, genres]| {
        if row % 3 == 0 {
            "The Same Title".clone_into(title);
        }
        *artist = format!("{artist} {row}");
        *genres =
            (0..12).map(|at| format!("Électro Café {}", (row * (at + 1) + at) % 5_003)).collect::<Vec<_>>().join(", ");
    })
}

/// A made-up table, some columns of which are changed row by row.
fn write_changed<const COLUMNS: usize>(
    tracks: u64,
    file: impl io::Write,
    columns: [&str; COLUMNS],
    mut change: impl FnMut(usize, &mut [String; COLUMNS]),
) -> io::Result<()> {
    let mut made_up = Vec::new();
    synth::write(tracks, 1, &mut made_up, &mut |_| {})?;
    let mut table = csv::Reader::from_reader(made_up.as_slice());
    let header = table.headers()?.clone();
    let mut places = [0; COLUMNS];
    for (place, column) in places.iter_mut().zip(columns) {
        let missing = || io::Error::other(format!("a made-up table has no column {column}"));
        *place = header.iter().position(|name| name == column).ok_or_else(missing)?;
    }
    let mut out = csv::Writer::from_writer(file);
    out.write_record(&header)?;
    for (row, record) in table.into_records().enumerate() {
        let record = record?;
        let mut changed = places.map(|place| record[place].to_owned());
        change(row, &mut changed);
        let cell = |(at, cell)| places.iter().position(|place| *place == at).map_or(cell, |column| &*changed[column]);
        out.write_record(record.iter().enumerate().map(cell))?;
    }
    out.flush()
}

/// What an artifact depends on: the table, the format, and everything that trains.
fn key(origin: Origin, table: Option<&Path>) -> io::Result<String> {
    let mut parts = format!("{FORMAT_VERSION} {origin:?}").into_bytes();
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

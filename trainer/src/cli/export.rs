//! `trainer export`.

#[cfg(feature = "parquet")]
mod parquet;

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{bail, ensure};
use recommender::Model;

use crate::{output, printable::printable};

#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// The artifact
    file: PathBuf,
    /// The file to write, - for standard output
    #[arg(long)]
    out: PathBuf,
    /// csv: id, song, artist, cluster, cluster_name. parquet: the same with album, genre, year, explicit and attributes, where the
    /// artifact has them, each feature, and the vector that is compared. Without --format, a file that ends in .parquet is
    /// Parquet, any other CSV. Titles and artists are written as they are: a spreadsheet takes =1+1 or -1 for a formula, so
    /// import these columns as text
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// The format of an exported table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Csv,
    Parquet,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Parquet => "Parquet",
        }
    }

    /// The format of a file: the one that was asked for, unless the file's ending is another's.
    fn of(out: &Path, wanted: Option<Self>) -> anyhow::Result<Self> {
        let ending = out.extension().map(|ending| ending.to_ascii_lowercase());
        let by_ending = match ending.as_deref().and_then(|ending| ending.to_str()) {
            Some("csv") => Some(Self::Csv),
            Some("parquet") => Some(Self::Parquet),
            Some("gz" | "zip") => bail!(
                "{}: the export is not compressed; name a file that ends in .csv or .parquet, and compress it afterwards",
                out.display()
            ),
            _ => None,
        };
        match (wanted, by_ending) {
            (Some(wanted), Some(by_ending)) if wanted != by_ending => bail!(
                "--format asks for {}, and the ending of {} is that of {}: change one of them",
                wanted.name(),
                out.display(),
                by_ending.name()
            ),
            (wanted, by_ending) => Ok(wanted.or(by_ending).unwrap_or(Self::Csv)),
        }
    }
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let format = Format::of(&self.out, self.format)?;
        let write = match format {
            Format::Csv => write_csv,
            Format::Parquet => parquet_writer()?,
        };
        output::check_file(&self.out)?;
        let model = Model::open(&self.file)?;
        let same = std::fs::canonicalize(&self.out)
            .is_ok_and(|out| std::fs::canonicalize(&self.file).is_ok_and(|file| file == out));
        ensure!(!same, "{} is the artifact: --out needs another file", self.out.display());
        output::write_with(&self.out, |file| write(&model, file))?;
        if !output::is_stdout(&self.out) {
            let tracks = model.catalog().len();
            println!("{}", printable(&format!("{}: {tracks} tracks as {}", self.out.display(), format.name())));
        }
        Ok(())
    }
}

type WriteTracks = fn(&Model, &mut (dyn Write + Send)) -> io::Result<()>;

#[cfg(feature = "parquet")]
fn parquet_writer() -> anyhow::Result<WriteTracks> {
    Ok(parquet::write)
}

#[cfg(not(feature = "parquet"))]
fn parquet_writer() -> anyhow::Result<WriteTracks> {
    bail!(
        "this trainer was built without Parquet (--no-default-features): the trainer of a release, of the container image or \
         of `cargo build --release --package trainer` writes it"
    )
}

fn write_csv(model: &Model, file: &mut (dyn Write + Send)) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(file);
    csv.write_record(["id", "song", "artist", "cluster", "cluster_name"])?;
    for row in 0..model.catalog().len() as u32 {
        let track = model.catalog().track(row);
        let cluster = model.cluster_of(row);
        let name = &model.clusters()[cluster].name;
        csv.write_record([&*track.id, track.song, track.artist, &cluster.to_string(), name])?;
    }
    csv.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_decides_unless_a_format_is_given() {
        let of = |out: &str, wanted| Format::of(Path::new(out), wanted).ok();
        assert!(of("a.csv.gz", None).is_none() && of("a.zip", Some(Format::Csv)).is_none());
        for (out, by_ending) in [
            ("tracks.csv", Format::Csv),
            ("tracks.parquet", Format::Parquet),
            ("tracks.csv/tracks.PARQUET", Format::Parquet),
            ("tracks.txt", Format::Csv),
            ("/dev/stdout", Format::Csv),
        ] {
            assert_eq!(of(out, None), Some(by_ending), "{out}");
        }
        assert_eq!(of("tracks", Some(Format::Parquet)), Some(Format::Parquet));
        assert_eq!(of("tracks.parquet", Some(Format::Parquet)), Some(Format::Parquet));
        assert_eq!(of("tracks.csv", Some(Format::Parquet)), None);
        assert_eq!(of("tracks.parquet", Some(Format::Csv)), None);
    }

    #[cfg(not(feature = "parquet"))]
    #[test]
    fn without_parquet_the_error_says_which_trainer_has_it() {
        let missing = "there-is-no-such-file".into();
        let export = Export { file: missing, out: "tracks.parquet".into(), format: None };
        let error = export.run().expect_err("no Parquet").to_string();
        assert!(error.contains("built without Parquet") && error.contains("release"), "{error}");
    }
}

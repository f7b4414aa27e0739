//! The files of a report: made, written into a folder, and read from it for a model that is published.

use std::{
    collections::BTreeMap,
    io::{self, Read},
    path::Path,
};

use recommender::Version;
use serde::Deserialize;
use store::ReportFile;

use super::{ReportData, charts, html, metrics};
use crate::{output, training::Trained, training::elbow::knee};

/// The figures, and the version of the model that they are of.
const METRICS: &str = "metrics.json";
/// Every file of a report, with its media type. The first one says which model all are of, and has the SHA-256 of each other.
const FILES: [(&str, &str); 5] = [
    (METRICS, "application/json"),
    ("elbow.svg", "image/svg+xml"),
    ("cluster_profile.svg", "image/svg+xml"),
    ("confusion_matrix.svg", "image/svg+xml"),
    ("index.html", "text/html; charset=utf-8"),
];

/// The largest file of a report that is read, in bytes. A page with its charts has less than one million.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// What a folder has of a model's report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderReport {
    /// No report.
    Absent,
    /// The report of this model.
    Found(Vec<ReportFile>),
    /// The report of this model, with a file that is not as it was made.
    Changed {
        /// Its name.
        file: &'static str,
    },
    /// The report of another model, or one that does not say of which.
    OfAnother {
        /// The model that it names.
        version: Option<Version>,
    },
}

/// The report of a training. `seconds` are its stages and how long each took, in their order.
///
/// # Errors
///
/// Where a chart cannot be drawn.
pub fn make(
    trained: &Trained,
    report_data: &ReportData,
    seconds: &[(String, f64)],
) -> Result<Vec<ReportFile>, charts::Error> {
    let card = &trained.card;
    let names: Vec<&str> = card.clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    let features: Vec<&str> = card.features.iter().map(|feature| feature.name.as_str()).collect();
    let elbow = trained.elbow();
    let texts = [
        charts::elbow(&elbow, card.k, knee(&elbow))?,
        charts::cluster_profile(&features, &card.clusters, trained.scaled_means.view())?,
        charts::confusion_matrix(&card.classifier.confusion_matrix, &names)?,
        html::page(trained, report_data, seconds)?,
    ];
    let mut files: Vec<ReportFile> =
        FILES[1..].iter().zip(texts).map(|(file, text)| report_file(*file, text)).collect();
    let mut metrics = metrics(trained, report_data, seconds);
    metrics["files"] = serde_json::json!(hashes(&files));
    files.insert(0, report_file(FILES[0], serde_json::to_string_pretty(&metrics).unwrap_or_default()));
    Ok(files)
}

/// SHA-256 of each file, by its name.
fn hashes(files: &[ReportFile]) -> BTreeMap<&str, Version> {
    files.iter().map(|file| (file.path.as_str(), Version::of(&file.bytes))).collect()
}

/// Writes a report into a folder: all files of it, or none.
///
/// # Errors
///
/// Where a file cannot be written.
pub fn write(files: &[ReportFile], folder: &Path) -> Result<(), output::Error> {
    output::write_all(files.iter().map(|file| (folder.join(&file.path), &*file.bytes)))
}

/// Reads the report of the model of this version from a folder: regular files that [`make`] makes, as it has made them.
/// Other files that lie there are no part of it.
///
/// # Errors
///
/// Where a file is there and cannot be read, or is not a regular one: a link might lead to any file of the system, and a
/// pipe might never end.
pub fn read(folder: &Path, version: Version) -> io::Result<FolderReport> {
    #[derive(Deserialize)]
    struct Metrics {
        version: Version,
        #[serde(default)]
        files: BTreeMap<String, Version>,
    }
    if folder.symlink_metadata().is_ok_and(|found| found.is_symlink()) {
        return Err(io::Error::other(format!("{}: expected a folder, and no link to one", folder.display())));
    }
    let Some(metrics) = read_if_there(&folder.join(METRICS))? else { return Ok(FolderReport::Absent) };
    let Ok(Metrics { version: named, files: hashes }) = serde_json::from_slice(&metrics) else {
        return Ok(FolderReport::OfAnother { version: None });
    };
    if named != version {
        return Ok(FolderReport::OfAnother { version: Some(named) });
    }
    let mut files = vec![report_file(FILES[0], metrics)];
    for file in &FILES[1..] {
        let Some(bytes) = read_if_there(&folder.join(file.0))? else { continue };
        if hashes.get(file.0) != Some(&Version::of(&bytes)) {
            return Ok(FolderReport::Changed { file: file.0 });
        }
        files.push(report_file(*file, bytes));
    }
    Ok(FolderReport::Found(files))
}

fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match read_regular(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
    }
}

fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    if !path.symlink_metadata()?.is_file() {
        return Err(io::Error::other("expected a regular file"));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(io::Error::other(format!("expected at most {MAX_FILE_BYTES} bytes")));
    }
    Ok(bytes)
}

fn report_file((name, content_type): (&str, &str), bytes: impl Into<Vec<u8>>) -> ReportFile {
    ReportFile { path: name.to_owned(), bytes: bytes.into().into(), content_type: content_type.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files of a report of this model, their names for content.
    fn report(version: Version) -> Vec<ReportFile> {
        let mut files: Vec<ReportFile> = FILES[1..].iter().map(|file| report_file(*file, file.0)).collect();
        let metrics = serde_json::json!({ "version": version, "files": hashes(&files) });
        files.insert(0, report_file(FILES[0], metrics.to_string()));
        files
    }

    #[test]
    fn a_report_is_read_for_the_model_that_it_names_and_for_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let (own, other) = (Version::of(b"own"), Version::of(b"other"));
        assert_eq!(read(folder.path(), own).expect("reads"), FolderReport::Absent);
        assert_eq!(read(&folder.path().join("nowhere"), own).expect("reads"), FolderReport::Absent);

        let files = report(own);
        write(&files, folder.path()).expect("writes");
        std::fs::write(folder.path().join("notes.html"), "not for everybody").expect("writes");
        assert_eq!(read(folder.path(), own).expect("reads"), FolderReport::Found(files));
        assert_eq!(read(folder.path(), other).expect("reads"), FolderReport::OfAnother { version: Some(own) });

        for metrics in ["{\"tracks\":1}", "{\"version\":\"1\"}", "no JSON", ""] {
            std::fs::write(folder.path().join(METRICS), metrics).expect("writes");
            assert_eq!(
                read(folder.path(), own).expect("reads"),
                FolderReport::OfAnother { version: None },
                "{metrics}"
            );
        }
    }

    #[test]
    fn a_file_of_another_report_is_noticed() {
        let own = Version::of(b"own");
        for file in &FILES[1..] {
            let folder = tempfile::tempdir().expect("a folder");
            write(&report(own), folder.path()).expect("writes");
            std::fs::write(folder.path().join(file.0), "of another model").expect("writes");
            assert_eq!(read(folder.path(), own).expect("reads"), FolderReport::Changed { file: file.0 });
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_regular_files_are_read() {
        let own = Version::of(b"own");
        let secret = tempfile::NamedTempFile::new().expect("a file");
        let makes: [&dyn Fn(&Path); 3] = [
            &|path| std::fs::create_dir(path).expect("a folder in its place"),
            &|path| std::os::unix::fs::symlink(secret.path(), path).expect("links"),
            &|path| assert!(std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo").success()),
        ];
        for make in makes {
            for file in FILES {
                let folder = tempfile::tempdir().expect("a folder");
                write(&report(own), folder.path()).expect("writes");
                let path = folder.path().join(file.0);
                std::fs::remove_file(&path).expect("removes");
                make(&path);
                let error = read(folder.path(), own).expect_err("no file").to_string();
                assert_eq!(error, format!("{}: expected a regular file", path.display()));
            }
        }
        let folder = tempfile::tempdir().expect("a folder");
        write(&report(own), folder.path()).expect("writes");
        let link = secret.path().with_extension("link");
        std::os::unix::fs::symlink(folder.path(), &link).expect("links");
        let read = read(&link, own);
        std::fs::remove_file(&link).expect("removes");
        assert!(read.expect_err("a link").to_string().contains("no link"));
    }
}

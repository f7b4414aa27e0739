//! The files of a report: made, written into a folder, and read from it for a model that is published.

use std::{io, path::Path};

use recommender::Version;
use serde::Deserialize;
use store::ReportFile;

use super::{ReportData, charts, html, metrics};
use crate::{output, training::Trained, training::elbow::knee};

/// The figures, and the version of the model that they are of.
const METRICS: &str = "metrics.json";
/// Every file of a report, with its media type. The first one says which model all are of. It is written first and the
/// artifact last, so that after an interrupted training no artifact lies beside figures that name it and files of another.
const FILES: [(&str, &str); 5] = [
    (METRICS, "application/json"),
    ("elbow.svg", "image/svg+xml"),
    ("cluster_profile.svg", "image/svg+xml"),
    ("confusion_matrix.svg", "image/svg+xml"),
    ("index.html", "text/html; charset=utf-8"),
];

/// What a folder has of a model's report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderReport {
    /// No report.
    Absent,
    /// The report of this model.
    Found(Vec<ReportFile>),
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
        serde_json::to_string_pretty(&metrics(trained, report_data, seconds)).unwrap_or_default(),
        charts::elbow(&elbow, card.k, knee(&elbow))?,
        charts::cluster_profile(&features, &card.clusters, trained.scaled_means.view())?,
        charts::confusion_matrix(&card.classifier.confusion_matrix, &names)?,
        html::page(trained, report_data, seconds)?,
    ];
    Ok(FILES.iter().zip(texts).map(|(file, text)| report_file(*file, text)).collect())
}

/// Writes a report into a folder.
///
/// # Errors
///
/// Where a file cannot be written.
pub fn write(files: &[ReportFile], folder: &Path) -> Result<(), output::Error> {
    files.iter().try_for_each(|file| output::write(&folder.join(&file.path), &file.bytes))
}

/// Reads the report of the model of this version from a folder. Other files that lie there are no part of it.
///
/// # Errors
///
/// Where a file is there and cannot be read.
pub fn read(folder: &Path, version: Version) -> io::Result<FolderReport> {
    #[derive(Deserialize)]
    struct Metrics {
        version: Version,
    }
    let Some(metrics) = read_if_there(&folder.join(METRICS))? else { return Ok(FolderReport::Absent) };
    let named = serde_json::from_slice(&metrics).ok().map(|Metrics { version }| version);
    if named != Some(version) {
        return Ok(FolderReport::OfAnother { version: named });
    }
    let mut files = Vec::new();
    for file in FILES {
        let bytes = if file.0 == METRICS { Some(metrics.clone()) } else { read_if_there(&folder.join(file.0))? };
        files.extend(bytes.map(|bytes| report_file(file, bytes)));
    }
    Ok(FolderReport::Found(files))
}

fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    // What is no file, such as a pipe, might never end.
    let read = std::fs::metadata(path)
        .and_then(|found| if found.is_file() { std::fs::read(path) } else { Err(io::Error::other("expected a file")) });
    match read {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
    }
}

fn report_file((name, content_type): (&str, &str), bytes: impl Into<Vec<u8>>) -> ReportFile {
    ReportFile { path: name.to_owned(), bytes: bytes.into().into(), content_type: content_type.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_for_the_model_that_it_names_and_for_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let (own, other) = (Version::of(b"own"), Version::of(b"other"));
        assert_eq!(read(folder.path(), own).expect("reads"), FolderReport::Absent);
        assert_eq!(read(&folder.path().join("nowhere"), own).expect("reads"), FolderReport::Absent);

        let files: Vec<ReportFile> = FILES
            .iter()
            .map(|file| match file.0 {
                METRICS => report_file(*file, format!("{{\"version\":\"{own}\"}}")),
                name => report_file(*file, name),
            })
            .collect();
        write(&files, folder.path()).expect("writes");
        let unreadable = folder.path().join("elbow.svg");
        std::fs::remove_file(&unreadable)
            .and_then(|()| std::fs::create_dir(&unreadable))
            .expect("a folder in its place");
        let error = read(folder.path(), own).expect_err("no file").to_string();
        assert_eq!(error, format!("{}: expected a file", unreadable.display()));
        std::fs::remove_dir(&unreadable).and_then(|()| std::fs::write(&unreadable, "elbow.svg")).expect("writes");

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
}

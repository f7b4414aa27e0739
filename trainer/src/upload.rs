//! What is published of a training: the artifact, what `latest.json` says of it, and the report's files.

use std::{io, path::Path};

use recommender::card::Card;
use store::{ReportFile, Upload};

/// An artifact with the files of its report's folder, where there is one.
///
/// # Errors
///
/// Where a file of the folder cannot be read.
pub fn upload(file: Vec<u8>, card: &Card, report: &Path) -> io::Result<Upload> {
    Ok(Upload {
        report: report_files(report)?,
        tracks: card.tracks,
        k: card.k,
        accuracy: card.classifier.accuracy,
        features: card.features.iter().map(|feature| feature.name.clone()).collect(),
        artifact: file.into(),
    })
}

fn report_files(folder: &Path) -> io::Result<Vec<ReportFile>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let content_type = match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => "application/json",
            Some("svg") => "image/svg+xml",
            Some("html") => "text/html; charset=utf-8",
            _ => continue,
        };
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let bytes = std::fs::read(&path)?;
        files.push(ReportFile { path: name.to_owned(), bytes: bytes.into(), content_type: content_type.to_owned() });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

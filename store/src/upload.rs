//! What is published: an artifact, what `latest.json` says of it, and its report.

use bytes::Bytes;
use recommender::artifact;

use crate::{Error, Quality, error::cause};

/// The file of a report that has its figures.
const METRICS: &str = "metrics.json";

/// A model to be published. [`Upload::of`] makes one of an artifact.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The artifact, `model.segue`.
    pub artifact: Bytes,
    /// What goes below `report/`.
    pub report: Vec<ReportFile>,
    /// Tracks in the catalogue.
    pub tracks: u64,
    /// Clusters.
    pub k: u32,
    /// Hold-out accuracy of the classifier, 0 to 1.
    pub accuracy: f64,
    /// The features' names, in the model's order.
    pub features: Vec<String>,
    /// What was measured of it.
    pub quality: Quality,
}

/// A file of the training report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    /// Its path below `report/`, such as `elbow.svg`.
    pub path: String,
    /// Its content.
    pub bytes: Bytes,
    /// Its media type, such as `image/svg+xml`.
    pub content_type: String,
}

impl Upload {
    /// An artifact and its report, which may be empty. What `latest.json` says of the model is read from the artifact's
    /// card; its other sections are not. What was measured of it is read from the report too, where that has a `metrics.json`.
    ///
    /// # Errors
    /// [`Error::NotAnArtifact`] where the bytes have no card.
    pub fn of(artifact: Bytes, report: Vec<ReportFile>) -> Result<Self, Error> {
        let card = artifact::card(&artifact).map_err(|error| Error::NotAnArtifact { source: cause(error) })?;
        let metrics = report.iter().find(|file| file.path == METRICS).map(|file| &*file.bytes);
        let quality = Quality::of(&card, metrics);
        Ok(Self {
            artifact,
            report,
            quality,
            tracks: card.tracks,
            k: card.k,
            // `latest.json` has a number in any case; the card says whether it was measured.
            accuracy: card.classifier.accuracy.unwrap_or_default(),
            features: card.features.into_iter().map(|feature| feature.name).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_card_is_not_published() {
        for bytes in [&b""[..], b"song,artist\n", &[1; 1_000]] {
            let error = Upload::of(Bytes::from_static(bytes), Vec::new()).unwrap_err();
            assert!(matches!(error, Error::NotAnArtifact { .. }), "{error:?}");
        }
    }
}

//! What is said of a training: in the terminal, and in the files of `report/`.

pub mod charts;
mod data;
pub mod evaluation;
pub mod files;
mod html;
pub mod summary;
pub mod terminal;
pub mod text_table;

use std::collections::BTreeMap;

use recommender::{Version, card::Card};
use serde::Serialize;

pub use data::{ClusterData, ReportData, Spread};

use crate::{
    affinity::Affinities,
    evaluation::{Continuation, Quality},
    progress::Progress,
    table::Table,
    training::Trained,
    training::elbow::knee,
};

/// Warns of what a person should know about how the table was read.
pub fn warn_of_table(table: &Table, progress: &dyn Progress) {
    for warning in &table.warnings {
        progress.warn(warning);
    }
    if !table.absent.is_empty() {
        let absent: Vec<&str> = table.absent.iter().map(|feature| feature.name()).collect();
        progress.warn(&format!("the file does not have {}: the model is made without", absent.join(", ")));
    }
    match table.dropped.warning(table.rows) {
        Some(warning) => progress.warn(&warning),
        None if table.dropped.total > 0 => {
            progress.warn(&format!("{} of {} rows left out: {}", table.dropped.total, table.rows, table.dropped));
        }
        None => {}
    }
}

/// The elbow, the cluster profile and the classifier's scores, as text.
pub fn text(trained: &Trained) -> String {
    let card = &trained.card;
    let inertia: Vec<(u32, f64)> = card.inertia.iter().map(|(k, inertia)| (*k, *inertia)).collect();
    let features: Vec<&str> = card.features.iter().map(|feature| feature.name.as_str()).collect();
    let names: Vec<&str> = card.clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    let classifier = &card.classifier;
    [
        terminal::elbow(&inertia, card.k),
        terminal::profile(&features, &card.clusters),
        terminal::accuracy(classifier),
        terminal::confusion_matrix(&classifier.confusion_matrix),
        terminal::classification_report(&classifier.report, classifier.accuracy, &names),
    ]
    .join("\n")
}

#[derive(Serialize)]
struct Metrics<'a> {
    version: Version,
    #[serde(flatten)]
    card: &'a Card,
    rows: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    knee: Option<u32>,
    silhouette: BTreeMap<u32, f64>,
    recall_at_50: f64,
    recommendations: &'a Quality,
    #[serde(skip_serializing_if = "Option::is_none")]
    playlists: Option<&'a Continuation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    affinities: Option<&'a Affinities>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weights: Option<BTreeMap<&'a str, f64>>,
    seconds: BTreeMap<String, f64>,
}

/// Whether a feature counts more or less than once.
fn is_weighted(card: &Card) -> bool {
    card.features.iter().any(|feature| feature.weight != 1.0)
}

/// The figures of `metrics.json`: the version of the model, its card, what the report measured, and how many seconds each
/// stage took.
pub fn metrics(trained: &Trained, report_data: &ReportData, seconds: &[(String, f64)]) -> serde_json::Value {
    let inertia: Vec<(u32, f64)> = trained.card.inertia.iter().map(|(k, inertia)| (*k, *inertia)).collect();
    let metrics = Metrics {
        version: trained.version,
        card: &trained.card,
        rows: trained.rows,
        knee: knee(&inertia),
        silhouette: trained.silhouettes.iter().map(|(k, found)| (*k, found.mean)).collect(),
        recall_at_50: report_data.recall_at_50,
        recommendations: &report_data.quality,
        playlists: report_data.playlists.as_ref(),
        affinities: trained.affinities.as_ref(),
        weights: is_weighted(&trained.card)
            .then(|| trained.card.features.iter().map(|feature| (feature.name.as_str(), feature.weight)).collect()),
        seconds: seconds.iter().cloned().collect(),
    };
    // Numbers and strings always serialise.
    serde_json::to_value(&metrics).unwrap_or_default()
}

#[cfg(test)]
mod tests;

//! What is said of a training: in the terminal, and in the files of `report/`.

pub mod answers;
pub mod charts;
pub mod columns;
mod data;
pub mod evaluation;
pub mod files;
mod html;
pub mod summary;
pub mod terminal;
pub mod text_table;

use std::collections::BTreeMap;

use recommender::{Version, card::Card, features::Feature};
use serde::Serialize;

pub use data::{ClusterData, ReportData, Spread};

use crate::{
    affinity::Affinities,
    evaluation::{Continuation, Genre, Quality, silhouette::separation},
    progress::Progress,
    table::{
        Meaning, Schema, Table,
        columns::{option, quoted},
    },
    training::Trained,
    training::elbow::knee,
    training::naive_bayes::HoldOut,
};

/// Warns of what a person should know about how the table was read.
pub fn warn_of_table(table: &Table, progress: &dyn Progress) {
    for warning in &table.warnings {
        progress.warn(warning);
    }
    if let Some(absent) = absent(table) {
        progress.warn(&absent);
    }
    match table.dropped.warning(table.rows) {
        Some(warning) => progress.warn(&warning),
        None if table.dropped.total > 0 => {
            progress.warn(&format!("{} of {} rows left out: {}", table.dropped.total, table.rows, table.dropped));
        }
        None => {}
    }
    if table.dropped.never_analysed() > 0 {
        progress.warn("--keep-unanalysed keeps the tracks that were never analysed");
    }
}

/// Which features the model is made without, and why: there is no such column, a column looks like one and is not taken, or
/// its column holds nothing.
pub fn absent(table: &Table) -> Option<String> {
    let looks_like = |feature: Feature| table.schema.hints().find(|(_, meaning)| *meaning == Meaning::Feature(feature));
    let mut there_not = Vec::new();
    let mut reasons = Vec::new();
    for &feature in &table.absent {
        if let Some(used) = table.schema.of(Meaning::Feature(feature)) {
            let column = used.column.as_deref().unwrap_or_default();
            let note = used.note.as_deref().unwrap_or("no cell has a value");
            reasons.push(format!("{feature} (column {}: {note})", quoted(column)));
        } else if let Some((column, _)) = looks_like(feature) {
            let option = option(Meaning::Feature(feature), column);
            reasons.push(format!("{feature} (column {} looks like it: {option})", quoted(column)));
        } else {
            there_not.push(feature.name());
        }
    }
    let mut sentences = Vec::new();
    if !there_not.is_empty() {
        sentences.push(format!("the file does not have {}", there_not.join(", ")));
    }
    if !reasons.is_empty() {
        sentences.push(format!("nothing is taken for {}", reasons.join(", ")));
    }
    (!sentences.is_empty()).then(|| format!("{}: the model is made without", sentences.join("; ")))
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
        terminal::separation(trained.silhouettes.get(&card.k)),
        terminal::profile(&features, &card.clusters),
        terminal::accuracy(classifier, &trained.hold_out),
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
    columns: &'a Schema,
    #[serde(skip_serializing_if = "Option::is_none")]
    knee: Option<u32>,
    silhouette: BTreeMap<u32, f64>,
    silhouette_standard_error: BTreeMap<u32, f64>,
    /// Of the model's own clusters.
    #[serde(skip_serializing_if = "Option::is_none")]
    separation: Option<&'static str>,
    hold_out: &'a HoldOut,
    map_variance: f64,
    recall_at_50: f64,
    recommendations: &'a Quality,
    #[serde(skip_serializing_if = "Option::is_none")]
    genre_with_artist: Option<Genre>,
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
    let metrics = Metrics {
        version: trained.version,
        card: &trained.card,
        rows: trained.rows,
        columns: &trained.schema,
        knee: knee(&trained.elbow()),
        silhouette: trained.silhouettes.iter().map(|(k, found)| (*k, found.mean)).collect(),
        silhouette_standard_error: trained.silhouettes.iter().map(|(k, found)| (*k, found.standard_error)).collect(),
        separation: trained.silhouettes.get(&trained.card.k).map(|found| separation(found.mean)),
        hold_out: &trained.hold_out,
        map_variance: trained.map_variance,
        recall_at_50: report_data.recall_at_50,
        recommendations: &report_data.quality,
        genre_with_artist: report_data.genre_with_artist,
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

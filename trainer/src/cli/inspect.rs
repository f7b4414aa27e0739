//! `trainer inspect`.

use std::path::PathBuf;

use recommender::{Model, Version, artifact, card::Card};
use serde::Serialize;

use crate::printable::printable_json;
use crate::report::text_table::{
    Column::{Left, Right},
    text_table,
};

#[derive(Debug, clap::Args)]
pub(super) struct Inspect {
    /// The artifact
    file: PathBuf,
    /// Print JSON: the figures of report/metrics.json, with version, bytes and sections
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Inspected<'a> {
    version: Version,
    format_version: u32,
    bytes: usize,
    sections: Vec<Section>,
    #[serde(flatten)]
    card: &'a Card,
}

#[derive(Serialize)]
struct Section {
    name: String,
    bytes: u64,
    bytes_per_track: f64,
}

impl Section {
    fn new(name: String, bytes: u64, tracks: u64) -> Self {
        Self { name, bytes, bytes_per_track: (bytes as f64 / tracks as f64 * 100.0).round() / 100.0 }
    }
}

impl Inspect {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let file = artifact::read_file(&self.file)?;
        let model = Model::from_bytes(&file, Version::of(&file))?;
        let tracks = model.catalog().len() as u64;
        let sections: Vec<Section> = artifact::sections(&file)?
            .into_iter()
            .map(|entry| Section::new(entry.section.to_string(), entry.length, tracks))
            .collect();
        let inspected = Inspected {
            version: model.version(),
            format_version: artifact::FORMAT_VERSION,
            bytes: file.len(),
            sections,
            card: model.card(),
        };
        if self.json {
            println!("{}", printable_json(&serde_json::to_string_pretty(&inspected)?));
            return Ok(());
        }
        print!("{}", text(&inspected, &model));
        Ok(())
    }
}

/// What an artifact holds, as tables.
fn text(inspected: &Inspected<'_>, model: &Model) -> String {
    let card = inspected.card;
    let index = &card.index;
    let summary = [
        ("version", inspected.version.to_string()),
        ("format", inspected.format_version.to_string()),
        ("tracks", format!("{} ({} songs)", card.tracks, model.songs().count())),
        (
            "accuracy",
            card.classifier.accuracy.map_or_else(
                || "not measured: too few tracks to hold any out".to_owned(),
                |accuracy| format!("{accuracy:.3} on {} held-out tracks (against k-means)", card.classifier.held_out),
            ),
        ),
        (
            "index",
            format!(
                "recall@10 {:.4}, {:.1} neighbours a node, {} nodes listed apart",
                index.recall_at_10, index.average_degree, index.unreachable
            ),
        ),
    ];
    let summary = summary.map(|(name, value)| vec![name.to_owned(), value]);
    let features = card.features.iter().map(|feature| {
        let (mean, deviation) = (format!("{:.4}", feature.mean), format!("{:.4}", feature.deviation));
        vec![feature.name.clone(), mean, deviation, feature.weight.to_string()]
    });
    let clusters = card
        .clusters
        .iter()
        .map(|cluster| vec![cluster.id.to_string(), cluster.size.to_string(), cluster.name.clone()]);
    let file = Section::new("file".into(), inspected.bytes as u64, card.tracks);
    let sections = inspected.sections.iter().chain([&file]).map(|section| {
        vec![section.name.clone(), section.bytes.to_string(), format!("{:.2}", section.bytes_per_track)]
    });
    [
        text_table(&[Left(""), Left("")], summary),
        text_table(&[Left("feature"), Right("mean"), Right("deviation"), Right("weight")], features),
        text_table(&[Right("cluster"), Right("tracks"), Left("name")], clusters),
        text_table(&[Left("section"), Right("bytes"), Right("bytes a track")], sections),
    ]
    .join("\n")
}

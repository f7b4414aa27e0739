//! `trainer inspect`.

use std::path::PathBuf;

use anyhow::Context;
use recommender::{Model, Version, artifact, card::Card};
use serde::Serialize;

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

impl Inspect {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let file = std::fs::read(&self.file).with_context(|| format!("cannot read {}", self.file.display()))?;
        let model = Model::from_bytes(&file, Version::of(&file))?;
        let tracks = model.catalog().len() as f64;
        let sections: Vec<Section> = artifact::sections(&file)?
            .into_iter()
            .map(|entry| Section {
                name: entry.section.to_string(),
                bytes: entry.length,
                bytes_per_track: (entry.length as f64 / tracks * 100.0).round() / 100.0,
            })
            .collect();
        let inspected = Inspected {
            version: model.version(),
            format_version: artifact::FORMAT_VERSION,
            bytes: file.len(),
            sections,
            card: model.card(),
        };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&inspected)?);
            return Ok(());
        }
        let card = inspected.card;
        println!("version   {}", inspected.version);
        println!("format    {}", inspected.format_version);
        println!("tracks    {} ({} songs)", card.tracks, model.songs().count());
        println!("accuracy  {:.3} on {} held-out tracks", card.classifier.accuracy, card.classifier.held_out);
        println!(
            "index     recall@10 {:.4}, {:.1} neighbours a node, {} nodes listed apart",
            card.index.recall_at_10, card.index.average_degree, card.index.unreachable
        );
        println!("\nfeature                   mean     deviation  weight");
        for feature in &card.features {
            println!("{:<18} {:>12.4}  {:>12.4}  {:>6}", feature.name, feature.mean, feature.deviation, feature.weight);
        }
        println!("\ncluster   tracks  name");
        for cluster in &card.clusters {
            println!("{:>7} {:>8}  {}", cluster.id, cluster.size, cluster.name);
        }
        println!("\nsection              bytes  bytes a track");
        for section in &inspected.sections {
            println!("{:<14} {:>11}  {:>13.2}", section.name, section.bytes, section.bytes_per_track);
        }
        println!("{:<14} {:>11}  {:>13.2}", "file", inspected.bytes, inspected.bytes as f64 / tracks);
        Ok(())
    }
}

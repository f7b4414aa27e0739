//! What fuzzers begin with: good input of every kind.

use recommender::{artifact, search::Layer};

use crate::{MODEL, artifact_builder};

/// A file of a corpus.
pub struct Seed {
    /// The target.
    pub target: &'static str,
    /// What it is called among the target's.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// One good input of each kind that is made from the model, for when the format changes: the other kinds are files
/// that a person wrote.
pub fn seeds() -> Vec<Seed> {
    let seed = |target, name: &str, content| Seed { target, name: name.into(), content };
    let sections = artifact_builder::open(MODEL);
    let header = recommender::artifact::header_length(MODEL).expect("the model is an artifact");
    let mut seeds = vec![
        seed("artifact_file", "model", MODEL.to_vec()),
        seed("artifact_header", "model", MODEL[..header].to_vec()),
        seed("artifact_header", "table", MODEL[24..header - 8].to_vec()),
        seed("artifact_header", "table-and-content", {
            let count = u8::try_from(sections.len()).expect("a model has some twenty sections");
            [&[count], &MODEL[24..header - 8], &MODEL[header..]].concat()
        }),
    ];
    // So few tracks make a graph of one layer.
    let mut layered = artifact::decode(MODEL).expect("the model is an artifact");
    let layers = &mut layered.graphs[0].adjacency.layers;
    for nodes in [layers[0].nodes() / 2, layers[0].nodes() / 4] {
        layers.push(Layer::of_edges(nodes, (1..nodes as u32).map(|node| (node - 1, node))));
    }
    let layered = artifact_builder::open(&artifact::encode(&layered).expect("what was decoded can be encoded"));
    for (at, section) in (0_u8..).zip(layered).filter(|(_, section)| section.name == "graph-0") {
        seeds.push(seed("artifact_section", "graph-0-layers", [&[at, 0], &section.content[..]].concat()));
    }
    for (at, section) in (0_u8..).zip(&sections) {
        seeds.push(seed("artifact_section", &section.name, [&[at, 0], &section.content[..]].concat()));
        let packed = zstd::bulk::compress(&section.content, 9).expect("bytes can be packed");
        let length = (section.content.len() as u32).to_le_bytes();
        let content = [&[at, 2], &length[..3], &packed].concat();
        seeds.push(seed("artifact_section", &format!("{}-packed", section.name), content));
    }
    seeds
}

//! Graphs that are none, or lead nowhere.

use recommender::{
    Model,
    artifact::{Artifact, encode},
    column::IntColumn,
    recommend::{Request, Seed},
    search::{Layer, Search, SearchMethod},
};

use crate::{
    common::{self, artifact_builder},
    forged, invalid, open, refused, small,
};

fn layer(artifact: &mut Artifact) -> &mut Layer {
    &mut artifact.graphs[0].adjacency.layers[0]
}

/// An artifact whose first graph has these layers above the lowest, each of so many nodes that as many edges begin at.
fn with_upper_layers(layers: &[(usize, u32)]) -> Vec<u8> {
    let (mut artifact, _) = small();
    for (nodes, edges) in layers {
        let all = (1..*nodes as u32).flat_map(|node| (0..node.min(*edges)).map(move |other| (other, node)));
        artifact.graphs[0].adjacency.layers.push(Layer::of_edges(*nodes, all));
    }
    encode(&artifact).expect("encodes")
}

#[test]
fn a_neighbour_that_is_no_node_is_refused() {
    let section = invalid(forged(|artifact| {
        let mut gaps: Vec<u32> = layer(artifact).gaps.iter().collect();
        gaps[0] = 1_000_000;
        layer(artifact).gaps = IntColumn::new(&gaps);
    }));
    assert_eq!(section, "graph-0");
}

#[test]
fn degrees_that_do_not_add_up_are_refused() {
    let section = invalid(forged(|artifact| {
        let mut degrees: Vec<u32> = layer(artifact).degrees.iter().collect();
        degrees[0] += 1;
        layer(artifact).degrees = IntColumn::new(&degrees);
    }));
    assert_eq!(section, "graph-0");
}

#[test]
fn a_graph_without_layers_is_refused() {
    assert_eq!(invalid(forged(|artifact| artifact.graphs[1].adjacency.layers.clear())), "graph-1");
}

#[test]
fn layers_that_do_not_halve_are_refused() {
    let nodes = small().0.graphs[0].adjacency.layers[0].nodes();
    for good in [vec![(nodes / 2, 3)], vec![(nodes / 2, 30), (nodes / 4, 30), (1, 0), (1, 0)]] {
        let model = open(&with_upper_layers(&good)).unwrap_or_else(|error| panic!("{good:?}: {error}"));
        let request = Request { search: Search::Hnsw, ..Request::new(Seed::Row(0)) };
        assert_eq!(model.recommend(&request).expect("answers").tracks.len(), 10);
    }
    for wrong in [vec![(nodes / 2 + 1, 1)], vec![(nodes + 1, 1)], vec![(2, 1), (2, 1)], vec![(0, 0)], vec![(1, 0); 32]]
    {
        assert_eq!(invalid(refused(&with_upper_layers(&wrong))), "graph-0", "{wrong:?}");
    }
}

#[test]
fn no_byte_of_a_graph_with_several_layers_can_make_a_panic() {
    let artifact = common::artifact(&common::tracks(600, 3), 1, 1);
    assert!(artifact.graphs[0].adjacency.layers.len() > 1);
    let mut sections = artifact_builder::open(&encode(&artifact).expect("encodes"));
    let graph = sections.iter().position(|section| section.name == "graph-0").expect("a graph");
    let length = sections[graph].content.len();
    // The layers above are the end of it.
    for byte in (0..length).step_by(length / 64).chain(length.saturating_sub(64)..length) {
        for flip in [0x01, 0xff] {
            sections[graph].content[byte] ^= flip;
            if let Ok(model) = open(&artifact_builder::close(&sections)) {
                let request = Request { search: Search::Hnsw, ..Request::new(Seed::Row(byte as u32 % 600)) };
                assert_eq!(model.recommend(&request).expect("answers").tracks.len(), 10);
            }
            sections[graph].content[byte] ^= flip;
        }
    }
}

#[test]
fn a_graph_that_does_not_lead_to_every_node_gives_no_wrong_answer() {
    let (mut artifact, file) = small();
    let nodes = artifact.graphs[0].adjacency.layers[0].nodes();
    let island = Layer::of_edges(nodes, (1..15).map(|node| (node - 1, node)));
    artifact.graphs[0].adjacency.layers = vec![island];
    artifact.graphs[0].unreachable = IntColumn::new(&[]);
    let (whole, islanded) = (open(&file).expect("opens"), open(&encode(&artifact).expect("encodes")).expect("opens"));
    for (row, same_cluster, min_year) in [(0, true, None), (20, true, None), (3, false, None), (3, true, Some(1))] {
        let ask = |model: &Model, search| {
            let request = Request { search, same_cluster, min_year, ..Request::new(Seed::Row(row)) };
            model.recommend(&request).expect("answers")
        };
        let (right, found) = (ask(&whole, Search::Hnsw), ask(&islanded, Search::Hnsw));
        assert_eq!((right.search, found.search), (SearchMethod::Hnsw, SearchMethod::Exact), "{row} {same_cluster}");
        assert_eq!(right.tracks, found.tracks);
    }
}

#[test]
fn a_graph_that_does_not_lead_to_every_node_is_noticed_among_others() {
    let whole = common::artifact(&common::tracks(600, 3), 2, 1);
    let mut islanded = whole.clone();
    let nodes = islanded.graphs[0].adjacency.layers[0].nodes();
    // More than a walk keeps of a further graph for itself.
    let island = |nodes| Layer::of_edges(nodes, (1..40).map(|node| (node - 1, node)));
    islanded.graphs[0].adjacency.layers = vec![island(nodes)];
    // The same nodes, named as unreachable too, count once.
    let mut named = islanded.clone();
    named.graphs[0].unreachable = IntColumn::new(&(0..40).collect::<Vec<_>>());
    let ask = |artifact: &Artifact, same_cluster, row| {
        let model = open(&encode(artifact).expect("encodes")).expect("opens");
        let request = Request { search: Search::Hnsw, same_cluster, ..Request::new(Seed::Row(row)) };
        model.recommend(&request).expect("answers")
    };
    for row in [0, nodes as u32 / 2, 599] {
        let right = ask(&whole, false, row);
        assert_eq!(right.search, SearchMethod::Hnsw);
        for wrong in [&islanded, &named] {
            let found = ask(wrong, false, row);
            assert_eq!((found.search, &found.tracks), (SearchMethod::Exact, &right.tracks), "{row}");
        }
    }
    assert_eq!(ask(&named, true, 3).search, SearchMethod::Exact);
}

#[test]
fn unreachable_nodes_that_are_no_nodes_or_repeated_are_refused() {
    for wrong in [&[77][..], &[3, 3], &[4, 3]] {
        assert_eq!(invalid(forged(|artifact| artifact.graphs[0].unreachable = IntColumn::new(wrong))), "graph-0");
    }
}

#[test]
fn a_graph_of_a_cluster_that_is_not_there_is_refused() {
    let (_, file) = small();
    let mut sections = artifact_builder::open(&file);
    let last = sections.iter().position(|section| section.name == "graph-1").expect("the last graph");
    sections.push(artifact_builder::RawSection { name: "graph-2".into(), ..sections[last].clone() });
    assert_eq!(invalid(refused(&artifact_builder::close(&sections))), "clusters");
    sections.pop();
    sections.remove(last);
    assert_eq!(invalid(refused(&artifact_builder::close(&sections))), "clusters");
}

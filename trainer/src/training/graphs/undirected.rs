//! The graph that is stored: undirected, and with its nodes numbered in another order.
//!
//! `instant-distance` prunes the neighbours of each node for itself: of the pairs that it joins, a third are joined one way only. Walked
//! both ways, a graph finds with 80 nodes kept what it found with 140, and each edge is stored once. `docs/benchmarks.md` has
//! what was measured.

use recommender::search::{Adjacency, Layer};

use super::extract_adjacency::DirectedLayer;

/// The edges of a graph, whatever their direction. `order` names, for each new node, the old one. Each layer must stay the prefix that
/// it is.
pub(super) fn undirected(layers: &[DirectedLayer], order: &[u32]) -> Adjacency {
    let mut place = vec![0_u32; order.len()];
    for (new, old) in (0..).zip(order) {
        place[*old as usize] = new;
    }
    let place = |old: u32| place[old as usize];
    let layers = layers.iter().map(|layer| {
        let nodes =
            (0..).zip(layer.degrees.iter()).flat_map(|(node, degree)| std::iter::repeat_n(node, degree as usize));
        let edges = nodes.zip(layer.neighbors.iter());
        Layer::of_edges(layer.degrees.len(), edges.map(|(node, neighbor)| (place(node), place(neighbor))))
    });
    Adjacency { layers: layers.collect() }
}

//! The same graph with its nodes numbered in another order.

use recommender::{
    column::IntColumn,
    search::{Adjacency, Layer},
};

/// The same graph with its nodes in another order: `order` names, for each new node, the old one. Each layer must stay the
/// prefix that it is. Each node's neighbours come out ascending.
pub(super) fn relabel(adjacency: &Adjacency, order: &[u32]) -> Adjacency {
    let mut place = vec![0_u32; order.len()];
    for (new, old) in (0..).zip(order) {
        place[*old as usize] = new;
    }
    let layers = adjacency.layers.iter().map(|layer| {
        let mut starts = Vec::with_capacity(layer.degrees.len() + 1);
        starts.push(0);
        starts.extend(layer.degrees.iter().scan(0, |end, degree| {
            *end += degree as usize;
            Some(*end)
        }));
        let (mut degrees, mut neighbors) = (Vec::new(), Vec::with_capacity(layer.neighbors.len()));
        for old in &order[..layer.degrees.len()] {
            let range = starts[*old as usize]..starts[*old as usize + 1];
            degrees.push(range.len() as u32);
            let first = neighbors.len();
            neighbors.extend(range.map(|slot| place[layer.neighbors.get(slot) as usize]));
            neighbors[first..].sort_unstable();
        }
        Layer { degrees: IntColumn::new(&degrees), neighbors: IntColumn::new(&neighbors) }
    });
    Adjacency { layers: layers.collect() }
}

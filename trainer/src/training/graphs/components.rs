//! One component: a way from each node of the lowest layer to each other.
//!
//! A search that comes into a component of few nodes would find no others. Tight groups that are far from the rest can become one: each node
//! has neighbours enough within its group.

use instant_distance::Point as _;
use recommender::search::Layer;

use super::point::GraphPoint;

/// How many nodes of the largest component are compared on each side of a node's number: near nodes have near numbers, and all of them for
/// each of very many components would take hours.
const COMPARED: usize = 64;

/// Joins each component of a layer to the largest one, by an edge from its first node to the nearest one there of those with near numbers.
pub(super) fn join<const N: usize>(layer: Layer, points: &[GraphPoint<N>]) -> Layer {
    let mut components = Components { parents: (0..layer.nodes() as u32).collect() };
    let mut edges: Vec<(u32, u32)> = Vec::new();
    // All lie within the layer: it was made of such.
    let _ = layer.each_edge(|a, b| components.join(a, b));
    let of_node: Vec<u32> = (0..layer.nodes() as u32).map(|node| components.of(node)).collect();
    let mut sizes = vec![0_u32; of_node.len()];
    of_node.iter().for_each(|component| sizes[*component as usize] += 1);
    let Some(largest) = (0..sizes.len()).rev().max_by_key(|component| sizes[*component]) else { return layer };
    let of_largest: Vec<u32> =
        (0..).zip(&of_node).filter(|(_, component)| **component as usize == largest).map(|(node, _)| node).collect();
    let first_nodes = (0_u32..).zip(&of_node).filter(|(node, component)| node == *component);
    for (node, _) in first_nodes.filter(|(_, component)| **component as usize != largest) {
        let distance = |other: &u32| points[node as usize].distance(&points[*other as usize]);
        let place = of_largest.partition_point(|other| *other < node);
        let near = &of_largest[place.saturating_sub(COMPARED)..of_largest.len().min(place + COMPARED)];
        let nearest = near.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
        edges.extend(nearest.map(|nearest| (node, *nearest)));
    }
    if edges.is_empty() {
        return layer;
    }
    let _ = layer.each_edge(|a, b| edges.push((a, b)));
    Layer::of_edges(layer.nodes(), edges.into_iter())
}

/// Nodes that are joined, as a forest (Tarjan 1975, "Efficiency of a good but not linear set union algorithm"): a component is named by its
/// first node.
struct Components {
    parents: Vec<u32>,
}

impl Components {
    fn of(&mut self, mut node: u32) -> u32 {
        while self.parents[node as usize] != node {
            let grandparent = self.parents[self.parents[node as usize] as usize];
            self.parents[node as usize] = grandparent;
            node = grandparent;
        }
        node
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.of(a), self.of(b));
        self.parents[a.max(b) as usize] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use recommender::vector::{LANES, Vector, Vectors};

    use super::*;
    use crate::training::graphs::{BuildOptions, build};

    fn edges(layer: &Layer) -> Vec<(u32, u32)> {
        let mut edges = Vec::new();
        layer.each_edge(|a, b| edges.push((a, b))).expect("edges within the layer");
        edges
    }

    fn components(layer: &Layer) -> usize {
        let mut components = Components { parents: (0..layer.nodes() as u32).collect() };
        edges(layer).into_iter().for_each(|(a, b)| components.join(a, b));
        (0..layer.nodes() as u32).filter(|node| components.of(*node) == *node).count()
    }

    proptest! {
        #[test]
        fn a_layer_gets_an_edge_for_each_component_but_the_largest(
            given in prop::collection::vec((0_u32..40, 0_u32..40), 0..50),
        ) {
            let points: Vec<GraphPoint<LANES>> = (0..40_i32)
                .map(|i| GraphPoint::of(Vector::unit(&[f64::from(i * 17 % 40) - 20.0, 9.0]).lanes()))
                .collect();
            let layer = Layer::of_edges(40, given.iter().copied());
            let joined = join(layer.clone(), &points);
            prop_assert_eq!(components(&joined), 1);
            prop_assert_eq!(joined.edges(), layer.edges() + components(&layer) - 1);
            let after = edges(&joined);
            prop_assert!(edges(&layer).iter().all(|edge| after.contains(edge)));
        }
    }

    #[test]
    fn a_graph_of_a_tight_group_far_from_the_rest_has_a_way_between_them() {
        let mut bridges = Vec::new();
        for seed in 1..4_u64 {
            let mut state = seed;
            let mut random = move || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) as f64 / (1_u64 << 30) as f64 - 1.0
            };
            let mut points = Vectors::with_capacity(2, 1_500);
            for point in 0..1_500 {
                let (x, spread) = if point % 14 == 0 { (-1.0, 0.02) } else { (1.0, 0.3) };
                points.push(&Vector::unit(&[x, random() * spread]));
            }
            let graph = build(points, &BuildOptions { seed, ..BuildOptions::default() }).expect("builds");
            let layer = &graph.data.adjacency.layers[0];
            assert_eq!(components(layer), 1, "{seed}");
            let is_apart = |node: u32| graph.order[node as usize].is_multiple_of(14);
            bridges.push(edges(layer).into_iter().filter(|(a, b)| is_apart(*a) != is_apart(*b)).count());
        }
        // One that `instant-distance` has not made.
        assert!(bridges.contains(&1), "{bridges:?}");
    }

    #[test]
    fn the_edge_leads_to_the_nearest_node_of_the_largest() {
        let at = |x: f64| GraphPoint::<LANES>::of(Vector::unit(&[x, 1.0]).lanes());
        let points = [at(0.0), at(0.1), at(5.0), at(0.3), at(5.1)];
        let layer = Layer::of_edges(5, [(0, 1), (1, 3), (2, 4)].into_iter());
        assert_eq!(edges(&join(layer, &points)), [(1, 0), (3, 2), (3, 1), (4, 2)]);
    }
}

//! Who is whose neighbour in a graph, as the artifact has it.

use serde::{Deserialize, Serialize};

use crate::{column::IntColumn, invalid::Invalid, owned};

/// The most edges for each node, on the lowest layer and on those above: as many neighbours as `instant-distance` gives a node.
const MAX_EDGES_PER_NODE: [usize; 2] = [64, 32];
/// Ends of edges are numbered with 32 bits.
const MAX_EDGES: usize = (u32::MAX / 2) as usize;
/// As many layers as a graph of 2^32 nodes has at most, of which each holds half of the one below or fewer.
const MAX_LAYERS: usize = 32;

/// The layers of a graph, the lowest first. The lowest holds every node; each layer above holds a prefix of the nodes of the one below,
/// half of them or fewer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adjacency {
    /// The lowest layer first.
    #[serde(deserialize_with = "owned::list::<_, _, MAX_LAYERS>")]
    pub layers: Vec<Layer>,
}

/// One layer of an undirected graph: of two nodes that an edge joins, each is the other's neighbour. The edge is kept once, with
/// the node of the higher number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// How many neighbours with lower numbers each node has.
    pub degrees: IntColumn,
    /// These neighbours, node by node, those of one node descending: how many nodes lie between the node and its first one,
    /// and between each further one and the one before. Near nodes have near numbers, so that most of these are small.
    pub gaps: IntColumn,
}

impl Layer {
    /// A layer of `nodes` nodes with these edges, in any order and direction. What is there twice counts once, and no node is its
    /// own neighbour.
    ///
    /// # Panics
    ///
    /// If an edge names another node.
    pub fn of_edges(nodes: usize, edges: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let edges = edges.filter(|(a, b)| a != b).map(|(a, b)| (a.max(b), a.min(b)));
        // Where the neighbours of each node end, counted as they come.
        let mut ends = vec![0_usize; nodes + 1];
        edges.clone().for_each(|(higher, _)| ends[higher as usize + 1] += 1);
        for node in 0..nodes {
            ends[node + 1] += ends[node];
        }
        let mut lower = vec![0_u32; ends[nodes]];
        for (higher, neighbor) in edges {
            let end = &mut ends[higher as usize];
            lower[*end] = neighbor;
            *end += 1;
        }
        let (mut degrees, mut gaps) = (Vec::with_capacity(nodes), Vec::with_capacity(lower.len()));
        let mut start = 0;
        for (node, end) in (0..).zip(&ends[..nodes]) {
            let neighbors = &mut lower[start..*end];
            start = *end;
            neighbors.sort_unstable();
            let (first, mut before) = (gaps.len(), node);
            for &neighbor in neighbors.iter().rev() {
                // It is not where the one before was the same.
                if neighbor < before {
                    gaps.push(before - neighbor - 1);
                    before = neighbor;
                }
            }
            // Fits: it has fewer neighbours than there are nodes, which are numbered with 32 bits.
            degrees.push((gaps.len() - first) as u32);
        }
        Self { degrees: IntColumn::from(degrees), gaps: IntColumn::from(gaps) }
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.degrees.len()
    }

    /// Number of edges.
    pub fn edges(&self) -> usize {
        self.gaps.len()
    }

    /// Calls `each` with both nodes of every edge, the higher number first, ascending by that.
    ///
    /// # Errors
    ///
    /// The node that has a neighbour below the first. What comes before it has been given to `each`.
    #[inline]
    pub fn each_edge(&self, each: impl FnMut(u32, u32)) -> Result<(), u32> {
        // Told apart once, not for each number.
        match &self.gaps {
            IntColumn::U8(gaps) => self.each_edge_of(gaps, each),
            IntColumn::U16(gaps) => self.each_edge_of(gaps, each),
            IntColumn::U32(gaps) => self.each_edge_of(gaps, each),
        }
    }

    #[inline]
    fn each_edge_of<T: Copy + Into<u32>>(&self, mut gaps: &[T], mut each: impl FnMut(u32, u32)) -> Result<(), u32> {
        for (node, degree) in (0..).zip(self.degrees.iter()) {
            let (own, others) = gaps.split_at(gaps.len().min(degree as usize));
            gaps = others;
            let mut next = node;
            for gap in own {
                next = u32::checked_sub(next, (*gap).into()).and_then(|next| next.checked_sub(1)).ok_or(node)?;
                each(node, next);
            }
        }
        Ok(())
    }

    fn check(&self, layer: usize, nodes: usize) -> Result<(), Invalid> {
        Invalid::count(format!("nodes in layer {layer}"), nodes, self.nodes())?;
        let most = nodes.saturating_mul(MAX_EDGES_PER_NODE[layer.min(1)]).min(MAX_EDGES);
        Invalid::count_range(format!("edges in layer {layer}"), 0..=most, self.edges())?;
        let edges: usize = self.degrees.iter().map(|degree| degree as usize).sum();
        Invalid::count(format!("edges in layer {layer}"), edges, self.edges())
    }
}

impl Adjacency {
    /// How much memory a graph takes that is searched, in bytes: each edge has two ends.
    pub fn searched_memory(&self) -> usize {
        let numbers = |layer: &Layer| (layer.nodes() + 1).saturating_add(layer.edges().saturating_mul(2));
        self.layers.iter().map(numbers).fold(0_usize, usize::saturating_add).saturating_mul(size_of::<u32>())
    }

    /// Whether there are layers of `nodes` nodes, and as many edges as their degrees say.
    pub(super) fn check(&self, nodes: usize) -> Result<(), Invalid> {
        Invalid::count_range("layers", 1..=MAX_LAYERS, self.layers.len())?;
        let mut below = nodes;
        for (number, layer) in self.layers.iter().enumerate() {
            let here = if number == 0 { nodes } else { layer.nodes() };
            Invalid::count_range(format!("nodes in layer {number}"), 1..=below, here)?;
            layer.check(number, here)?;
            below = (here / 2).max(1);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::artifact::bytes::codec;

    fn edges(layer: &Layer) -> Result<Vec<(u32, u32)>, u32> {
        let mut edges = Vec::new();
        layer.each_edge(|higher, lower| edges.push((higher, lower))).map(|()| edges)
    }

    proptest! {
        #[test]
        fn each_edge_is_kept_once_whatever_its_direction(given in prop::collection::vec((0_u32..70, 0_u32..70), 0..400)) {
            let layer = Layer::of_edges(70, given.iter().copied());
            let distinct: BTreeSet<(u32, u32)> =
                given.iter().filter(|(a, b)| a != b).map(|(a, b)| (*a.max(b), *a.min(b))).collect();
            let found = edges(&layer).expect("all lie within the graph");
            prop_assert_eq!((layer.nodes(), layer.edges(), found.len()), (70, distinct.len(), distinct.len()));
            prop_assert!(found.windows(2).all(|pair| pair[0].0 <= pair[1].0));
            prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), distinct);
            let bytes = codec::encode(&layer).unwrap();
            prop_assert_eq!(codec::decode::<Layer>(&bytes).unwrap(), layer);
        }
    }

    #[test]
    fn neighbours_outside_of_the_graph_and_other_numbers_of_edges_are_refused() {
        let layer =
            |degrees: &[u32], gaps: &[u32]| Layer { degrees: IntColumn::new(degrees), gaps: IntColumn::new(gaps) };
        assert_eq!(edges(&layer(&[0, 1, 2], &[0, 0, 0])), Ok(vec![(1, 0), (2, 1), (2, 0)]));
        for (degrees, gaps, node) in [
            ([1, 0, 0], vec![0], 0),
            ([0, 1, 0], vec![1], 1),
            ([0, 0, 2], vec![1, 0], 2),
            ([0, 0, 1], vec![u32::MAX], 2),
        ] {
            assert_eq!(edges(&layer(&degrees, &gaps)), Err(node), "{gaps:?}");
        }
        assert!(layer(&[0, 1], &[0]).check(0, 2).is_ok());
        for wrong in [layer(&[0, 1], &[]), layer(&[0, 0], &[0]), layer(&[0], &[]), layer(&[0, 129], &[0; 129])] {
            assert!(wrong.check(0, 2).is_err(), "{wrong:?}");
        }
    }
}

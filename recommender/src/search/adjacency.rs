//! Who is whose neighbour in a graph, without the empty slots that a graph in memory has.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{column::IntColumn, invalid::Invalid};

/// The most neighbours of a node on the lowest layer, and on the layers above: fixed in `instant-distance`.
pub const MAX_DEGREES: [usize; 2] = [64, 32];
/// More layers than a graph of 2^32 nodes has, of which each holds a share of the one below.
const MAX_LAYERS: usize = 64;

/// The layers of a graph, the lowest first. The lowest holds every node; each layer above holds a prefix of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adjacency {
    /// The lowest layer first.
    pub layers: Vec<Layer>,
}

/// One layer of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// How many neighbours each node has.
    pub degrees: IntColumn,
    /// The neighbours of every node, end to end, those of one node ascending.
    pub neighbors: IntColumn,
}

/// A layer as the artifact has it. Of a node's neighbours, the first is written as its difference to the node (zigzag:
/// 0, -1, 1, -2 ...), each further one as how many nodes lie between it and the one before: near nodes have near
/// numbers, so that most are small.
#[derive(Serialize, Deserialize)]
struct Gaps {
    degrees: IntColumn,
    gaps: IntColumn,
}

fn zigzag(difference: i64) -> u32 {
    // Fits: the difference of two numbers below 2^31, doubled.
    ((difference << 1) ^ (difference >> 63)) as u32
}

fn from_zigzag(code: u32) -> i64 {
    i64::from(code >> 1) ^ -i64::from(code & 1)
}

impl Serialize for Layer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut neighbors = self.neighbors.iter();
        let mut gaps = Vec::with_capacity(self.neighbors.len());
        for (node, degree) in (0..).zip(self.degrees.iter()) {
            let mut before: Option<u32> = None;
            for neighbor in neighbors.by_ref().take(degree as usize) {
                gaps.push(match before.replace(neighbor) {
                    None => zigzag(i64::from(neighbor) - node),
                    Some(before) => neighbor.wrapping_sub(before).wrapping_sub(1),
                });
            }
        }
        Gaps { degrees: self.degrees.clone(), gaps: IntColumn::new(&gaps) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Layer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Gaps { degrees, gaps } = Gaps::deserialize(deserializer)?;
        let mut neighbors = Vec::with_capacity(gaps.len());
        let mut gaps = gaps.iter();
        for (node, degree) in (0_i64..).zip(degrees.iter()) {
            let mut before: Option<i64> = None;
            for gap in gaps.by_ref().take(degree as usize) {
                let neighbor = match before {
                    None => node + from_zigzag(gap),
                    Some(before) => before + 1 + i64::from(gap),
                };
                before = Some(neighbor);
                let neighbor = u32::try_from(neighbor);
                neighbors.push(neighbor.map_err(|_| D::Error::custom("a neighbour lies outside of the graph"))?);
            }
        }
        // Whether there are as many as the degrees say is `check`'s to find.
        if gaps.next().is_some() {
            return Err(D::Error::custom("there are more neighbours than the nodes have"));
        }
        Ok(Self { degrees, neighbors: IntColumn::new(&neighbors) })
    }
}

impl Layer {
    fn check(&self, layer: usize, nodes: usize) -> Result<(), Invalid> {
        Invalid::count(format!("nodes in layer {layer}"), nodes, self.degrees.len())?;
        let degree = self.degrees.max().unwrap_or(0) as usize;
        Invalid::count_range(format!("neighbours of a node of layer {layer}"), 0..=MAX_DEGREES[layer.min(1)], degree)?;
        let edges: usize = self.degrees.iter().map(|degree| degree as usize).sum();
        Invalid::count(format!("neighbours in layer {layer}"), edges, self.neighbors.len())?;
        Invalid::index(format!("layer {layer} names node"), nodes, self.neighbors.max())
    }
}

impl Adjacency {
    /// Whether a search over `nodes` nodes is safe.
    pub(super) fn check(&self, nodes: usize) -> Result<(), Invalid> {
        Invalid::count_range("layers", 1..=MAX_LAYERS, self.layers.len())?;
        let mut below = nodes;
        for (number, layer) in self.layers.iter().enumerate() {
            let here = if number == 0 { nodes } else { layer.degrees.len() };
            Invalid::count_range(format!("nodes in layer {number}"), 1..=below, here)?;
            layer.check(number, here)?;
            below = here;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::bytes::codec;

    #[test]
    fn layers_come_back() {
        let layer = Layer { degrees: IntColumn::new(&[2, 0, 3]), neighbors: IntColumn::new(&[1, 2, 0, 1, 2]) };
        let bytes = codec::encode(&layer).unwrap();
        assert_eq!(codec::decode::<Layer>(&bytes).unwrap(), layer);
    }

    #[test]
    fn neighbours_outside_of_the_graph_or_of_no_node_are_refused() {
        for (degrees, gaps) in [([1, 0], vec![zigzag(-1)]), ([2, 0], vec![0, u32::MAX]), ([0, 0], vec![0])] {
            let forged = Gaps { degrees: IntColumn::new(&degrees), gaps: IntColumn::new(&gaps) };
            let bytes = codec::encode(&forged).unwrap();
            assert!(codec::decode::<Layer>(&bytes).is_err(), "{gaps:?}");
        }
    }

    #[test]
    fn zigzag_keeps_every_difference() {
        for difference in [0, -1, 1, -2, 2, 1 << 30, -(1 << 30)] {
            assert_eq!(from_zigzag(zigzag(difference)), difference);
        }
        assert_eq!(zigzag(-1), 1);
    }
}

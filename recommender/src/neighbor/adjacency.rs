//! Who is whose neighbour in a graph, without the empty slots that a graph in memory has.

use instant_distance::Hnsw;
use serde::{Deserialize, Serialize};

use crate::{artifact::codec, column::Codes, vector::Vector};

/// The most neighbours of a node on the lowest layer, and on the layers above: fixed in `instant-distance`.
pub(crate) const WIDTH: [usize; 2] = [64, 32];

/// The layers of a graph, the lowest first. The lowest holds every node; each layer above holds a prefix of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adjacency {
    /// The lowest layer first.
    pub layers: Vec<Layer>,
}

/// One layer of a graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// How many neighbours each node has.
    pub degrees: Codes,
    /// The neighbours of every node, end to end, each node's nearest first.
    pub neighbors: Codes,
}

/// A graph as `instant-distance` serialises it, in the same order and with the same widths.
#[derive(Deserialize)]
struct Serialized {
    _ef_search: u64,
    _points: Vec<Vector>,
    zero: Vec<([u32; 32], [u32; 32])>,
    layers: Vec<Vec<[u32; 32]>>,
}

impl Layer {
    /// Gathers the slots of each node up to the first empty one.
    fn gather<'a>(nodes: impl Iterator<Item = [&'a [u32]; 2]>) -> Self {
        let (mut degrees, mut neighbors) = (Vec::new(), Vec::new());
        for slots in nodes {
            let before = neighbors.len();
            neighbors.extend(slots.into_iter().flatten().take_while(|id| **id != u32::MAX));
            degrees.push((neighbors.len() - before) as u32);
        }
        Self { degrees: Codes::new(&degrees), neighbors: Codes::new(&neighbors) }
    }

    fn check(&self, layer: usize, nodes: usize) -> Result<(), String> {
        if self.degrees.len() != nodes {
            return Err(format!("layer {layer} has {} nodes, expected {nodes}", self.degrees.len()));
        }
        let width = WIDTH[layer.min(1)];
        match self.degrees.max() {
            Some(degree) if degree as usize > width => {
                return Err(format!("a node of layer {layer} has {degree} neighbours, at most {width} are allowed"));
            }
            _ => {}
        }
        let edges: usize = self.degrees.iter().map(|degree| degree as usize).sum();
        if edges != self.neighbors.len() {
            return Err(format!("layer {layer} has {} neighbours, expected {edges}", self.neighbors.len()));
        }
        match self.neighbors.max() {
            Some(id) if id as usize >= nodes => Err(format!("layer {layer} names node {id} of {nodes}")),
            _ => Ok(()),
        }
    }
}

impl Adjacency {
    /// Reads a graph's neighbours out of it, through its `Serialize`: `instant-distance` shows them nowhere else.
    pub(super) fn of(graph: &Hnsw<Vector>) -> Result<Self, codec::Error> {
        let bytes = codec::encode_fixed(graph)?;
        let graph: Serialized = codec::decode_fixed(&bytes)?;
        let mut layers = vec![Layer::gather(graph.zero.iter().map(|node| [&node.0[..], &node.1[..]]))];
        layers.extend(graph.layers.iter().map(|nodes| Layer::gather(nodes.iter().map(|node| [&node[..], &[]]))));
        Ok(Self { layers })
    }

    /// Mean number of neighbours of a node on the lowest layer.
    pub fn average_degree(&self) -> f64 {
        self.layers.first().map_or(0.0, |layer| layer.neighbors.len() as f64 / layer.degrees.len().max(1) as f64)
    }

    /// Why a search over `nodes` nodes would not be safe, if so. Nothing is checked by `Hnsw` itself.
    pub(super) fn check(&self, nodes: usize) -> Result<(), String> {
        if self.layers.is_empty() || self.layers.len() > 64 {
            return Err(format!("{} layers, expected 1 to 64", self.layers.len()));
        }
        let mut below = nodes;
        for (number, layer) in self.layers.iter().enumerate() {
            let here = if number == 0 { nodes } else { layer.degrees.len() };
            if here == 0 || here > below {
                return Err(format!("layer {number} has {here} nodes, the layer below {below}"));
            }
            layer.check(number, here)?;
            below = here;
        }
        Ok(())
    }
}

//! One cluster's graph.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{adjacency::Adjacency, hnsw::Hnsw};
use crate::{column::IntColumn, invalid::Invalid};

/// How many candidates a search keeps that looks for a node by its own vector (`ef` in Malkov and Yashunin 2018): the trainer lists
/// those that are not found so.
pub const EF_SEARCH: usize = 100;

/// What the artifact keeps of a graph. Nodes are the distinct vectors of a cluster, in the order of its rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GraphData {
    /// Who is whose neighbour.
    pub adjacency: Adjacency,
    /// Nodes that a search for their own vector does not find, ascending. Every search compares with them too.
    pub unreachable: IntColumn,
}

impl GraphData {
    /// How much memory the graph takes when it is ready, in bytes.
    pub fn searched_memory(&self) -> usize {
        self.adjacency.searched_memory() + self.unreachable.len() * size_of::<u32>()
    }
}

/// An HNSW graph over one cluster's nodes.
#[derive(Clone, Debug)]
pub struct Graph {
    pub(super) hnsw: Hnsw,
    /// The cluster's first node among all.
    pub(super) first: u32,
    /// Nodes of the cluster that the graph cannot be relied on to find.
    pub(super) unreachable: Vec<u32>,
}

impl Graph {
    /// Makes the graph of a cluster's nodes ready.
    ///
    /// # Errors
    ///
    /// Why the parts do not make a graph of so many nodes.
    pub(super) fn new(nodes: Range<u32>, data: &GraphData) -> Result<Self, Invalid> {
        let hnsw = Hnsw::new(&data.adjacency, nodes.len())?;
        Invalid::index("the list of unreachable nodes has node", nodes.len(), data.unreachable.max())?;
        if !data.unreachable.iter().is_sorted_by(|a, b| a < b) {
            return Err(Invalid::Order { what: "the list of unreachable nodes".into() });
        }
        Ok(Self { hnsw, first: nodes.start, unreachable: data.unreachable.iter().collect() })
    }

    /// How much memory it takes, in bytes.
    pub fn memory(&self) -> usize {
        self.hnsw.memory() + self.unreachable.len() * size_of::<u32>()
    }

    /// Number of distinct vectors.
    pub fn nodes(&self) -> usize {
        self.hnsw.len()
    }
}

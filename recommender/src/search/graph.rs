//! One cluster's graph, and the rows that its nodes stand for.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{adjacency::Adjacency, hnsw::Hnsw};
use crate::{
    column::IntColumn,
    invalid::Invalid,
    vector::{Vector, Vectors},
};

/// How many candidates a search keeps that looks for a node by its own vector (`ef` in Malkov and Yashunin 2018): the trainer lists
/// those that are not found so.
pub const EF_SEARCH: usize = 100;

/// What the artifact keeps of a graph. Nodes are the distinct vectors of a cluster, in the order of its rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GraphData {
    /// Who is whose neighbour.
    pub adjacency: Adjacency,
    /// Nodes that a search for their own vector does not find. Every search compares with them too.
    pub unreachable: IntColumn,
}

/// An HNSW graph over one cluster's distinct vectors, and the rows that each of them stands for.
#[derive(Clone, Debug)]
pub struct Graph {
    pub(super) hnsw: Hnsw,
    /// The row of the catalogue at which each node's rows begin; they end where the next begin.
    starts: Vec<u32>,
    /// Nodes that the graph cannot be relied on to find.
    pub(super) unreachable: Vec<u32>,
}

/// The rows at which a new vector begins, and the end of the last.
fn starts(vectors: &Vectors, rows: Range<u32>) -> Vec<u32> {
    let begins = |row: &u32| *row == rows.start || vectors.lanes(*row) != vectors.lanes(*row - 1);
    let mut starts: Vec<u32> = rows.clone().filter(begins).collect();
    starts.push(rows.end);
    starts.shrink_to_fit();
    starts
}

impl Graph {
    /// Makes a graph ready over the vectors of a cluster's rows, where equal ones stand side by side.
    ///
    /// # Errors
    ///
    /// Why the parts do not make a graph over these vectors.
    pub fn new(vectors: &Vectors, rows: Range<u32>, data: &GraphData) -> Result<Self, Invalid> {
        let starts = starts(vectors, rows);
        let nodes = starts.len() - 1;
        let hnsw = Hnsw::new(&data.adjacency, nodes)?;
        Invalid::index("the list of unreachable nodes has node", nodes, data.unreachable.max())?;
        Ok(Self { hnsw, starts, unreachable: data.unreachable.iter().collect() })
    }

    /// Number of distinct vectors.
    pub fn nodes(&self) -> usize {
        self.starts.len() - 1
    }

    /// The rows of a node.
    #[inline]
    pub(super) fn rows(&self, node: u32) -> Range<u32> {
        let node = node as usize;
        self.starts[node]..self.starts[node + 1]
    }

    /// A node's squared distance from a query.
    #[inline]
    pub(super) fn distance(&self, vectors: &Vectors, query: &Vector, node: u32) -> f32 {
        vectors.squared_distance(self.starts[node as usize], query)
    }
}

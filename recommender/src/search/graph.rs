//! One cluster's graph, and the rows that its nodes stand for.

use serde::{Deserialize, Serialize};

use super::{adjacency::Adjacency, hnsw::Hnsw, neighbor::Neighbor};
use crate::{column::IntColumn, invalid::Invalid, vector::Vector};

/// How many candidates a search keeps at least (`ef` in Malkov and Yashunin 2018).
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
    hnsw: Hnsw,
    /// The cluster's row (counted from its first) at which each node's rows begin; they end where the next begin.
    starts: Vec<u32>,
    /// Nodes that the graph cannot be relied on to find.
    unreachable: Vec<u32>,
}

/// The rows, counted from the first, at which a new vector begins, and the total.
fn starts(vectors: &[Vector]) -> Vec<u32> {
    let mut starts: Vec<u32> = (0..vectors.len())
        .filter(|row| *row == 0 || vectors[*row] != vectors[*row - 1])
        .map(|row| row as u32)
        .collect();
    starts.push(vectors.len() as u32);
    starts
}

impl Graph {
    /// Makes a graph ready over the vectors of a cluster's rows, where equal ones stand side by side.
    ///
    /// # Errors
    ///
    /// Why the parts do not make a graph over these vectors.
    pub fn new(vectors: &[Vector], data: &GraphData) -> Result<Self, Invalid> {
        let starts = starts(vectors);
        let nodes = starts.len() - 1;
        let hnsw = Hnsw::new(&data.adjacency, nodes)?;
        Invalid::index("the list of unreachable nodes has node", nodes, data.unreachable.max())?;
        Ok(Self { hnsw, starts, unreachable: data.unreachable.iter().collect() })
    }

    /// Number of distinct vectors.
    pub fn nodes(&self) -> usize {
        self.starts.len() - 1
    }

    /// The rows of the nodes that a search finds which keeps `ef` candidates, nearest first, counted from the cluster's first
    /// row. `vectors` are those of the cluster's rows, of which the graph was made.
    ///
    /// # Panics
    ///
    /// If there are fewer vectors.
    pub fn search(&self, vectors: &[Vector], query: &Vector, ef: usize) -> Vec<Neighbor> {
        let distance = |node: u32| query.squared_distance(&vectors[self.starts[node as usize] as usize]);
        let mut found: Vec<Neighbor> = Vec::with_capacity(2 * ef);
        let mut add = |node: u32, distance: f32| {
            let rows = self.starts[node as usize]..self.starts[node as usize + 1];
            found.extend(rows.map(|row| Neighbor { row, distance }));
        };
        for (node, distance) in self.hnsw.search(ef, distance) {
            add(node, distance);
        }
        for node in &self.unreachable {
            add(*node, distance(*node));
        }
        found.sort_unstable_by(Neighbor::cmp);
        found.dedup_by_key(|neighbor| neighbor.row);
        found
    }
}

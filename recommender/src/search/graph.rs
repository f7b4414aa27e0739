//! One cluster's HNSW graph.

use std::sync::{Mutex, PoisonError};

use instant_distance::{Hnsw, Search};
use serde::{Deserialize, Serialize};

use super::{adjacency::Adjacency, load_hnsw::load_hnsw, neighbor::Neighbor};
use crate::{column::IntColumn, invalid::Invalid, vector::Vector};

/// How many candidates a search keeps, and the most nodes that it answers with (`ef` in Malkov and Yashunin 2018).
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
pub struct Graph {
    hnsw: Hnsw<Vector>,
    /// The cluster's row (counted from its first) at which each node's rows begin; they end where the next begin.
    starts: Vec<u32>,
    /// Nodes that the graph cannot be relied on to find.
    unreachable: Vec<(u32, Vector)>,
    /// Buffers of finished searches.
    searches: Mutex<Vec<Search>>,
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
    /// Rebuilds a graph over the vectors of a cluster's rows, where equal ones stand side by side.
    ///
    /// # Errors
    ///
    /// Why the parts do not make a graph over these vectors.
    pub fn new(vectors: &[Vector], data: &GraphData) -> Result<Self, Invalid> {
        let starts = starts(vectors);
        let points: Vec<Vector> = starts[..starts.len() - 1].iter().map(|row| vectors[*row as usize]).collect();
        data.adjacency.check(points.len())?;
        Invalid::index("the list of unreachable nodes has node", points.len(), data.unreachable.max())?;
        let unreachable = data.unreachable.iter().map(|node| (node, points[node as usize])).collect();
        let hnsw = load_hnsw(&points, &data.adjacency, EF_SEARCH).map_err(|error| Invalid::Differs {
            what: "the graph".into(),
            expected: "one that instant-distance takes".into(),
            got: error.to_string(),
        })?;
        Ok(Self { hnsw, starts, unreachable, searches: Mutex::default() })
    }

    /// Number of distinct vectors.
    pub fn nodes(&self) -> usize {
        self.starts.len() - 1
    }

    /// The rows of the nodes that a search finds, in no order, counted from the cluster's first row.
    pub fn search(&self, vector: &Vector) -> Vec<Neighbor> {
        // A poisoned lock only means that another search panicked while it held a buffer: there are others.
        let lock = || self.searches.lock().unwrap_or_else(PoisonError::into_inner);
        let mut search = lock().pop().unwrap_or_default();
        let mut found: Vec<Neighbor> = Vec::with_capacity(2 * EF_SEARCH);
        let mut add = |node: u32, distance: f32| {
            let rows = self.starts[node as usize]..self.starts[node as usize + 1];
            found.extend(rows.map(|row| Neighbor { row, distance }));
        };
        for item in self.hnsw.search(vector, &mut search) {
            add(item.pid.into_inner(), item.distance);
        }
        for (node, point) in &self.unreachable {
            add(*node, vector.squared_distance(point));
        }
        lock().push(search);
        found.sort_unstable_by(Neighbor::cmp);
        found.dedup_by_key(|neighbor| neighbor.row);
        found
    }
}

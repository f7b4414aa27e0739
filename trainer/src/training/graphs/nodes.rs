//! The nodes of a cluster's graph: its distinct vectors. Tracks that share a vector share a node.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::{Mutex, PoisonError},
};

use recommender::vector::{Vector, Vectors};

/// The distinct vectors of one cluster, and the tracks that each of them stands for.
pub(in crate::training) struct Nodes {
    /// Taken by the graph that is built of them.
    points: Mutex<Vec<Vector>>,
    /// The tracks of every node, end to end.
    tracks: Vec<u32>,
    /// Where each node's tracks end; they begin where those before end.
    ends: Vec<u32>,
}

/// A vector as a key: equal vectors are equal keys, whatever the sign of their zeros.
struct VectorKey<'a>(&'a [f32]);

impl VectorKey<'_> {
    /// Adding 0.0 makes -0.0 and 0.0, which are equal, the same bits.
    fn bits(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|lane| (lane + 0.0).to_bits())
    }
}

impl Hash for VectorKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits().for_each(|bits| state.write_u32(bits));
    }
}

impl PartialEq for VectorKey<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bits().eq(other.bits())
    }
}

impl Eq for VectorKey<'_> {}

impl Nodes {
    /// The nodes of the tracks `members`, in the order of their first tracks.
    pub(in crate::training) fn of(members: &[u32], vectors: &Vectors) -> Self {
        let mut node_of: HashMap<VectorKey<'_>, u32> = HashMap::with_capacity(members.len());
        let mut points = Vec::new();
        let mut ends: Vec<u32> = Vec::new();
        let nodes: Vec<u32> = members
            .iter()
            .map(|track| {
                let node = *node_of.entry(VectorKey(vectors.lanes(*track))).or_insert_with(|| {
                    points.push(vectors.get(*track));
                    ends.push(0);
                    points.len() as u32 - 1
                });
                ends[node as usize] += 1;
                node
            })
            .collect();
        drop(node_of);
        let mut next = Vec::with_capacity(ends.len());
        let mut end = 0;
        for count in &mut ends {
            next.push(end);
            end += *count;
            *count = end;
        }
        let mut tracks = vec![0; members.len()];
        for (track, node) in members.iter().zip(nodes) {
            let next = &mut next[node as usize];
            tracks[*next as usize] = *track;
            *next += 1;
        }
        points.shrink_to_fit();
        Self { points: Mutex::new(points), tracks, ends }
    }

    /// Number of nodes.
    pub(in crate::training) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The tracks of one node, in the order of the table.
    pub(in crate::training) fn tracks(&self, node: u32) -> &[u32] {
        let start = if node == 0 { 0 } else { self.ends[node as usize - 1] };
        &self.tracks[start as usize..self.ends[node as usize] as usize]
    }

    /// The tracks of all nodes, node by node.
    pub(in crate::training) fn all_tracks(&self) -> &[u32] {
        &self.tracks
    }

    /// The vectors of the nodes; they are gone from here then.
    pub(super) fn take_points(&self) -> Vec<Vector> {
        std::mem::take(&mut *self.points.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

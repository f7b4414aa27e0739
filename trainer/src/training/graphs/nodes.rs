//! The nodes of a cluster's graph: its distinct vectors. Tracks that share a vector share a node.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
};

use recommender::vector::Vectors;

/// The tracks that share each of the distinct vectors of one cluster.
pub(in crate::training) struct Nodes {
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
    /// The nodes of the tracks `members`, in the order of their first tracks. `vectors` are those of the tracks, and then of
    /// the nodes.
    pub(in crate::training) fn of(members: &[u32], vectors: &mut Vectors) -> Self {
        let mut node_of: HashMap<VectorKey<'_>, u32> = HashMap::with_capacity(members.len());
        let mut firsts: Vec<u32> = Vec::new();
        let mut ends: Vec<u32> = Vec::new();
        let nodes: Vec<u32> = (0..members.len() as u32)
            .map(|member| {
                let node = *node_of.entry(VectorKey(vectors.lanes(member))).or_insert_with(|| {
                    firsts.push(member);
                    ends.push(0);
                    firsts.len() as u32 - 1
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
        vectors.keep(&firsts);
        Self { tracks, ends }
    }

    /// The tracks of one node, in the order of the table.
    fn tracks(&self, node: u32) -> &[u32] {
        let start = if node == 0 { 0 } else { self.ends[node as usize - 1] };
        &self.tracks[start as usize..self.ends[node as usize] as usize]
    }

    /// The tracks of some nodes, node by node.
    pub(in crate::training) fn tracks_of(&self, nodes: &[u32]) -> Vec<u32> {
        let mut tracks = Vec::with_capacity(self.tracks.len());
        nodes.iter().for_each(|node| tracks.extend(self.tracks(*node)));
        tracks
    }

    /// The tracks of all nodes, node by node.
    pub(in crate::training) fn into_tracks(self) -> Vec<u32> {
        self.tracks
    }
}

//! What a similarity is held against: how similar a tenth neighbour usually is.

use std::ops::Range;

use super::nodes::Nodes;
use crate::{catalog::songs::SongIds, vector::similarity};

/// How many tracks stand for the catalogue.
const SAMPLED_TRACKS: u32 = 100;
/// The neighbour whose similarity counts: an answer has so many songs unless it is asked for others.
const NEIGHBOR: usize = 10;
/// A cluster is thinned out while so many nodes of it are left.
const MIN_THINNED_NODES: u32 = 2_048;

/// The similarities of tracks of the catalogue to their tenth neighbours, ascending.
///
/// A hundred tracks, evenly spaced over the rows, stand for all. In a large cluster every s-th node is compared, for s = 2, 5 or
/// 10, and the (10 / s)-th neighbour among these taken: the expected rank of that one among all is 10, at a tenth of the cost.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SimilarityPercentiles(Vec<f32>);

impl SimilarityPercentiles {
    /// Of tracks and the songs of their own cluster, whose rows `clusters` are.
    pub(crate) fn new(nodes: &Nodes, clusters: &[Range<u32>], songs: &SongIds) -> Self {
        let (rows, sampled) = (u64::from(nodes.rows()), u64::from(nodes.rows().min(SAMPLED_TRACKS)));
        let mut similarities: Vec<f32> = (0..sampled)
            .filter_map(|at| {
                // In the middle of its part of the rows: fits 32 bits, as rows do.
                let row = ((2 * at + 1) * rows / (2 * sampled)) as u32;
                let cluster = clusters.iter().find(|cluster| cluster.contains(&row))?;
                tenth_neighbor(nodes, cluster, songs, row)
            })
            .collect();
        similarities.sort_unstable_by(f32::total_cmp);
        Self(similarities)
    }

    /// How many of a hundred tracks are less similar to their tenth neighbours, 0 to 100. Nothing where no track has a neighbour.
    pub(crate) fn of(&self, similarity: f32) -> Option<u8> {
        let less = self.0.partition_point(|usual| *usual < similarity);
        // At most 100.
        (less * 100).checked_div(self.0.len()).map(|percent| percent as u8)
    }
}

/// The similarity of a row to the tenth nearest song of its cluster, or to the farthest where there are fewer.
fn tenth_neighbor(nodes: &Nodes, cluster: &Range<u32>, songs: &SongIds, row: u32) -> Option<f32> {
    let (vector, song) = (nodes.vector(row), songs.of(row));
    let range = nodes.of_rows(cluster);
    let step = [10, 5, 2].into_iter().find(|step| (range.end - range.start) / step >= MIN_THINNED_NODES).unwrap_or(1);
    let rank = NEIGHBOR / step as usize;
    let mut nearest = Vec::with_capacity(rank + 1);
    let mut bound = f32::INFINITY;
    // Not the same nodes for every row.
    for node in (range.start + row % step..range.end).step_by(step as usize) {
        let distance = nodes.distance(node, &vector);
        if distance < bound && nodes.rows_of(node).all(|other| songs.of(other) != song) {
            let place = nearest.partition_point(|nearer| *nearer <= distance);
            nearest.insert(place, distance);
            nearest.truncate(rank);
            if nearest.len() == rank {
                bound = nearest[rank - 1];
            }
        }
    }
    nearest.last().map(|distance| similarity(*distance))
}

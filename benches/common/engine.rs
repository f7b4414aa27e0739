//! What lies below [`Model::recommend`](recommender::Model::recommend): vectors, and the walk through the graphs.

use recommender::{Model, vector::Vector};

/// The vector of every row.
pub fn vectors(model: &Model) -> &[Vector] {
    model.neighbors().vectors()
}

/// Squared distances of what the graphs of all clusters find for the vector of a row, nearest first; each walk keeps `ef`
/// candidates. Nothing is filtered, and no song is known. Equal vectors are one distance each.
pub fn walk(model: &Model, row: u32, ef: usize) -> Vec<f32> {
    let (neighbors, vectors) = (model.neighbors(), vectors(model));
    let query = &vectors[row as usize];
    let clusters = model.clusters().iter().enumerate();
    let found = clusters.filter_map(|(id, cluster)| {
        let rows = cluster.rows.start as usize..cluster.rows.end as usize;
        Some(neighbors.graph(id)?.search(&vectors[rows], query, ef))
    });
    let mut distances: Vec<f32> = found.flatten().map(|neighbor| neighbor.distance).collect();
    distances.sort_unstable_by(f32::total_cmp);
    distances
}

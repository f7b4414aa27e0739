//! What lies below [`Model::recommend`](recommender::Model::recommend): vectors, and the walk through the graphs.

use recommender::{Model, search::Nodes};

/// The vector of every row.
pub fn vectors(model: &Model) -> &Nodes {
    model.neighbors().nodes()
}

/// Squared distances of what a walk through the graphs of all clusters finds for the vector of a row, nearest first; it keeps `ef`
/// candidates. Nothing is filtered, and no song is known. Equal vectors are one distance each.
pub fn walk(model: &Model, row: u32, ef: usize) -> Vec<f32> {
    let clusters: Vec<usize> = (0..model.clusters().len()).collect();
    let found = model.neighbors().search_graphs(&clusters, &vectors(model).vector(row), ef).unwrap_or_default();
    let mut distances: Vec<f32> = found.iter().map(|neighbor| neighbor.distance).collect();
    distances.dedup();
    distances
}

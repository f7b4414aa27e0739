//! One HNSW graph for each cluster (Malkov and Yashunin 2018), built by instant-distance and stored as its adjacency.

mod build_hnsw;
mod components;
mod error;
mod extract_adjacency;
mod insertion_order;
mod kd_order;
mod nodes;
mod parallel;
mod point;
mod undirected;

pub use self::{
    build_hnsw::{BuildOptions, BuiltGraph, build},
    error::Error,
};
pub(super) use self::{
    nodes::Nodes,
    parallel::{Job, run},
};

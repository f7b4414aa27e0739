//! The nearest tracks by cosine distance: exactly, or by HNSW graphs, and the planner that picks.

mod adjacency;
mod build;
mod exact;
mod extract_adjacency;
mod graph;
mod insertion_order;
mod kd_order;
mod load_hnsw;
mod neighbor;
mod planner;

pub use adjacency::{Adjacency, Layer};
pub use build::{BuildOptions, BuiltGraph, build};
pub use graph::{EF_SEARCH, Graph, GraphData};
pub use neighbor::Neighbor;
pub(crate) use planner::Query;
pub use planner::{Neighbors, Search, SearchMethod};

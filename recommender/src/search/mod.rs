//! The nearest tracks by cosine distance: exactly, or by HNSW graphs, and the planner that picks.

mod adjacency;
mod allowed;
mod exact;
mod graph;
mod hnsw;
mod neighbor;
mod nodes;
mod planner;

pub use adjacency::{Adjacency, Layer};
pub(crate) use allowed::Allowed;
pub use graph::{EF_SEARCH, Graph, GraphData};
pub use hnsw::Hnsw;
pub use neighbor::Neighbor;
pub use nodes::Nodes;
pub(crate) use planner::Query;
pub use planner::{Neighbors, Search, SearchMethod, ef_of};

//! What the measurements share: models and peers to measure, what is read of a process, how figures are told.

pub mod built;
pub mod catalog;
pub mod grid;
pub mod latency;
pub mod machine;
pub mod model;
pub mod peers;
pub mod process;
pub mod spread;
pub mod transfer;

//! What the measurements share: models and peers to measure, what is read of a process, how figures are told.

pub mod build;
pub mod catalog;
pub mod engine;
pub mod latency;
pub mod machine;
pub mod peers;
pub mod process;
pub mod stats;
pub mod table;
pub mod transfer;

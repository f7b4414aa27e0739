//! trainer

pub mod charts;
pub mod classify;
pub mod kmeans;
pub mod names;
#[cfg(test)]
mod real;
pub mod scale;
pub mod text;

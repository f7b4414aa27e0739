//! trainer

pub mod classify;
pub mod kmeans;
#[cfg(test)]
mod real;
pub mod scale;

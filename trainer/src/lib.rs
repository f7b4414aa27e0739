//! trainer

pub mod table;
pub mod kmeans;
#[cfg(test)]
mod real;
pub mod scale;

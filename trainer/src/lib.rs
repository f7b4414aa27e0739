//! trainer

pub mod synth;
pub mod table;

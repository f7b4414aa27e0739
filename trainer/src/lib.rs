//! trainer

pub mod table;

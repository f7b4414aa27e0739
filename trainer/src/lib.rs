//! Track table in, segue artifact and report out.
//!
//! [`table`] reads the [`input`], [`pipeline`] runs the method ([`scale`], [`kmeans`], [`classify`], [`names`], [`projection`], the index of
//! `segue`), [`quality`] measures what it recommends, [`report`] says what came of it in [`text`] and [`charts`]. [`upload`]
//! is what is published of it. [`synth`] makes catalogues up. [`cli`] is the command line.

pub mod charts;
pub mod classify;
pub mod cli;
pub mod console;
pub mod input;
pub mod interrupt;
pub mod kmeans;
pub mod knee;
pub mod names;
pub mod output;
pub mod pipeline;
pub mod projection;
pub mod quality;
pub mod report;
pub mod scale;
pub mod silhouette;
pub mod summary;
pub mod synth;
pub mod table;
#[cfg(test)]
mod test_data;
pub mod text;
pub mod upload;
pub mod weights;

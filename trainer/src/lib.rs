//! Track table in, segue artifact and report out.
//!
//! [`table`] reads the [`input`], [`training`] runs the method, [`evaluation`] measures what the model recommends,
//! [`report`] says what came of it, for the terminal and as HTML. [`synth`] makes catalogues up. Who runs long tells a
//! [`progress`], of which the [`console`] is one. [`cli`] is the command line.

pub mod affinity;
pub mod cli;
pub mod console;
pub mod error_chain;
pub mod evaluation;
pub mod input;
pub mod interrupt;
mod numbers;
pub mod output;
pub mod printable;
pub mod progress;
pub mod report;
mod shell;
pub mod synth;
pub mod table;
#[cfg(test)]
mod test_data;
pub mod training;

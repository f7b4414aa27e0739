//! `trainer`: a track table in, a segue artifact and its report out.

use std::process::ExitCode;

use clap::Parser;
use trainer::{cli::Cli, error_chain::error_chain, printable::printable_lines};

// Many threads take large pieces and give them back: glibc keeps a third of the memory for itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", printable_lines(&error_chain(error.as_ref())));
            ExitCode::FAILURE
        }
    }
}

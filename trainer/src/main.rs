//! `trainer`: a track table in, a segue artifact and its report out.

use std::process::ExitCode;

use clap::Parser;
use trainer::cli::Cli;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

//! `cargo demo`: the whole of segue in one process, on loopback.

use std::process::ExitCode;

use clap::Parser;
use local::demo::Demo;

#[tokio::main]
async fn main() -> ExitCode {
    match Demo::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", trainer::printable::printable_lines(&format!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}

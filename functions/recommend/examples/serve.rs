//! The function's routes on a port, without Lambda: for a container or a machine of one's own, and for load tests.
//!
//! `MODEL_URI=s3://bucket/prefix cargo run --release -p recommend --example serve -- 127.0.0.1:9000`

use anyhow::Context;
use environment::settings::Environment;
use recommend::start;
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    environment::log::init(&Environment::of_process());
    let address = std::env::args().nth(1).context("expected an address to listen on, such as 127.0.0.1:9000")?;
    let listener = TcpListener::bind(&address).await.with_context(|| format!("cannot listen on {address}"))?;
    let router = start::from_environment()?.router;
    println!("segue answers at http://{}", listener.local_addr()?);
    axum::serve(listener, router).await.context("the server ended")
}

//! The Lambda function.

use environment::settings::Environment;
use lambda_http::{Adapter, lambda_runtime, tower::ServiceBuilder};
use recommend::{http::lambda::sanitize_event, start};

/// Loading frees a lot from several threads: this allocator gives it back, and takes less time over it than the
/// system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    environment::log::init(&Environment::of_process());
    if let Err(error) = run().await {
        // The runtime shows a function's last words in its log: one line that says what to do.
        tracing::error!("{error:#}");
        return Err(format!("{error:#}").into());
    }
    Ok(())
}

async fn run() -> anyhow::Result<()> {
    let router = start::router()?;
    let service = ServiceBuilder::new().map_request(sanitize_event).service(Adapter::from(router));
    lambda_runtime::run(service).await.map_err(anyhow::Error::from_boxed)
}

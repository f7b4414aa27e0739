//! The Lambda function.

use std::sync::Arc;

use environment::settings::Environment;
use lambda_http::{Adapter, lambda_runtime, tower::ServiceBuilder};
use recommend::{
    http::lambda::sanitize_event,
    lifecycle::{extension, init::Initialization},
    start::{self, Function},
};
use tokio::task::JoinHandle;

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
    let Function { router, models, max_hold } = start::from_environment()?;
    let extension = match extension::start(Arc::clone(&models), max_hold).await {
        Ok(extension) => Some(extension),
        Err(error) => {
            tracing::info!(%error, "no extensions API: work beside an answer may be frozen, and goes on with the next request");
            None
        }
    };
    let initialization = std::env::var("AWS_LAMBDA_INITIALIZATION_TYPE").ok();
    Initialization::of(initialization.as_deref()).wait_for_model(&models).await;
    let service = ServiceBuilder::new().map_request(sanitize_event).service(Adapter::from(router));
    tokio::select! {
        ended = lambda_runtime::run(service) => ended.map_err(anyhow::Error::from_boxed),
        error = ended(extension) => Err(error.context("the extension ended, and the environment is to end with it")),
    }
}

/// What ended the extension; it never does where there is none.
async fn ended(extension: Option<JoinHandle<Result<(), lambda_http::Error>>>) -> anyhow::Error {
    match extension {
        None => std::future::pending().await,
        Some(extension) => match extension.await {
            Ok(Ok(())) => anyhow::anyhow!("it was told of no more events"),
            Ok(Err(error)) => anyhow::Error::from_boxed(error),
            Err(error) => error.into(),
        },
    }
}

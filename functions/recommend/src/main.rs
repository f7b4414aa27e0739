//! The Lambda function.

use std::{sync::Arc, time::Duration};

use environment::settings::Environment;
use lambda_http::{Adapter, lambda_runtime, tower::ServiceBuilder};
use recommend::{
    http::lambda::sanitize_event,
    lifecycle::{extension, init::Initialization},
    models::ModelManager,
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
    // `cargo lambda watch` does not set it: it freezes nothing, and remembers the extension of a process that it has replaced.
    let extension = match std::env::var("AWS_LAMBDA_INITIALIZATION_TYPE") {
        Ok(initialization) => {
            let extension = start_extension(&models, max_hold).await;
            Initialization::of(&initialization).wait_for_model(&models).await;
            extension
        }
        Err(_) => None,
    };
    let service = ServiceBuilder::new().map_request(sanitize_event).service(Adapter::from(router));
    tokio::select! {
        ended = lambda_runtime::run(service) => ended.map_err(anyhow::Error::from_boxed),
        error = ended(extension) => Err(error.context("the extension ended, and the environment is to end with it")),
    }
}

type Extension = JoinHandle<Result<(), lambda_http::Error>>;

async fn start_extension(models: &Arc<ModelManager>, max_hold: Duration) -> Option<Extension> {
    let started = extension::start(Arc::clone(models), max_hold).await;
    if let Err(error) = &started {
        tracing::warn!(%error, "without an extension, work beside an answer may be frozen, and goes on with the next request");
    }
    started.ok()
}

/// What ended the extension; it never does where there is none.
async fn ended(extension: Option<Extension>) -> anyhow::Error {
    match extension {
        None => std::future::pending().await,
        Some(extension) => match extension.await {
            Ok(Ok(())) => anyhow::anyhow!("it was told of no more events"),
            Ok(Err(error)) => anyhow::Error::from_boxed(error),
            Err(error) => error.into(),
        },
    }
}

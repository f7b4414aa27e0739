//! The Lambda function: settings read, download started, requests answered.

use std::sync::Arc;

use anyhow::Context;
use lambda_http::{Adapter, lambda_runtime, tower::ServiceBuilder};
use recommend::{
    api,
    http::lambda::{mend, restore_path},
    models::{Models, Source},
    settings::Settings,
};

/// Loading frees a lot from several threads: this allocator gives it back, and takes less time over it than the
/// system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    lambda_http::tracing::init_default_subscriber();
    if let Err(error) = start().await {
        // The runtime shows a function's last words in its log: one line that says what to do.
        tracing::error!("{error:#}");
        return Err(format!("{error:#}").into());
    }
    Ok(())
}

async fn start() -> anyhow::Result<()> {
    let settings = Settings::from_env().context("the function cannot start")?;
    let models = Arc::new(Models::new(Source::Environment(settings.model), settings.deadline));
    models.start();
    let router = api::router_with(models, &settings.cors);
    let service = Adapter::from(ServiceBuilder::new().map_request(restore_path).service(router));
    lambda_runtime::run(ServiceBuilder::new().map_request(mend).service(service))
        .await
        .map_err(anyhow::Error::from_boxed)
}

//! The Lambda function: settings read, download started, requests answered.

use std::sync::Arc;

use anyhow::Context;
use recommend::{
    api,
    models::{Models, Source},
    settings::Settings,
};

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
    lambda_http::run(api::router(models)).await.map_err(anyhow::Error::from_boxed)
}

//! What every way to run the function begins with: settings read, download started, routes ready.

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use environment::settings::Environment;

use crate::{
    api, metrics,
    models::{ModelManager, Source},
    settings::Settings,
};

/// Reads the environment, starts the download of the model and says how requests are answered.
///
/// # Errors
///
/// A setting that is missing or wrong, by name.
///
/// # Panics
///
/// Outside a tokio runtime.
pub fn router() -> anyhow::Result<Router> {
    let environment = Environment::of_process();
    let settings = Settings::read(&environment).context("the function cannot start")?;
    // A log for machines to read has metrics in it.
    if environment::log::is_json(&environment) {
        metrics::install(std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|_| "recommend".to_owned()))?;
    }
    if settings.access.tokens.is_none() {
        tracing::warn!("the API is open to everybody: set API_TOKENS to ask for tokens");
    }
    Ok(router_over(Source::Environment(settings.model.clone()), &settings))
}

/// Starts the download of the model from this source and says how requests are answered, both as the settings have it.
///
/// # Panics
///
/// Outside a tokio runtime.
pub fn router_over(source: Source, settings: &Settings) -> Router {
    let mut models = ModelManager::new(source, settings.deadline);
    if let Some(every) = settings.refresh {
        models = models.refreshing(every);
    }
    if let Some(bytes) = settings.memory {
        models = models.within_memory(bytes);
    }
    let models = Arc::new(models);
    models.start();
    api::router_with(models, &settings.access)
}

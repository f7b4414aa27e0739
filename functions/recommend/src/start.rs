//! What every way to run the function begins with: settings read, download started, routes ready.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use axum::Router;
use environment::settings::Environment;

use crate::{
    api, metrics,
    models::{ModelManager, Source},
    settings::{DEFAULT_REFRESH, Settings},
};

/// The function, ready to be asked.
pub struct Function {
    /// How requests are answered.
    pub router: Router,
    /// The model that they are answered with.
    pub models: Arc<ModelManager>,
    /// How long work beside an answer may keep the environment from being frozen, at most.
    pub max_hold: Duration,
}

/// Reads the environment, and starts the download of the model.
///
/// # Errors
///
/// A setting that is missing or wrong, by name.
///
/// # Panics
///
/// Outside a tokio runtime.
pub fn from_environment() -> anyhow::Result<Function> {
    let environment = Environment::of_process();
    let settings = Settings::read(&environment).context("the function cannot start")?;
    // A log for machines to read has metrics in it.
    if environment::log::is_json(&environment) {
        metrics::install(std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|_| "recommend".to_owned()))?;
    }
    if settings.access.tokens.is_none() {
        tracing::warn!("the API is open to everybody: set API_TOKENS to ask for tokens");
    }
    Ok(over(Source::Environment(settings.model.clone()), &settings))
}

/// Starts the download of the model from this source; the rest is as the settings have it.
///
/// # Panics
///
/// Outside a tokio runtime.
pub fn over(source: Source, settings: &Settings) -> Function {
    let mut models = ModelManager::new(source, settings.deadline);
    if let Some(every) = settings.refresh {
        models = models.refreshing(every);
    }
    if let Some(bytes) = settings.memory {
        models = models.within_memory(bytes);
    }
    let models = Arc::new(models);
    models.start();
    let router = api::router_with(Arc::clone(&models), &settings.access, settings.spotify);
    Function { router, models, max_hold: settings.refresh.unwrap_or(DEFAULT_REFRESH) }
}

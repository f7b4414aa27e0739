//! What every way to run the function begins with: settings read, download started, routes ready.

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use segue_store::settings::Environment;

use crate::{
    api, metrics,
    models::{Models, Source},
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
    let settings = Settings::read(&Environment::of_process()).context("the function cannot start")?;
    if writes_json() {
        metrics::install(std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|_| "recommend".to_owned()))?;
    }
    if settings.access.tokens.is_none() {
        tracing::warn!("the API is open to everybody: set API_TOKENS to ask for tokens");
    }
    let mut models = Models::new(Source::Environment(settings.model), settings.deadline);
    if let Some(every) = settings.refresh {
        models = models.refreshing(every);
    }
    if let Some(bytes) = settings.memory {
        models = models.within_memory(bytes);
    }
    let models = Arc::new(models);
    models.start();
    Ok(api::router_with(models, &settings.access))
}

/// Whether Lambda was told to keep the log as JSON, for machines to read: then there are metrics in it.
fn writes_json() -> bool {
    std::env::var("AWS_LAMBDA_LOG_FORMAT").is_ok_and(|format| format.eq_ignore_ascii_case("json"))
}

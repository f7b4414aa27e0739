//! The Lambda function: settings read, download started, requests answered.

use std::sync::Arc;

use anyhow::Context;
use lambda_http::tower::ServiceBuilder;
use recommend::{
    access::{self, Access},
    api,
    http::lambda::restore_path,
    metrics,
    models::{Models, Source},
    settings::{Settings, TokenSource},
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
    if writes_json() {
        metrics::install(std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|_| "recommend".to_owned()))?;
    }
    let mut models = Models::new(Source::Environment(settings.model), settings.deadline);
    if let Some(every) = settings.refresh {
        models = models.refreshing(every);
    }
    if let Some(bytes) = settings.memory {
        models = models.within_memory(bytes);
    }
    let models = Arc::new(models);
    // The model comes while the tokens are asked for.
    models.start();
    let tokens = match settings.tokens {
        TokenSource::Open => {
            tracing::warn!("the API is open to everybody: set API_TOKENS to ask for tokens");
            None
        }
        TokenSource::Given(tokens) => Some(tokens),
        TokenSource::Secret(arn) => Some(access::fetch(&arn).await.context("the function cannot start")?),
    };
    let router = api::router_with(models, &Access { cors: settings.cors, tokens });
    let service = ServiceBuilder::new().map_request(restore_path).service(router);
    lambda_http::run(service).await.map_err(anyhow::Error::from_boxed)
}

/// Whether Lambda was told to keep the log as JSON, for machines to read: then there are metrics in it.
fn writes_json() -> bool {
    std::env::var("AWS_LAMBDA_LOG_FORMAT").is_ok_and(|format| format.eq_ignore_ascii_case("json"))
}

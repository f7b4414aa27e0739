//! The Lambda function that trains: settings read, events handled.

use anyhow::Context;
use lambda_runtime::{LambdaEvent, service_fn};
use segue_store::settings::Environment;
use train::{event::Event, handler::Handler, settings::Settings};

/// Gives back what a training took: the next one in the same environment has as much room as the first.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda_runtime::tracing::init_default_subscriber();
    if let Err(error) = start().await {
        // The runtime shows a function's last words in its log: one line that says what to do.
        tracing::error!("{error:#}");
        return Err(format!("{error:#}").into());
    }
    Ok(())
}

async fn start() -> anyhow::Result<()> {
    let settings = Settings::read(&Environment::of_process()).context("the function cannot start")?;
    let handler = Handler::connect(settings).await?;
    let serve = |event: LambdaEvent<Event>| handler.handle(event.payload, event.context.deadline());
    lambda_runtime::run(service_fn(serve)).await.map_err(anyhow::Error::from_boxed)
}

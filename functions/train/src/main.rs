//! The Lambda function that trains: settings read, events handled.

use anyhow::Context;
use environment::settings::Environment;
use lambda_runtime::{LambdaEvent, service_fn};
use train::{event::Event, handler::Handler, settings::Settings};

/// Gives back what a training took: the next one in the same environment has as much room as the first.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::of_process();
    environment::log::init(&environment);
    if let Err(error) = start(&environment).await {
        // The runtime shows a function's last words in its log: one line that says what to do.
        tracing::error!("{error:#}");
        return Err(format!("{error:#}").into());
    }
    Ok(())
}

async fn start(environment: &Environment<impl Fn(&str) -> Option<String>>) -> anyhow::Result<()> {
    let settings = Settings::read(environment).context("the function cannot start")?;
    let handler = Handler::connect(settings).await?;
    let serve = |event: LambdaEvent<Event>| handler.handle(event.payload, event.context.deadline());
    lambda_runtime::run(service_fn(serve)).await.map_err(anyhow::Error::from_boxed)
}

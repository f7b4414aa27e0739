//! An environment that is frozen between invocations: how soon a new model answers, and what a check and a swap cost.
//!
//! `cargo bench --profile dev -p benches --bench freezing`. The model is chosen as in `search.rs`; it is published to an S3 as far
//! away as in `cold_start`, 30 ms to the first byte and 90 MB a second. The function is built as it is deployed. The process is
//! stopped (SIGSTOP) as soon as the runtime and the extension have asked for their next event, and runs on with the next
//! invocation.
//!
//! An invocation comes every 2.2 s, and a check falls due after 2 s: with each of them. **Answer** is what a client waits;
//! **billed** goes on until the environment is done, with the work beside the answer. Then an environment with provisioned
//! concurrency: its first answer after a minute, beside its later ones.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use benches::{build, catalog, machine, stats::Stats};
use clap::Parser;
use local::s3::EmbeddedS3;
use recommender::artifact;
use serde_json::{Value, json};
use store::{Location, Store, Upload};
use tests::{
    faults::{Fault, Proxy, Throttle},
    runtime::{Conditions, Function},
};

#[derive(Debug, Parser)]
struct Options {
    /// How many new models are published
    #[arg(long, default_value_t = 10)]
    swaps: usize,
    /// Seconds for which an environment with provisioned concurrency is frozen before its first request
    #[arg(long, default_value_t = 60)]
    frozen: u64,
    /// Cargo says so to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

const BUCKET: &str = "segue-bench";
const EVERY: Duration = Duration::from_millis(2_200);
const REFRESH_SECONDS: &str = "2";

/// One invocation.
struct Invocation {
    version: String,
    answer: Duration,
    billed: Duration,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    println!("{}", machine::line(&machine::describe()));
    let binary = build::release("recommend")?;
    // Two models that differ in nothing but their versions.
    let model = tokio::task::spawn_blocking(catalog::artifact).await??;
    let models = [upload(&model, 0)?, upload(&model, 1)?];
    println!("{} tracks, {:.1} MB", models[0].tracks, models[0].artifact.len() as f64 / 1e6);

    let folder = tempfile::tempdir()?;
    let s3 = EmbeddedS3::start(folder.path()).await?;
    s3.create_bucket(BUCKET)?;
    let location: Location = format!("s3://{BUCKET}/models").parse()?;
    let store = Store::with_client(s3.client(), location.clone());
    let bytes_per_second = 90_000_000.try_into().context("a rate above 0")?;
    let throttle = Throttle { bytes_per_second, first_byte_delay: Duration::from_millis(30) };
    let proxy = Proxy::start_with(&s3.endpoint(), move |_| Some(Fault::Throttle(throttle))).await;
    let env = |initialization: &str| {
        let mut env = proxy.env(&s3);
        env.extend([
            ("MODEL_URI".to_owned(), location.to_string()),
            ("REFRESH_SECONDS".to_owned(), REFRESH_SECONDS.to_owned()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE".to_owned(), initialization.to_owned()),
            ("AWS_LAMBDA_LOG_LEVEL".to_owned(), "error".to_owned()),
        ]);
        env
    };
    let conditions = || Conditions { freezing: true, ..Conditions::default() };

    store.publish(models[0].clone()).await?;
    let function = Function::start_under(&binary, &env("on-demand"), conditions()).await;
    let first = invoke(&function).await?;
    let mut checks = Vec::new();
    for _ in 0..10 {
        tokio::time::sleep(EVERY).await;
        checks.push(invoke(&function).await?);
    }
    let (mut swaps, mut during, mut needed) = (Vec::new(), Vec::new(), Vec::new());
    for swap in 1..=options.swaps {
        let published = store.publish(models[swap % 2].clone()).await?.version.to_string();
        let mut invocations = 0;
        loop {
            tokio::time::sleep(EVERY).await;
            let invocation = invoke(&function).await?;
            invocations += 1;
            let arrived = invocation.version == published;
            if invocations == 1 { &mut swaps } else { &mut during }.push(invocation);
            if arrived {
                break;
            }
            ensure!(invocations < 100, "the new model has not arrived after 100 invocations");
        }
        needed.push(f64::from(invocations));
    }
    drop(function);

    let provisioned = Function::start_under(&binary, &env("provisioned-concurrency"), conditions()).await;
    let begun = Instant::now();
    while provisioned.first_next().is_none() {
        ensure!(begun.elapsed() < Duration::from_secs(60), "the environment does not come up");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    provisioned.done().await;
    tokio::time::sleep(Duration::from_secs(options.frozen)).await;
    let woken = invoke(&provisioned).await?;
    let mut warm = Vec::new();
    for _ in 0..10 {
        tokio::time::sleep(EVERY).await;
        warm.push(invoke(&provisioned).await?);
    }

    let answers = |all: &[Invocation]| Stats::of(all.iter().map(|one| one.answer.as_secs_f64() * 1e3));
    let billed = |all: &[Invocation]| Stats::of(all.iter().map(|one| one.billed.as_secs_f64() * 1e3));
    let lines = [
        ("first invocation, cold", std::slice::from_ref(&first)),
        ("checks that find nothing new", &checks[..]),
        ("invocations that find a new model", &swaps[..]),
        ("invocations after those", &during[..]),
        ("provisioned, first", std::slice::from_ref(&woken)),
        ("provisioned, later", &warm[..]),
    ];
    println!("\n{:<36} {:>28} {:>28}", "ms, median (least to most)", "answer", "billed");
    for (name, all) in lines {
        println!("{name:<36} {:>28} {:>28}", Stats::cell(answers(all), 1, ""), Stats::cell(billed(all), 1, ""));
    }
    println!("a new model answers invocation {} after it was published", Stats::cell(Stats::of(needed), 1, ""));
    Ok(())
}

/// What is published of an artifact, whose card says something different for each `number`.
fn upload(file: &[u8], number: u64) -> anyhow::Result<Upload> {
    let mut card = artifact::card(file)?;
    card.dropped.insert("bench".to_owned(), number);
    let file = artifact::with_card(file.to_vec(), &card)?;
    Ok(Upload::of(file.into(), Vec::new())?)
}

/// Asks for ten songs like one.
async fn invoke(function: &Function) -> anyhow::Result<Invocation> {
    let begun = Instant::now();
    let (status, headers, answer) = function.get("/v1/recommendations?song=Dance").await;
    let answered = begun.elapsed();
    function.done().await;
    // A title of several artists is answered, too: by the model, at once.
    ensure!(matches!(status, 200 | 404 | 409), "expected an answer by the model, got {answer}");
    let version = match &headers["x-model-version"] {
        Value::String(version) => version.clone(),
        other => anyhow::bail!("expected a version, got {}", json!(other)),
    };
    Ok(Invocation { version, answer: answered, billed: begun.elapsed() })
}

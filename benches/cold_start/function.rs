//! One cold start of the function.

use std::{path::Path, time::Duration};

use anyhow::{Context, ensure};
use benches::{process::Usage, transfer::Transfer};
use local::s3::EmbeddedS3;
use reqwest::Url;
use serde_json::{Value, json};
use store::{Location, Store, Upload};
use tests::runtime::Function;

use crate::{FarS3, Song};

/// The bucket that models are published to.
pub(crate) const BUCKET: &str = "segue-bench";

/// Memory is steady when it has not changed by more than a hundredth this often in a row.
const STABLE_POLLS: u32 = 5;
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How often memory is looked at, at most.
const MAX_POLLS: u32 = 50;

/// What one cold start took. Times are from the start of the process.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    pub(crate) first_next: Duration,
    pub(crate) first_answer: Duration,
    pub(crate) graphs_ready: Duration,
    /// How the artifact came, as far as it had come when the first answer was there.
    pub(crate) transfer: Transfer,
    /// What S3's pace alone allows for the whole artifact.
    pub(crate) ideal: Duration,
    pub(crate) at_first_answer: Usage,
    pub(crate) at_graphs_ready: Usage,
    pub(crate) steady: Usage,
}

impl Start {
    pub(crate) fn json(&self) -> Value {
        json!({
            "first_next_ms": crate::ms(self.first_next),
            "first_answer_ms": crate::ms(self.first_answer),
            "graphs_ready_ms": crate::ms(self.graphs_ready),
            "connections": self.transfer.connections,
            "connections_at_once": self.transfer.at_once,
            "sent_at_first_answer_bytes": self.transfer.bytes,
            "ideal_ms": crate::ms(self.ideal),
            "at_first_answer": usage(&self.at_first_answer),
            "at_graphs_ready": usage(&self.at_graphs_ready),
            "steady": usage(&self.steady),
        })
    }
}

/// A usage as JSON.
pub(crate) fn usage(usage: &Usage) -> Value {
    json!({
        "cpu_ms": crate::ms(usage.cpu),
        "user_ms": crate::ms(usage.user),
        "system_ms": crate::ms(usage.system),
        "resident_bytes": usage.resident,
        "peak_bytes": usage.peak,
    })
}

/// Publishes a model in a place of its own.
pub(crate) async fn publish(s3: &EmbeddedS3, name: &str, upload: Upload) -> anyhow::Result<Location> {
    let location: Location = format!("s3://{BUCKET}/{name}").parse()?;
    Store::with_client(s3.client(), location.clone()).publish(upload).await?;
    Ok(location)
}

/// Starts the function, asks, and ends it.
pub(crate) async fn start(
    binary: &Path,
    s3: &FarS3<'_>,
    location: &Location,
    song: &Song,
    bytes: u64,
) -> anyhow::Result<Start> {
    let mut env = s3.proxy.env(s3.s3);
    env.extend([
        ("MODEL_URI".to_owned(), location.to_string()),
        // However slow the machine or the rate: what is measured is how long it takes, not that it takes too long.
        ("DEADLINE_MS".to_owned(), "50000".to_owned()),
        ("AWS_LAMBDA_LOG_LEVEL".to_owned(), "error".to_owned()),
        // As template.yaml has it.
        ("MIMALLOC_PURGE_DELAY".to_owned(), "1".to_owned()),
    ]);
    let before = s3.proxy.exchanges().len();
    let function = Function::start(binary, &env).await;
    let pid = function.pid().context("the function ended at once")?;

    let answer = ask(&function, song, None).await?;
    let first_answer = function.started().elapsed();
    let at_first_answer = Usage::of(pid)?;
    let transfer = Transfer::of(&s3.proxy.exchanges()[before..], &["/model.segue", "/latest.prefetch"]);
    ensure!(answer["tracks"].as_array().is_some_and(|tracks| tracks.len() == 10), "{song:?} has not ten: {answer}");

    let answer = ask(&function, song, Some("hnsw")).await?;
    let graphs_ready = function.started().elapsed();
    let at_graphs_ready = Usage::of(pid)?;
    ensure!(answer["search"] == "hnsw", "expected an answer by the graphs, got {answer}");

    // A search by words waits for its index: after it, everything is there.
    let (status, _, answer) = function.get("/v1/tracks?q=love").await;
    ensure!(status == 200, "the search was answered with {status}: {answer}");
    let steady = steady(pid).await?;

    let first_next = function.first_next().context("the function answered an event that it had not asked for")?;
    ensure!(transfer.at_once > 0, "the function answered without fetching its model");
    Ok(Start {
        first_next: first_next.duration_since(function.started()),
        first_answer,
        graphs_ready,
        transfer,
        ideal: s3.throttle.first_byte_delay + s3.throttle.duration(bytes) / transfer.at_once as u32,
        at_first_answer,
        at_graphs_ready,
        steady,
    })
}

async fn ask(function: &Function, song: &Song, search: Option<&str>) -> anyhow::Result<Value> {
    let query = [("song", song.song.as_str()), ("artist", song.artist.as_str()), ("limit", "10")];
    let query = query.into_iter().chain(search.map(|search| ("search", search)));
    let url = Url::parse_with_params("http://localhost/v1/recommendations", query)?;
    let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    let (status, _, answer) = function.get(&target).await;
    ensure!(status == 200, "{target} was answered with {status}: {answer}");
    Ok(answer)
}

/// What the process has when it has come to rest, or after 5 s.
async fn steady(pid: u32) -> anyhow::Result<Usage> {
    let (mut last, mut same) = (Usage::of(pid)?, 0);
    for _ in 0..MAX_POLLS {
        tokio::time::sleep(POLL_INTERVAL).await;
        let now = Usage::of(pid)?;
        same = if now.resident.abs_diff(last.resident) * 100 <= last.resident { same + 1 } else { 0 };
        last = now;
        if same == STABLE_POLLS {
            break;
        }
    }
    Ok(last)
}

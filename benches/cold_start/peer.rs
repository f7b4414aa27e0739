//! One start of the scikit-learn service.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use benches::{peers::Peers, process::Usage};
use reqwest::Url;
use serde_json::{Value, json};

use crate::{Song, function::usage};

/// How long a start may take before the measurement is given up.
const START_TIMEOUT: Duration = Duration::from_secs(120);

/// What one start took.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    pub(crate) first_answer: Duration,
    pub(crate) at_first_answer: Usage,
}

impl Start {
    pub(crate) fn json(&self) -> Value {
        json!({ "first_answer_ms": crate::ms(self.first_answer), "at_first_answer": usage(&self.at_first_answer) })
    }
}

/// The service's process. It ends when this is dropped.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        // One that has ended by itself was waited for, and said so.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the service, asks until it answers, and ends it.
pub(crate) async fn start(peers: &Peers, joblib: &Path, song: &Song) -> anyhow::Result<Start> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut url = Url::parse(&format!("http://127.0.0.1:{port}/recommend/?n=10"))?;
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(&song.song);
    }
    let client = reqwest::Client::builder().no_proxy().timeout(START_TIMEOUT).build()?;

    let mut command = peers.python();
    command.args(["-m", "uvicorn", "serve:app", "--host", "127.0.0.1", "--workers", "1", "--log-level", "warning"]);
    command.args(["--port", &port.to_string()]).env("MODEL", joblib).stdout(Stdio::null());
    let begun = Instant::now();
    let mut service = Service(command.spawn().context("python does not run")?);
    let answer = loop {
        match client.get(url.clone()).send().await {
            Ok(answer) => break answer,
            Err(error) if error.is_connect() => {
                if let Some(status) = service.0.try_wait()? {
                    bail!("the scikit-learn service ended: {status}");
                }
                ensure!(
                    begun.elapsed() < START_TIMEOUT,
                    "the scikit-learn service did not answer within {START_TIMEOUT:?}"
                );
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            Err(error) => return Err(error.into()),
        }
    };
    let status = answer.status();
    let body = answer.bytes().await?;
    let first_answer = begun.elapsed();
    ensure!(status == 200, "{url} was answered with {status}: {}", String::from_utf8_lossy(&body));
    Ok(Start { first_answer, at_first_answer: Usage::of(service.0.id())? })
}

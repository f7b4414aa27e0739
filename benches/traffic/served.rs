//! A server's process, and what it holds while it serves.

use std::{
    collections::BTreeSet,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use benches::process::Usage;
use tokio::{sync::oneshot, task::JoinHandle};

/// How long a server may take to answer for the first time.
const START_TIMEOUT: Duration = Duration::from_secs(120);
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// A server on loopback. It ends when this is dropped.
pub(crate) struct Served {
    child: Child,
    url: String,
}

impl Served {
    /// Starts it, and waits until it takes connections; `with_address` says where.
    pub(crate) async fn start(
        mut command: Command,
        with_address: impl FnOnce(&mut Command, &str),
    ) -> anyhow::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        with_address(&mut command, &address);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().context("the server does not start")?;
        let mut served = Self { child, url: format!("http://{address}") };
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(&address).await.is_err() {
            ensure!(served.is_running()?, "the server ended");
            ensure!(begun.elapsed() < START_TIMEOUT, "the server does not listen");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(served)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn is_running(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Looks at the process until told to stop.
    pub(crate) fn watch(&self) -> Watch {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(look(self.child.id(), format!("{}/health", self.url), stopped));
        Watch { stop, task }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // One that has ended by itself was waited for, and said so.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// The most memory in the first third of the time, in bytes.
    pub(crate) first_third: u64,
    /// In the last third.
    pub(crate) last_third: u64,
    /// How often the model was another one than at the glance before; the first counts.
    pub(crate) models: u64,
}

pub(crate) struct Watch {
    stop: oneshot::Sender<()>,
    task: JoinHandle<anyhow::Result<Seen>>,
}

impl Watch {
    pub(crate) async fn stop(self) -> anyhow::Result<Seen> {
        let _ = self.stop.send(());
        self.task.await?
    }
}

async fn look(pid: u32, health: String, mut stopped: oneshot::Receiver<()>) -> anyhow::Result<Seen> {
    let client = reqwest::Client::builder().no_proxy().timeout(START_TIMEOUT).build()?;
    let mut held = Vec::new();
    let (mut models, mut last) = (0, BTreeSet::new());
    loop {
        held.push(Usage::of(pid)?.resident);
        // The peer has no such route, and no other model.
        if let Ok(answer) = client.get(&health).send().await
            && let Ok(answer) = answer.json::<serde_json::Value>().await
            && let Some(model) = answer["model"].as_str()
            && !last.contains(model)
        {
            models += 1;
            last = BTreeSet::from([model.to_owned()]);
        }
        tokio::select! {
            _ = &mut stopped => break,
            () = tokio::time::sleep(POLL_INTERVAL) => {}
        }
    }
    let third = held.len().div_ceil(3);
    let most = |of: &[u64]| of.iter().copied().max().unwrap_or(0);
    Ok(Seen { first_third: most(&held[..third]), last_third: most(&held[held.len() - third..]), models })
}

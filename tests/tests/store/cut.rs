//! A wire that is cut for good at one of the requests: what is left is what a killed process leaves. Or one that holds a
//! request back: somebody else is quicker.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use local::s3::EmbeddedS3;
use store::{Store, StoreOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// Where the wire is cut.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    /// The server never sees this request, counted from 0.
    Before(usize),
    /// The server does what it says, and its answer is lost.
    After(usize),
    /// It is not cut, but the server sees this request late: [`Wire::overtaken`] says when.
    Holds(usize),
}

/// The wire. Its connections end with it.
pub(crate) struct Wire {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    gate: Arc<Gate>,
    _task: JoinSet<()>,
}

/// Where a request waits.
#[derive(Default)]
struct Gate {
    waits: Notify,
    goes_on: Notify,
}

impl Wire {
    /// A wire to this server.
    pub(crate) async fn start(s3: &EmbeddedS3, cut: Cut) -> Self {
        let server = s3.endpoint().trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&requests);
        let gate = Arc::new(Gate::default());
        let passed = Arc::clone(&gate);
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let (counted, gate) = (Arc::clone(&counted), Arc::clone(&passed));
                connections.spawn(async move { carry(client, server, cut, &counted, &gate).await });
            }
        });
        Self { address, requests, gate, _task: task }
    }

    /// A store behind this wire, which tries once.
    pub(crate) fn store(&self, s3: &EmbeddedS3) -> Store {
        let config = s3.client().config().to_builder().endpoint_url(format!("http://{}", self.address)).build();
        let client = aws_sdk_s3::Client::from_conf(config);
        let options = StoreOptions { max_attempts: 1, ..StoreOptions::default() };
        Store::with_client(client, "s3://music/segue".parse().unwrap()).with_options(options)
    }

    /// What comes of `slow`, which works behind this wire, and of `quick`, all of which happens while the request that is
    /// held waits. Nothing of `quick` where `slow` has come to its end without that request.
    pub(crate) async fn overtaken<S, Q>(
        &self,
        slow: impl Future<Output = S>,
        quick: impl Future<Output = Q>,
    ) -> (S, Option<Q>) {
        let mut slow = std::pin::pin!(slow);
        tokio::select! {
            slow = &mut slow => return (slow, None),
            () = self.gate.waits.notified() => {}
        }
        let quick = quick.await;
        self.gate.goes_on.notify_one();
        (slow.await, Some(quick))
    }

    /// How many requests came, the one that was cut among them.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// Carries one request and its answer after the other. Nothing, once the wire is cut.
async fn carry(mut client: TcpStream, server: SocketAddr, cut: Cut, requests: &AtomicUsize, gate: &Gate) -> Option<()> {
    let mut server = TcpStream::connect(server).await.ok()?;
    loop {
        let request = message(&mut client).await?;
        let number = requests.fetch_add(1, Ordering::SeqCst);
        if matches!(cut, Cut::Before(at) | Cut::After(at) if number > at)
            || matches!(cut, Cut::Before(at) if number == at)
        {
            return None;
        }
        if matches!(cut, Cut::Holds(at) if number == at) {
            gate.waits.notify_one();
            gate.goes_on.notified().await;
        }
        server.write_all(&request).await.ok()?;
        let is_head = request.starts_with(b"HEAD ");
        let answer = if is_head { head(&mut server).await? } else { message(&mut server).await? };
        if matches!(cut, Cut::After(at) if number == at) {
            return None;
        }
        client.write_all(&answer).await.ok()?;
    }
}

/// The head of a message.
async fn head(from: &mut TcpStream) -> Option<Vec<u8>> {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        read.push(from.read_u8().await.ok()?);
    }
    Some(read)
}

/// A whole message: one with a length, in chunks, or without a body.
async fn message(from: &mut TcpStream) -> Option<Vec<u8>> {
    let mut read = head(from).await?;
    let text = String::from_utf8(read.clone()).unwrap().to_ascii_lowercase();
    let header = |name: &str| text.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.trim()));
    if let Some(length) = header("content-length") {
        let mut body = vec![0; length.parse().unwrap()];
        from.read_exact(&mut body).await.ok()?;
        read.append(&mut body);
    } else if header("transfer-encoding") == Some("chunked") {
        while !read.ends_with(b"\r\n0\r\n\r\n") {
            read.push(from.read_u8().await.ok()?);
        }
    }
    Some(read)
}

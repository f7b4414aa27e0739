//! A wire between a store and its server that is cut or falls silent, and notes what was asked for.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use local::s3::EmbeddedS3;
use store::{Store, StoreOptions};
use tests::wait::eventually;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// What becomes of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    /// Nothing.
    Passes,
    /// It is cut after this many bytes of answers.
    IsCut(usize),
    /// It is cut after the head of its first answer.
    IsCutAfterHead,
    /// Nothing comes any more after this many bytes of answers, but it stays.
    FallsSilent(usize),
    /// It is connected once the gate is open.
    WaitsForTheGate,
}

/// The wire. Its connections end with it.
pub(crate) struct Proxy {
    address: SocketAddr,
    wire: Arc<Wire>,
    _task: JoinSet<()>,
}

struct Wire {
    server: SocketAddr,
    fate: Box<dyn Fn(usize) -> Fate + Send + Sync>,
    requests: Mutex<Vec<Request>>,
    open: AtomicUsize,
    gate: Semaphore,
}

/// A request for a range.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) range: Range<u64>,
    pub(crate) if_match: Option<String>,
}

impl Proxy {
    /// A wire to this server, whose connections, numbered from 0, have these fates.
    pub(crate) async fn start(s3: &EmbeddedS3, fate: impl Fn(usize) -> Fate + Send + Sync + 'static) -> Self {
        let server = s3.endpoint().trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let wire = Arc::new(Wire {
            server,
            fate: Box::new(fate),
            requests: Mutex::default(),
            open: AtomicUsize::new(0),
            gate: Semaphore::new(0),
        });
        let mut task = JoinSet::new();
        task.spawn(accept(listener, Arc::clone(&wire)));
        Self { address, wire, _task: task }
    }

    /// A store behind this wire.
    pub(crate) fn store(&self, s3: &EmbeddedS3, options: StoreOptions) -> Store {
        let config = s3.client().config().to_builder().endpoint_url(format!("http://{}", self.address)).build();
        let client = aws_sdk_s3::Client::from_conf(config);
        Store::with_client(client, "s3://music/segue".parse().unwrap()).with_options(options)
    }

    /// The requests for ranges, in the order in which they came.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.wire.requests.lock().unwrap().clone()
    }

    /// Connects those that wait for it.
    pub(crate) fn open_gate(&self) {
        self.wire.gate.close();
    }

    /// Waits until the store has closed its connections but for this many.
    pub(crate) async fn has_at_most(&self, connections: usize) {
        let left = async || (self.wire.open.load(Ordering::SeqCst) <= connections).then_some(());
        eventually("the end of connections", left).await;
    }
}

async fn accept(listener: TcpListener, wire: Arc<Wire>) {
    let mut connections = JoinSet::new();
    for number in 0.. {
        let Ok((client, _)) = listener.accept().await else { return };
        let wire = Arc::clone(&wire);
        wire.open.fetch_add(1, Ordering::SeqCst);
        connections.spawn(async move {
            carry(client, &wire, (wire.fate)(number)).await;
            wire.open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// Carries bytes both ways until either side leaves or fate has it.
async fn carry(mut client: TcpStream, wire: &Wire, fate: Fate) {
    if let Fate::WaitsForTheGate = fate {
        // Closed is open.
        let _ = wire.gate.acquire().await;
    }
    let Ok(mut server) = TcpStream::connect(wire.server).await else { return };
    let (mut asked, mut answered) = (Vec::new(), Vec::new());
    let (mut from_client, mut from_server) = (vec![0; 16 << 10], vec![0; 16 << 10]);
    let mut passed = 0;
    let mut silent = false;
    loop {
        tokio::select! {
            read = client.read(&mut from_client) => {
                let Ok(length @ 1..) = read else { return };
                asked.extend_from_slice(&from_client[..length]);
                wire.note(&mut asked);
                if server.write_all(&from_client[..length]).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut from_server), if !silent => {
                let Ok(length @ 1..) = read else { return };
                answered.extend_from_slice(&from_server[..length]);
                let head = answered.windows(4).position(|end| end == b"\r\n\r\n").map(|start| start + 4);
                let limit = match fate {
                    Fate::IsCut(limit) | Fate::FallsSilent(limit) => limit,
                    Fate::IsCutAfterHead => head.unwrap_or(usize::MAX),
                    Fate::Passes | Fate::WaitsForTheGate => usize::MAX,
                };
                let passing = length.min(limit - passed);
                if client.write_all(&from_server[..passing]).await.is_err() {
                    return;
                }
                passed += passing;
                match fate {
                    Fate::FallsSilent(_) => silent = passed == limit,
                    _ if passed == limit => return,
                    _ => {}
                }
            }
        }
    }
}

impl Wire {
    /// Takes the requests from what was sent, which have no bodies.
    fn note(&self, sent: &mut Vec<u8>) {
        while let Some(end) = sent.windows(4).position(|end| end == b"\r\n\r\n") {
            let head = String::from_utf8(sent.drain(..end + 4).collect()).unwrap();
            let header = |name: &str| {
                head.lines().find_map(|line| {
                    let (key, value) = line.split_once(':')?;
                    key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
                })
            };
            let Some(range) = header("range") else { continue };
            let (first, last) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
            let range = first.parse().unwrap()..last.parse::<u64>().unwrap() + 1;
            self.requests.lock().unwrap().push(Request { range, if_match: header("if-match") });
        }
    }
}

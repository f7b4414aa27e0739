//! A proxy in front of an S3 server that does to answers what networks, disks and operators do.
//!
//! It reads each request and each answer whole, and says what came of them ([`Exchange`]). A plan decides for each request
//! which [`Fault`] it meets, if any.

mod carry;
mod exchange;
mod fault;
mod message;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use aws_sdk_s3::Client;
use local::s3::EmbeddedS3;
use tokio::{
    net::TcpListener,
    sync::{Notify, Semaphore},
    task::JoinSet,
};

pub use exchange::Exchange;
pub use fault::{Extent, Fault, FaultTarget, Other, Throttle};

use crate::wait::eventually;
use message::Message;

/// Decides which fault a request meets.
type Plan = Box<dyn FnMut(&Exchange) -> Option<Fault> + Send>;

/// What is asked for: path, range, and the ETag that it must have, where the request says one.
type Asked = (String, Option<String>, Option<String>);

/// The proxy. Its connections end with it.
pub struct Proxy {
    address: SocketAddr,
    wire: Arc<Wire>,
    _task: JoinSet<()>,
}

/// What the connections share.
struct Wire {
    server: SocketAddr,
    plan: Mutex<Plan>,
    exchanges: Mutex<Vec<Exchange>>,
    /// Answers that are throttled. s3s-fs reads 4 KiB at a time, each on another thread: that would keep a processor busy which is
    /// to be the measured program's.
    kept: Mutex<HashMap<Asked, Message>>,
    open: AtomicUsize,
    met: AtomicUsize,
    delayed: AtomicUsize,
    /// Told when a request is held.
    held: Notify,
    /// Closed when those that are held go on.
    gate: Semaphore,
}

impl Proxy {
    /// Starts one without a fault, in front of the server at `http://host:port`.
    ///
    /// # Panics
    ///
    /// If no port can be opened, or that is no such address.
    pub async fn start(server: &str) -> Self {
        Self::start_with(server, |_| None).await
    }

    /// Starts one whose requests meet the faults that `plan` gives them.
    ///
    /// # Panics
    ///
    /// As [`Proxy::start`].
    pub async fn start_with(server: &str, plan: impl FnMut(&Exchange) -> Option<Fault> + Send + 'static) -> Self {
        let server = server.trim_start_matches("http://").parse().expect("an address");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let wire = Arc::new(Wire {
            server,
            plan: Mutex::new(Box::new(plan)),
            exchanges: Mutex::default(),
            kept: Mutex::default(),
            open: AtomicUsize::new(0),
            met: AtomicUsize::new(0),
            delayed: AtomicUsize::new(0),
            held: Notify::new(),
            gate: Semaphore::new(0),
        });
        let mut task = JoinSet::new();
        task.spawn(accept(listener, Arc::clone(&wire)));
        Self { address, wire, _task: task }
    }

    /// Where it is, as the server's endpoint.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The environment that leads a child process through it to the server.
    pub fn env(&self, s3: &EmbeddedS3) -> Vec<(String, String)> {
        let env = s3.env().into_iter().map(|(name, value)| match name {
            "AWS_ENDPOINT_URL_S3" => (name, self.endpoint()),
            _ => (name, value),
        });
        env.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// A client that asks the server through it.
    pub fn client(&self, s3: &EmbeddedS3) -> Client {
        Client::from_conf(s3.client().config().to_builder().endpoint_url(self.endpoint()).build())
    }

    /// The next `times` requests of these meet the fault.
    pub fn set(&self, fault: Fault, of: FaultTarget, times: usize) {
        self.wire.met.store(0, Ordering::SeqCst);
        let mut left = times;
        self.replace_plan(move |exchange| {
            if left == 0 || !of.is_met_by(exchange) {
                return None;
            }
            left -= 1;
            Some(fault.clone())
        });
    }

    /// From now on nothing happens to a new request.
    pub fn lift(&self) {
        self.replace_plan(|_| None);
    }

    fn replace_plan(&self, plan: impl FnMut(&Exchange) -> Option<Fault> + Send + 'static) {
        *lock(&self.wire.plan) = Box::new(plan);
    }

    /// The requests, in the order in which they came.
    pub fn exchanges(&self) -> Vec<Exchange> {
        lock(&self.wire.exchanges).clone()
    }

    /// How many requests there were for `latest.json`.
    pub fn pointers(&self) -> usize {
        self.count(FaultTarget::Pointer)
    }

    /// How many requests there were for artifacts or parts of them.
    pub fn models(&self) -> usize {
        self.count(FaultTarget::Model)
    }

    fn count(&self, of: FaultTarget) -> usize {
        lock(&self.wire.exchanges).iter().filter(|exchange| of.is_met_by(exchange)).count()
    }

    /// How many delays are over.
    pub fn delayed(&self) -> usize {
        self.wire.delayed.load(Ordering::SeqCst)
    }

    /// How many requests met a fault since it was set.
    pub fn met(&self) -> usize {
        self.wire.met.load(Ordering::SeqCst)
    }

    /// Waits until a request is held.
    pub async fn held(&self) {
        self.wire.held.notified().await;
    }

    /// Lets the requests that are held go on, and those that would be from now on.
    pub fn release(&self) {
        self.wire.gate.close();
    }

    /// Waits until its clients have closed their connections but for this many.
    ///
    /// # Panics
    ///
    /// If they never do.
    pub async fn has_at_most(&self, connections: usize) {
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
            // Whatever ends a connection early, the client sees.
            let _ = carry::carry(client, number, &wire).await;
            wire.open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

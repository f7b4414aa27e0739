//! A proxy in front of an S3 server that does to answers what networks, disks and operators do.
//!
//! One request a connection, so that every request meets the fault of its time. It carries requests without bodies,
//! which are all that the function makes.

use std::{
    fmt, io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// What becomes of an answer.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It comes so much later.
    Delay(Duration),
    /// Half of its body comes, and the connection is closed.
    CutBody,
    /// One bit of its body is another, in the middle.
    FlippedBit,
    /// One bit of its body is another, at the end, where artifacts have their graphs.
    FlippedLastBit,
    /// It is an error of the server's.
    Status(u16),
    /// The connection is reset instead.
    Reset,
    /// It never comes.
    Silence,
    /// Half of its body comes, and then nothing.
    Stall,
    /// Its body is of these bytes instead, with the head that belonged to the right ones.
    OtherBytes(Other),
    /// The request reaches the server with a signature that is not its own.
    WrongSignature,
}

/// Bytes that nobody wants to see in a test's output.
#[derive(Clone)]
pub struct Other(pub Bytes);

impl fmt::Debug for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// Which requests meet the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultTarget {
    /// Those for `latest.json`.
    Pointer,
    /// Those for artifacts.
    Model,
}

/// The proxy. It ends when this is dropped.
pub struct Proxy {
    address: SocketAddr,
    wire: Arc<Wire>,
    _task: JoinSet<()>,
}

#[derive(Debug)]
struct Wire {
    server: SocketAddr,
    plan: Mutex<Option<Plan>>,
    met: AtomicUsize,
    pointers: AtomicUsize,
    models: AtomicUsize,
    delayed: AtomicUsize,
}

#[derive(Clone, Debug)]
struct Plan {
    fault: Fault,
    of: FaultTarget,
    left: usize,
}

impl Proxy {
    /// Starts one without a fault, in front of the server at `http://host:port`.
    ///
    /// # Panics
    ///
    /// If no port can be opened, or that is no such address.
    pub async fn start(server: &str) -> Self {
        let server = server.trim_start_matches("http://").parse().expect("an address");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let wire = Arc::new(Wire {
            server,
            plan: Mutex::default(),
            met: AtomicUsize::new(0),
            pointers: AtomicUsize::new(0),
            models: AtomicUsize::new(0),
            delayed: AtomicUsize::new(0),
        });
        let mut task = JoinSet::new();
        task.spawn(accept(listener, Arc::clone(&wire)));
        Self { address, wire, _task: task }
    }

    /// Where it is, as the server's endpoint.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next `times` requests of these meet the fault.
    pub fn set(&self, fault: Fault, of: FaultTarget, times: usize) {
        self.wire.met.store(0, Ordering::SeqCst);
        *self.wire.plan() = Some(Plan { fault, of, left: times });
    }

    /// From now on nothing happens to a new request.
    pub fn lift(&self) {
        *self.wire.plan() = None;
    }

    /// How many requests there were for `latest.json`.
    pub fn pointers(&self) -> usize {
        self.wire.pointers.load(Ordering::SeqCst)
    }

    /// How many requests there were for artifacts or parts of them.
    pub fn models(&self) -> usize {
        self.wire.models.load(Ordering::SeqCst)
    }

    /// How many delays are over.
    pub fn delayed(&self) -> usize {
        self.wire.delayed.load(Ordering::SeqCst)
    }

    /// How many requests met the fault since it was set.
    pub fn met(&self) -> usize {
        self.wire.met.load(Ordering::SeqCst)
    }
}

impl Wire {
    fn plan(&self) -> MutexGuard<'_, Option<Plan>> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault that this request meets, if it is to meet one.
    fn fault(&self, head: &str) -> Option<Fault> {
        let of = if head.lines().next().unwrap_or_default().contains("latest.json") {
            FaultTarget::Pointer
        } else {
            FaultTarget::Model
        };
        let counted = if of == FaultTarget::Pointer { &self.pointers } else { &self.models };
        counted.fetch_add(1, Ordering::SeqCst);
        let mut plan = self.plan();
        let plan = plan.as_mut().filter(|plan| plan.left > 0 && plan.of == of)?;
        plan.left -= 1;
        self.met.fetch_add(1, Ordering::SeqCst);
        Some(plan.fault.clone())
    }
}

async fn accept(listener: TcpListener, wire: Arc<Wire>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let wire = Arc::clone(&wire);
        connections.spawn(async move {
            // Whatever ends a connection early, the client sees.
            let _ = answer(client, &wire).await;
        });
    }
}

async fn answer(mut client: TcpStream, wire: &Wire) -> io::Result<()> {
    let mut head = String::from_utf8_lossy(&read_head(&mut client).await?).into_owned();
    let fault = wire.fault(&head);
    match &fault {
        Some(Fault::Reset) => return client.set_zero_linger(),
        Some(Fault::Silence) => return hold(client).await,
        Some(Fault::Status(status)) => return refuse(&mut client, *status).await,
        Some(Fault::WrongSignature) => head = head.replace("Signature=", "Signature=0"),
        Some(Fault::Delay(delay)) => {
            tokio::time::sleep(*delay).await;
            wire.delayed.fetch_add(1, Ordering::SeqCst);
        }
        _ => {}
    }
    let mut answer = ask(wire.server, &head).await?;
    let start = answer.windows(4).position(|end| end == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
    let middle = start + (answer.len() - start) / 2;
    match fault {
        Some(Fault::CutBody) => answer.truncate(middle),
        Some(Fault::FlippedBit) => {
            if let Some(byte) = answer.get_mut(middle) {
                *byte ^= 1;
            }
        }
        Some(Fault::FlippedLastBit) => {
            if let Some(byte) = answer.last_mut() {
                *byte ^= 1;
            }
        }
        Some(Fault::OtherBytes(Other(other))) => {
            let first = first_byte(&head).unwrap_or_default();
            let other = other.iter().copied().skip(first).chain(std::iter::repeat(0));
            answer[start..].iter_mut().zip(other).for_each(|(byte, other)| *byte = other);
        }
        Some(Fault::Stall) => {
            client.write_all(&answer[..middle]).await?;
            return hold(client).await;
        }
        _ => {}
    }
    client.write_all(&answer).await
}

/// Waits until the client gives up.
async fn hold(mut client: TcpStream) -> io::Result<()> {
    while client.read(&mut [0; 1_024]).await? > 0 {}
    Ok(())
}

async fn refuse(client: &mut TcpStream, status: u16) -> io::Result<()> {
    let code = if status == 503 { "SlowDown" } else { "InternalError" };
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>later</Message></Error>");
    let length = body.len();
    let answer = format!("HTTP/1.1 {status} {code}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    client.write_all(answer.as_bytes()).await
}

async fn ask(server: SocketAddr, head: &str) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(server).await?;
    let head = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    server.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(answer)
}

async fn read_head(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut bytes = [0; 4_096];
        match client.read(&mut bytes).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => head.extend_from_slice(&bytes[..length]),
        }
    }
    Ok(head)
}

/// The first byte that is asked for, if it is a part that is.
fn first_byte(head: &str) -> Option<usize> {
    let header = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("range").then(|| value.trim())
    });
    header?.strip_prefix("bytes=")?.split_once('-')?.0.parse().ok()
}

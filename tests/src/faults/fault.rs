//! What becomes of a request and its answer.

use std::{fmt, num::NonZeroU64, time::Duration};

use bytes::Bytes;

use super::{exchange::Exchange, message::Message};

/// What becomes of a request and its answer.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The request reaches the server so much later.
    Delay(Duration),
    /// The request reaches the server when [`Proxy::release`](super::Proxy::release) is called.
    Hold,
    /// The request reaches the server with a signature that is not its own.
    WrongSignature,
    /// The server never sees the request: the connection is reset.
    Reset,
    /// The answer is an error of the server's, without asking it.
    Status(u16),
    /// The answer is this, without asking the server; then the connection is closed, or nothing more comes.
    Answer {
        /// A head and a body, or a part of them.
        bytes: Bytes,
        /// Whether the connection is closed.
        hang_up: bool,
    },
    /// So much of the answer comes, and the connection is closed.
    Cut(Extent),
    /// So much of the answer comes, and then nothing.
    Stall(Extent),
    /// The answer comes as from a server that is far away.
    Throttle(Throttle),
    /// One bit of the answer's body is another, in the middle.
    FlippedBit,
    /// One bit of the answer's body is another, at the end, where artifacts have their graphs.
    FlippedLastBit,
    /// The answer's body is of these bytes instead, with the head that belonged to the right ones.
    OtherBytes(Other),
}

/// How much of an answer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Not a byte.
    Nothing,
    /// Its head.
    Head,
    /// Its head, and half of its body.
    HalfBody,
    /// This many bytes of it, or all where it is shorter.
    Bytes(usize),
}

impl Extent {
    /// Its bytes of this answer; nothing where it is not cut.
    pub(super) fn of(self, answer: &Message) -> Option<usize> {
        let whole = answer.head.len() + answer.body.len();
        match self {
            Self::Nothing => Some(0),
            Self::Head => Some(answer.head.len()),
            Self::HalfBody => Some(answer.head.len() + answer.body.len() / 2),
            Self::Bytes(bytes) => Some(bytes).filter(|bytes| *bytes < whole),
        }
    }
}

/// How far away a server seems to be.
///
/// Byte n of a body is sent no sooner than `n / bytes_per_second` after the body began. Every slice has its own place in
/// that schedule, so one that is late makes no later one late. A reader that pauses finds the bytes of the pause waiting,
/// as in the buffers of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Bytes a second of each connection. The answers on a connection of HTTP/1.1 follow one another, so each answer
    /// is held to it.
    pub bytes_per_second: NonZeroU64,
    /// From a request that has come whole until the first byte of its answer.
    pub first_byte_delay: Duration,
}

impl Throttle {
    /// How long a body of this many bytes takes on one connection, the delay before it left out.
    pub fn duration(&self, bytes: u64) -> Duration {
        Duration::from_secs_f64(bytes as f64 / self.bytes_per_second.get() as f64)
    }
}

/// Bytes that nobody wants to see in a test's output.
#[derive(Clone)]
pub struct Other(pub Bytes);

impl fmt::Debug for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// Which requests meet a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultTarget {
    /// Those for `latest.json`.
    Pointer,
    /// Those for `latest.prefetch`.
    Prefetch,
    /// Those for artifacts, `latest.prefetch` among them.
    Model,
}

impl FaultTarget {
    pub(super) fn is_met_by(self, exchange: &Exchange) -> bool {
        let is_pointer = exchange.path.ends_with("latest.json");
        match self {
            Self::Pointer => is_pointer,
            Self::Prefetch => exchange.path.ends_with("latest.prefetch"),
            Self::Model => !is_pointer,
        }
    }
}

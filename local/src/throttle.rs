//! An S3 server that is as far away as one likes: a delay before every answer, a rate on every connection.
//!
//! Byte n of a body is sent no sooner than `n / rate` after the body began. Every slice has its own place in that
//! schedule, so one that is late makes no later one late. A reader that pauses finds the bytes of the pause waiting, as
//! in the buffers of a network.

use std::{
    collections::HashMap,
    convert::Infallible,
    future::Future,
    net::SocketAddr,
    num::NonZeroU64,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;

/// Bytes that are sent at a time: 0.7 ms at 90 MB a second, and a timer wakes once a millisecond.
const SLICE: usize = 64 << 10;

/// How far away the server seems to be.
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

/// An answer that a throttled server has sent, or is sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The path that was asked for: `/bucket/key`.
    pub path: String,
    /// The other end: one address, one connection.
    pub connection: SocketAddr,
    /// When the request had come whole.
    pub asked: Instant,
    /// When the latest of its bytes was sent.
    pub latest: Instant,
    /// Bytes of its body that were sent so far.
    pub bytes: u64,
}

type Log = Arc<Mutex<Vec<Sent>>>;

/// What a request was, as far as its answer's time depends on it.
#[derive(Debug)]
pub(crate) struct Asked {
    /// When it had come whole.
    pub(crate) at: Instant,
    pub(crate) connection: SocketAddr,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) range: Option<HeaderValue>,
}

/// A body that was read before: its path, the range of it, the ETag of the whole.
type Name = (String, Option<HeaderValue>, HeaderValue);

/// Holds answers to a throttle.
#[derive(Debug)]
pub(crate) struct Pace {
    throttle: Throttle,
    sent: Log,
    /// s3s-fs reads 4 KiB at a time, each on another thread: that would keep a processor busy which is to be the
    /// measured program's. So a body is read once, and then kept.
    kept: Mutex<HashMap<Name, Bytes>>,
}

impl Pace {
    pub(crate) fn new(throttle: Throttle) -> Self {
        Self { throttle, sent: Log::default(), kept: Mutex::default() }
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        lock(&self.sent).clone()
    }

    /// The same answer, in its time.
    pub(crate) async fn hold(&self, asked: Asked, response: Response) -> Response {
        let (parts, body) = response.into_parts();
        // The answer to a PUT or a HEAD has the object's ETag too, and no body.
        let etag = parts.headers.get(header::ETAG).filter(|_| asked.method == Method::GET);
        let name = etag.map(|etag| (asked.path.clone(), asked.range, etag.clone()));
        let Ok(body) = self.read(name, body).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        tokio::time::sleep_until((asked.at + self.throttle.first_byte_delay).into()).await;

        let begun = Instant::now();
        let (path, connection) = (asked.path, asked.connection);
        let entry = {
            let mut sent = lock(&self.sent);
            sent.push(Sent { path, connection, asked: asked.at, latest: begun, bytes: 0 });
            sent.len() - 1
        };
        let wait = Box::pin(tokio::time::sleep(Duration::ZERO));
        let log = Arc::clone(&self.sent);
        let paced = Paced { left: body, bytes: 0, begun, throttle: self.throttle, wait, log, entry };
        Response::from_parts(parts, Body::new(paced))
    }

    async fn read(&self, name: Option<Name>, body: Body) -> Result<Bytes, axum::Error> {
        if let Some(kept) = name.as_ref().and_then(|name| lock(&self.kept).get(name).cloned()) {
            return Ok(kept);
        }
        let body = axum::body::to_bytes(body, usize::MAX).await?;
        if let Some(name) = name {
            lock(&self.kept).insert(name, body.clone());
        }
        Ok(body)
    }
}

/// A body that gives a slice away when the time of its last byte has come.
struct Paced {
    left: Bytes,
    bytes: u64,
    begun: Instant,
    throttle: Throttle,
    wait: Pin<Box<Sleep>>,
    log: Log,
    entry: usize,
}

impl http_body::Body for Paced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        let slice = self.left.len().min(SLICE);
        let bytes = self.bytes + slice as u64;
        let due = self.begun + self.throttle.duration(bytes);
        if Instant::now() < due {
            self.wait.as_mut().reset(due.into());
            ready!(self.wait.as_mut().poll(cx));
        }
        self.bytes = bytes;
        if let Some(sent) = lock(&self.log).get_mut(self.entry) {
            (sent.latest, sent.bytes) = (Instant::now(), bytes);
        }
        Poll::Ready(Some(Ok(Frame::data(self.left.split_to(slice)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::{Client, primitives::ByteStream};

    use super::*;
    use crate::s3::EmbeddedS3;

    const RATE: u64 = 4_000_000;
    const DELAY: Duration = Duration::from_millis(50);

    async fn started(content: Vec<u8>) -> (EmbeddedS3, Client, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let throttle = Throttle { bytes_per_second: NonZeroU64::new(RATE).unwrap(), first_byte_delay: DELAY };
        let s3 = EmbeddedS3::start_throttled(folder.path(), throttle).await.unwrap();
        s3.create_bucket("music").unwrap();
        let client = s3.client();
        let body = ByteStream::from(content);
        client.put_object().bucket("music").key("a/song").body(body).send().await.unwrap();
        (s3, client, folder)
    }

    async fn read(client: &Client, range: Option<&str>) -> Vec<u8> {
        let request = client.get_object().bucket("music").key("a/song").set_range(range.map(str::to_owned));
        request.send().await.unwrap().body.collect().await.unwrap().to_vec()
    }

    fn content(bytes: usize) -> Vec<u8> {
        (0..bytes).map(|byte| (byte % 251) as u8).collect()
    }

    #[tokio::test]
    async fn a_body_takes_its_bytes_over_the_rate_and_the_delay() {
        let content = content(1_000_001);
        let (_s3, client, _folder) = started(content.clone()).await;
        // The first from the file, the second as it was kept.
        for _ in 0..2 {
            let begun = Instant::now();
            assert!(read(&client, None).await == content);
            assert!(begun.elapsed() >= DELAY + Duration::from_secs_f64(1_000_001.0 / RATE as f64));
        }
    }

    #[tokio::test]
    async fn nothing_is_sent_before_the_delay() {
        let (_s3, client, _folder) = started(Vec::new()).await;
        let begun = Instant::now();
        client.head_object().bucket("music").key("a/song").send().await.unwrap();
        assert!(begun.elapsed() >= DELAY);
        let begun = Instant::now();
        client.get_object().bucket("music").key("another").send().await.unwrap_err();
        assert!(begun.elapsed() >= DELAY);
    }

    #[tokio::test]
    async fn what_is_kept_is_told_apart_by_range_and_by_content() {
        let (_s3, client, _folder) = started(content(1_000)).await;
        for _ in 0..2 {
            assert!(read(&client, None).await == content(1_000));
            assert!(read(&client, Some("bytes=100-299")).await == content(1_000)[100..300]);
        }
        let body = ByteStream::from_static(b"la la");
        client.put_object().bucket("music").key("a/song").body(body).send().await.unwrap();
        assert!(read(&client, None).await == b"la la");
    }

    #[tokio::test]
    async fn what_was_sent_is_told_by_connection() {
        let (s3, client, _folder) = started(content(200_000)).await;
        let before = s3.sent().len();
        // A client keeps a connection for the next request, and opens another for one at the same time.
        read(&client, None).await;
        tokio::join!(read(&client, Some("bytes=0-99999")), read(&client, Some("bytes=100000-199999")));
        let sent = &s3.sent()[before..];
        assert_eq!(sent.iter().map(|sent| sent.bytes).collect::<Vec<_>>(), [200_000, 100_000, 100_000]);
        assert!(sent.iter().all(|sent| sent.path == "/music/a/song" && sent.asked < sent.latest));
        assert_ne!(sent[1].connection, sent[2].connection);
    }

    #[tokio::test]
    async fn a_server_without_a_throttle_keeps_no_account() {
        let folder = tempfile::tempdir().unwrap();
        let s3 = EmbeddedS3::start(folder.path()).await.unwrap();
        s3.create_bucket("music").unwrap();
        s3.client().list_objects_v2().bucket("music").send().await.unwrap();
        assert_eq!(s3.sent(), []);
    }
}

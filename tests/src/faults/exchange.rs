//! What was asked for, and what was sent.

use std::{ops::Range, time::Instant};

use super::message::Message;

/// A request that came, and what was sent of its answer so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// How many requests came before it, on any connection.
    pub number: usize,
    /// How many connections were opened before its own.
    pub connection: usize,
    /// `GET`, for example.
    pub method: String,
    /// The path that was asked for: `/bucket/key`.
    pub path: String,
    /// The bytes that were asked for, where it is a part.
    pub range: Option<Range<u64>>,
    /// `If-Match`.
    pub if_match: Option<String>,
    /// When the request had come whole.
    pub asked: Instant,
    /// When the latest byte of its answer was sent; when it was asked, where none was.
    pub latest: Instant,
    /// Bytes of the answer's body that were sent.
    pub bytes: u64,
    /// The request's head: its first line and its headers.
    pub head: String,
}

impl Exchange {
    pub(super) fn new(number: usize, connection: usize, request: &Message) -> Self {
        let mut words = request.head.split(' ');
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default();
        let range = request.header("range").and_then(|range| {
            let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
            Some(first.parse().ok()?..last.parse::<u64>().ok()? + 1)
        });
        let asked = Instant::now();
        Self {
            number,
            connection,
            method,
            path: target.split('?').next().unwrap_or_default().to_owned(),
            range,
            if_match: request.header("if-match").map(str::to_owned),
            asked,
            latest: asked,
            bytes: 0,
            head: request.head.clone(),
        }
    }

    /// Whether the request has a header whose name begins like this.
    pub fn has_header(&self, name: &str) -> bool {
        self.head.to_ascii_lowercase().lines().any(|line| line.starts_with(name))
    }
}

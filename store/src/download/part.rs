//! One part of an artifact: bringing its bytes, and those that are left when a connection breaks off.

use std::ops::Range;
use std::sync::Arc;

use aws_sdk_s3::primitives::ByteStream;

use super::range_buffer::RangeBuffer;
use super::request::{Object, of};
use crate::error::cause;
use crate::retry::Attempts;
use crate::{BoxFuture, Error, Latest, Prefetch};

/// The parts, in the order of the file. Where nobody knows the ETag, the first part's answer tells, and the others wait for that. The first
/// part is the prefetch's, where there is one.
pub(super) async fn all(
    object: Object,
    etag: Option<String>,
    prefetch: Option<(Prefetch, Latest)>,
    ranges: Vec<Range<u64>>,
) -> Result<Vec<Part>, Error> {
    let Some(first) = ranges.first() else { return Ok(Vec::new()) };
    let (etag, mut begun) = match (etag, prefetch) {
        (Some(etag), None) => (etag, None),
        (Some(etag), Some((prefetch, latest))) => (etag, Some(Begun::Prefetch(prefetch, Box::new(latest)))),
        (None, _) => {
            let ask = || -> BoxFuture<'_, _> { Box::pin(object.ask(first, None)) };
            let answer = Attempts::new(&object.store.options).request(ask).await?;
            let etag = answer.etag.ok_or_else(|| object.unsupported("its answers have no ETag".into()))?;
            (etag, Some(Begun::Answer(answer.body)))
        }
    };
    let object = Arc::new(object);
    let part = |(number, missing)| {
        let (object, etag) = (Arc::clone(&object), etag.clone());
        Part { object, etag, number, missing, begun: begun.take() }
    };
    Ok(ranges.into_iter().enumerate().map(part).collect())
}

/// What was asked for before the part was.
enum Begun {
    Answer(ByteStream),
    Prefetch(Prefetch, Box<Latest>),
}

pub(super) struct Part {
    object: Arc<Object>,
    etag: String,
    number: usize,
    missing: Range<u64>,
    begun: Option<Begun>,
}

impl Part {
    /// Fetches all bytes of the part, from what was begun first if there is that.
    pub(super) async fn fetch(mut self, range_buffer: Arc<RangeBuffer>) -> Result<(), Error> {
        let mut body = match self.begun.take() {
            None => None,
            Some(Begun::Answer(body)) => Some(body),
            Some(Begun::Prefetch(prefetch, latest)) => prefetch.of(&latest).await,
        };
        let object = Arc::clone(&self.object);
        let mut attempts = Attempts::new(&object.store.options);
        loop {
            let before = self.missing.start;
            let body = match body.take() {
                Some(body) => body,
                None => {
                    let ask = || -> BoxFuture<'_, _> { Box::pin(object.ask(&self.missing, Some(&self.etag))) };
                    attempts.request(ask).await?.body
                }
            };
            match self.read(body, &range_buffer).await {
                Err(error) => attempts.broke_off(error, self.missing.start > before).await?,
                done => return done,
            }
        }
    }

    async fn read(&mut self, mut body: ByteStream, range_buffer: &RangeBuffer) -> Result<(), Error> {
        let unavailable = |source| Error::Unavailable { what: self.object.what(), source };
        // What happens to the connection after the last byte does not matter.
        while !self.missing.is_empty() {
            let Some(chunk) = body.next().await else {
                return Err(unavailable(cause(format!("the body ended before the bytes {}", of(&self.missing)))));
            };
            let chunk = chunk.map_err(|error| unavailable(cause(error)))?;
            let length = chunk.len() as u64;
            if !range_buffer.add(self.number, chunk) {
                let reason = format!("expected the bytes {}, got more", of(&self.missing));
                return Err(self.object.corrupt(reason));
            }
            self.missing.start += length;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads this body for the bytes 5 to 10 of 10: how it ends, and how far it comes.
    async fn read(body: &'static [u8]) -> (Result<(), Error>, u64) {
        let range_buffer = RangeBuffer::new([0..5, 5..10]);
        let object = Arc::new(Object::example());
        let mut part = Part { object, etag: "\"a\"".into(), number: 1, missing: 5..10, begun: None };
        (part.read(ByteStream::from_static(body), &range_buffer).await, part.missing.start)
    }

    #[tokio::test]
    async fn a_body_that_is_longer_than_its_range_is_corrupt_and_a_shorter_one_broke_off() {
        assert!(matches!(read(b"fghij").await, (Ok(()), 10)));
        assert!(matches!(read(b"fghijk").await, (Err(Error::Corrupt { .. }), 5)));
        for short in ["", "fgh"] {
            let (ended, reached) = read(short.as_bytes()).await;
            assert!(ended.unwrap_err().is_retryable());
            assert_eq!(reached, 5 + short.len() as u64);
        }
    }
}

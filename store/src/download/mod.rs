//! Downloading an artifact over several connections, and taking its bytes as they come.
//!
//! What a first answer needs is cut into one range for each connection, and all are asked for at once: what the network takes until
//! the first byte is waited for once, and no connection waits for another. Where a [`Prefetch`] was asked for, it is the first of these
//! ranges. The graphs, if `latest.json` says where they begin, come behind it: on the connection that brings the last of it, and where
//! they are many, on the others as soon as those are free. Chunks stay as the network cut them, and belong to the [`Download`] until they
//! are taken.
//!
//! Every range is of the same object: each request carries its ETag (`If-Match`), and each answer's size is compared.
//! **Nothing here checks the bytes themselves**, since S3 has no checksum of an arbitrary range. The artifact has one of
//! each of its sections, and [`Store::fetch`] computes the version.

mod buffer;
mod part;
mod range_buffer;
mod ranges;
mod request;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::JoinSet;

use self::range_buffer::{Availability, RangeBuffer};
use crate::error::cause;
use crate::{BoxFuture, Error, Latest, Prefetch, Store, retry};

/// A download under way. Dropping it stops it.
///
/// Each byte can be taken once, in any order and by any number of tasks.
pub struct Download {
    what: String,
    /// What of the artifact it brings.
    extent: Range<u64>,
    range_buffer: Arc<RangeBuffer>,
    /// One task that looks after those of the parts. A set stops its tasks when it is dropped.
    _task: JoinSet<()>,
}

impl Store {
    /// Starts downloading the artifact of `latest` over
    /// [`StoreOptions::connections`](crate::StoreOptions::connections). Returns at once; tasks run in the background.
    ///
    /// A part whose connection breaks off goes on from the byte that it reached. Whatever else goes wrong, the whole
    /// taking longer than [`StoreOptions::download_timeout`](crate::StoreOptions::download_timeout) included, ends the
    /// download, and [`Download::take`] says so.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn download(&self, latest: &Latest) -> Download {
        self.download_range(latest, 0..latest.size)
    }

    /// As [`Store::download`], of some bytes of the artifact; where they are beyond its end, of none.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn download_range(&self, latest: &Latest, range: Range<u64>) -> Download {
        self.start_download(latest, range, None)
    }

    /// As [`Store::download_range`], from the artifact's start to `end`; of these, the first bytes are those of the prefetch, where it is
    /// this artifact's.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn download_with_prefetch(&self, latest: &Latest, end: u64, prefetch: Prefetch) -> Download {
        self.start_download(latest, 0..end, Some(prefetch))
    }

    fn start_download(&self, latest: &Latest, range: Range<u64>, prefetch: Option<Prefetch>) -> Download {
        let options = &self.options;
        let extent = range.start.min(latest.size)..range.end.clamp(range.start.min(latest.size), latest.size);
        // Without an ETag, the rest could be of another object.
        let prefetch_bytes = latest.prefetch_bytes.filter(|_| prefetch.is_some() && latest.etag.is_some());
        let (connections, min) = (options.connections, options.min_part_bytes);
        let ranges = ranges::ranges(extent.clone(), prefetch_bytes, latest.graphs_offset, connections, min);
        // Not `latest.key`: the version says it, and nobody has to check it.
        let key = self.location.model_key(latest.version);
        let what = self.location.url(&key);
        let range_buffer = Arc::new(RangeBuffer::new(ranges.iter().cloned()));

        let mut task = JoinSet::new();
        match latest.check_object() {
            Ok(()) => {
                let object = request::Object { store: self.clone(), key, version: latest.version, size: latest.size };
                let is_first = |bytes| ranges.first() == Some(&(0..bytes));
                let prefetch = prefetch
                    .filter(|_| prefetch_bytes.is_some_and(is_first))
                    .map(|prefetch| (prefetch, latest.clone()));
                task.spawn(run(object, latest.etag.clone(), prefetch, ranges, Arc::clone(&range_buffer)));
            }
            Err(reason) => range_buffer.fail(Error::Corrupt { what: what.clone(), reason }),
        }
        Download { what, extent, range_buffer, _task: task }
    }
}

impl Download {
    /// Waits until these bytes of the artifact are there, and takes them: their memory is the caller's from now on.
    /// It does not wait for other bytes. Giving up the wait takes nothing.
    ///
    /// Bytes that came in one chunk are not copied. They share their memory with the rest of that chunk, at most some
    /// hundred kilobytes, which is free when all of it is dropped.
    ///
    /// # Errors
    /// [`Error::RangeUnavailable`] where the download does not bring these bytes, or where some of the bytes were taken already. What the
    /// download failed with, for this and every other call, even where the bytes had come.
    pub fn take(&self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, Error>> {
        Box::pin(async move { self.join(self.take_chunks(range).await?) })
    }

    /// As [`Download::take`], in the chunks that came: nothing is copied.
    ///
    /// # Errors
    /// As [`Download::take`].
    pub fn take_chunks(&self, range: Range<u64>) -> BoxFuture<'_, Result<Vec<Bytes>, Error>> {
        Box::pin(async move {
            if range.start > range.end || range.start < self.extent.start || range.end > self.extent.end {
                let Range { start, end } = self.extent;
                return Err(
                    self.range_unavailable(range, format!("the download is of the bytes from {start} to {end}"))
                );
            }
            loop {
                let there = match self.range_buffer.find(&range)? {
                    Availability::Chunks(chunks) => return Ok(chunks),
                    Availability::Taken => {
                        return Err(self.range_unavailable(range, "some of them were taken already".into()));
                    }
                    Availability::NotYet(there) => there,
                };
                // What happened, if anything did, is seen by looking again.
                let _ = there.await;
            }
        })
    }

    fn join(&self, mut chunks: Vec<Bytes>) -> Result<Bytes, Error> {
        if chunks.len() <= 1 {
            return Ok(chunks.pop().unwrap_or_default());
        }
        let size = chunks.iter().map(Bytes::len).sum();
        let mut joined = Vec::new();
        joined.try_reserve_exact(size).map_err(|_| Error::Corrupt {
            what: self.what.clone(),
            reason: format!("{size} bytes of it do not fit into memory"),
        })?;
        for chunk in chunks {
            joined.extend_from_slice(&chunk);
        }
        Ok(joined.into())
    }

    fn range_unavailable(&self, range: Range<u64>, reason: String) -> Error {
        Error::RangeUnavailable { what: self.what.clone(), range, reason }
    }
}

/// Without the bytes.
impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("what", &self.what).field("extent", &self.extent).finish_non_exhaustive()
    }
}

/// Downloads all parts, as many at once as there are connections. The first that fails ends the others, since their tasks go with the
/// set.
async fn run(
    object: request::Object,
    etag: Option<String>,
    prefetch: Option<(Prefetch, Latest)>,
    ranges: Vec<Range<u64>>,
    range_buffer: Arc<RangeBuffer>,
) {
    let options = &object.store.options;
    let (limit, at_once) = (options.download_timeout, ranges::at_once(options.connections));
    let what = object.what();
    let all = async {
        let mut waiting = part::all(object, etag, prefetch, ranges).await?.into_iter();
        let mut parts = JoinSet::new();
        for part in waiting.by_ref().take(at_once as usize) {
            parts.spawn(part.fetch(Arc::clone(&range_buffer)));
        }
        while let Some(ended) = parts.join_next().await {
            ended.unwrap_or_else(|error| Err(Error::Unavailable { what: what.clone(), source: cause(error) }))?;
            if let Some(part) = waiting.next() {
                parts.spawn(part.fetch(Arc::clone(&range_buffer)));
            }
        }
        Ok(())
    };
    let ended = retry::timeout(limit, all).await;
    if let Err(error) = ended.unwrap_or_else(|| Err(Error::timed_out(what.clone(), limit))) {
        range_buffer.fail(error);
    }
}

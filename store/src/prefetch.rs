//! `latest.prefetch`: the first bytes of the current artifact.
//!
//! Whoever starts without a model asks for them and for `latest.json` at the same time, and so waits for S3 once where it would
//! wait twice. `latest.json` alone says what is current: a prefetch of another model is not used. Publishers write it after
//! the pointer, and look at the pointer once more; where it is missing or of another model, starts are slower, and that is all.

use aws_sdk_s3::config::ResponseChecksumValidation;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use recommender::Version;
use tokio::task::JoinSet;
use tracing::{debug, warn};

use crate::error::cause;
use crate::pointer::MAX_POINTER_ATTEMPTS;
use crate::{Error, Latest, Store};

/// What a connection brings while another one waits for the first byte of its answer. So many bytes more than half of what a first answer
/// needs are in the prefetch: the other half is asked for when the pointer is there, a round trip later.
pub(crate) const ROUND_TRIP_BYTES: u64 = 2 << 20;

/// As few bytes are not worth a request of their own.
const MIN_REST_BYTES: u64 = 1 << 20;

/// Where a first answer needs more, a round trip is nothing beside it, and no prefetch is written.
const MAX_NEEDED_BYTES: u64 = 64 << 20;

/// The prefetch's metadata that says which model it is of: `x-amz-meta-version`.
const VERSION: &str = "version";

/// How many bytes of an artifact are in its prefetch, from its start. Nothing where it has none.
pub(crate) fn bytes(latest: &Latest) -> Option<u64> {
    let first_answer = latest.graphs_offset.unwrap_or(latest.size).min(latest.size);
    let graphs = latest.text_search_offset.unwrap_or(latest.size).min(latest.size);
    let worth = |end: u64, bytes: u64| end.saturating_sub(bytes) >= MIN_REST_BYTES;
    let needed = if worth(graphs, first_answer) { first_answer } else { graphs.max(first_answer) };
    if !(1..=MAX_NEEDED_BYTES).contains(&needed) {
        return None;
    }
    let prefetch = needed.min(needed / 2 + ROUND_TRIP_BYTES);
    Some(if worth(needed, prefetch) { prefetch } else { needed })
}

/// A prefetch that was asked for, whichever model it is of. Dropping it gives it up.
pub struct Prefetch {
    answer: JoinSet<Result<Answer, Error>>,
}

struct Answer {
    version: Option<Version>,
    length: Option<u64>,
    body: ByteStream,
}

impl Store {
    /// Asks for the prefetch of the current artifact, before it is known which one that is. Returns at once; for
    /// [`Store::download_with_prefetch`].
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn request_prefetch(&self) -> Prefetch {
        let store = self.clone();
        let mut answer = JoinSet::new();
        answer.spawn(async move { store.ask_prefetch().await });
        Prefetch { answer }
    }

    async fn ask_prefetch(&self) -> Result<Answer, Error> {
        let key = self.location.prefetch_key();
        // Checked with the artifact's sections. A second attempt would be the artifact's own.
        let config = aws_sdk_s3::Config::builder()
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .retry_config(RetryConfig::disabled());
        let request = self.client.get_object().bucket(self.location.bucket()).key(&key);
        let output = request.customize().config_override(config).send().await;
        let output = output.map_err(|error| Error::from_sdk(&self.location, &key, error))?;
        let version = output.metadata.as_ref().and_then(|metadata| metadata.get(VERSION)?.parse().ok());
        let length = output.content_length.and_then(|length| length.try_into().ok());
        Ok(Answer { version, length, body: output.body })
    }

    /// Writes the prefetch of a model that has become current, of which the artifact is given or fetched. Where another one is current
    /// by then, its publisher may have been first: it is written again, of that one.
    pub(crate) async fn write_prefetch(&self, latest: &Latest, artifact: Option<&Bytes>) {
        if let Err(error) = self.try_write_prefetch(latest.clone(), artifact.cloned()).await {
            warn!(%error, "the prefetch of the current model was not written: functions start slower until the next one is published");
        }
    }

    async fn try_write_prefetch(&self, mut latest: Latest, mut artifact: Option<Bytes>) -> Result<(), Error> {
        for _ in 0..MAX_POINTER_ATTEMPTS {
            let Some(length) = latest.prefetch_bytes else { return Ok(()) };
            let prefetch = match artifact.take() {
                // It is at most as long as the artifact.
                Some(artifact) => artifact.slice(..length as usize),
                None => self.download_range(&latest, 0..length).take(0..length).await?,
            };
            self.put_prefetch(latest.version, prefetch).await?;
            match self.pointer().await?.latest {
                Some(now) if now.version != latest.version => latest = now,
                _ => return Ok(()),
            }
        }
        Err(self.pointer_contended())
    }

    async fn put_prefetch(&self, version: Version, prefetch: Bytes) -> Result<(), Error> {
        let key = self.location.prefetch_key();
        let timeouts = aws_sdk_s3::Config::builder().timeout_config(self.options.upload_timeouts(prefetch.len()));
        let request = self.client.put_object().bucket(self.location.bucket()).key(&key);
        let request = request.content_type("application/octet-stream").metadata(VERSION, version.to_string());
        let sent = request.body(ByteStream::from(prefetch)).customize().config_override(timeouts).send().await;
        sent.map(drop).map_err(|error| Error::from_sdk(&self.location, &key, error))
    }
}

impl Prefetch {
    /// The body, where it is the prefetch of this model.
    pub(crate) async fn of(mut self, latest: &Latest) -> Option<ByteStream> {
        let ended = self.answer.join_next().await?;
        match ended.unwrap_or_else(|error| {
            let what = latest.key.clone();
            Err(Error::Unavailable { what, source: cause(error) })
        }) {
            Ok(answer) if answer.version == Some(latest.version) && answer.length == latest.prefetch_bytes => {
                Some(answer.body)
            }
            Ok(answer) => {
                let of = answer.version.map(|version| version.to_string());
                debug!(of, version = %latest.version, "the prefetch is of another model");
                None
            }
            // Most often there is none.
            Err(error) => {
                debug!(%error, "no prefetch");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    const MB: u64 = 1 << 20;

    /// The prefetch of an artifact of so many bytes, of which the graphs and the text index begin there.
    fn prefetch(size: u64, graphs_offset: Option<u64>, text_search_offset: Option<u64>) -> Option<u64> {
        bytes(&Latest {
            version: Version::of(b"m"),
            key: String::new(),
            size,
            etag: None,
            graphs_offset,
            text_search_offset,
            prefetch_bytes: None,
            tracks: 1,
            k: 1,
            accuracy: 1.0,
            features: Vec::new(),
            published_at: Timestamp::UNIX_EPOCH,
            previous: None,
        })
    }

    #[test]
    fn the_prefetch_is_half_of_what_a_first_answer_needs_and_what_comes_in_a_round_trip() {
        assert_eq!(prefetch(20 * MB, Some(14 * MB), Some(18 * MB)), Some(9 * MB));
        assert_eq!(prefetch(90 * MB, Some(64 * MB), Some(80 * MB)), Some(34 * MB));
        assert_eq!(prefetch(14 * MB, None, None), Some(9 * MB));
    }

    #[test]
    fn what_is_not_worth_a_request_is_in_the_prefetch() {
        assert_eq!(prefetch(9, None, None), Some(9));
        assert_eq!(prefetch(3 * MB, Some(2 * MB), Some(3 * MB - 1)), Some(3 * MB - 1), "the graphs are");
        assert_eq!(prefetch(8 * MB, Some(2 * MB), Some(4 * MB)), Some(2 * MB), "the graphs are not");
        assert_eq!(prefetch(6 * MB, None, None), Some(5 * MB), "the rest is not");
        assert_eq!(prefetch(6 * MB - 2, None, None), Some(6 * MB - 2), "the rest is");
    }

    #[test]
    fn where_a_round_trip_is_nothing_there_is_no_prefetch() {
        assert_eq!(prefetch(90 * MB, Some(64 * MB + 1), Some(80 * MB)), None);
        assert_eq!(prefetch(65 * MB, None, None), None);
    }

    #[test]
    fn offsets_that_contradict_themselves_make_no_longer_prefetch_than_the_artifact() {
        for graphs in [None, Some(0), Some(5), Some(99), Some(u64::MAX)] {
            for text_search in [None, Some(0), Some(5), Some(99), Some(u64::MAX)] {
                let prefetch = prefetch(10, graphs, text_search);
                assert!(
                    prefetch.is_none_or(|prefetch| (1..=10).contains(&prefetch)),
                    "{graphs:?} {text_search:?} {prefetch:?}"
                );
            }
        }
    }
}

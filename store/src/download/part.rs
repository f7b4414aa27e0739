//! One part of an artifact: asking for its bytes, and for those that are left when a connection breaks off.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::config::ResponseChecksumValidation;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use segue::Version;
use tokio::task::JoinSet;
use tracing::warn;

use super::arrivals::Arrivals;
use crate::error::cause;
use crate::latest::is_etag;
use crate::{Error, Store};

/// How long a part waits that got nothing at all twice in a row; twice as long each time after that.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest of these pauses.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What is downloaded.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) store: Store,
    pub(super) key: String,
    pub(super) version: Version,
    pub(super) size: u64,
}

/// Starts a task for each part. Where nobody knows the ETag, the first part's answer says it, and the others wait for
/// that.
pub(super) async fn start_all(
    object: Object,
    etag: Option<String>,
    ranges: Vec<Range<u64>>,
    arrivals: &Arc<Arrivals>,
    parts: &mut JoinSet<Result<(), Error>>,
) -> Result<(), Error> {
    let (etag, mut first_body) = match (etag, ranges.first()) {
        (Some(etag), _) => (etag, None),
        (None, Some(first)) => {
            let answer = object.ask(first, None).await?;
            (answer.etag.ok_or_else(|| object.unsupported("its answers have no ETag".into()))?, Some(answer.body))
        }
        (None, None) => return Ok(()),
    };
    let object = Arc::new(object);
    for (number, range) in ranges.into_iter().enumerate() {
        let part = Part { object: Arc::clone(&object), etag: etag.clone(), number, missing: range };
        parts.spawn(part.bring(first_body.take(), Arc::clone(arrivals)));
    }
    Ok(())
}

struct Part {
    object: Arc<Object>,
    etag: String,
    number: usize,
    missing: Range<u64>,
}

impl Part {
    /// Brings all bytes of the part, from this body first if there is one. The SDK tries a request again, but not a
    /// body: that is done here, as long as a request brings anything or there are attempts left.
    async fn bring(mut self, mut body: Option<ByteStream>, arrivals: Arc<Arrivals>) -> Result<(), Error> {
        let object = Arc::clone(&self.object);
        let most = object.store.options.max_attempts.max(1);
        let mut in_vain = 0;
        loop {
            let before = self.missing.start;
            let body = match body.take() {
                Some(body) => body,
                None => object.ask(&self.missing, Some(&self.etag)).await?.body,
            };
            match self.read(body, &arrivals).await {
                Err(error) if error.is_retryable() => {
                    in_vain = if self.missing.start > before { 0 } else { in_vain + 1 };
                    if in_vain >= most {
                        return Err(error);
                    }
                    warn!(%error, part = self.number, missing = ?self.missing, "the download broke off");
                }
                result => return result,
            }
            tokio::time::sleep(pause(in_vain)).await;
        }
    }

    async fn read(&mut self, mut body: ByteStream, arrivals: &Arrivals) -> Result<(), Error> {
        let unavailable = |source| Error::Unavailable { what: self.object.what(), source };
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| unavailable(cause(error)))?;
            let length = chunk.len() as u64;
            if !arrivals.add(self.number, chunk) {
                let reason = format!("expected the bytes {}, got more", of(&self.missing));
                return Err(self.object.corrupt(reason));
            }
            self.missing.start += length;
        }
        if self.missing.is_empty() {
            return Ok(());
        }
        Err(unavailable(cause(format!("the body ended before the bytes {}", of(&self.missing)))))
    }
}

fn pause(in_vain: u32) -> Duration {
    match in_vain {
        0 | 1 => Duration::ZERO,
        _ => FIRST_PAUSE.saturating_mul(1 << (in_vain - 2).min(16)).min(LONGEST_PAUSE),
    }
}

/// What the server has of a range.
struct Answer {
    body: ByteStream,
    etag: Option<String>,
}

impl Object {
    pub(super) fn what(&self) -> String {
        self.store.location.url(&self.key)
    }

    fn corrupt(&self, reason: String) -> Error {
        Error::Corrupt { what: self.what(), reason }
    }

    fn unsupported(&self, reason: String) -> Error {
        Error::Unsupported { what: self.what(), reason }
    }

    /// Asks for a range, which is not empty, of the object that has this ETag.
    async fn ask(&self, range: &Range<u64>, etag: Option<&str>) -> Result<Answer, Error> {
        // A checksum of the whole object, as some servers send one, would be compared with a part of it.
        let config =
            aws_sdk_s3::Config::builder().response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        let request = self.store.client.get_object().bucket(self.store.location.bucket()).key(&self.key);
        let request = request.range(format!("bytes={}", of(range))).set_if_match(etag.map(str::to_owned));
        match request.customize().config_override(config).send().await {
            Ok(output) => self.check(output, range, etag),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => {
                Err(Error::UnknownVersion { location: self.store.location.clone(), version: self.version })
            }
            Err(error) => Err(match error.raw_response().map(|raw| raw.status().as_u16()) {
                Some(412) => self.replaced(etag, None),
                Some(416) => self.corrupt(format!("latest.json says {} bytes, the object has fewer", self.size)),
                _ => Error::from_sdk(&self.store.location, &self.key, error),
            }),
        }
    }

    /// Whether an answer is what was asked for. Nothing of its body was read.
    fn check(&self, output: GetObjectOutput, range: &Range<u64>, etag: Option<&str>) -> Result<Answer, Error> {
        let answered = output.e_tag.filter(|etag| is_etag(etag));
        if let (Some(expected), Some(got)) = (etag, &answered)
            && expected != got
        {
            return Err(self.replaced(etag, Some(got)));
        }
        let whole = *range == (0..self.size);
        let size = match &output.content_range {
            Some(text) => match parse_content_range(text) {
                Some((got, size)) if got == *range || size != self.size => Some(size),
                _ => {
                    let reason = format!("it answered a request for the bytes {} with {text:?}", of(range));
                    return Err(self.unsupported(reason));
                }
            },
            None if whole => output.content_length.and_then(|length| length.try_into().ok()),
            None => {
                let reason = format!("it answered a request for the bytes {} with the whole object", of(range));
                return Err(self.unsupported(reason));
            }
        };
        if size != Some(self.size) {
            let size = size.map_or_else(|| "an unknown number".to_owned(), |size| size.to_string());
            return Err(self.corrupt(format!("latest.json says {} bytes, the object has {size}", self.size)));
        }
        Ok(Answer { body: output.body, etag: answered })
    }

    fn replaced(&self, expected: Option<&str>, got: Option<&str>) -> Error {
        let expected = expected.unwrap_or("none");
        let got = got.unwrap_or("another");
        self.corrupt(format!("expected the ETag {expected}, got {got}: it was replaced, or is a copy"))
    }
}

/// As HTTP writes a range that is not empty: the last byte is part of it.
fn of(range: &Range<u64>) -> String {
    format!("{}-{}", range.start, range.end.saturating_sub(1))
}

/// `bytes 0-4/10`: the range, and the size of the whole.
fn parse_content_range(text: &str) -> Option<(Range<u64>, u64)> {
    let number =
        |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u64>().ok()).flatten();
    let (range, size) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    Some((number(first)?..number(last)?.checked_add(1)?, number(size)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object() -> Object {
        let config = aws_sdk_s3::Config::builder().behavior_version(aws_sdk_s3::config::BehaviorVersion::latest());
        let client = aws_sdk_s3::Client::from_conf(config.build());
        let store = Store::with_client(client, "s3://abc/segue".parse().unwrap());
        Object { store, key: "x".into(), version: Version::of(b""), size: 10 }
    }

    /// What is thought of an answer to a request for 2..5 of 10 bytes.
    fn check(content_range: &str, etag: Option<&str>) -> Result<Option<String>, Error> {
        let output = GetObjectOutput::builder().content_range(content_range).set_e_tag(etag.map(str::to_owned));
        object().check(output.build(), &(2..5), Some("\"a\"")).map(|answer| answer.etag)
    }

    #[test]
    fn an_answer_is_taken_that_has_the_range_of_the_object() {
        assert_eq!(check("bytes 2-4/10", Some("\"a\"")).unwrap().unwrap(), "\"a\"");
        assert_eq!(check("bytes 2-4/10", None).unwrap(), None, "the server was asked to compare it");
    }

    #[test]
    fn an_answer_of_another_object_is_corrupt() {
        for (content_range, etag) in [("bytes 2-4/10", "\"b\""), ("bytes 2-4/11", "\"a\""), ("bytes 2-3/4", "\"a\"")] {
            let error = check(content_range, Some(etag)).unwrap_err();
            assert!(matches!(error, Error::Corrupt { .. }), "{content_range} {error:?}");
        }
    }

    #[test]
    fn an_answer_with_another_range_is_no_s3() {
        for text in ["bytes 2-5/10", "bytes 0-9/10", "bytes 3-4/10", "bytes 2-4/*", "bytes */10", "", "lines 2-4/10"] {
            let error = check(text, None).unwrap_err();
            assert!(matches!(error, Error::Unsupported { .. }), "{text} {error:?}");
        }
    }

    #[test]
    fn the_whole_object_is_taken_where_it_was_asked_for() {
        let answer = |range: Range<u64>, length| {
            object().check(GetObjectOutput::builder().set_content_length(length).build(), &range, None)
        };
        assert!(answer(0..10, Some(10)).is_ok());
        assert!(matches!(answer(0..5, Some(10)), Err(Error::Unsupported { .. })));
        for length in [None, Some(-1), Some(9), Some(11)] {
            assert!(matches!(answer(0..10, length), Err(Error::Corrupt { .. })), "{length:?}");
        }
    }

    #[test]
    fn content_ranges_are_read_as_rfc_9110_writes_them() {
        assert_eq!(parse_content_range("bytes 0-0/1"), Some((0..1, 1)));
        assert_eq!(parse_content_range("bytes 5-9/10"), Some((5..10, 10)));
        for bad in ["bytes 5-9", "bytes -9/10", "bytes +5-9/10", "bytes 5-18446744073709551615/10", "bytes=5-9/10"] {
            assert_eq!(parse_content_range(bad), None, "{bad}");
        }
    }

    #[test]
    fn pauses_grow_and_end_somewhere() {
        assert_eq!((pause(0), pause(1), pause(2)), (Duration::ZERO, Duration::ZERO, FIRST_PAUSE));
        assert_eq!((pause(3), pause(u32::MAX)), (2 * FIRST_PAUSE, LONGEST_PAUSE));
    }
}

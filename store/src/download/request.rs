//! Asking for a range of an artifact, and judging the answer.

use std::ops::Range;

use aws_sdk_s3::config::ResponseChecksumValidation;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use recommender::Version;

use crate::latest::is_etag;
use crate::{Error, Store};

/// What is downloaded.
pub(super) struct Object {
    pub(super) store: Store,
    pub(super) key: String,
    pub(super) version: Version,
    pub(super) size: u64,
}

/// What the server has of a range.
pub(super) struct Answer {
    pub(super) body: ByteStream,
    /// Nothing where the server says none that a request could be made to depend on.
    pub(super) etag: Option<String>,
}

impl Object {
    pub(super) fn what(&self) -> String {
        self.store.location.url(&self.key)
    }

    pub(super) fn corrupt(&self, reason: String) -> Error {
        Error::Corrupt { what: self.what(), reason }
    }

    pub(super) fn unsupported(&self, reason: String) -> Error {
        Error::Unsupported { what: self.what(), reason }
    }

    /// Asks for a range, which is not empty, of the object that has this ETag.
    pub(super) async fn ask(&self, range: &Range<u64>, etag: Option<&str>) -> Result<Answer, Error> {
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
pub(super) fn of(range: &Range<u64>) -> String {
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
impl Object {
    /// One of 10 bytes, which no server has.
    pub(super) fn example() -> Self {
        let config = aws_sdk_s3::Config::builder().behavior_version(aws_sdk_s3::config::BehaviorVersion::latest());
        let client = aws_sdk_s3::Client::from_conf(config.build());
        let store = Store::with_client(client, "s3://abc/segue".parse().unwrap());
        Self { store, key: "x".into(), version: Version::of(b""), size: 10 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is thought of an answer to a request for 2..5 of 10 bytes.
    fn check(content_range: &str, etag: Option<&str>) -> Result<Option<String>, Error> {
        let output = GetObjectOutput::builder().content_range(content_range).set_e_tag(etag.map(str::to_owned));
        Object::example().check(output.build(), &(2..5), Some("\"a\"")).map(|answer| answer.etag)
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
            Object::example().check(GetObjectOutput::builder().set_content_length(length).build(), &range, None)
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
}

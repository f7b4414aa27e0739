//! Single objects: read a small one, write one on a condition.

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_checksums::body::validate;
use bytes::Bytes;
use tracing::warn;

use crate::error::cause;
use crate::latest::is_etag;
use crate::retry::{self, Attempts};
use crate::{Error, MAX_LATEST_BYTES, Store};

/// An object that should be small.
pub(crate) enum SmallObject {
    Found {
        bytes: Vec<u8>,
        etag: Option<String>,
    },
    /// What is there cannot be read: it is too large, or its bytes are not those of its checksum.
    Unreadable {
        reason: String,
        etag: Option<String>,
    },
    NotModified,
    Missing,
}

/// What came of asking for a small object.
enum Answer {
    /// Its body is to be read.
    Body(Box<GetObjectOutput>),
    /// There is no body.
    None(SmallObject),
}

/// What a write depends on.
#[derive(Clone, Copy)]
pub(crate) enum Condition<'a> {
    Absent,
    Unchanged(&'a str),
}

impl Condition<'_> {
    /// What a server must do for such a write.
    fn function(self) -> &'static str {
        match self {
            Self::Absent => "conditional writes (PutObject with If-None-Match)",
            Self::Unchanged(_) => "conditional writes (PutObject with If-Match)",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Put {
    Written {
        /// Nothing where the server says none that a request could be made to depend on.
        etag: Option<String>,
    },
    /// The condition did not hold.
    Declined,
}

/// What is known of an object without reading it.
pub(crate) struct ObjectMeta {
    /// In bytes.
    pub(crate) size: u64,
    /// Nothing where the server says none that a request could be made to depend on.
    pub(crate) etag: Option<String>,
}

impl Store {
    /// Reads an object of at most [`MAX_LATEST_BYTES`].
    pub(crate) async fn get_small(&self, key: &str, known_etag: Option<&str>) -> Result<SmallObject, Error> {
        let limit = self.options.operation_timeout;
        let timed_out = || Error::timed_out(self.location.url(key), limit);
        let all = async {
            let mut attempts = Attempts::new(&self.options);
            let mut damaged = false;
            loop {
                let output = match attempts.request(|| Box::pin(self.ask_small(key, known_etag))).await? {
                    Answer::Body(output) => output,
                    Answer::None(object) => return Ok(object),
                };
                match self.read_small(key, *output).await {
                    // Damaged where it lies, or on its way: only another look can tell.
                    Ok(SmallObject::Unreadable { reason, .. }) if !damaged => {
                        warn!(
                            what = self.location.url(key),
                            reason, "an object cannot be read, and is asked for again"
                        );
                        damaged = true;
                    }
                    // Each attempt reads it from its beginning.
                    Err(error) => attempts.broke_off(error, false).await?,
                    read => return read,
                }
            }
        };
        retry::timeout(limit, all).await.unwrap_or_else(|| Err(timed_out()))
    }

    async fn ask_small(&self, key: &str, known_etag: Option<&str>) -> Result<Answer, Error> {
        let request = self.client.get_object().bucket(self.location.bucket()).key(key);
        match request.set_if_none_match(known_etag.map(str::to_owned)).send().await {
            Ok(output) => Ok(Answer::Body(Box::new(output))),
            Err(error) if error.raw_response().is_some_and(|raw| raw.status().as_u16() == 304) => {
                Ok(Answer::None(SmallObject::NotModified))
            }
            Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => {
                Ok(Answer::None(SmallObject::Missing))
            }
            // Wrong credentials have codes of their own.
            Err(error) if error.code() == Some("AccessDenied") => {
                Err(Error::MissingOrDenied { what: self.location.url(key) })
            }
            Err(error) => Err(Error::from_sdk(&self.location, key, error)),
        }
    }

    async fn read_small(&self, key: &str, output: GetObjectOutput) -> Result<SmallObject, Error> {
        let what = || self.location.url(key);
        let mut bytes = Vec::new();
        let mut body = output.body;
        while let Some(chunk) = body.next().await {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                Err(error) if is_checksum_mismatch(&error) => {
                    let reason = format!("its bytes are not those that were written: {}", root_cause(&error));
                    return Ok(SmallObject::Unreadable { reason, etag: output.e_tag });
                }
                Err(error) => return Err(Error::Unavailable { what: what(), source: cause(error) }),
            };
            if bytes.len() + chunk.len() > MAX_LATEST_BYTES {
                let reason = format!("expected at most {MAX_LATEST_BYTES} bytes, got more");
                return Ok(SmallObject::Unreadable { reason, etag: output.e_tag });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(SmallObject::Found { bytes, etag: output.e_tag })
    }

    /// Writes an object if the condition holds.
    pub(crate) async fn put(
        &self,
        key: &str,
        bytes: Bytes,
        content_type: &str,
        condition: Condition<'_>,
    ) -> Result<Put, Error> {
        let timeouts = aws_sdk_s3::Config::builder().timeout_config(self.options.upload_timeouts(bytes.len()));
        let request = self.client.put_object().bucket(self.location.bucket()).key(key).content_type(content_type);
        let request = match condition {
            Condition::Absent => request.if_none_match("*"),
            Condition::Unchanged(etag) => request.if_match(etag),
        };
        let sent = request.body(ByteStream::from(bytes)).customize().config_override(timeouts).send().await;
        match sent {
            Ok(output) => Ok(Put::Written { etag: output.e_tag.filter(|etag| is_etag(etag)) }),
            // 404 NoSuchKey: there is nothing any more that could match. 409: a write of the same key was under way.
            Err(error) => match (error.raw_response().map(|raw| raw.status().as_u16()), error.code()) {
                (Some(412 | 409), _) | (_, Some("NoSuchKey")) => Ok(Put::Declined),
                _ => Err(Error::from_sdk(&self.location, key, error).for_function(condition.function())),
            },
        }
    }

    /// Deletes an object, if there is one.
    pub(crate) async fn delete(&self, key: &str) -> Result<(), Error> {
        match self.client.delete_object().bucket(self.location.bucket()).key(key).send().await {
            Ok(_) => Ok(()),
            // S3 says nothing of it; other servers do.
            Err(error) if error.code() == Some("NoSuchKey") => Ok(()),
            Err(error) => Err(Error::from_sdk(&self.location, key, error)),
        }
    }

    /// What is stored, without its bytes; nothing where there is no such object.
    pub(crate) async fn head(&self, key: &str) -> Result<Option<ObjectMeta>, Error> {
        match self.client.head_object().bucket(self.location.bucket()).key(key).send().await {
            Ok(output) => Ok(Some(ObjectMeta {
                size: output.content_length.unwrap_or(0).try_into().unwrap_or(0),
                etag: output.e_tag.filter(|etag| is_etag(etag)),
            })),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_not_found()) => Ok(None),
            Err(error) => Err(Error::from_sdk(&self.location, key, error)),
        }
    }
}

/// Whether a body was read whole, and is not of the checksum that came with it.
fn is_checksum_mismatch(error: &(dyn std::error::Error + 'static)) -> bool {
    chain(error).any(|error| error.is::<validate::Error>())
}

fn chain<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

/// The last of the causes: the first ones only say that streaming failed.
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

//! Single objects: read a small one, write one on a condition.

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use crate::error::cause;
use crate::latest::is_etag;
use crate::retry::{self, Attempts};
use crate::{Error, MAX_LATEST_BYTES, Store};

/// An object that should be small.
pub(crate) enum SmallObject {
    Found { bytes: Vec<u8>, etag: Option<String> },
    TooLarge { etag: Option<String> },
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
            loop {
                let output = match attempts.request(|| Box::pin(self.ask_small(key, known_etag))).await? {
                    Answer::Body(output) => output,
                    Answer::None(object) => return Ok(object),
                };
                match self.read_small(key, *output).await {
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
            Err(error) => Err(Error::from_sdk(&self.location, key, error)),
        }
    }

    async fn read_small(&self, key: &str, output: GetObjectOutput) -> Result<SmallObject, Error> {
        let what = || self.location.url(key);
        let mut bytes = Vec::new();
        let mut body = output.body;
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| Error::Unavailable { what: what(), source: cause(error) })?;
            if bytes.len() + chunk.len() > MAX_LATEST_BYTES {
                return Ok(SmallObject::TooLarge { etag: output.e_tag });
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
                _ => Err(Error::from_sdk(&self.location, key, error)),
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

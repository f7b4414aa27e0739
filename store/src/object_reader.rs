//! Any one object of a bucket, read from its beginning to its end.

use std::{fmt, str::FromStr};

use aws_sdk_s3::{Client, config::ResponseChecksumValidation, primitives::ByteStream};
use bytes::Bytes;

use crate::{
    BoxFuture, Error, Location, StoreOptions, connect,
    error::cause,
    latest::is_etag,
    location::{ParseError, ParseErrorKind},
    retry::Attempts,
};

/// One object, written `s3://bucket/key`.
///
/// ```
/// let object: store::ObjectAddress = "s3://my-bucket/tables/tracks.csv.gz".parse()?;
/// assert_eq!(object.key(), "tables/tracks.csv.gz");
/// assert!("s3://my-bucket/tables/".parse::<store::ObjectAddress>().is_err());
/// # Ok::<(), store::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectAddress {
    bucket: Location,
    key: String,
}

impl ObjectAddress {
    /// The key in the bucket.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for ObjectAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.bucket.url(&self.key))
    }
}

impl FromStr for ObjectAddress {
    type Err = Error;

    fn from_str(given: &str) -> Result<Self, Error> {
        let bad = |kind| Error::from(ParseError::new(given, kind));
        let rest = given.strip_prefix("s3://").ok_or_else(|| bad(ParseErrorKind::Scheme))?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if key.is_empty() || key.ends_with('/') {
            return Err(bad(ParseErrorKind::NoObject));
        }
        // Keys are what their owners made them: only the bucket's name is checked.
        Ok(Self { bucket: format!("s3://{bucket}").parse()?, key: key.to_owned() })
    }
}

/// An object being read, in pieces: no more of it is in memory than the last one.
#[derive(Debug)]
pub struct ObjectReader {
    client: Client,
    object: ObjectAddress,
    body: ByteStream,
    /// Of the object whose beginning was read: what follows must be of the same.
    etag: Option<String>,
    size: Option<u64>,
    read: u64,
    /// How much had been read when this body began.
    body_start: u64,
    attempts: Attempts,
}

impl ObjectReader {
    /// Connects with the standard AWS settings, as [`Store::connect`](crate::Store::connect) does, and asks for the object.
    ///
    /// # Errors
    /// Where there are no settings, or no such object that may be read.
    pub fn open(object: ObjectAddress) -> BoxFuture<'static, Result<Self, Error>> {
        Box::pin(async move {
            let client = connect::client_from_environment().await?;
            let request = client.get_object().bucket(object.bucket.bucket()).key(&object.key);
            let answer = request.send().await.map_err(|error| Error::from_sdk(&object.bucket, &object.key, error))?;
            Ok(Self {
                size: answer.content_length.and_then(|size| u64::try_from(size).ok()),
                etag: answer.e_tag.filter(|etag| is_etag(etag)),
                body: answer.body,
                client,
                object,
                read: 0,
                body_start: 0,
                attempts: Attempts::new(&StoreOptions::default()),
            })
        })
    }

    /// Its size in bytes, where the server says it.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// The next piece, nothing at the end. Where the connection breaks off it goes on from there, as long as the object
    /// is the same: its ETag and its size are compared.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the object does not come to its end, [`Error::Corrupt`] where it was replaced meanwhile.
    pub fn next_chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, Error>> {
        Box::pin(async move {
            loop {
                let broken = match self.body.next().await {
                    Some(Ok(piece)) => {
                        self.read += piece.len() as u64;
                        return Ok(Some(piece));
                    }
                    None if self.size.is_none_or(|size| self.read == size) => return Ok(None),
                    None => cause(format!("the body ended after {} bytes", self.read)),
                    Some(Err(error)) => cause(error),
                };
                let error = Error::Unavailable { what: self.object.to_string(), source: broken };
                let Some(size) = self.size.filter(|size| self.read < *size) else { return Err(error) };
                self.attempts.broke_off(error, self.read > self.body_start).await?;
                self.body = self.attempts.request(|| Box::pin(self.ask_from(self.read, size))).await?;
                self.body_start = self.read;
            }
        })
    }

    /// Asks for the bytes from `start` to the end at `size`.
    async fn ask_from(&self, start: u64, size: u64) -> Result<ByteStream, Error> {
        // A checksum of the whole object, as some servers send one, would be compared with a part of it.
        let config =
            aws_sdk_s3::Config::builder().response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        let request = self.client.get_object().bucket(self.object.bucket.bucket()).key(&self.object.key);
        let request = request.range(format!("bytes={start}-")).set_if_match(self.etag.clone());
        let replaced = |reason: String| Error::Corrupt { what: self.object.to_string(), reason };
        let answer = match request.customize().config_override(config).send().await {
            Ok(answer) => answer,
            Err(error) if matches!(error.raw_response().map(|raw| raw.status().as_u16()), Some(412 | 416)) => {
                return Err(replaced("it was replaced while it was read: read it again".into()));
            }
            Err(error) => return Err(Error::from_sdk(&self.object.bucket, &self.object.key, error)),
        };
        let expected = format!("bytes {start}-{}/{size}", size - 1);
        match answer.content_range.as_deref() {
            Some(got) if got == expected => Ok(answer.body),
            got => Err(replaced(format!("a request for its rest was answered with {got:?}, expected {expected:?}"))),
        }
    }
}

//! Any one object of a bucket, read from its beginning to its end.

use std::{fmt, str::FromStr};

use aws_sdk_s3::{Client, operation::get_object::GetObjectOutput};
use bytes::Bytes;
use tracing::warn;

use crate::{
    BoxFuture, Error, Location, StoreOptions, connect,
    error::{Cause, cause},
    location::{ParseError, ParseErrorKind},
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
    answer: GetObjectOutput,
    size: Option<u64>,
    read: u64,
    most_attempts: u32,
    /// Since the last piece came.
    attempts: u32,
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
            let size = answer.content_length.and_then(|size| u64::try_from(size).ok());
            Ok(Self {
                client,
                object,
                answer,
                size,
                read: 0,
                most_attempts: StoreOptions::default().max_attempts.max(1),
                attempts: 1,
            })
        })
    }

    /// Its size in bytes, where the server says it.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// The next piece, nothing at the end. Where the connection breaks off it goes on from there, as long as the object
    /// is the same.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the object does not come to its end.
    pub fn next_chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, Error>> {
        Box::pin(async move {
            loop {
                let broken: Cause = match self.answer.body.next().await {
                    Some(Ok(piece)) => {
                        self.read += piece.len() as u64;
                        self.attempts = 1;
                        return Ok(Some(piece));
                    }
                    None if self.size.is_none_or(|size| self.read == size) => return Ok(None),
                    None => cause(format!("the body ended after {} bytes", self.read)),
                    Some(Err(error)) => cause(error),
                };
                if self.attempts >= self.most_attempts || self.size.is_none_or(|size| self.read >= size) {
                    return Err(Error::Unavailable { what: self.object.to_string(), source: broken });
                }
                warn!(error = %broken, read = self.read, "the download broke off");
                self.attempts += 1;
                self.resume().await?;
            }
        })
    }

    async fn resume(&mut self) -> Result<(), Error> {
        let request = self.client.get_object().bucket(self.object.bucket.bucket()).key(&self.object.key);
        let request = request.range(format!("bytes={}-", self.read)).set_if_match(self.answer.e_tag.clone());
        let answer = request.send().await;
        self.answer = answer.map_err(|error| Error::from_sdk(&self.object.bucket, &self.object.key, error))?;
        Ok(())
    }
}

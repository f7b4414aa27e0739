//! Fetching an artifact into one piece of memory.

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use bytes::Bytes;
use tracing::warn;

use crate::{Error, Latest, Store};

impl Store {
    /// Fetches the artifact of `latest`, whole and in one buffer, within
    /// [`StoreOptions::download_timeout`](crate::StoreOptions::download_timeout). A connection that breaks off is tried
    /// again.
    ///
    /// The size is checked before anything is read, and the bytes against S3's own checksum where the server keeps
    /// one. The SHA-256 is not computed, for the sake of the cold start: the artifact has checksums of its own, and
    /// `Version::of(&bytes) == latest.version` asks for the rest.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where the object is not what `latest` says, [`Error::UnknownVersion`] where there is none.
    pub async fn fetch(&self, latest: &Latest) -> Result<Bytes, Error> {
        let limit = self.options.download_timeout;
        let what = || self.location.url(&self.location.model_key(latest.version));
        tokio::time::timeout(limit, self.fetch_patiently(latest))
            .await
            .unwrap_or_else(|_| Err(Error::timed_out(what(), limit)))
    }

    /// The SDK tries a request again, but not a body.
    async fn fetch_patiently(&self, latest: &Latest) -> Result<Bytes, Error> {
        // Not `latest.key`: the version says it, and nobody has to check it.
        let key = self.location.model_key(latest.version);
        let mut attempt = 1;
        loop {
            let output = self.open(latest, &key).await?;
            match read_body(output, latest.size, || self.location.url(&key)).await {
                Err(error) if error.is_retryable() && attempt < self.options.max_attempts => {
                    warn!(%error, attempt, "the download broke off");
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    async fn open(&self, latest: &Latest, key: &str) -> Result<GetObjectOutput, Error> {
        match self.client.get_object().bucket(self.location.bucket()).key(key).send().await {
            Ok(output) => Ok(output),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => {
                Err(Error::UnknownVersion { location: self.location.clone(), version: latest.version })
            }
            Err(error) => Err(Error::from_sdk(&self.location, key, error)),
        }
    }
}

/// Reads exactly `size` bytes. The buffer is allocated only once the server has confirmed the size.
async fn read_body(output: GetObjectOutput, size: u64, what: impl Fn() -> String) -> Result<Bytes, Error> {
    let corrupt = |reason| Error::Corrupt { what: what(), reason };
    let stored = output.content_length.and_then(|length| u64::try_from(length).ok());
    if stored != Some(size) {
        let stored = stored.map_or_else(|| "a body of unknown length".to_owned(), |stored| format!("{stored}"));
        return Err(corrupt(format!("latest.json says {size} bytes, the object has {stored}")));
    }

    let mut bytes = Vec::new();
    let too_large = |_| corrupt(format!("its {size} bytes do not fit into memory"));
    bytes.try_reserve_exact(usize::try_from(size).unwrap_or(usize::MAX)).map_err(too_large)?;
    let mut body = output.body;
    while let Some(chunk) = body.next().await {
        match chunk {
            Ok(chunk) if (bytes.len() + chunk.len()) as u64 > size => {
                return Err(corrupt(format!("expected {size} bytes, got more")));
            }
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            // The checksum is compared once everything has come; what fails earlier is the connection.
            Err(error) if bytes.len() as u64 == size => return Err(corrupt(error_chain(&error))),
            Err(error) => return Err(Error::Unavailable { what: what(), source: Box::new(error) }),
        }
    }
    if bytes.len() as u64 != size {
        let source = format!("the body ended after {} of {size} bytes", bytes.len()).into();
        return Err(Error::Unavailable { what: what(), source });
    }
    Ok(bytes.into())
}

fn error_chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::primitives::ByteStream;

    use super::*;

    fn output(content: &'static [u8], length: Option<i64>) -> GetObjectOutput {
        GetObjectOutput::builder().body(ByteStream::from_static(content)).set_content_length(length).build()
    }

    async fn read(content: &'static [u8], length: Option<i64>, size: u64) -> Result<Bytes, Error> {
        read_body(output(content, length), size, || "s3://abc/x".into()).await
    }

    #[tokio::test]
    async fn a_body_of_the_right_size_is_read() {
        assert_eq!(read(b"12345", Some(5), 5).await.unwrap(), "12345");
    }

    #[tokio::test]
    async fn another_size_is_refused_before_anything_is_allocated() {
        for length in [None, Some(-1), Some(4), Some(6)] {
            assert!(matches!(read(b"12345", length, 5).await, Err(Error::Corrupt { .. })), "{length:?}");
        }
        let huge = read(b"12345", Some(5), u64::MAX).await;
        assert!(matches!(huge, Err(Error::Corrupt { .. })));
        let nothing_fits = read(b"12345", Some(i64::MAX), i64::MAX as u64).await;
        assert!(matches!(nothing_fits, Err(Error::Corrupt { .. })));
    }

    #[tokio::test]
    async fn a_body_that_is_longer_than_announced_is_corrupt_and_a_shorter_one_broke_off() {
        assert!(matches!(read(b"123456", Some(5), 5).await, Err(Error::Corrupt { .. })));
        assert!(read(b"1234", Some(5), 5).await.unwrap_err().is_retryable());
    }
}

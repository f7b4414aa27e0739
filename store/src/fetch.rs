//! Fetching an artifact into one piece of memory.

use bytes::Bytes;
use tokio::task::spawn_blocking;

use crate::error::cause;
use crate::{BoxFuture, Error, Latest, Store, Version};

impl Store {
    /// Fetches the artifact of `latest`, whole and in one buffer, and computes its version. For parts of it as they
    /// come, with less memory and without that check, see [`Store::download`].
    ///
    /// # Errors
    /// [`Error::Corrupt`] where the object is not what `latest` says, [`Error::UnknownVersion`] where there is none.
    pub fn fetch<'a>(&'a self, latest: &'a Latest) -> BoxFuture<'a, Result<Bytes, Error>> {
        Box::pin(async move {
            let what = || self.location.url(&self.location.model_key(latest.version));
            let bytes = self.download(latest).take(0..latest.size).await?;
            // Some 10 ms for each 16 MB, which other tasks need not wait for.
            let hashed = spawn_blocking(move || (Version::of(&bytes), bytes)).await;
            let (version, bytes) = hashed.map_err(|error| Error::Unavailable { what: what(), source: cause(error) })?;
            if version != latest.version {
                return Err(Error::Corrupt { what: what(), reason: format!("its bytes are those of {version}") });
            }
            Ok(bytes)
        })
    }
}

//! What the end-to-end tests share.

pub mod binaries;
pub mod catalog;
pub mod faults;
pub mod log;
pub mod runtime;
pub mod test_data;
pub mod test_env;
pub mod wait;

use std::{io, path::Path};

use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use local::s3::EmbeddedS3;
use store::Store;
use tempfile::TempDir;

/// A store on an embedded S3 server of its own, `s3://music/segue`.
pub struct TestStore {
    /// The server, with the bucket `music`.
    pub s3: EmbeddedS3,
    /// The store.
    pub store: Store,
    _folder: TempDir,
}

impl TestStore {
    /// Starts the server.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("music")).expect("a bucket");
        Self::over(folder).await
    }

    /// A store on another server, with the same objects of the same age.
    ///
    /// # Panics
    /// Where they cannot be copied, or the server does not start.
    pub async fn copy(&self) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(self.s3.root(), folder.path()).expect("copies");
        Self::over(folder).await
    }

    async fn over(folder: TempDir) -> Self {
        let s3 = EmbeddedS3::start(folder.path()).await.expect("an embedded S3 server");
        let store = Store::with_client(s3.client(), "s3://music/segue".parse().expect("a location"));
        Self { s3, store, _folder: folder }
    }

    /// Writes an object of the bucket past the store, as somebody else might.
    ///
    /// # Panics
    /// Where it is not written.
    pub async fn put(&self, key: &str, content: impl Into<Bytes>) {
        let request = self.s3.client().put_object().bucket("music").key(key);
        request.body(ByteStream::from(content.into())).send().await.expect("an object");
    }
}

/// Copies what is in a folder into another, with the times of the files.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir(&to)?;
            copy(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), &to)?;
            std::fs::File::options().write(true).open(&to)?.set_modified(entry.metadata()?.modified()?)?;
        }
    }
    Ok(())
}

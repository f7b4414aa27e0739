//! What the end-to-end tests share.

pub mod binaries;
pub mod catalog;
pub mod faults;
pub mod log;
pub mod runtime;
pub mod test_data;
pub mod wait;
pub mod world;

use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use local::s3::EmbeddedS3;
use segue_store::Store;
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
        let s3 = EmbeddedS3::start(folder.path()).await.expect("an embedded S3 server");
        s3.create_bucket("music").expect("a bucket");
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

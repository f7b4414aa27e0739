//! Who may do what, as IAM decides it.

use std::path::PathBuf;

use async_trait::async_trait;
use s3s::{
    S3Result,
    access::{S3Access, S3AccessContext},
    s3_error,
};

/// Those that may do no more than `s3:GetObject`.
pub(super) const READER_ACCESS_KEY: &str = "recommend";
pub(super) const READER_SECRET_KEY: &str = "recommend-on-loopback";

/// Lets in who signed, to what the keys may do, and only into buckets that exist: s3s-fs would make one for a write.
pub(super) struct Access {
    pub(super) root: PathBuf,
}

impl Access {
    /// Whether the reader may do this. An object that does not exist could only be told from one that may not be read by
    /// who may list the bucket.
    fn may_read(&self, operation: &str, object: Option<(&str, &str)>) -> bool {
        let exists = |(bucket, key): (&str, &str)| self.root.join(bucket).join(key).is_file();
        matches!(operation, "GetObject" | "HeadObject") && object.is_some_and(exists)
    }
}

#[async_trait]
impl S3Access for Access {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let Some(credentials) = cx.credentials() else {
            return Err(s3_error!(AccessDenied, "Signature is required"));
        };
        let (operation, path) = (cx.s3_op().name(), cx.s3_path());
        match path.get_bucket_name() {
            Some(bucket) if operation != "CreateBucket" && !self.root.join(bucket).is_dir() => {
                Err(s3_error!(NoSuchBucket, "The specified bucket does not exist"))
            }
            _ if credentials.access_key == READER_ACCESS_KEY && !self.may_read(operation, path.as_object()) => {
                Err(s3_error!(AccessDenied, "Access Denied"))
            }
            _ => Ok(()),
        }
    }
}

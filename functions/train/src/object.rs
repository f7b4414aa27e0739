//! What S3 knows of an object, without its content.

use std::collections::HashMap;

use aws_sdk_s3::{Client, config::http::HttpResponse, error::SdkError};
use trainer::error_chain::error_chain;

use crate::{error::Error, event::Uploaded};

/// What is known of an object.
#[derive(Clone, Debug)]
pub struct ObjectMeta {
    /// Its size in bytes.
    pub bytes: u64,
    /// Which content it has; without quotes, as events say it.
    pub etag: Option<String>,
    /// What its owner wrote beside it.
    pub metadata: HashMap<String, String>,
}

/// Asks S3.
///
/// # Errors
///
/// [`Error::Head`].
pub async fn object_meta(client: &Client, uploaded: &Uploaded) -> Result<ObjectMeta, Error> {
    let asked = client.head_object().bucket(&uploaded.bucket).key(&uploaded.key).send().await;
    let found = asked.map_err(|error| Error::Head {
        bucket: uploaded.bucket.clone(),
        key: uploaded.key.clone(),
        reason: error_chain(&error),
        transient: is_transient(&error),
    })?;
    Ok(ObjectMeta {
        bytes: found.content_length.and_then(|bytes| bytes.try_into().ok()).unwrap_or(0),
        etag: found.e_tag.map(|etag| etag.trim_matches('"').to_owned()),
        metadata: found.metadata.unwrap_or_default(),
    })
}

/// No answer, or one that says to try later.
fn is_transient<E>(error: &SdkError<E, HttpResponse>) -> bool {
    match error.raw_response().map(|response| response.status().as_u16()) {
        Some(status) => matches!(status, 408 | 429 | 500 | 502..),
        None => !matches!(error, SdkError::ConstructionFailure(_)),
    }
}

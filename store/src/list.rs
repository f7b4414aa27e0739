//! Listing the models that are stored.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::{Error, Store, Version};

/// A stored model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelEntry {
    /// Its version.
    pub version: Version,
    /// The artifact's size in bytes.
    pub size: u64,
    /// When the artifact was written, by the server's clock.
    pub published_at: Timestamp,
    /// Whether `latest.json` points at it.
    pub current: bool,
}

impl Store {
    /// All stored models, the newest first. None of them is current where `latest.json` is missing or corrupt.
    pub async fn list(&self) -> Result<Vec<ModelEntry>, Error> {
        let current = self.pointer().await?.latest.map(|latest| latest.version);
        let prefix = self.location.models_prefix();
        let request = self.client.list_objects_v2().bucket(self.location.bucket()).prefix(&prefix);
        let mut pages = request.into_paginator().send();

        let mut models = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Error::from_sdk(&self.location, &prefix, error))?;
            for object in page.contents() {
                let Some(version) = object.key().and_then(|key| self.location.version_of_model_key(key)) else {
                    continue;
                };
                models.push(ModelEntry {
                    version,
                    size: object.size().and_then(|size| size.try_into().ok()).unwrap_or(0),
                    published_at: object.last_modified().map(timestamp).unwrap_or_default(),
                    current: current == Some(version),
                });
            }
        }
        models.sort_by_key(|model| (Reverse(model.published_at), model.version));
        Ok(models)
    }
}

/// Out of jiff's range there is no sensible time, and the epoch says so.
fn timestamp(time: &aws_sdk_s3::primitives::DateTime) -> Timestamp {
    i32::try_from(time.subsec_nanos())
        .ok()
        .and_then(|nanos| Timestamp::new(time.secs(), nanos).ok())
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

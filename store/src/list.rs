//! Listing the models that are stored.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio::task::JoinSet;
use tracing::warn;

use crate::location::ARTIFACT;
use crate::object::SmallObject;
use crate::{BoxFuture, Error, Latest, Store, Version};

/// How many summaries are read at once.
const MAX_CONCURRENT_REQUESTS: usize = 16;

/// A stored model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelEntry {
    /// Its version.
    pub version: Version,
    /// The artifact's size in bytes.
    pub size: u64,
    /// When it was first published: when the artifact was written, by the server's clock.
    pub published_at: Timestamp,
    /// Tracks in its catalogue. Nothing where its `summary.json` is missing or corrupt; then it cannot become current.
    pub tracks: Option<u64>,
    /// Hold-out accuracy of its classifier, 0 to 1. Nothing in the same case.
    pub accuracy: Option<f64>,
    /// Whether `latest.json` points at it.
    pub current: bool,
    /// Whether it is being deleted: it cannot become current any more.
    pub removing: bool,
}

/// What is stored of a model.
#[derive(Clone, Debug)]
pub(crate) struct ModelObjects {
    pub(crate) version: Version,
    /// Size and time of the artifact. Without it, the rest is what an interrupted publish or prune has left.
    pub(crate) artifact: Option<(u64, Timestamp)>,
    /// When the newest of its objects was written.
    pub(crate) newest: Timestamp,
}

impl Store {
    /// All stored models, the newest first. None of them is current where `latest.json` is missing or corrupt.
    ///
    /// # Errors
    /// Where S3 does not answer, or refuses.
    pub fn list(&self) -> BoxFuture<'_, Result<Vec<ModelEntry>, Error>> {
        Box::pin(async move {
            let pointer = self.pointer().await?;
            let current = pointer.latest.map(|latest| latest.version);
            let mut models = Vec::new();
            for stored in self.stored().await? {
                let Some((size, published_at)) = stored.artifact else { continue };
                models.push(ModelEntry {
                    version: stored.version,
                    size,
                    published_at,
                    tracks: None,
                    accuracy: None,
                    current: current == Some(stored.version),
                    removing: pointer.pending_deletes.removing.contains(&stored.version),
                });
            }
            for some in models.chunks_mut(MAX_CONCURRENT_REQUESTS) {
                let mut summaries = JoinSet::new();
                for (at, model) in some.iter().enumerate() {
                    let (store, version) = (self.clone(), model.version);
                    summaries.spawn(async move { (at, store.figures(version).await) });
                }
                for (at, summary) in summaries.join_all().await {
                    let summary = summary?;
                    some[at].tracks = summary.as_ref().map(|summary| summary.tracks);
                    some[at].accuracy = summary.map(|summary| summary.accuracy);
                }
            }
            Ok(models)
        })
    }

    /// What a model's `summary.json` says, if there is one that can be read.
    async fn figures(&self, version: Version) -> Result<Option<Latest>, Error> {
        let key = self.location.summary_key(version);
        let summary = match self.get_small(&key, None).await? {
            SmallObject::Missing | SmallObject::NotModified => return Ok(None),
            SmallObject::Unreadable { reason, .. } => Err(Latest::unreadable(&self.location, &key, reason)),
            SmallObject::Found { bytes, .. } => Latest::parse(&bytes, &self.location, &key),
        };
        Ok(summary.inspect_err(|error| warn!(%error, "a summary cannot be read")).ok())
    }

    /// What is stored of each model, the newest artifact first, those without one last.
    pub(crate) async fn stored(&self) -> Result<Vec<ModelObjects>, Error> {
        let mut models: BTreeMap<Version, ModelObjects> = BTreeMap::new();
        for (key, size, written) in self.objects(&self.location.models_prefix()).await? {
            // What nobody here has written is nobody's here to touch.
            let Some((version, rest)) = self.location.version_of_key(&key) else { continue };
            let model = models.entry(version).or_insert(ModelObjects { version, artifact: None, newest: written });
            model.newest = model.newest.max(written);
            if rest == ARTIFACT {
                model.artifact = Some((size, written));
            }
        }
        let mut models: Vec<ModelObjects> = models.into_values().collect();
        models.sort_by_key(|model| (Reverse(model.artifact.map(|(_, written)| written)), model.version));
        Ok(models)
    }

    /// Key, size and time of every object below a prefix.
    pub(crate) async fn objects(&self, prefix: &str) -> Result<Vec<(String, u64, Timestamp)>, Error> {
        let request = self.client.list_objects_v2().bucket(self.location.bucket()).prefix(prefix);
        let mut pages = request.into_paginator().send();
        let mut objects = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Error::from_sdk(&self.location, prefix, error))?;
            for object in page.contents() {
                let Some(key) = object.key() else { continue };
                let size = object.size().and_then(|size| size.try_into().ok()).unwrap_or(0);
                objects.push((key.to_owned(), size, object.last_modified().map(timestamp).unwrap_or_default()));
            }
        }
        Ok(objects)
    }
}

/// Out of jiff's range there is no sensible time, and the epoch says so.
fn timestamp(time: &aws_sdk_s3::primitives::DateTime) -> Timestamp {
    i32::try_from(time.subsec_nanos())
        .ok()
        .and_then(|nanos| Timestamp::new(time.secs(), nanos).ok())
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

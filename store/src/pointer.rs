//! The pointer to the current model: asking for it, and moving it.

use serde::{Deserialize, Serialize};
use tracing::warn;

use crate::error::cause;
use crate::object::{Condition, Put, SmallObject};
use crate::{BoxFuture, Error, Latest, MAX_LATEST_BYTES, Store, Version};

/// What [`Store::latest`] found.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and it is taken apart at once")]
pub enum LatestState {
    /// Still what the caller knows.
    NotModified,
    /// This.
    Found {
        /// The current model.
        latest: Latest,
        /// To be handed to the next [`Store::latest`]. Nothing where the server sends none.
        etag: Option<String>,
    },
}

/// The pointer as a publisher sees it: what it says matters less than that it has not changed since.
pub(crate) struct Pointer {
    etag: Option<String>,
    /// Nothing where there is no pointer, or one that nobody can read and that is better replaced.
    pub(crate) latest: Option<Latest>,
    pub(crate) pending_deletes: PendingDeletes,
}

/// What `latest.json` says to publishers beside the current model. Whoever moves the pointer hands it on.
///
/// A model that is marked is about to be deleted, and cannot become current. Its mark is written before anything of it
/// is deleted, and with the same conditional write that publishers use: whoever looked at the model before it was
/// marked finds that the pointer has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PendingDeletes {
    /// Models that are being deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) removing: Vec<Version>,
    /// How often models were marked. Once a mark is gone, the pointer must not be byte for byte what it was before it:
    /// its ETag would be the same.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) prunes: u64,
}

/// How often the pointer is looked at again because somebody else has written it.
pub(crate) const MAX_POINTER_ATTEMPTS: usize = 16;
/// As many models as can be marked at once: so that `latest.json` is read however long its description is.
pub(crate) const MAX_PENDING_DELETES: usize = 100;
/// How many bytes are kept for a mark in `latest.json`: it takes 72, and there is something around them all.
pub(crate) const PENDING_DELETE_BYTES: usize = 80;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl PendingDeletes {
    /// The content of `latest.json`.
    fn beside(&self, latest: &Latest) -> Vec<u8> {
        #[derive(Serialize)]
        struct Content<'a> {
            #[serde(flatten)]
            latest: &'a Latest,
            #[serde(flatten)]
            pending_deletes: &'a PendingDeletes,
        }
        // As `Latest::to_json`, which see.
        let mut json = serde_json::to_vec_pretty(&Content { latest, pending_deletes: self }).unwrap_or_default();
        json.push(b'\n');
        json
    }
}

impl Store {
    /// The current model. Hand in the ETag of the last answer, and nothing is sent again while nothing changes.
    ///
    /// # Errors
    /// [`Error::NoModel`] where nothing was published, [`Error::Corrupt`] where `latest.json` makes no sense.
    pub fn latest<'a>(&'a self, known_etag: Option<&'a str>) -> BoxFuture<'a, Result<LatestState, Error>> {
        Box::pin(async move {
            let key = self.location.latest_key();
            match self.get_small(&key, known_etag).await? {
                SmallObject::NotModified => Ok(LatestState::NotModified),
                SmallObject::Missing => Err(Error::NoModel { location: self.location.clone() }),
                SmallObject::Unreadable { reason, .. } => Err(Latest::unreadable(&self.location, &key, reason)),
                SmallObject::Found { bytes, etag } => {
                    Ok(LatestState::Found { latest: Latest::parse(&bytes, &self.location, &key)?, etag })
                }
            }
        })
    }

    pub(crate) async fn pointer(&self) -> Result<Pointer, Error> {
        let key = self.location.latest_key();
        let (etag, read) = match self.get_small(&key, None).await? {
            SmallObject::Missing | SmallObject::NotModified => {
                return Ok(Pointer { etag: None, latest: None, pending_deletes: PendingDeletes::default() });
            }
            SmallObject::Unreadable { reason, etag } => (etag, Err(Latest::unreadable(&self.location, &key, reason))),
            SmallObject::Found { bytes, etag } => {
                let latest = Latest::parse(&bytes, &self.location, &key);
                let pending_deletes = serde_json::from_slice::<PendingDeletes>(&bytes)
                    .map_err(|error| Error::Corrupt { what: self.location.url(&key), reason: error.to_string() });
                (etag, latest.and_then(|latest| Ok((latest, pending_deletes?))))
            }
        };
        let read = read.inspect_err(|error| warn!(%error, "the pointer cannot be read")).ok();
        let (latest, pending_deletes) = read.unzip();
        Ok(Pointer { etag, latest, pending_deletes: pending_deletes.unwrap_or_default() })
    }

    /// Points at `next`, if the pointer is still the one that was `seen`. Nothing where models were marked meanwhile,
    /// `next` perhaps among them, and no other has become current: the caller is to look again.
    pub(crate) async fn move_pointer(&self, seen: &Pointer, mut next: Latest) -> Result<Option<Latest>, Error> {
        let key = self.location.latest_key();
        next.previous = match &seen.latest {
            // Only the object is another.
            Some(latest) if latest.version == next.version => latest.previous,
            latest => latest.as_ref().map(|latest| latest.version),
        };
        if self.write_pointer(seen, &next, &seen.pending_deletes).await? != Put::Declined {
            return Ok(Some(next));
        }

        let now = self.pointer().await?;
        match now.latest {
            // An attempt whose answer was lost had succeeded, or another publisher has the same model.
            Some(latest) if latest.version == next.version => Ok(Some(latest)),
            _ if now.etag == seen.etag => {
                let source = cause("a write was under way at the same time");
                Err(Error::Unavailable { what: self.location.url(&key), source })
            }
            latest if latest == seen.latest && now.pending_deletes != seen.pending_deletes => Ok(None),
            latest => Err(Error::PointerMoved {
                location: self.location.clone(),
                version: next.version,
                now: latest.map(|latest| latest.version),
            }),
        }
    }

    /// Writes the pointer, if it is still the one that was `seen`.
    pub(crate) async fn write_pointer(
        &self,
        seen: &Pointer,
        next: &Latest,
        pending_deletes: &PendingDeletes,
    ) -> Result<Put, Error> {
        let key = self.location.latest_key();
        let json = pending_deletes.beside(next);
        if json.len() > MAX_LATEST_BYTES {
            let reason = format!("expected at most {MAX_LATEST_BYTES} bytes, got more");
            return Err(Latest::unreadable(&self.location, &key, reason));
        }
        let condition = seen.etag.as_deref().map_or(Condition::Absent, Condition::Unchanged);
        self.put(&key, json.into(), "application/json", condition).await
    }

    /// Fails where a model is being deleted.
    pub(crate) fn unmarked(&self, seen: &Pointer, version: Version) -> Result<(), Error> {
        if seen.pending_deletes.removing.contains(&version) {
            return Err(Error::BeingRemoved { location: self.location.clone(), version });
        }
        Ok(())
    }

    /// What is said where others write the pointer each time it was looked at.
    pub(crate) fn pointer_contended(&self) -> Error {
        let what = self.location.url(&self.location.latest_key());
        Error::Unavailable { what, source: cause("others write it all the time") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_takes_no_more_than_is_kept_for_it() {
        let pending_deletes =
            |count: usize| PendingDeletes { removing: vec![Version::of(b"m"); count], prunes: u64::MAX };
        let length = |count: usize| serde_json::to_vec_pretty(&pending_deletes(count)).unwrap().len();
        assert!(
            length(MAX_PENDING_DELETES) <= MAX_PENDING_DELETES * PENDING_DELETE_BYTES,
            "{}",
            length(MAX_PENDING_DELETES)
        );
        const { assert!(MAX_PENDING_DELETES * PENDING_DELETE_BYTES < MAX_LATEST_BYTES / 4) }
    }
}

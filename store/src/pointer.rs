//! The pointer to the current model: asking for it, and moving it.

use tracing::warn;

use crate::error::cause;
use crate::object::{Condition, Put, Small};
use crate::{Error, Latest, Store};

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
}

impl Store {
    /// The current model. Hand in the ETag of the last answer, and nothing is sent again while nothing changes.
    ///
    /// # Errors
    /// [`Error::NoModel`] where nothing was published, [`Error::Corrupt`] where `latest.json` makes no sense.
    pub async fn latest(&self, known_etag: Option<&str>) -> Result<LatestState, Error> {
        let key = self.location.latest_key();
        match self.get_small(&key, known_etag).await? {
            Small::NotModified => Ok(LatestState::NotModified),
            Small::Missing => Err(Error::NoModel { location: self.location.clone() }),
            Small::TooLarge { .. } => Err(Latest::too_large(&self.location, &key)),
            Small::Found { bytes, etag } => {
                Ok(LatestState::Found { latest: Latest::parse(&bytes, &self.location, &key)?, etag })
            }
        }
    }

    pub(crate) async fn pointer(&self) -> Result<Pointer, Error> {
        let key = self.location.latest_key();
        let (etag, latest) = match self.get_small(&key, None).await? {
            Small::Missing | Small::NotModified => return Ok(Pointer { etag: None, latest: None }),
            Small::TooLarge { etag } => (etag, Err(Latest::too_large(&self.location, &key))),
            Small::Found { bytes, etag } => (etag, Latest::parse(&bytes, &self.location, &key)),
        };
        let latest = latest.inspect_err(|error| warn!(%error, "the pointer cannot be read")).ok();
        Ok(Pointer { etag, latest })
    }

    /// Points at `next`, if the pointer is still the one that was `seen`.
    pub(crate) async fn move_pointer(&self, seen: &Pointer, mut next: Latest) -> Result<Latest, Error> {
        let key = self.location.latest_key();
        next.previous = match &seen.latest {
            // Only the object is another.
            Some(latest) if latest.version == next.version => latest.previous,
            latest => latest.as_ref().map(|latest| latest.version),
        };
        let condition = seen.etag.as_deref().map_or(Condition::Absent, Condition::Unchanged);
        if self.put(&key, next.to_json().into(), "application/json", condition).await? != Put::Declined {
            return Ok(next);
        }

        let now = self.pointer().await?;
        match now.latest {
            // An attempt whose answer was lost had succeeded, or another publisher has the same model.
            Some(latest) if latest.version == next.version => Ok(latest),
            _ if now.etag == seen.etag => {
                let source = cause("a write was under way at the same time");
                Err(Error::Unavailable { what: self.location.url(&key), source })
            }
            latest => Err(Error::PointerMoved {
                location: self.location.clone(),
                version: next.version,
                now: latest.map(|latest| latest.version),
            }),
        }
    }
}

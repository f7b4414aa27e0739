//! Going back, or forth, to a model that is stored.

use tracing::info;

use crate::object::SmallObject;
use crate::pointer::MAX_POINTER_ATTEMPTS;
use crate::prefetch;
use crate::{BoxFuture, Error, Latest, Store, Version};

impl Store {
    /// Makes a stored model current, with the figures of its `summary.json`. What was current becomes `previous`.
    /// Does nothing where the model is current already, and still the object that the pointer names.
    ///
    /// # Errors
    /// [`Error::UnknownVersion`] where it is not stored, [`Error::BeingRemoved`] where it is being deleted,
    /// [`Error::PointerMoved`] where another publisher was first.
    pub fn rollback(&self, version: Version) -> BoxFuture<'_, Result<Latest, Error>> {
        Box::pin(async move {
            for _ in 0..MAX_POINTER_ATTEMPTS {
                let seen = self.pointer().await?;
                self.unmarked(&seen, version)?;
                // After the pointer: whatever is deleted from now on was marked, and then the pointer is another.
                let model = self.summary(version).await?;
                if let Some(latest) =
                    seen.latest.as_ref().filter(|latest| latest.version == version && latest.etag == model.etag)
                {
                    return Ok(latest.clone());
                }
                if let Some(latest) = self.move_pointer(&seen, model).await? {
                    self.write_prefetch(&latest, None).await;
                    info!(%version, location = %self.location, "rolled back");
                    return Ok(latest);
                }
            }
            Err(self.pointer_contended())
        })
    }

    /// What `latest.json` is to say of a stored model, which must be there as it says.
    async fn summary(&self, version: Version) -> Result<Latest, Error> {
        let key = self.location.summary_key(version);
        let unknown = || Error::UnknownVersion { location: self.location.clone(), version };
        let mut model = match self.get_small(&key, None).await? {
            SmallObject::Missing | SmallObject::NotModified => return Err(unknown()),
            SmallObject::Unreadable { reason, .. } => return Err(Latest::unreadable(&self.location, &key, reason)),
            SmallObject::Found { bytes, .. } => Latest::parse(&bytes, &self.location, &key)?,
        };
        if model.version != version {
            let reason = format!("it is the summary of {}", model.version);
            return Err(Error::Corrupt { what: self.location.url(&key), reason });
        }
        let stored = self.head(&model.key).await?.ok_or_else(unknown)?;
        if stored.size != model.size {
            let reason = format!("its summary says {} bytes, the object has {}", model.size, stored.size);
            return Err(Error::Corrupt { what: self.location.url(&model.key), reason });
        }
        model.etag = stored.etag;
        model.prefetch_bytes = prefetch::bytes(&model);
        Ok(model)
    }
}

//! Deleting models that are not needed any more.

use jiff::{SignedDuration, Timestamp};
use tracing::info;

use crate::list::ModelObjects;
use crate::object::Put;
use crate::pointer::{MAX_PENDING_DELETES, MAX_POINTER_ATTEMPTS, PendingDeletes};
use crate::{BoxFuture, Error, Store, Version};

/// Nothing younger is deleted, unless that is asked for: somebody may be about to go back to it, or may still be
/// publishing it.
pub const MIN_AGE: SignedDuration = SignedDuration::from_hours(24);

/// Which models are to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prune {
    /// The newest ones that stay, however old they are. The current one stays beside them.
    pub keep: usize,
    /// Whether those younger than [`MIN_AGE`] go too.
    pub young: bool,
    /// Whether nothing is deleted, but only said what would be.
    pub dry_run: bool,
}

/// What a prune deleted, or would delete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Models, with their reports.
    pub models: Vec<Version>,
    /// Of these, only parts were there: what an interrupted publish or prune had left.
    pub remains: Vec<Version>,
    /// Models older than those kept that stay for now, because they are younger than [`MIN_AGE`].
    pub young: usize,
}

impl Store {
    /// Deletes all models but the newest ones and the current one, and what interrupted publishes and prunes have left.
    ///
    /// Each is first marked in `latest.json`, which takes the same conditional write that makes a model current: a
    /// publish or a roll-back that looked at it before is told to look again, and one that comes later is refused. So
    /// `latest.json` never names a model that a prune deletes. The artifact goes first and what belongs to it after:
    /// what can be seen is whole. A prune that was interrupted leaves its marks, and the next one finishes its work,
    /// whatever it is to keep.
    ///
    /// Two prunes at once delete the same; neither knows when the other is done, so that a model which is published
    /// again between the two may be deleted by the slower one: let there be one at a time.
    ///
    /// # Errors
    /// [`Error::NoModel`] and [`Error::Corrupt`] where `latest.json` does not say which model is current: then nothing
    /// is deleted.
    pub fn prune<'a>(&'a self, prune: &'a Prune) -> BoxFuture<'a, Result<Pruned, Error>> {
        Box::pin(async move {
            self.latest(None).await?;
            let seen = self.pointer().await?;
            let current = seen.latest.as_ref().map(|latest| latest.version);
            let stored = self.stored().await?;
            let now = Timestamp::now();
            let young = |written: Timestamp| !prune.young && now.duration_since(written) < MIN_AGE;

            let mut pruned = Pruned::default();
            let mut newest = 0;
            for ModelObjects { version, artifact, newest: written } in &stored {
                let marked = seen.pending_deletes.removing.contains(version);
                match artifact {
                    _ if current == Some(*version) => newest += 1,
                    Some(_) if marked => pruned.models.push(*version),
                    None if marked || !young(*written) => pruned.remains.push(*version),
                    None => {}
                    Some(_) if newest < prune.keep => newest += 1,
                    Some((_, written)) if young(*written) => pruned.young += 1,
                    Some(_) => pruned.models.push(*version),
                }
            }
            if prune.dry_run {
                return Ok(pruned);
            }
            let mut gone = Vec::new();
            let doomed: Vec<Version> = pruned.models.iter().chain(&pruned.remains).copied().collect();
            for some in doomed.chunks(MAX_PENDING_DELETES) {
                self.mark(some).await?;
                for version in some {
                    if self.remove(*version).await? {
                        gone.push(*version);
                    }
                }
                self.unmark(&gone, &stored).await?;
            }
            // Where nothing was to be deleted, marks of what is gone may be left.
            self.unmark(&gone, &stored).await?;
            pruned.models.retain(|version| gone.contains(version));
            pruned.remains.retain(|version| gone.contains(version));
            Ok(pruned)
        })
    }

    /// Says in `latest.json` that these are being deleted, but not the one that is current by now.
    async fn mark(&self, versions: &[Version]) -> Result<(), Error> {
        self.change_pending_deletes(|current, pending_deletes| {
            let mut removing: Vec<Version> = versions.iter().copied().filter(|version| *version != current).collect();
            // Marks that another prune has left are found again in what is stored.
            removing.extend(pending_deletes.removing.iter().copied().filter(|marked| !versions.contains(marked)));
            removing.truncate(MAX_PENDING_DELETES);
            (removing != pending_deletes.removing)
                .then(|| PendingDeletes { removing, prunes: pending_deletes.prunes + 1 })
        })
        .await
    }

    /// Takes marks away: those of models that are gone.
    async fn unmark(&self, gone: &[Version], stored: &[ModelObjects]) -> Result<(), Error> {
        self.change_pending_deletes(|current, pending_deletes| {
            let there = |version: &Version| stored.iter().any(|model| model.version == *version);
            let left = |version: &&Version| there(version) && **version != current && !gone.contains(version);
            let removing: Vec<Version> = pending_deletes.removing.iter().filter(left).copied().collect();
            (removing != pending_deletes.removing).then_some(PendingDeletes { removing, ..*pending_deletes })
        })
        .await
    }

    /// Changes the marks, given the current model and the marks as they are; or leaves them.
    async fn change_pending_deletes(
        &self,
        change: impl Fn(Version, &PendingDeletes) -> Option<PendingDeletes>,
    ) -> Result<(), Error> {
        for _ in 0..MAX_POINTER_ATTEMPTS {
            let seen = self.pointer().await?;
            let Some(latest) = &seen.latest else {
                return Err(Error::NoModel { location: self.location.clone() });
            };
            let Some(pending_deletes) = change(latest.version, &seen.pending_deletes) else { return Ok(()) };
            if self.write_pointer(&seen, latest, &pending_deletes).await? != Put::Declined {
                return Ok(());
            }
        }
        Err(self.pointer_contended())
    }

    /// Deletes what is stored of a model, the artifact first, if it is still marked and not current. Publishers that
    /// know of marks cannot have changed that; the pointer is looked at again for those that do not.
    async fn remove(&self, version: Version) -> Result<bool, Error> {
        let mut keys: Vec<String> =
            self.objects(&self.location.model_prefix(version)).await?.into_iter().map(|(key, ..)| key).collect();
        let (artifact, summary) = (self.location.model_key(version), self.location.summary_key(version));
        keys.sort_by_key(|key| (*key != artifact, *key != summary));

        let now = self.pointer().await?;
        let current = now.latest.map(|latest| latest.version);
        if current.is_none_or(|current| current == version) || !now.pending_deletes.removing.contains(&version) {
            return Ok(false);
        }
        for key in &keys {
            self.delete(key).await?;
        }
        info!(%version, objects = keys.len(), location = %self.location, "deleted");
        Ok(true)
    }
}

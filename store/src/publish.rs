//! Publishing: the model first, then the pointer, then what only makes starts quicker.

use bytes::Bytes;
use jiff::Timestamp;
use recommender::artifact::{self, Need};
use tracing::info;

use crate::error::cause;
use crate::object::{Condition, ObjectMeta, Put};
use crate::pointer::{MAX_PENDING_DELETES, MAX_POINTER_ATTEMPTS, PENDING_DELETE_BYTES};
use crate::prefetch;
use crate::quality::Summary;
use crate::{
    BoxFuture, Error, Guard, Latest, Location, MAX_ARTIFACT_BYTES, MAX_LATEST_BYTES, ReportFile, Store, Upload, Version,
};

/// What a publish did. The model is current.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The model's version.
    pub version: Version,
    /// Where it was published.
    pub location: Location,
    /// Whether the artifact had been stored before. Then the stored report was kept too.
    pub already_there: bool,
    /// What was current before it.
    pub previous: Option<Version>,
}

/// An artifact in its place.
struct PutArtifact {
    already_there: bool,
    etag: Option<String>,
}

impl Store {
    /// Stores a model and makes it current.
    ///
    /// The pointer is read before anything is uploaded and moved only if it has not changed since, so a model that
    /// somebody else made current in the meantime is never undone unseen. Publishing the same bytes again stores
    /// nothing, and moves the date in the pointer: a training of a table that has not changed is as good as a new model.
    ///
    /// # Errors
    /// [`Error::PointerMoved`] where another publisher was first: the model is stored, but not current.
    /// [`Error::BeingRemoved`] where this very model is being deleted.
    pub fn publish(&self, upload: Upload) -> BoxFuture<'_, Result<Published, Error>> {
        self.publish_guarded(upload, None)
    }

    /// As [`Store::publish`]; a model that is much worse than the current one is stored, and does not become current.
    ///
    /// # Errors
    /// [`Error::WorseThanCurrent`] where the guard refuses it, and those of [`Store::publish`].
    pub fn publish_guarded(&self, upload: Upload, guard: Option<Guard>) -> BoxFuture<'_, Result<Published, Error>> {
        Box::pin(async move {
            let summary = Summary { quality: upload.quality };
            let version = Version::of(&upload.artifact);
            let next = Latest {
                version,
                key: self.location.model_key(version),
                size: upload.artifact.len() as u64,
                etag: None,
                graphs_offset: end_of(&upload.artifact, &[Need::FirstAnswer]),
                text_search_offset: end_of(&upload.artifact, &[Need::FirstAnswer, Need::Graphs]),
                prefetch_bytes: None,
                tracks: upload.tracks,
                k: upload.k,
                accuracy: upload.accuracy,
                features: upload.features,
                published_at: Timestamp::now(),
                previous: None,
            };
            check(&next, &upload.report)?;

            let mut already_there = true;
            for _ in 0..MAX_POINTER_ATTEMPTS {
                let seen = self.pointer().await?;
                self.unmarked(&seen, version)?;
                let stored = self.store_model(&next, &summary, upload.artifact.clone(), upload.report.clone()).await?;
                already_there &= stored.already_there;
                if let (Some(guard), Some(current)) = (&guard, &seen.latest) {
                    self.check_losses(guard, current, &next, &summary.quality).await?;
                }
                // Current already, it is published anew: the date says that nobody has to wait for a newer one.
                let next = Latest { etag: stored.etag, prefetch_bytes: prefetch::bytes(&next), ..next.clone() };
                let Some(current) = self.move_pointer(&seen, next).await? else {
                    // What was stored may have been deleted with what an interrupted publish had left.
                    continue;
                };
                self.write_prefetch(&current, Some(&upload.artifact)).await;
                info!(%version, location = %self.location, already_there, "published");
                return Ok(Published {
                    version,
                    location: self.location.clone(),
                    already_there,
                    previous: current.previous,
                });
            }
            Err(self.pointer_contended())
        })
    }

    /// Writes what belongs to a model, the artifact last: where it is, the rest is.
    async fn store_model(
        &self,
        model: &Latest,
        summary: &Summary,
        artifact: Bytes,
        report: Vec<ReportFile>,
    ) -> Result<PutArtifact, Error> {
        // A report or a summary that is there already is of an earlier publish of the same bytes, and is kept.
        for file in report {
            let key = self.location.report_key(model.version, &file.path);
            self.put(&key, file.bytes, &file.content_type, Condition::Absent).await?;
        }
        let key = self.location.summary_key(model.version);
        self.put(&key, summary.beside(model).into(), "application/json", Condition::Absent).await?;

        let put = self.put(&model.key, artifact, "application/octet-stream", Condition::Absent).await?;
        if let Put::Written { etag } = put {
            return Ok(PutArtifact { already_there: false, etag });
        }
        match self.head(&model.key).await? {
            Some(ObjectMeta { size, etag }) if size == model.size => Ok(PutArtifact { already_there: true, etag }),
            Some(ObjectMeta { size, .. }) => Err(Error::Corrupt {
                what: self.location.url(&model.key),
                reason: format!("expected {} bytes, it holds {size}; delete it first", model.size),
            }),
            None => {
                let source = cause("a write was under way at the same time");
                Err(Error::Unavailable { what: self.location.url(&model.key), source })
            }
        }
    }
}

/// Where the sections of an artifact end that are needed at these times.
fn end_of(artifact: &[u8], needs: &[Need]) -> Option<u64> {
    // Whether it is an artifact at all is not for the store to judge.
    let sections = artifact::sections(artifact).ok()?;
    let needed = sections.iter().filter(|entry| needs.contains(&entry.section.need()));
    needed.map(|entry| entry.range().end).max()
}

fn check(model: &Latest, report: &[ReportFile]) -> Result<(), Error> {
    let bad = |reason| Err(Error::BadUpload { reason });
    if !(1..=MAX_ARTIFACT_BYTES).contains(&model.size) {
        return bad(format!("expected an artifact of 1 to {MAX_ARTIFACT_BYTES} bytes, got {}", model.size));
    }
    if !(0.0..=1.0).contains(&model.accuracy) {
        return bad(format!("expected an accuracy of 0 to 1, got {}", model.accuracy));
    }
    // The pointer gets `etag`, `prefetch_bytes` and `previous` later, less than 400 bytes, and marks; the summary gets the figures, less than 600.
    if model.to_json().len() + 1024 + MAX_PENDING_DELETES * PENDING_DELETE_BYTES > MAX_LATEST_BYTES {
        return bad(format!(
            "its description is longer than {MAX_LATEST_BYTES} bytes; give the features shorter names"
        ));
    }
    let is_path = |path: &str| path.len() <= 256 && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    match report.iter().find(|file| !is_path(&file.path)) {
        Some(file) => bad(format!("expected a path below report/ of at most 256 bytes, got {:?}", file.path)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Latest {
        Latest {
            version: Version::of(b"m"),
            key: String::new(),
            size: 1,
            etag: None,
            graphs_offset: None,
            text_search_offset: None,
            prefetch_bytes: None,
            tracks: 1,
            k: 1,
            accuracy: 1.0,
            features: vec!["energy".into()],
            published_at: Timestamp::UNIX_EPOCH,
            previous: None,
        }
    }

    fn reason(model: &Latest, report: &[ReportFile]) -> String {
        check(model, report).unwrap_err().to_string()
    }

    #[test]
    fn what_could_not_be_read_again_is_not_published() {
        check(&model(), &[]).unwrap();
        assert!(reason(&Latest { size: 0, ..model() }, &[]).contains("bytes, got 0"));
        assert!(reason(&Latest { size: MAX_ARTIFACT_BYTES + 1, ..model() }, &[]).contains("bytes, got"));
        assert!(reason(&Latest { accuracy: f64::NAN, ..model() }, &[]).contains("accuracy"));
        assert!(reason(&Latest { features: vec!["x".repeat(MAX_LATEST_BYTES)], ..model() }, &[]).contains("longer"));
    }

    #[test]
    fn report_paths_stay_below_report() {
        let file =
            |path: &str| ReportFile { path: path.into(), bytes: Bytes::new(), content_type: "text/plain".into() };
        check(&model(), &[file("elbow.svg"), file("a/b.json")]).unwrap();
        for path in ["", "/etc/passwd", "../model.segue", "a/../../x", "a//b", "./a", &"x".repeat(257)] {
            assert!(reason(&model(), &[file(path)]).contains("below report/"), "{path}");
        }
    }
}

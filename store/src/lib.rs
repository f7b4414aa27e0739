//! segue artifacts in S3: publish, point, fetch, list, roll back, prune.
//!
//! A store is a place in a bucket, [`Location`], and holds
//!
//! ```text
//! PREFIX/latest.json                        which model is current
//! PREFIX/latest.prefetch                    the first bytes of its artifact, for a start that does not wait for `latest.json`
//! PREFIX/models/<version>/report/…          what the training reported
//! PREFIX/models/<version>/summary.json      what `latest.json` says when this model is current, without `etag`, `prefetch_bytes` and
//!                                           `previous`, and how good it was measured to be
//! PREFIX/models/<version>/model.segue       the artifact; its SHA-256 is the version
//! ```
//!
//! Everything below `models/` is written once (`If-None-Match: *`) and `model.segue` after the rest, so a model that
//! can be seen is whole. `latest.json` is swapped with a conditional write (`If-Match`), after the model is there: a
//! publisher that is interrupted, at any point, leaves the current model current, and of two publishers at once one is
//! told [`Error::PointerMoved`]. These two objects are the only ones that ever change, and nothing but speed depends on the second.
//!
//! [`Store::prune`] deletes models. While it does, `latest.json` also says which (`removing`), and afterwards how often
//! that has happened (`prunes`).
//!
//! `latest.json` also says the artifact's ETag, so that a [`Download`] asks for several ranges of it at once and is sure
//! that they are of one object.
//!
//! ```no_run
//! # async fn example() -> Result<(), store::Error> {
//! use store::{LatestState, Store};
//!
//! let store = Store::connect("s3://my-bucket/segue".parse()?).await?;
//! if let LatestState::Found { latest, .. } = store.latest(None).await? {
//!     let artifact = store.fetch(&latest).await?;
//!     println!("{} tracks in {} bytes", latest.tracks, artifact.len());
//!
//!     // Or a part of it, without waiting for the rest.
//!     let start = store.download(&latest).take(0..16.min(latest.size)).await?;
//!     assert_eq!(start, artifact[..start.len()]);
//! }
//! # Ok(())
//! # }
//! ```

mod client;
mod connect;
mod download;
mod error;
mod fetch;
mod future;
mod guard;
mod latest;
mod list;
mod location;
mod object;
mod object_list;
mod object_reader;
mod options;
mod pointer;
mod prefetch;
mod prune;
mod publish;
mod quality;
mod retry;
mod rollback;
mod upload;

pub use client::Store;
pub use connect::{base_config, client_from_environment};
pub use download::Download;
pub use error::Error;
pub use future::BoxFuture;
pub use guard::Guard;
pub use latest::{Latest, MAX_ARTIFACT_BYTES, MAX_LATEST_BYTES};
pub use list::ModelEntry;
pub use location::{Location, ParseError, ParseErrorKind};
pub use object_list::ObjectPattern;
pub use object_reader::{ObjectAddress, ObjectReader};
pub use options::StoreOptions;
pub use pointer::LatestState;
pub use prefetch::Prefetch;
pub use prune::{MIN_AGE, Prune, Pruned};
pub use publish::Published;
pub use quality::{Estimate, Quality};
pub use recommender::Version;
pub use upload::{ReportFile, Upload};

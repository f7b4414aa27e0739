//! segue artifacts in S3: publish, point, fetch, list, roll back, prune.
//!
//! A store is a place in a bucket, [`Location`], and holds
//!
//! ```text
//! PREFIX/latest.json                        which model is current; the only object that ever changes
//! PREFIX/models/<version>/report/…          what the training reported
//! PREFIX/models/<version>/summary.json      what `latest.json` says when this model is current, without `etag` and `previous`
//! PREFIX/models/<version>/model.segue       the artifact; its SHA-256 is the version
//! ```
//!
//! Everything below `models/` is written once (`If-None-Match: *`) and `model.segue` after the rest, so a model that
//! can be seen is whole. `latest.json` is swapped with a conditional write (`If-Match`), after the model is there: a
//! publisher that is interrupted, at any point, leaves the current model current, and of two publishers at once one is
//! told [`Error::PointerMoved`].
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

mod connect;
mod download;
mod error;
mod fetch;
mod freeze_aware;
mod latest;
mod list;
mod location;
mod object;
mod object_reader;
mod options;
mod pointer;
mod prune;
mod publish;
mod rollback;

pub use connect::{base_config, client_from_environment};
pub use download::Download;
pub use error::Error;
pub use latest::{Latest, MAX_ARTIFACT_BYTES, MAX_LATEST_BYTES};
pub use list::ModelEntry;
pub use location::Location;
pub use object_reader::{ObjectAddress, ObjectReader};
pub use options::StoreOptions;
pub use pointer::LatestState;
pub use prune::{MIN_AGE, Prune, Pruned};
pub use publish::{Published, ReportFile, Upload};
pub use recommender::Version;

use std::{future::Future, pin::Pin};

use aws_sdk_s3::Client;

/// What every public operation returns. Boxed, so that its code, the S3 client's with it, is compiled in this crate once
/// and not in each crate that awaits it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A place in S3 that holds models.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    location: Location,
    options: StoreOptions,
}

impl Store {
    /// Connects with the standard AWS settings: region, credentials and endpoint from the environment, or from the
    /// profile of `~/.aws`. Sends nothing yet, except where the credentials themselves have to be asked for.
    ///
    /// With an endpoint of one's own (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`) buckets are addressed by path, and the
    /// region may be left out.
    ///
    /// # Errors
    /// [`Error::NoRegion`] and [`Error::NoCredentials`] where none are found.
    pub fn connect(location: Location) -> BoxFuture<'static, Result<Self, Error>> {
        Box::pin(
            async move { Ok(Self::new(connect::config_from_environment().await?, location, StoreOptions::default())) },
        )
    }

    /// Uses the configuration of a client that is there already: its endpoint, region, credentials and HTTP client.
    /// Time-outs, retries and checksums are those of [`StoreOptions::default`].
    pub fn with_client(client: Client, location: Location) -> Self {
        Self::new(client.config().to_builder(), location, StoreOptions::default())
    }

    /// The same store with other time-outs and retries.
    #[must_use]
    pub fn with_options(self, options: StoreOptions) -> Self {
        Self::new(self.client.config().to_builder(), self.location, options)
    }

    fn new(config: aws_sdk_s3::config::Builder, location: Location, options: StoreOptions) -> Self {
        Self { client: Client::from_conf(options.apply(config).build()), location, options }
    }

    /// Where the models are.
    pub fn location(&self) -> &Location {
        &self.location
    }
}

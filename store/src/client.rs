//! A store: the S3 client, the place in a bucket, and how long to wait. Each operation is in a module of its own.

use aws_sdk_s3::Client;

use crate::{BoxFuture, Error, Location, StoreOptions, connect};

/// A place in S3 that holds models.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) client: Client,
    pub(crate) location: Location,
    pub(crate) options: StoreOptions,
}

impl Store {
    /// Connects with the standard AWS settings: region, credentials and endpoint from the environment, or from the
    /// profile of `~/.aws`. Sends nothing yet, except where the credentials themselves have to be asked for.
    ///
    /// With an endpoint of one's own (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`) buckets are addressed by path, and the
    /// region may be left out. A server without checksums is used with `AWS_REQUEST_CHECKSUM_CALCULATION` and
    /// `AWS_RESPONSE_CHECKSUM_VALIDATION` set to `when_required`.
    ///
    /// # Errors
    /// [`Error::NoRegion`] and [`Error::NoCredentials`] where none are found.
    pub fn connect(location: Location) -> BoxFuture<'static, Result<Self, Error>> {
        Box::pin(
            async move { Ok(Self::new(connect::config_from_environment().await?, location, StoreOptions::default())) },
        )
    }

    /// Uses the configuration of a client that is there already: its endpoint, region, credentials, checksums and HTTP
    /// client. Time-outs and retries are those of [`StoreOptions::default`].
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

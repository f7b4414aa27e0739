//! From an event to a model that is current.

use std::time::SystemTime;

use aws_sdk_s3::Client;
use serde::Serialize;
use store::Store;
use trainer::input::Input;

use crate::{
    error::Error,
    event::{Event, Uploaded},
    limit,
    object::{self, ObjectMeta},
    options::Options,
    retry::with_retries,
    settings::Settings,
    training::{self, TrainingOutput},
};

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// A model was made of it, and is current.
    Published {
        /// The object.
        key: String,
        /// The model's version.
        version: String,
        /// Where it is.
        location: String,
        /// Its tracks.
        tracks: u64,
        /// Rows of the table.
        rows: u64,
    },
    /// It was replaced before its model was ready: the event of the newer one makes the model.
    Replaced {
        /// The object.
        key: String,
    },
    /// It is no table.
    NoTable {
        /// The object.
        key: String,
    },
}

/// Handles events.
#[derive(Debug)]
pub struct Handler {
    settings: Settings,
    client: Client,
    store: Store,
}

impl Handler {
    /// Connects with the standard AWS settings.
    ///
    /// # Errors
    ///
    /// Where these are not there.
    pub async fn connect(settings: Settings) -> Result<Self, store::Error> {
        let store = Store::connect(settings.model.clone()).await?;
        Ok(Self { client: store::client_from_environment().await?, store, settings })
    }

    /// Trains on what was uploaded. The `deadline` is when Lambda ends the function. In JSON, the outcome is a list of one.
    ///
    /// # Errors
    ///
    /// Why the upload made no model.
    pub async fn handle(&self, event: Event, deadline: SystemTime) -> Result<[Outcome; 1], Error> {
        let uploaded = event.uploaded();
        let outcome = self.train(&uploaded, deadline).await;
        match &outcome {
            Ok(outcome) => tracing::info!(outcome = ?outcome, "done"),
            Err(error) => tracing::error!(key = uploaded.key, error = %error, "no model was made"),
        }
        Ok([outcome?])
    }

    async fn train(&self, uploaded: &Uploaded, deadline: SystemTime) -> Result<Outcome, Error> {
        let key = uploaded.key.clone();
        if !uploaded.is_table() {
            return Ok(Outcome::NoTable { key });
        }
        let object_meta = async || object::object_meta(&self.client, uploaded).await;
        let ObjectMeta { bytes, etag, metadata } = with_retries(deadline, object_meta).await?;
        if uploaded.etag.is_some() && uploaded.etag != etag {
            return Ok(Outcome::Replaced { key });
        }
        let mut options = Options::from_metadata(&metadata)?;
        let memory = self.settings.memory;
        let most = limit::max_tracks(memory, limit::time_until(deadline, SystemTime::now()));
        limit::check(&key, bytes, options.tracks, most, memory)?;
        options.table.max_tracks = most.try_into().unwrap_or(usize::MAX);
        tracing::info!(key, bytes, most, "training");

        let input = Input::S3(format!("s3://{}/{key}", uploaded.bucket));
        let train = async || {
            let (input, options) = (input.clone(), options.clone());
            tokio::task::spawn_blocking(move || training::train(&input, &options)).await?
        };
        let trained = with_retries(deadline, train).await;
        let TrainingOutput { upload, rows, seconds } = trained.map_err(|error| match error {
            error if training::has_too_many_tracks(&error) => Error::TooManyTracks { key: key.clone(), most, memory },
            error => error,
        })?;
        for (stage, seconds) in seconds {
            tracing::info!(stage, seconds, "took");
        }

        // Whoever uploads twice means the second one, even where that is sooner done.
        if with_retries(deadline, object_meta).await?.etag != etag {
            return Ok(Outcome::Replaced { key });
        }
        let (tracks, guard) = (upload.tracks, options.guard);
        let published =
            with_retries(deadline, async || Ok(self.store.publish_guarded(upload.clone(), guard).await?)).await?;
        let (version, location) = (published.version.to_string(), published.location.to_string());
        Ok(Outcome::Published { key, version, location, tracks, rows })
    }
}

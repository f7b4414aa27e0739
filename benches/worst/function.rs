//! The function's own routes, in this process and without a network.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt;
use lambda_http::tower::ServiceExt;
use local::s3::EmbeddedS3;
use recommend::{
    api::router,
    models::{ModelManager, Source},
};
use serde_json::Value;
use store::{Store, Upload};
use tokio::runtime::{Builder, Runtime};

use crate::measure::{Cost, measure};

const BUCKET: &str = "segue-bench";
const LOCATION: &str = "s3://segue-bench/worst";
const DEADLINE: Duration = Duration::from_secs(60);

/// The routes over a model.
pub(crate) struct Function {
    runtime: Runtime,
    router: Router,
}

/// How the function answered.
pub(crate) struct Answered {
    pub(crate) cost: Cost,
    pub(crate) status: StatusCode,
    /// Of the body, as it is sent.
    pub(crate) bytes: usize,
}

impl Function {
    /// Loads an artifact as the function does, from a server that is gone afterwards.
    pub(crate) fn load(artifact: Vec<u8>) -> anyhow::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let router = runtime.block_on(async {
            let folder = tempfile::tempdir()?;
            let s3 = EmbeddedS3::start(folder.path()).await?;
            s3.create_bucket(BUCKET)?;
            let store = Store::with_client(s3.client(), LOCATION.parse()?);
            store.publish(Upload::of(artifact.into(), Vec::new())?).await?;
            let models = Arc::new(ModelManager::new(Source::Store(store), DEADLINE));
            models.get_with_graphs().await?;
            models.get_with_text_search().await?;
            anyhow::Ok(router(models))
        });
        Ok(Self { runtime, router: router.context("the function has no model")? })
    }

    /// Asks as a browser does, which takes compressed answers.
    pub(crate) fn ask(&self, path: &str, body: Option<&Value>) -> anyhow::Result<Answered> {
        let request = match body {
            Some(body) => Request::post(path)
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::ACCEPT_ENCODING, "gzip")
                .body(Body::from(body.to_string()))?,
            None => Request::get(path).header(header::ACCEPT_ENCODING, "gzip").body(Body::empty())?,
        };
        let (cost, answered) = measure(|| {
            self.runtime.block_on(async {
                let response = self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
                let (parts, body) = response.into_parts();
                anyhow::Ok((parts.status, body.collect().await?.to_bytes().len()))
            })
        });
        let (status, bytes) = answered?;
        Ok(Answered { cost, status, bytes })
    }
}

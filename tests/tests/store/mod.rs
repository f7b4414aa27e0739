//! The store against an S3 server, through real sockets.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod commands;
mod download;
mod fetch;
mod pointer;
mod prefetch;
mod prune;
mod publish;
mod server;
mod settings;

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use store::{Latest, LatestState, Location, Published, Quality, ReportFile, Store, StoreOptions, Upload, Version};
use tests::TestStore;
use tests::faults::{Exchange, Extent, Fault, Proxy};

pub(crate) fn upload(artifact: impl Into<Bytes>) -> Upload {
    let chart = ReportFile {
        path: "elbow.svg".into(),
        bytes: Bytes::from_static(b"<svg/>"),
        content_type: "image/svg+xml".into(),
    };
    Upload {
        artifact: artifact.into(),
        report: vec![chart],
        tracks: 39_280,
        k: 6,
        accuracy: 0.905,
        features: vec!["danceability".into(), "energy".into()],
        quality: Quality::default(),
    }
}

pub(crate) async fn current(store: &Store) -> Latest {
    match store.latest(None).await.unwrap() {
        LatestState::Found { latest, .. } => latest,
        LatestState::NotModified => panic!("nothing was known"),
    }
}

/// Lets objects below a key be of this time.
pub(crate) fn set_modified(test: &TestStore, below: &str, time: SystemTime) {
    fn each(path: &Path, time: SystemTime) {
        if path.is_dir() {
            std::fs::read_dir(path).unwrap().for_each(|entry| each(&entry.unwrap().path(), time));
        } else {
            std::fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
        }
    }
    each(&test.s3.root().join("music/segue").join(below), time);
}

/// The versions in the order in which they became current, as each winner says what was current before it. There is
/// one such order, or the pointer was undone unseen.
pub(crate) fn history(winners: &[Published], start: Option<Version>) -> Vec<Version> {
    let after: HashMap<Option<Version>, Version> = winners.iter().map(|won| (won.previous, won.version)).collect();
    assert_eq!(after.len(), winners.len(), "two winners replaced the same model");
    std::iter::successors(after.get(&start), |&&version| after.get(&Some(version))).copied().collect()
}

/// A client of an address that is not an embedded server's.
pub(crate) fn store_at(endpoint: String, options: StoreOptions) -> Store {
    let config = store::base_config()
        .region(aws_sdk_s3::config::Region::from_static("us-east-1"))
        .endpoint_url(endpoint)
        .force_path_style(true)
        .credentials_provider(aws_sdk_s3::config::Credentials::new("key", "secret", None, None, "test"))
        .build();
    let location: Location = "s3://music/segue".parse().unwrap();
    Store::with_client(aws_sdk_s3::Client::from_conf(config), location).with_options(options)
}

pub(crate) fn impatient() -> StoreOptions {
    StoreOptions {
        connect_timeout: Duration::from_millis(200),
        read_timeout: Duration::from_millis(200),
        attempt_timeout: Duration::from_millis(300),
        operation_timeout: Duration::from_millis(1000),
        download_timeout: Duration::from_millis(1000),
        max_attempts: 2,
        ..StoreOptions::default()
    }
}

/// Where a wire is cut for good: what is left is what a killed process leaves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    /// The server never sees this request, counted from 0.
    Before(usize),
    /// The server does what it says, and its answer is lost.
    After(usize),
}

impl Cut {
    /// The fault that a request meets.
    pub(crate) fn fault(self, exchange: &Exchange) -> Option<Fault> {
        let (Self::Before(at) | Self::After(at)) = self;
        match self {
            Self::After(_) if exchange.number == at => Some(Fault::Cut(Extent::Nothing)),
            _ => (exchange.number >= at).then_some(Fault::Reset),
        }
    }

    /// A wire that is cut there.
    pub(crate) async fn wire(self, test: &TestStore) -> Proxy {
        Proxy::start_with(&test.s3.endpoint(), move |exchange| self.fault(exchange)).await
    }
}

/// A wire that holds a request back, counted from 0: somebody else is quicker.
pub(crate) async fn holding(test: &TestStore, at: usize) -> Proxy {
    Proxy::start_with(&test.s3.endpoint(), move |exchange| (exchange.number == at).then_some(Fault::Hold)).await
}

/// A store behind a wire.
pub(crate) fn behind(proxy: &Proxy, test: &TestStore, options: StoreOptions) -> Store {
    Store::with_client(proxy.client(&test.s3), "s3://music/segue".parse().unwrap()).with_options(options)
}

/// A store behind a wire, which tries once.
pub(crate) fn trying_once(proxy: &Proxy, test: &TestStore) -> Store {
    behind(proxy, test, StoreOptions { max_attempts: 1, ..StoreOptions::default() })
}

/// What comes of `slow`, which works behind this wire, and of `quick`, all of which happens while the request that is
/// held waits. Nothing of `quick` where `slow` has come to its end without that request.
pub(crate) async fn overtake<S, Q>(
    proxy: &Proxy,
    slow: impl Future<Output = S>,
    quick: impl Future<Output = Q>,
) -> (S, Option<Q>) {
    let mut slow = std::pin::pin!(slow);
    tokio::select! {
        slow = &mut slow => return (slow, None),
        () = proxy.held() => {}
    }
    let quick = quick.await;
    proxy.release();
    (slow.await, Some(quick))
}

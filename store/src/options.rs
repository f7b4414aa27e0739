//! How long to wait, how often to try, and over how many connections.

use std::time::Duration;

use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{Builder, StalledStreamProtectionConfig};

/// The slowest upload that is waited for, in bytes a second.
const MIN_UPLOAD_BYTES_PER_SECOND: u64 = 64 * 1024;

/// Time-outs, retries and connections. The SDK itself has no limit but the one for connecting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    /// Until a connection is there.
    pub connect_timeout: Duration,
    /// From sending a request until the first byte of its answer.
    pub read_timeout: Duration,
    /// One attempt of a request, without the body of its answer.
    pub attempt_timeout: Duration,
    /// All attempts of a request, and the body of its answer where that is a small one.
    pub operation_timeout: Duration,
    /// How long a body may bring nothing before it counts as broken off; the SDK looks once a second.
    pub stall_timeout: Duration,
    /// The whole fetch of an artifact, its body and all attempts included. Time in which the process was frozen, as a
    /// Lambda environment is between requests, does not count.
    pub download_timeout: Duration,
    /// How often a request is tried, and how often a part of an artifact is asked for that brings nothing, the first
    /// time included; at least 1.
    pub max_attempts: u32,
    /// How many connections an artifact is downloaded over at most; 1 to 64. With two, decoding keeps up with S3 on two
    /// processors; with four, a model of 265,000 tracks answered no sooner.
    pub connections: u32,
    /// What a connection is worth: an artifact that has fewer bytes for each comes over fewer.
    pub min_part_bytes: u64,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(3),
            read_timeout: Duration::from_secs(10),
            attempt_timeout: Duration::from_secs(12),
            operation_timeout: Duration::from_secs(30),
            stall_timeout: Duration::from_secs(5),
            download_timeout: Duration::from_secs(120),
            max_attempts: 3,
            connections: 2,
            min_part_bytes: 1 << 20,
        }
    }
}

impl StoreOptions {
    /// Options for a caller that waits `deadline` at most: a connection that brings nothing is given up in time for
    /// another attempt within it. Never more patient than the default.
    #[must_use]
    pub fn within(deadline: Duration) -> Self {
        let default = Self::default();
        let share = deadline / 4;
        Self {
            connect_timeout: default.connect_timeout.min(share),
            read_timeout: default.read_timeout.min(share),
            attempt_timeout: default.attempt_timeout.min(share),
            operation_timeout: default.operation_timeout.min(deadline),
            stall_timeout: default.stall_timeout.min(share),
            ..default
        }
    }

    pub(crate) fn apply(&self, builder: Builder) -> Builder {
        builder
            .timeout_config(self.timeouts(Duration::ZERO))
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(self.max_attempts.max(1))
                    .with_initial_backoff(Duration::from_millis(200)),
            )
            .stalled_stream_protection(
                StalledStreamProtectionConfig::enabled().grace_period(self.stall_timeout).build(),
            )
    }

    /// The time-outs of a request that carries this many bytes: attempts end with the answer, so they last as long as
    /// the upload does.
    pub(crate) fn upload_timeouts(&self, bytes: usize) -> TimeoutConfig {
        self.timeouts(Duration::from_secs(bytes as u64 / MIN_UPLOAD_BYTES_PER_SECOND))
    }

    fn timeouts(&self, upload: Duration) -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(self.connect_timeout)
            .read_timeout(self.read_timeout + upload)
            .operation_attempt_timeout(self.attempt_timeout + upload)
            .operation_timeout(self.operation_timeout + upload * self.max_attempts.max(1))
            .build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_deadline_leaves_time_for_another_attempt() {
        let options = StoreOptions::within(Duration::from_secs(8));
        assert!(options.attempt_timeout * 3 < Duration::from_secs(8) && options.operation_timeout.as_secs() == 8);
        assert_eq!(StoreOptions::within(Duration::from_secs(900)), StoreOptions::default());
    }

    #[test]
    fn uploads_get_time_by_their_size() {
        let options = StoreOptions::default();
        let plain = options.upload_timeouts(0);
        let large = options.upload_timeouts(64 << 20);
        assert_eq!(plain.read_timeout(), Some(options.read_timeout));
        assert_eq!(large.read_timeout(), Some(options.read_timeout + Duration::from_secs(1024)));
        assert_eq!(large.connect_timeout(), plain.connect_timeout());
        assert!(large.operation_timeout() > large.operation_attempt_timeout());
    }
}

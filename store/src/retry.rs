//! Trying again, in a process that may be frozen meanwhile.
//!
//! A Lambda environment is frozen between requests, for minutes at times, and its clock goes on. What was to take seconds is
//! then long overdue when the process wakes, though nothing had been given the chance to happen: such an attempt says nothing
//! about the server, and does not count. The SDK tries a request again by itself, but neither one that a freeze timed out nor the
//! body of an answer.

use std::time::{Duration, Instant};

use tracing::warn;

use crate::{BoxFuture, Error, StoreOptions};

/// The longest time that one freeze can count for.
const MAX_STEP: Duration = Duration::from_millis(500);
/// A request that took so much longer than it may has been frozen.
const FREEZE_SLACK: Duration = Duration::from_secs(1);
/// The pause before the attempt after the second in a row that brought nothing; twice as long each time after that.
const MIN_DELAY: Duration = Duration::from_millis(100);
/// The longest of these pauses.
const MAX_DELAY: Duration = Duration::from_secs(5);

/// Sleeps until the process has been awake for this long.
async fn sleep(mut remaining: Duration) {
    while !remaining.is_zero() {
        let step = remaining.min(MAX_STEP);
        tokio::time::sleep(step).await;
        remaining -= step;
    }
}

/// What `future` comes to, or nothing once the process has been awake for `limit`.
pub(crate) async fn timeout<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        // What is done in time counts, even if nobody looked before time was up.
        biased;
        done = future => Some(done),
        () = sleep(limit) => None,
    }
}

/// The attempts at one object, or one part of it.
#[derive(Debug)]
pub(crate) struct Attempts {
    most: u32,
    /// What the SDK takes for one request at most, and some.
    longest_request: Duration,
    /// In a row, without a byte.
    failed: u32,
}

impl Attempts {
    pub(crate) fn new(options: &StoreOptions) -> Self {
        Self { most: options.max_attempts.max(1), longest_request: options.operation_timeout + FREEZE_SLACK, failed: 0 }
    }

    /// Makes a request, and makes it again where the process was frozen meanwhile.
    ///
    /// # Errors
    ///
    /// What the request failed with.
    pub(crate) async fn request<'a, T>(&self, ask: impl Fn() -> BoxFuture<'a, Result<T, Error>>) -> Result<T, Error> {
        loop {
            let asked = Instant::now();
            match ask().await {
                // The SDK gives up sooner, unless the process was frozen: then its attempts were none.
                Err(error) if error.is_retryable() && asked.elapsed() > self.longest_request => {
                    warn!(%error, "the process was frozen during a request, which is made again");
                }
                answer => return answer,
            }
        }
    }

    /// A body broke off, and had brought something since the last time or not. Returns when it is time for the next attempt.
    ///
    /// # Errors
    ///
    /// The given error, where it is not one that may pass, or too many attempts in a row have brought nothing.
    pub(crate) async fn broke_off(&mut self, error: Error, progressed: bool) -> Result<(), Error> {
        self.failed = if progressed { 0 } else { self.failed + 1 };
        if !error.is_retryable() || self.failed >= self.most {
            return Err(error);
        }
        warn!(%error, failed = self.failed, "a download broke off, and goes on");
        tokio::time::sleep(delay(self.failed)).await;
        Ok(())
    }
}

fn delay(failed: u32) -> Duration {
    match failed {
        0 | 1 => Duration::ZERO,
        _ => MIN_DELAY.saturating_mul(1 << (failed - 2).min(16)).min(MAX_DELAY),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn broken() -> Error {
        Error::timed_out("s3://abc/x".into(), Duration::ZERO)
    }

    #[tokio::test]
    async fn a_freeze_counts_for_one_step() {
        let begun = Instant::now();
        let sleeper = tokio::spawn(sleep(2 * MAX_STEP));
        tokio::task::yield_now().await;
        // The only thread: as far as the runtime can tell, the process was frozen.
        std::thread::sleep(3 * MAX_STEP);
        sleeper.await.unwrap();
        assert!(begun.elapsed() >= 4 * MAX_STEP);
    }

    #[tokio::test]
    async fn what_takes_too_long_comes_to_nothing() {
        assert_eq!(timeout(Duration::from_millis(20), std::future::pending::<()>()).await, None);
        assert_eq!(timeout(Duration::from_millis(20), async { 7 }).await, Some(7));
    }

    #[tokio::test]
    async fn a_request_that_was_frozen_is_made_again_and_others_are_not() {
        let attempts = Attempts { most: 3, longest_request: Duration::from_millis(20), failed: 0 };
        let asked = AtomicU32::new(0);
        let ask = || -> BoxFuture<'_, Result<(), Error>> {
            let first = asked.fetch_add(1, Ordering::Relaxed) == 0;
            Box::pin(async move {
                if first {
                    std::thread::sleep(Duration::from_millis(40));
                }
                Err(broken())
            })
        };
        assert!(attempts.request(ask).await.is_err());
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn bodies_that_bring_nothing_are_tried_so_often_and_those_that_bring_something_for_ever() {
        let mut attempts = Attempts::new(&StoreOptions { max_attempts: 3, ..StoreOptions::default() });
        for _ in 0..10 {
            attempts.broke_off(broken(), true).await.unwrap();
        }
        attempts.broke_off(broken(), false).await.unwrap();
        attempts.broke_off(broken(), false).await.unwrap();
        assert!(attempts.broke_off(broken(), false).await.is_err());
    }

    #[tokio::test]
    async fn what_does_not_pass_is_not_tried_again() {
        let mut attempts = Attempts::new(&StoreOptions::default());
        let corrupt = Error::Corrupt { what: String::new(), reason: String::new() };
        assert!(attempts.broke_off(corrupt, true).await.is_err());
    }

    #[test]
    fn pauses_grow_and_end_somewhere() {
        assert_eq!((delay(0), delay(1), delay(2)), (Duration::ZERO, Duration::ZERO, MIN_DELAY));
        assert_eq!((delay(3), delay(u32::MAX)), (2 * MIN_DELAY, MAX_DELAY));
    }
}

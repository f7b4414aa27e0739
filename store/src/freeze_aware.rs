//! Time that passes while the process runs.
//!
//! A Lambda environment is frozen between requests, for minutes at times, and its clock goes on. What was to take
//! seconds is then long overdue when the process wakes, though nothing had been given the chance to happen.

use std::time::Duration;

/// The longest time that one freeze can count for.
const MAX_STEP: Duration = Duration::from_millis(500);

/// Sleeps until the process has been awake for this long.
pub(crate) async fn sleep(mut remaining: Duration) {
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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

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
}

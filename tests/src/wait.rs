//! Waiting for what is to come.

use std::time::Duration;

/// When a test gives up: long after anything that it waits for comes, even on a machine that is busy with something
/// else. It says nothing of how long that may take.
pub const TIMEOUT: Duration = Duration::from_secs(120);

/// How long to wait before the next look.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks again and again until there is something.
///
/// # Panics
///
/// If there never is.
pub async fn eventually<T>(expected: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(TIMEOUT, found).await.unwrap_or_else(|_| panic!("it never came: {expected}"))
}

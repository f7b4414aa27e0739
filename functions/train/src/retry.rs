//! Doing a step again that failed for a reason that may pass.
//!
//! Lambda itself tries nothing again (`MaximumRetryAttempts: 0` in `template.yaml`): it cannot tell a table that is wrong,
//! which is wrong the second time too, from an S3 that is out of reach for a moment. So what is permanent is in the queue at
//! once, and only the step that failed is done again, not the training before it.

use std::time::{Duration, SystemTime};

use crate::{error::Error, limit};

/// How long to wait before a step is done again. The S3 client has tried for a second already.
const PAUSES: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(20), Duration::from_secs(60)];

/// Does a step, and again after each pause while its error may pass and the `deadline` leaves time.
///
/// # Errors
///
/// The step's own.
pub async fn with_retries<T>(
    deadline: SystemTime,
    mut step: impl AsyncFnMut() -> Result<T, Error>,
) -> Result<T, Error> {
    for pause in PAUSES {
        match step().await {
            Err(error) if error.is_transient() && limit::time_until(deadline, SystemTime::now()) > pause => {
                tracing::warn!(%error, pause = pause.as_secs(), "trying again");
                tokio::time::sleep(pause).await;
            }
            done => return done,
        }
    }
    step().await
}

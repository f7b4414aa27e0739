//! An internal extension: Lambda freezes the environment only when it, too, has asked for its next event.
//!
//! It is told of each invocation when the function is, begins to load the model where there is none, or a check for a new one
//! where one is due, and asks for its next event when nothing is under way any more. The answer does not wait for it.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use lambda_runtime_api_client::BoxError;
use tokio::{task::JoinHandle, time::timeout};

use super::extensions_api::{Event, Registration};
use crate::models::ModelManager;

/// As it registers itself.
const NAME: &str = "segue";
/// A check that falls due within this time is due: the request of the same invocation may ask for it.
const LOOK_AHEAD: Duration = Duration::from_secs(1);
/// Lambda ends an environment that is not done by the deadline of an invocation.
const DEADLINE_SLACK: Duration = Duration::from_millis(500);

/// Registers the extension, and runs it in the background. An invocation is kept open for `most` at the most.
///
/// Where the task ends, the extension does not ask for events any more, and every invocation would last until its time-out:
/// the process has to end too.
///
/// # Errors
///
/// Where there is no extensions API, as outside Lambda.
pub async fn start(models: Arc<ModelManager>, most: Duration) -> Result<JoinHandle<Result<(), BoxError>>, BoxError> {
    let registration = Registration::new(NAME).await?;
    Ok(tokio::spawn(async move {
        loop {
            if let Event::Invoke { deadline_ms } = registration.next().await? {
                finish_work(&models, most.min(time_left(deadline_ms))).await;
            }
        }
    }))
}

async fn finish_work(models: &Arc<ModelManager>, most: Duration) {
    if models.loaded().is_none() {
        // The request of this invocation begins it too, perhaps only after this has looked.
        models.start();
    }
    models.refresh_if_due(LOOK_AHEAD);
    if timeout(most, models.idle()).await.is_err() {
        tracing::info!(seconds = most.as_secs_f64(), "work is not done, and goes on with the next invocation");
    }
}

/// How long the work of an invocation may take from now on.
fn time_left(deadline_ms: u64) -> Duration {
    let deadline = UNIX_EPOCH + Duration::from_millis(deadline_ms);
    deadline.duration_since(SystemTime::now()).unwrap_or_default().saturating_sub(DEADLINE_SLACK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_ends_before_the_deadline() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as u64;
        assert_eq!(time_left(now), Duration::ZERO);
        assert_eq!(time_left(0), Duration::ZERO);
        let left = time_left(now + 10_000);
        assert!(left <= Duration::from_millis(9_500) && left > Duration::from_secs(9), "{left:?}");
    }
}

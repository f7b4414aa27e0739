//! Lambda's Extensions API, as far as an internal extension needs it: it registers itself, and asks for events.
//!
//! The crate `lambda-extension` does this, too, but cannot be had without its log filter, whose regular expressions and clocks
//! are thirteen crates that the function does without.

use axum::http::{HeaderValue, Method, Request};
use http_body_util::BodyExt;
use lambda_runtime_api_client::{BoxError, Client, body::Body, build_request};
use serde::Deserialize;
use serde_json::json;

const NAME: &str = "lambda-extension-name";
const IDENTIFIER: &str = "lambda-extension-identifier";

/// What Lambda tells an extension.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE", tag = "eventType")]
pub(super) enum Event {
    /// The function is invoked.
    #[serde(rename_all = "camelCase")]
    Invoke {
        /// When its time is over, in milliseconds since 1970.
        deadline_ms: u64,
    },
    /// The environment is let go. Internal extensions are not told so.
    Shutdown,
}

/// A registered extension.
pub(super) struct Registration {
    client: Client,
    identifier: HeaderValue,
}

impl Registration {
    /// Registers an internal extension for invocations.
    ///
    /// # Errors
    ///
    /// Where there is no Extensions API, or it does not take the extension.
    pub(super) async fn new(name: &str) -> Result<Self, BoxError> {
        let client = Client::builder().build()?;
        let request = build_request().method(Method::POST).uri("/2020-01-01/extension/register").header(NAME, name);
        let body = Body::from(json!({ "events": ["INVOKE"] }).to_string());
        let answer = client.call(request.header("content-type", "application/json").body(body)?).await?;
        let identifier = answer.headers().get(IDENTIFIER).cloned();
        let status = answer.status();
        // To the end, so that the connection is used again.
        answer.into_body().collect().await?;
        match identifier {
            Some(identifier) if status.is_success() => Ok(Self { client, identifier }),
            _ => Err(format!("the extension could not be registered: {status}").into()),
        }
    }

    /// Waits for the next event. Asking says that the extension has no more to do with the last one.
    ///
    /// # Errors
    ///
    /// Where the API does not answer with an event: it will not do so any more.
    pub(super) async fn next(&self) -> Result<Event, BoxError> {
        let request: Request<Body> = build_request()
            .method(Method::GET)
            .uri("/2020-01-01/extension/event/next")
            .header(IDENTIFIER, &self.identifier)
            .body(Body::empty())?;
        let answer = self.client.call(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            return Err(format!("the Extensions API answered with {status}").into());
        }
        Ok(serde_json::from_slice(&body)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_whatever_else_they_say() {
        let invoke = r#"{"eventType":"INVOKE","deadlineMs":1700000000000,"requestId":"1","invokedFunctionArn":"arn","tracing":{"type":"X","value":"y"}}"#;
        assert!(matches!(serde_json::from_str(invoke), Ok(Event::Invoke { deadline_ms: 1_700_000_000_000 })));
        let shutdown = r#"{"eventType":"SHUTDOWN","shutdownReason":"SPINDOWN","deadlineMs":1}"#;
        assert!(matches!(serde_json::from_str(shutdown), Ok(Event::Shutdown)));
    }
}

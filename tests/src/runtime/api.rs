//! Lambda's Runtime API and Extensions API over HTTP.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::environment::{Environment, Party};

/// What X-Ray calls every invocation.
pub const TRACE: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
const ARN: &str = "arn:aws:lambda:eu-west-1:000000000000:function:recommend";
const IDENTIFIER: &str = "lambda-extension-identifier";

/// What the APIs say of extensions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extensions {
    /// They are taken, and told of each invocation.
    #[default]
    Taken,
    /// There is no such API.
    Unknown,
    /// They are taken, and told of the first invocation only: the next question is answered with an error.
    ToldOnce,
}

pub(super) struct Api {
    pub(super) environment: Arc<Environment>,
    pub(super) extensions: Extensions,
    answers: Mutex<HashMap<String, oneshot::Sender<Result<Value, Value>>>>,
}

impl Api {
    pub(super) fn new(environment: Arc<Environment>, extensions: Extensions) -> Self {
        Self { environment, extensions, answers: Mutex::default() }
    }

    /// Where the answer to an invocation will come.
    pub(super) fn expect(&self, id: &str) -> oneshot::Receiver<Result<Value, Value>> {
        let (sender, receiver) = oneshot::channel();
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), sender);
        receiver
    }

    fn answer(&self, id: &str, result: Result<Value, Value>) -> StatusCode {
        match self.answers.lock().unwrap_or_else(PoisonError::into_inner).remove(id) {
            // Whoever waited may have given up.
            Some(sender) => sender.send(result).map_or(StatusCode::GONE, |()| StatusCode::ACCEPTED),
            None => StatusCode::NOT_FOUND,
        }
    }
}

pub(super) fn router(api: Arc<Api>) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2020-01-01/extension/register", post(register))
        .route("/2020-01-01/extension/event/next", get(next_event))
        .with_state(api)
}

async fn next(State(api): State<Arc<Api>>) -> Response {
    let Some(invocation) = api.environment.next(Party::Runtime).await else {
        return StatusCode::GONE.into_response();
    };
    let headers = [
        ("Lambda-Runtime-Aws-Request-Id", invocation.id),
        ("Lambda-Runtime-Deadline-Ms", invocation.deadline_ms.to_string()),
        ("Lambda-Runtime-Invoked-Function-Arn", ARN.to_owned()),
        ("Lambda-Runtime-Trace-Id", TRACE.to_owned()),
        ("Content-Type", "application/json".to_owned()),
    ];
    (headers, invocation.event.to_string()).into_response()
}

fn parsed(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()))
}

async fn response(State(api): State<Arc<Api>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    api.answer(&id, Ok(parsed(&body)))
}

async fn error(State(api): State<Arc<Api>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    api.answer(&id, Err(parsed(&body)))
}

async fn register(State(api): State<Arc<Api>>, headers: HeaderMap, body: Bytes) -> Response {
    let named = headers.contains_key("lambda-extension-name");
    match (api.extensions, &parsed(&body)["events"]) {
        (Extensions::Unknown, _) => StatusCode::NOT_FOUND.into_response(),
        // Internal extensions may ask for invocations only.
        (_, events) if named && *events == json!(["INVOKE"]) => {
            let known = json!({ "functionName": "recommend", "functionVersion": "$LATEST", "handler": "bootstrap" });
            ([(IDENTIFIER, api.environment.register())], known.to_string()).into_response()
        }
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

async fn next_event(State(api): State<Arc<Api>>, headers: HeaderMap) -> Response {
    let Some(identifier) = headers.get(IDENTIFIER).and_then(|identifier| identifier.to_str().ok()) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    if api.extensions == Extensions::ToldOnce && api.environment.begun() > 0 {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    match api.environment.next(Party::Extension(identifier.to_owned())).await {
        Some(invocation) => {
            let event = json!({
                "eventType": "INVOKE",
                "deadlineMs": invocation.deadline_ms,
                "requestId": invocation.id,
                "invokedFunctionArn": ARN,
                "tracing": { "type": "X-Amzn-Trace-Id", "value": TRACE },
            });
            event.to_string().into_response()
        }
        None => StatusCode::GONE.into_response(),
    }
}

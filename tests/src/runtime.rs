//! A small Lambda runtime API: it hands events to a real function binary and takes its answers.

use std::{
    collections::HashMap,
    path::Path,
    process::Stdio,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path as UrlPath, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    sync::{Mutex as AsyncMutex, mpsc, oneshot},
    task::JoinHandle,
};

use crate::{log::Log, wait::TIMEOUT};

/// What X-Ray calls every invocation.
pub const TRACE: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

type Waiting = Mutex<HashMap<String, oneshot::Sender<Result<Value, Value>>>>;

struct Api {
    events: AsyncMutex<mpsc::UnboundedReceiver<(String, Value)>>,
    waiting: Waiting,
    first_next: OnceLock<Instant>,
}

/// A function binary behind the runtime API. It ends when this is dropped. If that is because a test panics, what the
/// function said is printed.
pub struct Function {
    child: Child,
    _log: Log,
    started: Instant,
    server: JoinHandle<()>,
    events: mpsc::UnboundedSender<(String, Value)>,
    api: Arc<Api>,
    next: AtomicU64,
}

impl Function {
    /// Starts `binary` with nothing but `env` and what Lambda sets.
    ///
    /// # Panics
    ///
    /// If no port can be opened, or the binary cannot be started.
    pub async fn start(binary: &Path, env: &[(String, String)]) -> Self {
        Self::launch(binary, env, None).await
    }

    /// As [`Function::start`], with what it writes to standard output, which is its log, going there.
    ///
    /// # Panics
    ///
    /// As [`Function::start`].
    pub async fn start_logging(binary: &Path, env: &[(String, String)], log: Stdio) -> Self {
        Self::launch(binary, env, Some(log)).await
    }

    async fn launch(binary: &Path, env: &[(String, String)], stdout: Option<Stdio>) -> Self {
        let (events, receiver) = mpsc::unbounded_channel();
        let api =
            Arc::new(Api { events: AsyncMutex::new(receiver), waiting: Mutex::default(), first_next: OnceLock::new() });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port on loopback");
        let address = listener.local_addr().expect("the address of an open port");
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .with_state(Arc::clone(&api));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the runtime API serves");
        });
        let log = Log::new(&binary.file_stem().unwrap_or_default().to_string_lossy());
        let (log_stdout, stderr) = log.stdio();
        let started = Instant::now();
        let child = Command::new(binary)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "recommend")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/recommend")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "test")
            .envs(env.iter().cloned())
            .stdin(Stdio::null())
            .stdout(stdout.unwrap_or(log_stdout))
            .stderr(stderr)
            .kill_on_drop(true)
            .spawn()
            .expect("the function binary starts");
        Self { child, _log: log, started, server, events, api, next: AtomicU64::new(0) }
    }

    /// Sends one event, and waits for the function's answer to it.
    ///
    /// # Panics
    ///
    /// If the function answers with an error instead of a response, or not at all.
    pub async fn invoke(&self, event: Value) -> Value {
        self.try_invoke(event).await.expect("the function answers with a response")
    }

    /// Sends one event, and waits for the function's answer to it, or its error.
    ///
    /// # Errors
    ///
    /// What the function said went wrong: `errorType` and `errorMessage`.
    ///
    /// # Panics
    ///
    /// If there is no answer.
    pub async fn try_invoke(&self, event: Value) -> Result<Value, Value> {
        let id = format!("request-{}", self.next.fetch_add(1, Ordering::Relaxed));
        let (sender, receiver) = oneshot::channel();
        self.api.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), sender);
        self.events.send((id, event)).expect("the runtime API runs");
        tokio::time::timeout(TIMEOUT, receiver)
            .await
            .expect("the function answers in time")
            .expect("the runtime API runs")
    }

    /// `GET path?query`, as API Gateway would send it: status, headers and body.
    ///
    /// # Panics
    ///
    /// As [`Function::invoke`], or if the response is not that of an HTTP function.
    pub async fn get(&self, target: &str) -> (u16, Value, Value) {
        self.get_with(target, &[]).await
    }

    /// As [`Function::get`], with these headers.
    ///
    /// # Panics
    ///
    /// As [`Function::get`].
    pub async fn get_with(&self, target: &str, headers: &[(&str, &str)]) -> (u16, Value, Value) {
        let mut event = api_gateway_event("GET", target);
        for (name, value) in headers {
            event["headers"][*name] = Value::from(*value);
        }
        self.answer(event).await
    }

    /// Sends one event of an HTTP request: status, headers and body of the answer.
    ///
    /// # Panics
    ///
    /// As [`Function::get`].
    pub async fn answer(&self, event: Value) -> (u16, Value, Value) {
        let answer = self.invoke(event).await;
        let status = answer["statusCode"].as_u64().expect("a status") as u16;
        let body = answer["body"].as_str().expect("a body that is text");
        (status, answer["headers"].clone(), serde_json::from_str(body).expect("a body that is JSON"))
    }

    /// When the process was about to be started.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// When it first asked for an event, if it has.
    pub fn first_next(&self) -> Option<Instant> {
        self.api.first_next.get().copied()
    }

    /// The process's id; none once it is known to have ended.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Whether the process has not ended.
    ///
    /// # Panics
    ///
    /// If the operating system does not tell.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("the state of a child").is_none()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(api): State<Arc<Api>>) -> Response {
    api.first_next.get_or_init(Instant::now);
    let Some((id, event)) = api.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let headers = [
        ("Lambda-Runtime-Aws-Request-Id", id.as_str()),
        ("Lambda-Runtime-Deadline-Ms", "4102444800000"),
        ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:000000000000:function:recommend"),
        ("Lambda-Runtime-Trace-Id", TRACE),
        ("Content-Type", "application/json"),
    ];
    (headers, event.to_string()).into_response()
}

fn answer(api: &Api, id: &str, result: Result<Value, Value>) -> StatusCode {
    match api.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(id) {
        // Whoever waited may have given up.
        Some(sender) => sender.send(result).map_or(StatusCode::GONE, |()| StatusCode::ACCEPTED),
        None => StatusCode::NOT_FOUND,
    }
}

fn parsed(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()))
}

async fn response(State(api): State<Arc<Api>>, UrlPath(id): UrlPath<String>, body: Bytes) -> StatusCode {
    answer(&api, &id, Ok(parsed(&body)))
}

async fn error(State(api): State<Arc<Api>>, UrlPath(id): UrlPath<String>, body: Bytes) -> StatusCode {
    answer(&api, &id, Err(parsed(&body)))
}

/// An event of API Gateway's payload format 2.0. `target` is what a client asks for: a path, with a query string where it
/// has one, both encoded. The path of the event is decoded, as an HTTP API hands it on (and `sam local start-api` too).
pub fn api_gateway_event(method: &str, target: &str) -> Value {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = percent_decode_str(path).decode_utf8_lossy();
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {
            "accept": "*/*",
            "content-length": "0",
            "host": "abcdefghij.execute-api.eu-west-1.amazonaws.com",
            "user-agent": "curl/8.7.1",
            "x-amzn-trace-id": "Root=1-66f2c5a1-3f2b1c0d4e5f60718293a4b5",
            "x-forwarded-for": "192.0.2.1",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https"
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix": "abcdefghij",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "curl/8.7.1"
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "22/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1_795_348_800_000_u64
        },
        "isBase64Encoded": false
    })
}

/// The same as `cargo lambda watch` sends it: the path as the client sent it, and no API that the event would be of.
pub fn cargo_lambda_event(method: &str, target: &str) -> Value {
    let mut event = api_gateway_event(method, target);
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    event["rawPath"] = path.into();
    let context = &mut event["requestContext"];
    context["http"]["path"] = path.into();
    for unknown in ["accountId", "apiId"] {
        context[unknown] = Value::Null;
    }
    event
}

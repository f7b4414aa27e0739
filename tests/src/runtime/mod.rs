//! A small Lambda: it hands events to a real function binary and takes its answers, freezes the process between invocations if it
//! is to, and ends it when an invocation's time is over.

mod api;
mod environment;
mod event;

use std::{
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    sync::mpsc,
    task::JoinSet,
};

use self::{api::Api, environment::Environment};
pub use self::{
    api::{Extensions, TRACE},
    event::{api_gateway_event, cargo_lambda_event},
};
use crate::{log::Log, wait::TIMEOUT};

/// How a function is run.
#[derive(Debug)]
pub struct Conditions {
    /// Whether the process is stopped (SIGSTOP) as soon as the runtime and all extensions have asked for their next event,
    /// and runs on with the next invocation.
    pub freezing: bool,
    /// How long an invocation may take, extensions included. The process is killed then.
    pub timeout: Duration,
    /// What extensions find.
    pub extensions: Extensions,
    /// Where its standard output goes, which is its log; shown where a test fails, unless set.
    pub stdout: Option<Stdio>,
}

impl Default for Conditions {
    fn default() -> Self {
        Self { freezing: false, timeout: TIMEOUT, extensions: Extensions::Taken, stdout: None }
    }
}

/// A function binary in its environment. It ends when this is dropped. If that is because a test panics, what the
/// function said is printed.
pub struct Function {
    child: Child,
    _log: Log,
    started: Instant,
    /// Of the server, and of what hands out events.
    _tasks: JoinSet<()>,
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
        Self::start_under(binary, env, Conditions::default()).await
    }

    /// As [`Function::start`], with what it writes to standard output, which is its log, going there.
    ///
    /// # Panics
    ///
    /// As [`Function::start`].
    pub async fn start_logging(binary: &Path, env: &[(String, String)], log: Stdio) -> Self {
        Self::start_under(binary, env, Conditions { stdout: Some(log), ..Conditions::default() }).await
    }

    /// As [`Function::start`], under these conditions.
    ///
    /// # Panics
    ///
    /// As [`Function::start`].
    pub async fn start_under(binary: &Path, env: &[(String, String)], conditions: Conditions) -> Self {
        let Conditions { freezing, timeout, extensions, stdout } = conditions;
        let environment = Arc::new(Environment::new(freezing, timeout));
        let api = Arc::new(Api::new(Arc::clone(&environment), extensions));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port on loopback");
        let address = listener.local_addr().expect("the address of an open port");
        let router = api::router(Arc::clone(&api));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            axum::serve(listener, router).await.expect("the APIs are served");
        });
        let (events, mut receiver) = mpsc::unbounded_channel();
        let invoked = Arc::clone(&environment);
        tasks.spawn(async move {
            while let Some((id, event)) = receiver.recv().await {
                invoked.invoke(id, event).await;
            }
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
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/recommend")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "test")
            .envs(env.iter().cloned())
            .stdin(Stdio::null())
            .stdout(stdout.unwrap_or(log_stdout))
            .stderr(stderr)
            .kill_on_drop(true)
            .spawn()
            .expect("the function binary starts");
        environment.enter(child.id().expect("a process that nobody waited for"));
        Self { child, _log: log, started, _tasks: tasks, events, api, next: AtomicU64::new(0) }
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
        let receiver = self.api.expect(&id);
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
        self.api.environment.first_next()
    }

    /// Waits until the environment is done with all it was invoked for: the runtime and all extensions have asked for their
    /// next event, and the process is frozen if it is to be.
    pub async fn done(&self) {
        self.api.environment.done().await;
    }

    /// Whether an invocation was not done in time, for which the process was killed.
    pub fn timed_out(&self) -> bool {
        self.api.environment.timed_out()
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

//! One line in the log for each request, under an id that the client gets too.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};

use super::{
    cors::{MODEL_VERSION, REQUEST_ID},
    lambda::{function_version, gateway_request_id, lambda_request_id},
};
use crate::{
    metrics,
    request_info::{self, RequestInfo},
};

/// The longest id that a client may give.
const MAX_REQUEST_ID_CHARS: usize = 128;

/// Where API Gateway and Lambda say which trace of X-Ray a request belongs to.
const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// Whether a request was there before.
static WARM: AtomicBool = AtomicBool::new(false);

/// Logs the request once it is answered, and names it in `x-request-id` ([`name`]).
/// The model that it was answered from is named in `x-model-version`.
pub(super) async fn line(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let cold = !WARM.swap(true, Ordering::Relaxed);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let Names { id, header, by_client } = name(&request);
    let lambda_id = lambda_request_id(request.extensions()).map(ToOwned::to_owned);
    let function_version = function_version(request.extensions()).map(ToOwned::to_owned);
    let trace = trace(&request);
    let (mut response, info) = request_info::collect(next.run(request)).await;

    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, header);
    name_model(headers, &info);
    let problem = info.problem.as_deref();
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    let version = info.version.map(|version| version.to_string());
    tracing::info!(
        %method,
        route,
        status,
        milliseconds = took.as_micros() as f64 / 1_000.0,
        request_id = id,
        client_request_id = by_client,
        lambda_request_id = lambda_id,
        trace_id = trace,
        model_version = version,
        cold,
        search = info.search,
        initial_pool_size = info.initial_pool_size,
        after_filtering_size = info.after_filtering_size,
        tracks = info.tracks.map(|(tracks, _)| tracks),
        problem,
        "request"
    );
    let model_age = info.published.and_then(age);
    metrics::request(&metrics::Request {
        took,
        cold,
        model_age,
        status,
        tracks: info.tracks,
        problem,
        function_version: function_version.as_deref(),
        id: &id,
        trace: trace.as_deref(),
    });
    response
}

fn name_model(headers: &mut HeaderMap, info: &RequestInfo) {
    if let Some(version) = info.version.and_then(|version| HeaderValue::from_str(&version.to_string()).ok()) {
        headers.insert(MODEL_VERSION, version);
    }
}

/// How long ago that was; nothing where it is yet to come.
fn age(published: i64) -> Option<Duration> {
    let published = UNIX_EPOCH.checked_add(Duration::from_secs(published.try_into().ok()?))?;
    SystemTime::now().duration_since(published).ok()
}

/// The trace as Lambda names it, which knows its own place in it, or as the request does: `Root=1-…`.
fn trace(request: &Request) -> Option<String> {
    let lambda =
        request.extensions().get::<lambda_http::Context>().and_then(|context| context.xray_trace_id.as_deref());
    let header = || request.headers().get(TRACE_ID).and_then(|trace| trace.to_str().ok());
    let root = lambda.or_else(header)?.split(';').find_map(|part| part.trim().strip_prefix("Root="))?;
    is_sane(root).then(|| root.to_owned())
}

/// What a request is called.
struct Names {
    id: String,
    /// The id, to be sent.
    header: HeaderValue,
    /// What the client called it, where that is not its id.
    by_client: Option<String>,
}

/// API Gateway's name for a request, which its access log has too, whatever the client called it. Elsewhere the client's,
/// or Lambda's, or a new one.
fn name(request: &Request) -> Names {
    let given = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(|id| is_sane(id));
    let (id, header) = gateway_request_id(request.extensions())
        .filter(|id| is_sane(id))
        .or(given)
        .or_else(|| lambda_request_id(request.extensions()))
        .and_then(|id| Some((id.to_owned(), HeaderValue::from_str(id).ok()?)))
        .unwrap_or_else(|| {
            let id = uuid::Uuid::new_v4().to_string();
            let header = HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static("-"));
            (id, header)
        });
    let by_client = given.filter(|given| *given != id).map(ToOwned::to_owned);
    Names { id, header, by_client }
}

/// Nothing that could forge a log line, or fill it.
fn is_sane(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:=+/@".contains(&byte);
    (1..=MAX_REQUEST_ID_CHARS).contains(&id.len()) && id.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use axum::{Router, body::Body, middleware::from_fn, routing::get};
    use lambda_http::tower::ServiceExt;
    use recommender::Version;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::{super::problems, *};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no thread panicked").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The answer of a router behind [`line`], and what it wrote to the log.
    async fn logged(router: Router, request: axum::http::request::Builder) -> (Response, String) {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let request = request.body(Body::empty()).expect("builds");
        let response = router.layer(from_fn(line)).oneshot(request).await.expect("answers");
        let lines = String::from_utf8(lines.0.lock().expect("no thread panicked").clone()).expect("UTF-8");
        (response, lines)
    }

    #[tokio::test]
    async fn a_request_is_one_line_with_its_method_route_status_time_and_id() {
        let router = Router::new().route("/tracks/{id}", get(|| async { "a track" }));
        let request = Request::get("/tracks/7")
            .header("x-request-id", "mine-1")
            .header("x-amzn-trace-id", "Self=1-0;Root=1-66f2c5a1-3f2b1c0d4e5f60718293a4b5;Sampled=1");
        let (response, lines) = logged(router, request).await;
        assert_eq!(response.headers()["x-request-id"], "mine-1");
        assert_eq!(lines.lines().count(), 1, "{lines}");
        for part in [
            "cold=",
            "trace_id=\"1-66f2c5a1-3f2b1c0d4e5f60718293a4b5\"",
            "method=GET",
            "route=\"/tracks/{id}\"",
            "status=200",
            "milliseconds=",
            "request_id=\"mine-1\"",
        ] {
            assert!(lines.contains(part), "{part} in {lines}");
        }
    }

    #[tokio::test]
    async fn a_panic_is_logged_as_a_problem_with_what_was_recorded_before_it() {
        async fn handler() {
            request_info::record(|info| info.version = Some(Version::of(b"model")));
            panic!("a defect");
        }
        let router = Router::new().route("/", get(handler)).layer(CatchPanicLayer::custom(problems::panicked));
        let (response, lines) = logged(router, Request::get("/")).await;
        let version = Version::of(b"model").to_string();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["x-model-version"]),
            (500, &version.parse().expect("a header"))
        );
        let line = lines.lines().last().unwrap_or_default();
        for part in ["status=500", "problem=\"internal\"", &version] {
            assert!(line.contains(part), "{part} in {lines}");
        }
    }

    #[test]
    fn an_id_that_could_forge_a_line_is_not_taken() {
        for (id, sane) in [("a-1:b", true), ("", false), ("a b", false), ("a\"b", false), (&"x".repeat(129), false)] {
            assert_eq!(is_sane(id), sane, "{id:?}");
        }
    }
}

//! One line in the log for each request, under an id that the client gets too.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};

use super::cors::REQUEST_ID;

/// The longest id that a client may give.
const LONGEST_ID: usize = 128;

/// Logs the request once it is answered, and names it in `x-request-id`: as the client did, or Lambda, or by a new id.
pub(super) async fn line(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let (id, header) = id(&request);
    let mut response = next.run(request).await;
    response.headers_mut().insert(REQUEST_ID, header);
    let milliseconds = begun.elapsed().as_micros() as f64 / 1_000.0;
    tracing::info!(%method, route, status = response.status().as_u16(), milliseconds, request_id = id, "request");
    response
}

fn id(request: &Request) -> (String, HeaderValue) {
    let given = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let lambda = || request.extensions().get::<lambda_http::Context>().map(|context| context.request_id.as_str());
    given
        .filter(|id| is_sane(id))
        .or_else(lambda)
        .and_then(|id| Some((id.to_owned(), HeaderValue::from_str(id).ok()?)))
        .unwrap_or_else(|| {
            let id = uuid::Uuid::new_v4().to_string();
            let header = HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static("-"));
            (id, header)
        })
}

/// Nothing that could forge a log line, or fill it.
fn is_sane(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:=+/@".contains(&byte);
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use axum::{Router, body::Body, middleware::from_fn, routing::get};
    use lambda_http::tower::ServiceExt;

    use super::*;

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

    #[tokio::test]
    async fn a_request_is_one_line_with_its_method_route_status_time_and_id() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let router = Router::new().route("/tracks/{id}", get(|| async { "a track" })).layer(from_fn(line));
        let request = Request::get("/tracks/7").header("x-request-id", "mine-1").body(Body::empty()).expect("builds");
        let response = router.oneshot(request).await.expect("answers");
        assert_eq!(response.headers()["x-request-id"], "mine-1");
        let lines = String::from_utf8(lines.0.lock().expect("no thread panicked").clone()).expect("UTF-8");
        assert_eq!(lines.lines().count(), 1, "{lines}");
        for part in ["method=GET", "route=\"/tracks/{id}\"", "status=200", "milliseconds=", "request_id=\"mine-1\""] {
            assert!(lines.contains(part), "{part} in {lines}");
        }
    }

    #[test]
    fn an_id_that_could_forge_a_line_is_not_taken() {
        for (id, sane) in [("a-1:b", true), ("", false), ("a b", false), ("a\"b", false), (&"x".repeat(129), false)] {
            assert_eq!(is_sane(id), sane, "{id:?}");
        }
    }
}

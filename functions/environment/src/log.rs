//! The log on standard output, as Lambda's advanced logging controls ask for it.

use std::panic::{self, PanicHookInfo};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::settings::Environment;

/// Whether the log is JSON, a line an event, for machines to read: `AWS_LAMBDA_LOG_FORMAT` is `JSON`.
pub fn is_json(environment: &Environment<impl Fn(&str) -> Option<String>>) -> bool {
    environment.get("AWS_LAMBDA_LOG_FORMAT").is_some_and(|format| format.trim().eq_ignore_ascii_case("json"))
}

/// Logs to standard output from here on.
///
/// `RUST_LOG` says which events (`info,aws_config=debug`), otherwise `AWS_LAMBDA_LOG_LEVEL` (`TRACE` to `FATAL`), otherwise
/// those of level `INFO` and above are logged. They bear no time: CloudWatch has its own. A panic is an event like any other:
/// as plain text on standard error, it would be a line that is not JSON.
///
/// # Panics
///
/// If the process logs already.
pub fn init(environment: &Environment<impl Fn(&str) -> Option<String>>) {
    let layer = tracing_subscriber::fmt::layer().with_target(false).without_time();
    let layer = if is_json(environment) { layer.json().boxed() } else { layer.boxed() };
    tracing_subscriber::registry().with(layer.with_filter(filter(environment))).init();
    panic::set_hook(Box::new(log_panic));
}

fn log_panic(info: &PanicHookInfo<'_>) {
    let panic = info.payload_as_str().unwrap_or("no message");
    let location = info.location().map(ToString::to_string);
    tracing::error!(panic, location, "panicked");
}

fn filter(environment: &Environment<impl Fn(&str) -> Option<String>>) -> Targets {
    let given = environment.get("RUST_LOG").and_then(|directives| directives.parse().ok());
    given.unwrap_or_else(|| Targets::new().with_default(level(environment)))
}

fn level(environment: &Environment<impl Fn(&str) -> Option<String>>) -> LevelFilter {
    let Some(level) = environment.get("AWS_LAMBDA_LOG_LEVEL") else { return LevelFilter::INFO };
    let level = level.trim();
    // Lambda has one more than tracing.
    if level.eq_ignore_ascii_case("fatal") { LevelFilter::ERROR } else { level.parse().unwrap_or(LevelFilter::INFO) }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

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

    #[test]
    fn a_panic_is_one_event_of_the_log() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
        let before = panic::take_hook();
        panic::set_hook(Box::new(log_panic));
        let panicked =
            tracing::subscriber::with_default(subscriber, || panic::catch_unwind(|| panic!("a \"defect\"\n")));
        panic::set_hook(before);
        assert!(panicked.is_err());
        let lines = String::from_utf8(lines.0.lock().expect("no thread panicked").clone()).expect("UTF-8");
        assert_eq!(lines.lines().count(), 1, "{lines}");
        assert!(lines.starts_with('{') && lines.contains(r#""panic":"a \"defect\"\n""#), "{lines}");
        assert!(lines.contains("log.rs:"), "{lines}");
    }

    fn environment(variables: &[(&str, &str)]) -> Environment<impl Fn(&str) -> Option<String>> {
        Environment::new(|name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn lambdas_level_counts_and_rust_log_before_it() {
        let level = |variables: &[(&str, &str)]| filter(&environment(variables)).default_level();
        assert_eq!(level(&[]), Some(LevelFilter::INFO));
        for (given, expected) in [
            ("TRACE", LevelFilter::TRACE),
            ("WARN", LevelFilter::WARN),
            ("error", LevelFilter::ERROR),
            ("FATAL", LevelFilter::ERROR),
            ("loud", LevelFilter::INFO),
        ] {
            assert_eq!(level(&[("AWS_LAMBDA_LOG_LEVEL", given)]), Some(expected), "{given}");
        }
        assert_eq!(level(&[("AWS_LAMBDA_LOG_LEVEL", "ERROR"), ("RUST_LOG", "debug")]), Some(LevelFilter::DEBUG));
        assert_eq!(level(&[("AWS_LAMBDA_LOG_LEVEL", "ERROR"), ("RUST_LOG", "x=loud")]), Some(LevelFilter::ERROR));
    }

    #[test]
    fn a_target_of_its_own_can_be_asked_for() {
        let filter = filter(&environment(&[("RUST_LOG", "warn,store=trace")]));
        assert!(filter.would_enable("store::download", &tracing::Level::TRACE));
        assert!(!filter.would_enable("recommend", &tracing::Level::INFO));
    }

    #[test]
    fn the_log_is_json_where_lambda_asks_for_it() {
        assert!(is_json(&environment(&[("AWS_LAMBDA_LOG_FORMAT", "JSON")])));
        assert!(!is_json(&environment(&[("AWS_LAMBDA_LOG_FORMAT", "Text")])));
        assert!(!is_json(&environment(&[])));
    }
}

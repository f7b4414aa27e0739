//! CloudWatch metrics: lines of the log in the embedded metric format, one or more a request.
//!
//! They are in the namespace `segue`, by function. Without [`install`], as on a laptop, nothing is written.

use std::{io, sync::OnceLock, time::Duration};

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_cloudwatch_embedded::{Builder, Collector};

/// The namespace of all metrics.
pub const NAMESPACE: &str = "segue";
/// The dimension of all metrics: the function's name.
pub const FUNCTION: &str = "function";
/// A dimension of [`ERRORS`]: the code of the problem.
const TYPE: &str = "type";
/// A dimension of [`ERRORS`]: the deployed version of the function, for alarms that take a deployment back.
const VERSION: &str = "version";

/// A request's time until its answer, in ms.
const LATENCY: &str = "Latency";
/// Environments that answered their first request.
const COLD_START: &str = "ColdStart";
/// How long ago the model was published that the request was answered from, in seconds.
const MODEL_AGE: &str = "ModelAge";
/// From asking for a model to its being able to answer, in ms.
const MODEL_LOAD_TIME: &str = "ModelLoadTime";
/// Models or pointers that could not be loaded.
const MODEL_LOAD_FAILURES: &str = "ModelLoadFailures";
/// Recommendations without any track.
const EMPTY_ANSWERS: &str = "EmptyAnswers";
/// Recommendations with some tracks, and fewer than were asked for.
const SHORT_ANSWERS: &str = "ShortAnswers";
/// Requests that were answered with a problem: by its type, those that are the function's fault without, and these again
/// by their type and the function's version.
const ERRORS: &str = "Errors";

static COLLECTOR: OnceLock<&'static Collector> = OnceLock::new();

/// Writes metrics from now on, for the function of this name.
///
/// # Errors
///
/// If another recorder is installed.
pub fn install(function: String) -> anyhow::Result<()> {
    let collector = Builder::new().cloudwatch_namespace(NAMESPACE).with_dimension(FUNCTION, function).init();
    let collector = collector.map_err(|error| anyhow::anyhow!("no metrics can be written: {error}"))?;
    describe_histogram!(LATENCY, Unit::Milliseconds, "");
    describe_counter!(COLD_START, Unit::Count, "");
    describe_gauge!(MODEL_AGE, Unit::Seconds, "");
    describe_histogram!(MODEL_LOAD_TIME, Unit::Milliseconds, "");
    describe_counter!(MODEL_LOAD_FAILURES, Unit::Count, "");
    describe_counter!(EMPTY_ANSWERS, Unit::Count, "");
    describe_counter!(SHORT_ANSWERS, Unit::Count, "");
    describe_counter!(ERRORS, Unit::Count, "");
    // It was not set before, or there would be another recorder.
    let _ = COLLECTOR.set(collector);
    Ok(())
}

/// What is measured of a request.
#[derive(Clone, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) took: Duration,
    /// The first of its environment.
    pub(crate) cold: bool,
    pub(crate) model_age: Option<Duration>,
    pub(crate) status: u16,
    /// How many tracks were recommended, and how many were asked for.
    pub(crate) tracks: Option<(usize, usize)>,
    /// The kind of problem that it was answered with.
    pub(crate) problem: Option<&'a str>,
    /// The deployed version of the function.
    pub(crate) function_version: Option<&'a str>,
    pub(crate) id: &'a str,
    /// X-Ray's name for it.
    pub(crate) trace: Option<&'a str>,
}

/// Writes a request's metrics, and what was counted since the last one's.
pub(crate) fn request(request: &Request) {
    let Some(collector) = COLLECTOR.get() else { return };
    histogram!(LATENCY).record(milliseconds(request.took));
    if request.cold {
        counter!(COLD_START).increment(1);
    }
    if let Some(age) = request.model_age {
        gauge!(MODEL_AGE).set(age.as_secs_f64().round());
    }
    match request.tracks {
        Some((0, _)) => counter!(EMPTY_ANSWERS).increment(1),
        Some((tracks, limit)) if tracks < limit => counter!(SHORT_ANSWERS).increment(1),
        _ => {}
    }
    if let Some(problem) = request.problem {
        counter!(ERRORS, TYPE => problem.to_owned()).increment(1);
    }
    if request.status >= 500 {
        counter!(ERRORS).increment(1);
        if let (Some(problem), Some(version)) = (request.problem, request.function_version) {
            counter!(ERRORS, TYPE => problem.to_owned(), VERSION => version.to_owned()).increment(1);
        }
    }
    collector.set_property("requestId", request.id.to_owned());
    match request.trace {
        Some(trace) => collector.set_property("xrayTraceId", trace.to_owned()),
        None => collector.remove_property("xrayTraceId"),
    };
    if let Err(error) = collector.flush(io::stdout()) {
        tracing::warn!(%error, "metrics could not be written");
    }
}

/// A model can answer.
pub(crate) fn loaded(after: Duration) {
    histogram!(MODEL_LOAD_TIME).record(milliseconds(after));
}

/// A model, or the pointer to it, could not be loaded. It is written with the next request.
pub(crate) fn load_failed() {
    counter!(MODEL_LOAD_FAILURES).increment(1);
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1_000.0
}

//! What a piece of work takes.

use std::{panic::resume_unwind, thread, time::Duration};

use benches::process::process_cpu_time;

use crate::ALLOCATOR;

/// What one piece of work took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Processor time of the process.
    pub(crate) cpu: Duration,
    /// The most memory that was allocated at once beside what was there before, in bytes.
    pub(crate) bytes: usize,
}

impl Cost {
    /// In milliseconds.
    pub(crate) fn milliseconds(self) -> f64 {
        self.cpu.as_secs_f64() * 1e3
    }

    /// In megabytes.
    pub(crate) fn megabytes(self) -> f64 {
        self.bytes as f64 / 1e6
    }
}

/// What the thread is called that works, so that a profiler tells it from the rest: `perf report --comm question`.
const THREAD: &str = "question";

/// Does some work on a thread of its own, so that what is kept for the thread's next request counts too.
///
/// # Panics
///
/// If the work does, or there can be no thread.
pub(crate) fn measure<T: Send>(work: impl FnOnce() -> T + Send) -> (Cost, T) {
    let thread = thread::Builder::new().name(THREAD.to_owned());
    let (before, begun) = (ALLOCATOR.current_usage(), process_cpu_time());
    ALLOCATOR.reset_peak_usage();
    let done = thread::scope(|scope| thread.spawn_scoped(scope, work).expect("the system has threads").join());
    let cpu = process_cpu_time().saturating_sub(begun);
    let bytes = ALLOCATOR.peak_usage().saturating_sub(before);
    (Cost { cpu, bytes }, done.unwrap_or_else(|panic| resume_unwind(panic)))
}

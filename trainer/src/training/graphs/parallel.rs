//! The graphs of all clusters, several at a time, and other work beside them.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

/// A piece of work.
pub(in crate::training) type Job<'a> = Box<dyn FnOnce() + Send + 'a>;

/// Does all jobs, `threads` of them at a time, each on one thread, in their order as threads become free.
pub(in crate::training) fn run(jobs: Vec<Job<'_>>, threads: usize) {
    let threads = threads.clamp(1, jobs.len().max(1));
    let jobs: Vec<Mutex<Option<Job<'_>>>> = jobs.into_iter().map(|job| Mutex::new(Some(job))).collect();
    let next = AtomicUsize::new(0);
    // A thread that panics ends the scope with its panic.
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let job = job.lock().unwrap_or_else(PoisonError::into_inner).take();
                    if let Some(job) = job {
                        job();
                    }
                }
            });
        }
    });
}

//! The graphs of all clusters, several at a time, and other work beside them.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// A piece of work.
pub(in crate::training) struct Job<'a> {
    /// How much memory it takes, in units of [`run`]'s limit.
    pub(in crate::training) weight: usize,
    pub(in crate::training) work: Box<dyn FnOnce() + Send + 'a>,
}

/// Does all jobs, up to `threads` of them at a time, each on one thread, in their order. One that has a weight waits for others to end
/// while it and those under way would weigh more than `limit` together.
pub(in crate::training) fn run(jobs: Vec<Job<'_>>, threads: usize, limit: usize) {
    let threads = threads.clamp(1, jobs.len().max(1));
    let queue = Queue { limit, state: Mutex::new(State { waiting: jobs.into(), under_way: 0 }), ended: Condvar::new() };
    // A thread that panics ends the scope with its panic.
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(job) = queue.next() {
                    let _under_way = UnderWay { queue: &queue, weight: job.weight };
                    (job.work)();
                }
            });
        }
    });
}

struct Queue<'a> {
    limit: usize,
    state: Mutex<State<'a>>,
    ended: Condvar,
}

struct State<'a> {
    waiting: VecDeque<Job<'a>>,
    /// What the jobs under way weigh together.
    under_way: usize,
}

impl<'a> Queue<'a> {
    fn lock(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job, when there is room for it.
    fn next(&self) -> Option<Job<'a>> {
        let is_too_heavy = |state: &mut State<'_>| {
            let weight = state.waiting.front().map_or(0, |job| job.weight);
            weight > 0 && state.under_way > 0 && weight.saturating_add(state.under_way) > self.limit
        };
        let mut state = self.ended.wait_while(self.lock(), is_too_heavy).unwrap_or_else(PoisonError::into_inner);
        let job = state.waiting.pop_front()?;
        state.under_way += job.weight;
        Some(job)
    }
}

/// A job under way: when it has ended, however it did, others may begin.
struct UnderWay<'q, 'a> {
    queue: &'q Queue<'a>,
    weight: usize,
}

impl Drop for UnderWay<'_, '_> {
    fn drop(&mut self) {
        self.queue.lock().under_way -= self.weight;
        self.queue.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn jobs_under_way_weigh_no_more_than_the_limit_unless_one_alone_does() {
        let (under_way, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let weights = [7, 3, 2, 0, 12, 5, 5, 1, 6];
        let job = |weight: usize| Job {
            weight,
            work: Box::new({
                let (under_way, done) = (&under_way, &done);
                move || {
                    let all = under_way.fetch_add(weight, Ordering::SeqCst) + weight;
                    std::thread::sleep(std::time::Duration::from_millis(5));
                    under_way.fetch_sub(weight, Ordering::SeqCst);
                    done.lock().unwrap().push((weight, all));
                }
            }),
        };
        run(weights.into_iter().map(job).collect(), 3, 10);
        let mut done = done.into_inner().unwrap();
        for (weight, all) in &done {
            assert!(*all <= 10 || (*weight == 12 && *all == 12) || *weight == 0, "{done:?}");
        }
        done.sort_unstable();
        assert_eq!(done.into_iter().map(|(weight, _)| weight).collect::<Vec<_>>(), [0, 1, 2, 3, 5, 5, 6, 7, 12]);
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_job_that_panics_does_not_leave_the_others_waiting() {
        let job = |weight, panics: bool| Job { weight, work: Box::new(move || assert!(!panics, "as it should")) };
        run(vec![job(8, true), job(8, false), job(8, false)], 2, 10);
    }
}

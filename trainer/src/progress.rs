//! How far a long run is, told to whoever wants to know: a terminal, a log, or nobody.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// Is told of the stages of a run. `()` ignores them.
pub trait Progress: Sync {
    /// Begins a stage of `steps` steps, or of unknown length where that is 0.
    fn stage(&self, name: &'static str, steps: u64) -> Box<dyn Stage + '_>;

    /// Is told what nobody should overlook.
    fn warn(&self, text: &str);
}

/// A stage under way. One that is dropped before it is done has failed.
pub trait Stage: Sync {
    /// How many steps are done. Any thread may call it.
    fn set(&self, done: u64);

    /// Ends the stage; `result` says what came of it, in a few words.
    fn done(self: Box<Self>, result: &str);
}

impl Progress for () {
    fn stage(&self, _: &'static str, _: u64) -> Box<dyn Stage + '_> {
        Box::new(())
    }

    fn warn(&self, _: &str) {}
}

impl Stage for () {
    fn set(&self, _: u64) {}

    fn done(self: Box<Self>, _: &str) {}
}

/// Measures how long each stage takes, and shows nothing.
#[derive(Debug, Default)]
pub struct Stopwatch {
    seconds: Mutex<Vec<(String, f64)>>,
}

impl Stopwatch {
    /// The stages that are done, in their order, and how many seconds each took. Stages of one name count together.
    pub fn seconds(&self) -> Vec<(String, f64)> {
        self.seconds.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds a stage that is done; gives its seconds.
    pub(crate) fn add(&self, name: &str, begun: Instant) -> f64 {
        let seconds = begun.elapsed().as_secs_f64();
        let mut stages = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        match stages.iter_mut().find(|(stage, _)| stage == name) {
            Some((_, sum)) => *sum += seconds,
            None => stages.push((name.to_owned(), seconds)),
        }
        seconds
    }
}

impl Progress for Stopwatch {
    fn stage(&self, name: &'static str, _: u64) -> Box<dyn Stage + '_> {
        Box::new(Timed { stopwatch: self, name, begun: Instant::now() })
    }

    fn warn(&self, _: &str) {}
}

/// A stage whose time is measured.
struct Timed<'a> {
    stopwatch: &'a Stopwatch,
    name: &'static str,
    begun: Instant,
}

impl Stage for Timed<'_> {
    fn set(&self, _: u64) {}

    fn done(self: Box<Self>, _: &str) {
        self.stopwatch.add(self.name, self.begun);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_stages_that_are_done_are_timed_and_those_of_one_name_together() {
        let stopwatch = Stopwatch::default();
        for name in ["read", "scale", "read"] {
            stopwatch.stage(name, 0).done("");
        }
        drop(stopwatch.stage("check", 0));
        let names: Vec<String> = stopwatch.seconds().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["read", "scale"]);
    }
}

//! What a person sees while something long runs: a bar a stage on a terminal, plain lines elsewhere.

use std::{
    io::IsTerminal,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shows stages on stderr, and remembers how long each one took.
pub struct Console {
    shown: Shown,
    seconds: Mutex<Vec<(String, f64)>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Bars,
    Lines,
    Nothing,
}

impl Console {
    /// Bars where stderr is a terminal, a line a stage where it is not.
    pub fn new() -> Self {
        Self::with(if std::io::stderr().is_terminal() { Shown::Bars } else { Shown::Lines })
    }

    /// Shows nothing.
    pub fn quiet() -> Self {
        Self::with(Shown::Nothing)
    }

    fn with(shown: Shown) -> Self {
        Self { shown, seconds: Mutex::default() }
    }

    /// Begins a stage of `length` steps, or of unknown length where that is 0.
    pub fn stage(&self, name: &'static str, length: u64) -> Stage<'_> {
        let bar = ProgressBar::new(length);
        let template =
            if length == 0 { "{spinner} {msg} {elapsed}" } else { "{msg:28} {wide_bar} {percent:>3} % {eta}" };
        match self.shown {
            Shown::Bars => {
                if let Ok(style) = ProgressStyle::with_template(template) {
                    bar.set_style(style);
                }
                bar.enable_steady_tick(Duration::from_millis(120));
            }
            _ => bar.set_draw_target(ProgressDrawTarget::hidden()),
        }
        bar.set_message(name);
        Stage { console: self, name, bar, begun: Instant::now() }
    }

    /// The stages that are finished, in their order, and how many seconds each took.
    pub fn seconds(&self) -> Vec<(String, f64)> {
        self.seconds.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says something that nobody should overlook.
    pub fn warn(&self, text: &str) {
        if self.shown != Shown::Nothing {
            eprintln!("warning: {text}");
        }
    }
}

impl Default for Console {
    fn default() -> Self {
        Self::new()
    }
}

/// One stage under way.
pub struct Stage<'a> {
    console: &'a Console,
    name: &'static str,
    bar: ProgressBar,
    begun: Instant,
}

impl Stage<'_> {
    /// How far it is.
    pub fn set(&self, position: u64) {
        self.bar.set_position(position);
    }

    /// Ends it; `result` says what came of it, in a few words.
    pub fn done(self, result: &str) {
        self.bar.finish_and_clear();
        let seconds = self.begun.elapsed().as_secs_f64();
        let mut stages = self.console.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        match stages.iter_mut().find(|(name, _)| name == self.name) {
            Some((_, sum)) => *sum += seconds,
            None => stages.push((self.name.to_owned(), seconds)),
        }
        drop(stages);
        if self.console.shown != Shown::Nothing {
            eprintln!("{:<10} {seconds:>7.2} s  {result}", self.name);
        }
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

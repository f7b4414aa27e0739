//! What a person sees while something long runs: a bar a stage on a terminal, plain lines elsewhere.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{
    printable::{printable, printable_lines},
    progress::{Progress, Stage, Stopwatch},
};

/// Shows stages on stderr, and remembers how long each one took.
pub struct Console {
    shown: Shown,
    stopwatch: Stopwatch,
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
        Self { shown, stopwatch: Stopwatch::default() }
    }

    /// The stages that are done, in their order, and how many seconds each took.
    pub fn seconds(&self) -> Vec<(String, f64)> {
        self.stopwatch.seconds()
    }
}

impl Default for Console {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress for Console {
    fn stage(&self, name: &'static str, steps: u64) -> Box<dyn Stage + '_> {
        let bar = ProgressBar::new(steps);
        let template =
            if steps == 0 { "{spinner} {msg} {elapsed}" } else { "{msg:28} {wide_bar} {percent:>3} % {eta}" };
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
        Box::new(Bar { console: self, name, bar, begun: Instant::now() })
    }

    fn warn(&self, text: &str) {
        if self.shown != Shown::Nothing {
            eprintln!("warning: {}", printable_lines(text));
        }
    }
}

/// A stage that is shown.
struct Bar<'a> {
    console: &'a Console,
    name: &'static str,
    bar: ProgressBar,
    begun: Instant,
}

impl Stage for Bar<'_> {
    fn set(&self, done: u64) {
        self.bar.set_position(done);
    }

    fn done(self: Box<Self>, result: &str) {
        self.bar.finish_and_clear();
        let seconds = self.console.stopwatch.add(self.name, self.begun);
        if self.console.shown != Shown::Nothing {
            eprintln!("{:<10} {seconds:>7.2} s  {}", self.name, printable(result));
        }
    }
}

impl Drop for Bar<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

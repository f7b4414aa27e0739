//! When to look for a new model.

use std::time::{Duration, Instant, SystemTime};

/// The longest time between two checks after failures, unless less often was asked for.
const MAX_BACKOFF: Duration = Duration::from_secs(3_600);

/// Both clocks. The one that never goes back may stand still while the environment is frozen, and the other one may
/// have been set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    steady: Instant,
    wall: SystemTime,
}

impl Now {
    pub(super) fn read() -> Self {
        Self { steady: Instant::now(), wall: SystemTime::now() }
    }

    /// The longer of what the clocks say. A wall clock that was set back says nothing.
    fn since(self, earlier: Self) -> Duration {
        let steady = self.steady.saturating_duration_since(earlier.steady);
        steady.max(self.wall.duration_since(earlier.wall).unwrap_or_default())
    }
}

/// Says when a check is due: one at a time, and not more often than asked for.
#[derive(Debug)]
pub(super) struct Schedule {
    every: Option<Duration>,
    last: Option<Now>,
    under_way: bool,
    failures: u32,
}

impl Schedule {
    /// A check each `every`; none where it is nothing.
    pub(super) fn new(every: Option<Duration>) -> Self {
        Self { every, last: None, under_way: false, failures: 0 }
    }

    /// The model has just been loaded: that was a check too.
    pub(super) fn checked(&mut self, now: Now) {
        self.last = Some(now);
    }

    /// Whether a check is to begin: one is due now, or will be within `look_ahead`, of which a tenth of the interval counts
    /// at most. If so, it is under way until [`Schedule::end`].
    pub(super) fn begin(&mut self, now: Now, look_ahead: Duration) -> bool {
        let Some(every) = self.every else { return false };
        let look_ahead = look_ahead.min(every / 10);
        let pause = every.saturating_mul(1 << self.failures.min(16)).min(every.max(MAX_BACKOFF));
        let due = self.last.is_none_or(|last| now.since(last).saturating_add(look_ahead) >= pause);
        let begins = due && !self.under_way;
        if begins {
            self.under_way = true;
            self.last = Some(now);
        }
        begins
    }

    /// The check has ended. After each model in a row that could not be loaded, the pause is twice as long.
    pub(super) fn end(&mut self, failed: bool) {
        self.under_way = false;
        self.failures = if failed { self.failures.saturating_add(1) } else { 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn later(now: Now, steady: Duration, wall: Duration) -> Now {
        Now { steady: now.steady + steady, wall: now.wall + wall }
    }

    #[test]
    fn a_check_is_due_once_a_minute_and_one_at_a_time() {
        let start = Now::read();
        let mut schedule = Schedule::new(Some(MINUTE));
        schedule.checked(start);
        assert!(!schedule.begin(later(start, MINUTE / 2, MINUTE / 2), Duration::ZERO));
        let due = later(start, MINUTE, MINUTE);
        assert!(schedule.begin(due, Duration::ZERO));
        assert!(!schedule.begin(later(due, 9 * MINUTE, 9 * MINUTE), Duration::ZERO), "one is under way");
        schedule.end(false);
        assert!(!schedule.begin(later(due, MINUTE / 2, MINUTE / 2), Duration::ZERO));
        assert!(schedule.begin(later(due, MINUTE, MINUTE), Duration::ZERO));
    }

    #[test]
    fn who_looks_ahead_checks_no_more_often_than_a_short_interval_allows() {
        let second = Duration::from_secs(1);
        let begins = |every, after| {
            let start = Now::read();
            let mut schedule = Schedule::new(Some(every));
            schedule.checked(start);
            schedule.begin(later(start, after, after), second)
        };
        assert!(!begins(second, second / 2), "half of the interval has passed");
        assert!(begins(second, second));
        assert!(begins(MINUTE, MINUTE - second));
        assert!(!begins(MINUTE, MINUTE - 2 * second));
    }

    #[test]
    fn clocks_that_jump_or_stand_still_keep_no_check_from_being_due() {
        let start = Now::read();
        let begins = |steady, wall| {
            let mut schedule = Schedule::new(Some(MINUTE));
            schedule.checked(start);
            schedule.begin(later(start, steady, wall), Duration::ZERO)
        };
        assert!(begins(Duration::ZERO, MINUTE), "frozen, and the steady clock with it");
        assert!(begins(MINUTE, Duration::ZERO), "the wall clock was set back by a minute");
        let set_back = Now { steady: start.steady + MINUTE, wall: start.wall - 60 * MINUTE };
        let mut schedule = Schedule::new(Some(MINUTE));
        schedule.checked(start);
        assert!(schedule.begin(set_back, Duration::ZERO));
    }

    #[test]
    fn failures_make_checks_seldom_and_a_success_ends_that() {
        let mut now = Now::read();
        let mut schedule = Schedule::new(Some(MINUTE));
        for minutes in [0, 2, 4, 8, 16, 32, 60, 60] {
            let pause = minutes * MINUTE;
            assert!(
                minutes == 0 || !schedule.begin(later(now, pause - MINUTE / 2, pause - MINUTE / 2), Duration::ZERO)
            );
            now = later(now, pause, pause);
            assert!(schedule.begin(now, Duration::ZERO), "{minutes}");
            schedule.end(true);
        }
        now = later(now, 60 * MINUTE, 60 * MINUTE);
        assert!(schedule.begin(now, Duration::ZERO));
        schedule.end(false);
        assert!(schedule.begin(later(now, MINUTE, MINUTE), Duration::ZERO));
    }

    #[test]
    fn who_asks_for_no_checks_gets_none() {
        assert!(!Schedule::new(None).begin(Now::read(), Duration::ZERO));
    }
}

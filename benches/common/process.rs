//! What a process has used so far, as Linux tells it in `/proc` (proc(5)).

use std::{
    fs, io,
    process::{Command, ExitStatus},
    time::{Duration, Instant},
};

/// `utime` and `stime` are told in hundredths of a second on every architecture that segue runs on.
const TICKS_PER_SECOND: u32 = 100;

/// How often a process is looked at that is waited for.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Processor time and memory of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// On a processor, all threads together: those that run to the nanosecond, those that have ended to the tick.
    pub cpu: Duration,
    /// In its own code, in ticks of 10 ms.
    pub user: Duration,
    /// In the kernel, in ticks of 10 ms.
    pub system: Duration,
    /// Memory it has now (`VmRSS`), in bytes.
    pub resident: u64,
    /// The most memory that it ever had (`VmHWM`), in bytes.
    pub peak: u64,
}

impl Usage {
    /// Of a process that runs.
    ///
    /// # Errors
    ///
    /// Where there is no such process, or no `/proc`.
    pub fn of(pid: u32) -> io::Result<Self> {
        let (user, system) = ticks(&fs::read_to_string(format!("/proc/{pid}/stat"))?)
            .ok_or_else(|| io::Error::other(format!("/proc/{pid}/stat is not as expected")))?;
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        // A thread may end between being listed and being read.
        let threads = fs::read_dir(format!("/proc/{pid}/task"))?.filter_map(Result::ok);
        let running: Duration = threads
            .filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok())
            .filter_map(|schedstat| schedstat.split(' ').next()?.parse().ok())
            .map(Duration::from_nanos)
            .sum();
        Ok(Self {
            cpu: running.max(user + system),
            user,
            system,
            resident: kilobytes(&status, "VmRSS:") * 1024,
            peak: kilobytes(&status, "VmHWM:") * 1024,
        })
    }
}

/// Time in user mode and in the kernel, of `/proc/PID/stat`.
fn ticks(stat: &str) -> Option<(Duration, Duration)> {
    // The second field is the program's name in brackets, and may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let mut next =
        |skipped| fields.nth(skipped)?.parse().ok().map(|ticks| Duration::from_secs(ticks) / TICKS_PER_SECOND);
    Some((next(11)?, next(0)?))
}

fn kilobytes(status: &str, name: &str) -> u64 {
    let value = status.lines().find_map(|line| line.strip_prefix(name));
    value.and_then(|value| value.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// A command that was run to its end.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// How it ended.
    pub status: ExitStatus,
    /// From its start to its end, to about 20 ms.
    pub wall: Duration,
    /// What it had used when it was last seen running, 20 ms before its end at most.
    pub usage: Usage,
}

/// Runs a command to its end, and looks at it until then. Its output must not fill a pipe that nobody reads.
///
/// # Errors
///
/// Where it does not start.
pub fn run(command: &mut Command) -> io::Result<Run> {
    let begun = Instant::now();
    let mut child = command.spawn()?;
    let mut usage = Usage::default();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Run { status, wall: begun.elapsed(), usage });
        }
        // One that has just ended has no memory any more: what was seen before holds.
        match Usage::of(child.id()) {
            Ok(now) if now.peak > 0 => usage = now,
            _ => {}
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_found_behind_any_name() {
        let stat = "42 (a ) b (c) S 1 42 42 0 -1 4194304 100 0 0 0 123 7 0 0 20 0 1 0 5000 0 0";
        assert_eq!(ticks(stat), Some((Duration::from_millis(1_230), Duration::from_millis(70))));
        assert_eq!(ticks("42 (a) S 1"), None);
    }

    #[test]
    fn memory_is_told_in_kilobytes() {
        assert_eq!(kilobytes("VmPeak:\t  9 kB\nVmHWM:\t    1234 kB\n", "VmHWM:"), 1_234);
        assert_eq!(kilobytes("", "VmHWM:"), 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_used_something() {
        let usage = Usage::of(std::process::id()).expect("runs");
        assert!(usage.resident > 0 && usage.peak >= usage.resident && usage.cpu > Duration::ZERO);
    }
}

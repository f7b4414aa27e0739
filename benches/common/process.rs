//! What a process has used so far, as Linux tells it in `/proc` (proc(5)); of this one, by its clocks (`clock_gettime(2)`).

use std::{
    io,
    process::{Command, ExitStatus},
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};

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
    #[cfg(target_os = "linux")]
    pub fn of(pid: u32) -> io::Result<Self> {
        use procfs::process::Process;

        let usage = || {
            let process = Process::new(pid.cast_signed())?;
            let (stat, status) = (process.stat()?, process.status()?);
            // A thread may end between being listed and being read.
            let threads = process.tasks()?.filter_map(Result::ok).filter_map(|thread| thread.schedstat().ok());
            let running = Duration::from_nanos(threads.map(|thread| thread.sum_exec_runtime).sum());
            let time = |ticks: u64| Duration::from_secs_f64(ticks as f64 / procfs::ticks_per_second() as f64);
            let (user, system) = (time(stat.utime), time(stat.stime));
            let bytes = |kilobytes: Option<u64>| kilobytes.unwrap_or(0) * 1024;
            let (resident, peak) = (bytes(status.vmrss), bytes(status.vmhwm));
            Ok(Self { cpu: running.max(user + system), user, system, resident, peak })
        };
        usage().map_err(|error: procfs::ProcError| io::Error::other(error))
    }

    /// Of a process that runs: not told here.
    ///
    /// # Errors
    ///
    /// Always.
    #[cfg(not(target_os = "linux"))]
    pub fn of(_: u32) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// How long this thread has been on a processor; zero where the system does not tell.
pub fn thread_cpu_time() -> Duration {
    cpu_time(ClockId::ThreadCPUTime)
}

/// How long all threads of this process have been on a processor; zero where the system does not tell.
pub fn process_cpu_time() -> Duration {
    cpu_time(ClockId::ProcessCPUTime)
}

fn cpu_time(clock: ClockId) -> Duration {
    clock_gettime(clock).try_into().unwrap_or_default()
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

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_used_something() {
        let usage = Usage::of(std::process::id()).expect("runs");
        assert!(usage.resident > 0 && usage.peak >= usage.resident && usage.cpu > Duration::ZERO);
    }

    #[test]
    fn what_a_thread_has_used_its_process_has_used() {
        // The process is asked first and last: what passes between the two clocks is on its side.
        let begun = (process_cpu_time(), thread_cpu_time());
        while thread_cpu_time() < begun.1 + Duration::from_millis(1) {}
        assert!(process_cpu_time() - begun.0 >= Duration::from_millis(1));
    }
}

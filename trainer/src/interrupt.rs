//! Ctrl-C and SIGTERM: the process ends at once, and leaves nothing half-written.
//!
//! Files are written aside and renamed. What lies aside when the signal comes is taken away; what belongs together is
//! written to its end first, which takes milliseconds. A second signal does not wait for that.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The exit codes of a process that SIGINT or SIGTERM ended, as shells give them.
const INTERRUPTED: i32 = 130;
const TERMINATED: i32 = 143;

static DEFERRED: Mutex<()> = Mutex::new(());
static TEMP_FILES: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn lock<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Listens for signals from now on. Where that is not possible, they end the process as they always do.
pub fn listen() {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    std::thread::spawn(move || {
        runtime.block_on(async {
            let Some(mut signals) = Signals::new() else { return };
            let Some(code) = signals.next().await else { return };
            std::thread::spawn(move || {
                let _deferred = lock(&DEFERRED);
                // Held until the end: no file is begun any more.
                let temp_files = lock(&TEMP_FILES);
                for path in temp_files.iter() {
                    // It may just have been renamed: then it is whole.
                    let _ = std::fs::remove_file(path);
                }
                eprintln!("{}", if code == TERMINATED { "terminated" } else { "interrupted" });
                std::process::exit(code);
            });
            if let Some(code) = signals.next().await {
                std::process::exit(code);
            }
        });
    });
}

/// Ctrl-C and, where there is such a thing, SIGTERM.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> Option<Self> {
        Some(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok()?,
        })
    }

    /// The exit code for the next signal; nothing where none can come.
    #[cfg(unix)]
    async fn next(&mut self) -> Option<i32> {
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted.ok().map(|()| INTERRUPTED),
            terminated = self.terminate.recv() => terminated.map(|()| TERMINATED),
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) -> Option<i32> {
        tokio::signal::ctrl_c().await.ok().map(|()| INTERRUPTED)
    }
}

/// While it is held, signals wait: for files that belong together.
pub fn defer_signals() -> MutexGuard<'static, ()> {
    lock(&DEFERRED)
}

/// A file that lies aside until it is whole.
pub(crate) struct TempFile(PathBuf);

impl TempFile {
    /// Makes one: `make` gives a file and says where it lies.
    pub(crate) fn new<T, E>(make: impl FnOnce() -> Result<(T, PathBuf), E>) -> Result<(T, Self), E> {
        // Made and noted in one: nothing comes between.
        let mut temp_files = lock(&TEMP_FILES);
        let (file, path) = make()?;
        temp_files.insert(path.clone());
        Ok((file, Self(path)))
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        lock(&TEMP_FILES).remove(&self.0);
    }
}

//! Ctrl-C and SIGTERM: the process ends at once, and leaves nothing half-written.
//!
//! Files are written aside and renamed. What lies aside when the signal comes is taken away; what belongs together is
//! written to its end first, which takes milliseconds. A second signal does not wait for that; it takes away what lies aside too.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

static DEFERRED: Mutex<()> = Mutex::new(());
static TEMP_FILES: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn lock<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Listens for signals from now on. Where that is not possible, they end the process as they always do.
#[cfg(unix)]
pub fn listen() {
    use signal_hook::{
        consts::{SIGINT, SIGTERM},
        iterator::Signals,
    };

    /// What shells add to the number of the signal that ended a process: 130 for SIGINT, 143 for SIGTERM.
    const SIGNAL_EXIT: i32 = 128;

    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        let mut codes = signals.forever().map(|signal| SIGNAL_EXIT + signal);
        let Some(code) = codes.next() else { return };
        let said = if code == SIGNAL_EXIT + SIGTERM { "terminated" } else { "interrupted" };
        std::thread::spawn(move || end(code, said));
        if let Some(code) = codes.next() {
            let _temp_files = remove_temp_files();
            std::process::exit(code);
        }
    });
}

/// Other systems end the process as they always do.
#[cfg(not(unix))]
pub fn listen() {}

/// Ends the process when what belongs together is written, without what lies aside.
#[cfg(unix)]
fn end(code: i32, said: &str) -> ! {
    let _deferred = lock(&DEFERRED);
    let _temp_files = remove_temp_files();
    eprintln!("{said}");
    std::process::exit(code)
}

/// Takes away what lies aside. While the result is held, no file is begun any more.
fn remove_temp_files() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    let temp_files = lock(&TEMP_FILES);
    for path in temp_files.iter() {
        // It may just have been renamed: then it is whole.
        let _ = std::fs::remove_file(path);
    }
    temp_files
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_aside_is_taken_away_whichever_signal_comes() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("aside");
        let make = || std::fs::write(&path, "half").map(|()| ((), path.clone()));
        let ((), noted) = TempFile::new(make).expect("writes");
        // As with the second signal, while the first one waits.
        let deferred = defer_signals();
        drop(remove_temp_files());
        assert!(!path.exists());
        drop((deferred, noted));
        std::fs::write(&path, "whole").expect("writes");
        drop(remove_temp_files());
        assert!(path.exists(), "it is no longer aside");
    }
}

//! Ctrl-C: the process ends at once, and leaves nothing half-written.
//!
//! Files are written aside and renamed. What lies aside when the signal comes is taken away; what belongs together is
//! written to its end first, which takes milliseconds. A second Ctrl-C does not wait for that.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The exit code of a process that SIGINT ended, as shells give it.
const EXIT: i32 = 130;

static TOGETHER: Mutex<()> = Mutex::new(());
static ASIDE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn lock<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Listens for Ctrl-C from now on. Where that is not possible, the signal ends the process as it always does.
pub fn listen() {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    std::thread::spawn(move || {
        runtime.block_on(async {
            if tokio::signal::ctrl_c().await.is_err() {
                return;
            }
            std::thread::spawn(|| {
                let _together = lock(&TOGETHER);
                // Held until the end: no file is begun any more.
                let aside = lock(&ASIDE);
                for path in aside.iter() {
                    // It may just have been renamed: then it is whole.
                    let _ = std::fs::remove_file(path);
                }
                eprintln!("interrupted");
                std::process::exit(EXIT);
            });
            let _ = tokio::signal::ctrl_c().await;
            std::process::exit(EXIT);
        });
    });
}

/// While it is held, Ctrl-C waits: for files that belong together.
pub fn together() -> MutexGuard<'static, ()> {
    lock(&TOGETHER)
}

/// A file that lies aside until it is whole.
pub(crate) struct Aside(PathBuf);

impl Aside {
    /// Makes one: `make` gives a file and says where it lies.
    pub(crate) fn new<T, E>(make: impl FnOnce() -> Result<(T, PathBuf), E>) -> Result<(T, Self), E> {
        // Made and noted in one: nothing comes between.
        let mut aside = lock(&ASIDE);
        let (file, path) = make()?;
        aside.insert(path.clone());
        Ok((file, Self(path)))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        lock(&ASIDE).remove(&self.0);
    }
}

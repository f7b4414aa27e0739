//! What child processes say: it is kept, and shown where a test fails.

use std::process::Stdio;

use tempfile::NamedTempFile;

/// The output of a child process. It is printed when this is dropped by a test that panics.
pub struct Log {
    process: String,
    file: NamedTempFile,
}

impl Log {
    /// An empty one, of a process that goes by this name.
    ///
    /// # Panics
    ///
    /// If no temporary file can be made.
    pub fn new(process: &str) -> Self {
        Self { process: process.to_owned(), file: NamedTempFile::new().expect("a temporary file") }
    }

    /// Standard output and standard error of the process, in one.
    ///
    /// # Panics
    ///
    /// If the file cannot be opened again.
    pub fn stdio(&self) -> (Stdio, Stdio) {
        // Of one opening, so that neither writes over the other.
        let output = self.file.reopen().expect("opens again");
        let error = output.try_clone().expect("a second handle");
        (output.into(), error.into())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        // A test's own `print!` is held back unless the test fails: it is used here, and not the real standard error.
        if std::thread::panicking() {
            let said = std::fs::read(self.file.path()).unwrap_or_default();
            eprintln!("---- what {} said ----\n{}----", self.process, String::from_utf8_lossy(&said));
        }
    }
}

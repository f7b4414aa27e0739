//! Python and the peers' packages, in a virtual environment of their own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, ensure};

use crate::build;

/// The Python that runs the peers.
#[derive(Clone, Debug)]
pub struct Peers {
    python: PathBuf,
}

impl Peers {
    /// Makes the environment where it is not there yet, and says so.
    ///
    /// # Errors
    ///
    /// Where that cannot be done: a measurement without peers says little, and has to be asked for.
    pub fn ready() -> anyhow::Result<Self> {
        Self::install().context("the Python peers cannot run; --no-peer leaves them out")
    }

    fn install() -> anyhow::Result<Self> {
        let environment = build::target()?.join("segue/peers");
        let python = environment.join("bin/python");
        let stamp = environment.join("installed.txt");
        let requirements = folder().join("requirements.txt");
        let wanted = fs::read(&requirements).with_context(|| format!("cannot read {}", requirements.display()))?;
        if python.is_file() && fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(Self { python });
        }
        println!("installing the Python peers from PyPI into {}: a minute", environment.display());
        let run = |command: &mut Command, what: &str| {
            let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
            let status = status.with_context(|| format!("{what} does not run"))?;
            ensure!(status.success(), "{what} failed");
            anyhow::Ok(())
        };
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment), "python3 -m venv")?;
        let mut pip = Command::new(&python);
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--timeout",
            "15",
            "--retries",
            "1",
        ]);
        run(pip.arg("--requirement").arg(&requirements), "pip install")?;
        fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
        Ok(Self { python })
    }

    /// Python in the peers' folder, with no more of the environment than it needs.
    pub fn python(&self) -> Command {
        let mut command = Command::new(&self.python);
        // The repository stays free of compiled files; the packages were compiled when they were installed.
        command.current_dir(folder()).env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::null());
        command
    }
}

/// Where the peers' sources lie.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

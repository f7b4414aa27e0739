//! Where the workspace lies, and its binaries as they are deployed.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    let benches = Path::new(env!("CARGO_MANIFEST_DIR"));
    benches.parent().unwrap_or(benches).to_owned()
}

/// The target folder that this program was built into.
///
/// # Errors
///
/// Where the program was moved out of it.
pub fn target() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe().context("where this program lies")?;
    // `target/debug/deps/cold_start-…`
    let deps = program.parent().filter(|folder| folder.ends_with("deps"));
    let target = deps.and_then(|deps| deps.ancestors().nth(2));
    let target = target.with_context(|| format!("{} lies in no target folder: run cargo bench", program.display()))?;
    Ok(target.to_owned())
}

/// Where measurements keep what they made, and write what they found.
///
/// # Errors
///
/// As [`target`].
pub fn results() -> anyhow::Result<PathBuf> {
    Ok(target()?.join("segue/bench"))
}

/// Builds the binary of a package in the release profile, by itself: as it is deployed.
///
/// # Errors
///
/// Where it does not build.
pub fn release(package: &str) -> anyhow::Result<PathBuf> {
    Ok(build(package, ["--bin", package])?.join(package).with_extension(std::env::consts::EXE_EXTENSION))
}

/// Builds an example of a package in the release profile.
///
/// # Errors
///
/// Where it does not build.
pub fn release_example(package: &str, example: &str) -> anyhow::Result<PathBuf> {
    let folder = build(package, ["--example", example])?.join("examples");
    Ok(folder.join(example).with_extension(std::env::consts::EXE_EXTENSION))
}

/// The folder that it was built into.
fn build(package: &str, what: [&str; 2]) -> anyhow::Result<PathBuf> {
    let target = target()?;
    println!("building {package} in the release profile: minutes, the first time");
    let status = tests::binaries::cargo()
        .args(["build", "--release", "--quiet", "--package", package])
        .args(what)
        .arg("--target-dir")
        .arg(&target)
        .current_dir(workspace())
        .status()
        .context("cargo does not run")?;
    ensure!(status.success(), "{package} does not build");
    Ok(target.join("release"))
}

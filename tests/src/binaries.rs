//! The workspace's own binaries, built as the tests were.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// Builds the binaries of the workspace, if they are not built yet, and says where the one of this name lies.
///
/// # Panics
///
/// If they do not build.
pub fn binary(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(build).join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

fn build() -> PathBuf {
    // A test lies in `target/debug/deps`. The same target folder, profile and set of packages: what the tests were
    // built with serves again, and only the binaries themselves are linked.
    let test = std::env::current_exe().expect("the path of the running test");
    let profile = test.ancestors().nth(2).expect("a test lies two folders below the target folder");
    let target = profile.parent().expect("a profile lies in the target folder");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let mut command = cargo();
    command.args(["build", "--workspace", "--bins", "--quiet", "--manifest-path"]).arg(workspace);
    command.arg("--target-dir").arg(target);
    if profile.ends_with("release") {
        command.arg("--release");
    }
    let output = command.output().expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the workspace's binaries do not build:\n{said}");
    profile.to_owned()
}

/// Cargo, as in a terminal: without what cargo tells a test about the test's own package. Build scripts that read these
/// variables (ring's does) take them for a change, and everything that depends on them would be compiled anew.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let own = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(own)) {
        command.env_remove(name);
    }
    command
}

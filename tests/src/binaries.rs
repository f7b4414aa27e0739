//! The workspace's own binaries, built as the tests were.

use std::path::PathBuf;

use escargot::CargoBuild;

/// Builds a binary of the workspace, if it is not built yet, and says where it lies.
///
/// # Panics
///
/// If it does not build.
pub fn binary(package: &str) -> PathBuf {
    // The same directory that the test itself was built in, so that nothing is compiled twice: a test lies in
    // `target/debug/deps`.
    let test = std::env::current_exe().expect("the path of the running test");
    let target = test.ancestors().nth(3).expect("a test lies three folders deep");
    let build = CargoBuild::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .package(package)
        .bin(package)
        .target_dir(target);
    let build = if cfg!(debug_assertions) { build } else { build.release() };
    build.run().unwrap_or_else(|error| panic!("{package} does not build: {error}")).path().to_owned()
}

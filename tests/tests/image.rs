//! The trainer's container image. `tests/trainer-image.sh` builds it, or compiles the trainer from its files.

use std::path::Path;

use serde_json::Value;
use tests::binaries::cargo;

/// Whether the ignore file lets a path through: of the lines that name it or a folder of it, the last one decides.
fn lets_through(ignored: &str, path: &Path) -> bool {
    let names = |pattern: &str| pattern == "*" || path.starts_with(pattern);
    ignored.lines().filter(|line| !line.starts_with('#')).fold(true, |through, line| match line.strip_prefix('!') {
        Some(pattern) if names(pattern) => true,
        None if names(line) => false,
        _ => through,
    })
}

#[test]
fn the_image_is_made_from_every_member_of_the_workspace() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace");
    let ignored = std::fs::read_to_string(root.join("infra/trainer.Dockerfile.dockerignore")).expect("an ignore file");
    let metadata = ["metadata", "--no-deps", "--offline", "--locked", "--format-version", "1"];
    let output = cargo().args(metadata).current_dir(&root).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 5, "{packages:?}");
    for package in packages {
        let manifest = Path::new(package["manifest_path"].as_str().expect("a path"));
        let path = manifest.strip_prefix(&root).expect("a member");
        assert!(lets_through(&ignored, path), "cargo does not start without {}", path.display());
    }
    for path in ["target/debug/trainer", ".git/HEAD", "tests/browser/node_modules/playwright-core/package.json"] {
        assert!(!lets_through(&ignored, Path::new(path)), "{path}");
    }
}

//! What the workflow for GitHub Actions must hold, whatever else changes in it.

use std::path::Path;

fn workflow() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github/workflows/ci.yml");
    std::fs::read_to_string(path).expect("a workflow")
}

#[test]
fn actions_are_pinned_to_commits() {
    let workflow = workflow();
    let used: Vec<&str> = workflow.lines().filter_map(|line| line.split("uses: ").nth(1)).collect();
    assert!(!used.is_empty());
    for action in used {
        let commit = action.split('@').nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
        assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{action}");
        assert!(action.contains(" # v"), "{action}: say which version that is");
    }
}

#[test]
fn a_job_has_the_permissions_that_it_names_and_only_the_release_writes() {
    let workflow = workflow();
    assert!(workflow.contains("\npermissions: {}\n"));
    let jobs = workflow.split("\njobs:\n").nth(1).expect("jobs");
    assert_eq!(jobs.matches("runs-on:").count(), jobs.matches("    permissions:\n").count());
    let (others, release) = jobs.split_once("\n  release:\n").expect("a release");
    assert!(!others.contains(": write") && release.matches(": write").count() == 1);
    // What builds has no token in its folder.
    assert_eq!(jobs.matches("actions/checkout@").count(), jobs.matches("persist-credentials: false").count());
}

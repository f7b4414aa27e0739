//! Nothing is skipped unseen: neither a script of `.ci/run`, nor a test that is ignored.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).expect("a file of the workspace")
}

/// Runs a line of bash that has `tests/skip.sh`, with these variables and no others that it looks at.
#[cfg(unix)]
fn bash(line: &str, env: &[(&str, &str)]) -> Output {
    let mut command = Command::new("bash");
    command.args(["-c", &format!("set -euo pipefail; source tests/skip.sh; {line}")]).current_dir(workspace());
    for variable in ["CI", "SEGUE_CI_MAY_SKIP", "SEGUE_SKIPPED"] {
        command.env_remove(variable);
    }
    command.envs(env.iter().copied()).output().expect("bash runs")
}

#[test]
#[cfg(unix)]
fn a_skip_is_told_and_fails_in_ci_unless_it_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let skipped = folder.path().join("skipped");
    let file = ("SEGUE_SKIPPED", skipped.to_str().expect("a path"));
    let line = "skip moon 'it is far'; echo went on";
    for (env, passes) in [
        (&[file][..], true),
        (&[file, ("CI", "")], true),
        (&[file, ("CI", "true")], false),
        (&[file, ("CI", "true"), ("SEGUE_CI_MAY_SKIP", "")], false),
        (&[file, ("CI", "true"), ("SEGUE_CI_MAY_SKIP", "sun,moons,full-moon")], false),
        (&[file, ("CI", "true"), ("SEGUE_CI_MAY_SKIP", "sun,moon")], true),
    ] {
        std::fs::write(&skipped, "").expect("writes");
        let output = bash(line, env);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!((output.status.success(), said.contains("went on")), (passes, passes), "{env:?}: {said}");
        assert!(said.contains("moon") && said.contains("it is far"), "{env:?}: {said}");
        let told = std::fs::read_to_string(&skipped).expect("reads");
        assert_eq!(told, if passes { "moon: it is far\n" } else { "" }, "{env:?}");
    }
    let output = bash("skip_rest moon 'it is far'; echo went on", &[]);
    assert!(output.status.success() && !String::from_utf8_lossy(&output.stdout).contains("went on"), "{output:?}");
}

/// The scripts that `.ci/run` runs.
fn scripts() -> Vec<String> {
    let run = read(".ci/run");
    run.lines().filter_map(|line| line.strip_prefix("step tests/")).map(|script| format!("tests/{script}")).collect()
}

#[test]
fn scripts_skip_by_the_shared_rule_and_ci_knows_only_names_of_theirs() {
    let scripts = scripts();
    assert!(scripts.len() >= 6, "{scripts:?}");
    let mut names = Vec::new();
    for script in scripts {
        let text = read(&script);
        for line in text.lines() {
            assert!(!line.contains("SKIPPED") && !line.contains("skip()"), "{script}: {line}");
            // No other way out that looks like success.
            let leaves = line.contains("exit 0") && !line.contains("install ] || exit 0");
            assert!(!leaves, "{script}: {line}");
            let words: Vec<&str> = line.split_whitespace().collect();
            let skips = words.windows(2).filter(|pair| ["skip", "skip_rest"].contains(&pair[0]));
            names.extend(skips.map(|pair| pair[1].to_owned()));
        }
    }
    let run = read(".ci/run");
    let reasons: Vec<&str> =
        run.lines().filter_map(|line| line.trim().split_once(") echo \"")).map(|(name, _)| name).collect();
    assert!(!reasons.is_empty());
    for name in reasons {
        assert!(names.iter().any(|skipped| skipped == name), ".ci/run lets scripts skip {name}, which none does");
    }
}

/// Why tests are ignored. Those that need the real tables are run by `tests/real-tables.sh`, by their path.
const NEEDS_TABLES: &str = "needs the real tables";
const RUN_AS_CHILD: &str = "a child of ";

#[test]
fn an_ignored_test_is_run_all_the_same() {
    assert!(read("tests/real-tables.sh").contains("-- --ignored real_tables\n"));
    let mut sources = Vec::new();
    for folder in ["benches", "functions", "fuzz/targets", "local", "recommender", "store", "tests", "trainer"] {
        add_sources(&workspace().join(folder), &mut sources);
    }
    assert!(sources.len() > 100, "only {} sources", sources.len());
    let mut found = 0;
    for path in sources.iter().filter(|path| !path.ends_with("skips.rs")) {
        let text = std::fs::read_to_string(path).expect("a source");
        // The module that a line is in: `mod` opens it, and a brace at the same indentation closes it.
        let mut modules: Vec<(usize, &str)> = Vec::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let code = line.trim_start();
            let indent = line.len() - code.len();
            if let Some(name) = code.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(" {")) {
                modules.push((indent, name));
            } else if code == "}" && modules.last().is_some_and(|(opened, _)| *opened == indent) {
                modules.pop();
            }
            let Some(at) = code.find("#[ignore") else { continue };
            found += 1;
            let place = format!("{}: {line}", path.display());
            let reason = code[at..].split('"').nth(1).unwrap_or_else(|| panic!("{place}: no reason"));
            let function = lines.clone().find(|line| line.contains("fn ")).expect("a function");
            let in_real_tables =
                function.contains("real_tables") || modules.iter().any(|(_, name)| *name == "real_tables");
            if reason == NEEDS_TABLES {
                assert!(in_real_tables, "{place}: tests/real-tables.sh does not find it: {function}");
            } else {
                assert!(reason.contains(RUN_AS_CHILD), "{place}: who runs it?");
                let parent = reason.split(RUN_AS_CHILD).nth(1).and_then(|rest| rest.split(' ').next());
                let parent = parent.expect("a parent");
                assert!(text.contains(&format!("fn {parent}(")), "{place}: there is no {parent}");
            }
        }
    }
    assert!(found >= 15, "only {found} ignored tests were found");
}

#[test]
fn no_test_looks_for_real_tables_by_itself() {
    let mut sources = Vec::new();
    for folder in ["benches", "recommender", "store", "tests", "trainer", "functions", "local", "fuzz/targets"] {
        add_sources(&workspace().join(folder), &mut sources);
    }
    let own = ["test_data.rs", "skips.rs"];
    for path in sources.iter().filter(|path| !own.iter().any(|name| path.ends_with(name))) {
        let text = std::fs::read_to_string(path).expect("a source");
        assert!(!text.contains("shared/data\""), "{} looks for tables by itself", path.display());
    }
}

fn add_sources(folder: &Path, to: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            if !["target", "node_modules"].iter().any(|name| path.ends_with(name)) {
                add_sources(&path, to);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            to.push(path);
        }
    }
}

//! What the workflows for GitHub Actions must hold, whatever else changes in them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use saphyr::{LoadableYamlNode, Yaml};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every workflow, by the name of its file.
fn workflows() -> BTreeMap<String, String> {
    let folder = std::fs::read_dir(root().join(".github/workflows")).expect("a folder of workflows");
    let paths = folder.map(|entry| entry.expect("an entry").path());
    let workflows: BTreeMap<_, _> = paths
        .map(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            (name, std::fs::read_to_string(&path).expect("a workflow"))
        })
        .collect();
    assert!(workflows.contains_key("ci.yml") && workflows.contains_key("release.yml"), "{:?}", workflows.keys());
    workflows
}

fn yaml(text: &str) -> Yaml<'_> {
    Yaml::load_from_str(text).expect("YAML").remove(0)
}

/// The jobs of a workflow, by name.
fn jobs<'a, 'text>(workflow: &'a Yaml<'text>) -> Vec<(&'a str, &'a Yaml<'text>)> {
    let jobs = workflow["jobs"].as_mapping().expect("jobs");
    jobs.iter().map(|(name, job)| (name.as_str().expect("a name"), job)).collect()
}

#[test]
fn actions_are_pinned_to_commits() {
    for (file, workflow) in workflows() {
        let used: Vec<&str> = workflow.lines().filter_map(|line| line.split("uses: ").nth(1)).collect();
        assert!(!used.is_empty(), "{file}");
        for action in used {
            // A workflow of this repository comes with the same commit.
            if action.starts_with("./") {
                continue;
            }
            let commit = action.split('@').nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit, "{file}: {action}");
            assert!(action.contains(" # v"), "{file}: {action}: say which version that is");
        }
    }
}

#[test]
fn a_job_has_the_permissions_that_it_names_and_only_the_release_writes() {
    for (file, text) in workflows() {
        let workflow = yaml(&text);
        assert!(workflow["permissions"].as_mapping().is_some_and(|permissions| permissions.is_empty()), "{file}");
        for (name, job) in jobs(&workflow) {
            let permissions = job.as_mapping_get("permissions").and_then(Yaml::as_mapping);
            let permissions = permissions.unwrap_or_else(|| panic!("{file}: {name} names no permissions"));
            let writes = permissions.iter().filter(|(_, access)| access.as_str() != Some("read")).count();
            assert_eq!(writes, usize::from((file.as_str(), name) == ("release.yml", "release")), "{file}: {name}");
        }
        // What builds has no token in its folder.
        assert_eq!(
            text.matches("actions/checkout@").count(),
            text.matches("persist-credentials: false").count(),
            "{file}"
        );
    }
}

#[test]
fn a_release_waits_for_the_checks_and_no_other_event_makes_one() {
    let workflows = workflows();
    let release = yaml(&workflows["release.yml"]);
    let jobs: BTreeMap<&str, &Yaml> = jobs(&release).into_iter().collect();
    let last = jobs["release"];
    let needs: Vec<&str> = last["needs"].as_sequence().expect("needs").iter().filter_map(Yaml::as_str).collect();
    assert!(needs.contains(&"check") && needs.contains(&"collect"), "{needs:?}");
    assert_eq!(last["if"].as_str(), Some("github.event_name == 'push'"));
    assert_eq!(jobs["check"]["uses"].as_str(), Some("./.github/workflows/ci.yml"));
    let push = release["on"]["push"].as_mapping().expect("a push");
    assert_eq!(push.len(), 1, "a release is made for tags alone: {push:?}");
    assert!(release["on"]["push"].contains_mapping_key("tags"));
}

/// A template of cargo-binstall with the values of its variables.
fn expand(template: &str, variables: &[(&str, &str)]) -> String {
    let mut expanded = template.to_owned();
    for (name, value) in variables {
        expanded = expanded.replace(&format!("{{ {name} }}"), value);
    }
    assert!(!expanded.contains(['{', '}']), "a variable that is not known: {expanded}");
    expanded
}

/// The workspace's packages as Cargo reads their manifests.
fn packages() -> Vec<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path"]);
    let output = command.arg(root().join("Cargo.toml")).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

/// What an archive holds, each with its mode as `ls -l` shows it.
fn contents(archive: &Path) -> BTreeMap<String, String> {
    let output = Command::new("tar").arg("-tvzf").arg(archive).output().expect("tar runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listing = String::from_utf8(output.stdout).expect("UTF-8");
    let words = listing.lines().map(|line| (line.split(' ').next_back().unwrap_or_default(), line));
    words.map(|(name, line)| (name.to_owned(), line[..10].to_owned())).collect()
}

#[test]
fn cargo_binstall_finds_the_binaries_where_the_release_puts_them() {
    let workflows = workflows();
    let release = yaml(&workflows["release.yml"]);
    assert!(workflows["release.yml"].contains("          .github/package.sh \"$VERSION\" \"$TARGET\" built release\n"));
    let matrix = release["jobs"]["build"]["strategy"]["matrix"]["include"].as_sequence().expect("a matrix");
    let targets: Vec<&str> = matrix.iter().map(|entry| entry["target"].as_str().expect("a target")).collect();
    assert_eq!(targets.len(), 4, "{targets:?}");

    let installed = packages().into_iter().filter(|package| !package["metadata"]["binstall"].is_null());
    let installed: Vec<Value> = installed.collect();
    let names: Vec<&str> = installed.iter().filter_map(|package| package["name"].as_str()).collect();
    assert_eq!(names, ["trainer", "local"]);

    let folder = tempfile::tempdir().expect("a folder");
    let built = folder.path().join("built");
    std::fs::create_dir(&built).expect("a folder");
    for binary in ["trainer", "segue-demo"] {
        std::fs::write(built.join(binary), binary).expect("writes");
    }
    for target in targets {
        let version = installed[0]["version"].as_str().expect("a version");
        let offered = folder.path().join(target);
        let mut package = Command::new("bash");
        package.arg(root().join(".github/package.sh")).args([version, target]).arg(&built).arg(&offered);
        let output = package.env("MODIFIED", "202511271200.00").output().expect("bash runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for package in &installed {
            let text = |value: &Value| value.as_str().map(str::to_owned).expect("a text");
            let binstall = &package["metadata"]["binstall"];
            let (version, repository) = (text(&package["version"]), text(&package["repository"]));
            let mut variables = vec![("version", version.as_str()), ("repo", &repository), ("target", target)];
            let url = expand(&text(&binstall["pkg-url"]), &variables);
            let file = url.strip_prefix(&format!("{repository}/releases/download/v{version}/"));
            let archive = offered.join(file.unwrap_or_else(|| panic!("{url} is no file of a release")));
            assert!(archive.is_file(), "the release has no {}", archive.display());
            assert!(binstall["pkg-fmt"] == "tgz" && url.ends_with(".tar.gz"));
            // Either would install another package of this name.
            assert_eq!(binstall["disabled-strategies"], serde_json::json!(["quick-install", "compile"]));

            let contents = contents(&archive);
            let binaries = package["targets"].as_array().expect("targets").iter();
            let binaries: Vec<String> =
                binaries.filter(|target| target["kind"][0] == "bin").map(|target| text(&target["name"])).collect();
            assert_eq!(binaries.len(), 1, "{binaries:?}");
            variables.push(("bin", &binaries[0]));
            let path = expand(&text(&binstall["bin-dir"]), &variables);
            assert_eq!(contents.get(&path).map(String::as_str), Some("-rwxr-xr-x"), "{path} in {contents:?}");
        }
    }
}

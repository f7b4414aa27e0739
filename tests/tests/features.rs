//! Every selection of packages compiles the same dependencies with the same features, so that none is compiled twice;
//! and the function that is deployed depends on what it is known to depend on.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

/// The selections of README.md, docs/ and .ci/run. The package `recommender`, on its own, is not among them: it depends on
/// nothing but what it uses, and compiles a few small crates anew.
const SELECTIONS: [&[&str]; 6] = [
    &["--package", "local"],
    &["--package", "trainer"],
    &["--package", "recommend"],
    &["--package", "train"],
    &["--package", "store"],
    &["--package", "benches"],
];

/// The selection whose trainer is built without its feature `parquet`. It compiles the trainer, and what depends on it, once
/// more, and no other dependency.
const WITHOUT_PARQUET: &[&str] = &["--package", "local"];

/// Lines of `cargo tree` as `format` says, for a selection.
fn cargo_tree(selection: &[&str], edges: &str, format: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["tree", "--locked", "--offline", "--prefix", "none", "--edges", edges, "--format", format])
        .args(selection)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("names are text");
    lines.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).filter(|line| !line.is_empty()).collect()
}

/// The sets of features of each package: more than one where programs and what compiles them want different ones.
fn features(selection: &[&str], edges: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut of = BTreeMap::<String, BTreeSet<String>>::new();
    for line in cargo_tree(selection, edges, "{p}|{f}") {
        let (package, features) = line.split_once('|').expect("a package and its features");
        of.entry(package.to_owned()).or_default().insert(features.to_owned());
    }
    of
}

#[test]
fn every_selection_asks_for_the_same_features() {
    // Tests ask for the most: they depend on everything.
    let whole = features(&["--workspace"], "normal,build,dev");
    let mut wrong = Vec::new();
    for selection in SELECTIONS {
        for (package, sets) in features(selection, "normal,build") {
            if selection == WITHOUT_PARQUET && package.starts_with("trainer ") {
                continue;
            }
            for set in sets.difference(&whole[&package]) {
                let wanted = &whole[&package];
                wrong.push(format!("{selection:?}: {package} with [{set}], in the whole workspace with {wanted:?}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "these would be compiled twice: ask for their features in unified-features/Cargo.toml\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_trainer_but_that_of_the_demo_writes_parquet() {
    for selection in SELECTIONS {
        let features = features(selection, "normal,build");
        let has = |name: &str| features.keys().any(|package| package.split(' ').next() == Some(name));
        let expected = has("trainer") && selection != WITHOUT_PARQUET;
        assert_eq!(has("parquet"), expected, "{selection:?}");
    }
}

#[test]
fn the_function_depends_on_what_is_listed() {
    let listed: BTreeSet<_> =
        include_str!("../../functions/recommend/dependencies.txt").lines().map(str::to_owned).collect();
    let found: BTreeSet<_> =
        cargo_tree(&["--package", "recommend", "--target", "x86_64-unknown-linux-gnu"], "normal", "{p}")
            .iter()
            .filter_map(|line| line.split(' ').next().map(str::to_owned))
            .collect();
    let new: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "the function that is deployed has other dependencies than functions/recommend/dependencies.txt: new {new:?}, gone \
         {gone:?}; if each new one is worth its bytes and its part of a cold start, write the list anew"
    );
}

//! What fuzzers found worth keeping, and what they found wrong, once more, with the compiler of everyday.

use std::{
    alloc::System,
    fs,
    panic::catch_unwind,
    path::{Path, PathBuf},
};

use cap::Cap;

/// The most that fuzzers allow in one allocation (`docs/fuzzing.md`): an input that takes more memory ends the process.
const MAX_BYTES: usize = 1_100 << 20;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, MAX_BYTES);

/// A target.
type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 8] = [
    ("api_body", fuzz_targets::api_body),
    ("api_event", fuzz_targets::api_event),
    ("api_query", fuzz_targets::api_query),
    ("artifact_file", fuzz_targets::artifact_file),
    ("artifact_header", fuzz_targets::artifact_header),
    ("artifact_section", fuzz_targets::artifact_section),
    ("parquet", fuzz_targets::parquet),
    ("table", fuzz_targets::table),
];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the fuzzers").join(name)
}

/// The files of a folder, if there is one.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

/// Hands every file of a target to it: how many there are.
fn run(target: Target, folder: &Path) -> usize {
    let files = files(folder);
    for file in &files {
        let content = fs::read(file).expect("a file");
        assert!(catch_unwind(|| target(&content)).is_ok(), "{}", file.display());
    }
    files.len()
}

#[test]
fn nothing_in_a_corpus_can_make_a_panic() {
    for (name, target) in TARGETS {
        let before = fuzz_targets::reached();
        let files = run(target, &folder("corpus").join(name));
        assert!(files > 0, "the corpus of {name} is empty");
        assert!(fuzz_targets::reached() > before, "every file of the corpus of {name} is refused");
    }
}

#[test]
fn what_fuzzers_found_stays_fixed() {
    // Not every target has some.
    let files: usize = TARGETS.iter().map(|(name, target)| run(*target, &folder("regressions").join(name))).sum();
    assert!(files > 0, "there are no regressions");
}

#[test]
fn every_corpus_and_every_fuzzer_is_of_a_target_and_small() {
    let names: Vec<&str> = TARGETS.map(|(name, _)| name).to_vec();
    for kind in ["corpus", "regressions"] {
        for folder in files(&folder(kind)) {
            let name = folder.file_name().and_then(|name| name.to_str()).expect("a name");
            assert!(names.contains(&name), "{kind}/{name} is of no target");
            let files = files(&folder);
            let bytes: u64 = files.iter().map(|file| fs::metadata(file).expect("a file").len()).sum();
            assert!(files.len() <= 200 && bytes <= 300 * 1024, "{kind}/{name}: {} files, {bytes} bytes", files.len());
        }
    }
    let fuzzers = files(&folder("fuzz_targets"));
    let fuzzers: Vec<_> = fuzzers.iter().filter_map(|file| file.file_stem()?.to_str()).collect();
    assert_eq!(fuzzers, names);
}

#[test]
fn the_model_is_of_the_current_format() {
    let model = recommender::Model::from_bytes(fuzz_targets::MODEL, recommender::Version::of(fuzz_targets::MODEL));
    let model =
        model.expect("make fuzz/targets/model.segue again, and the seeds of the corpora: see its documentation");
    model.verify().expect("holds");
    for seed in fuzz_targets::seeds() {
        let target = TARGETS.iter().find(|(name, _)| *name == seed.target).expect("a target").1;
        let before = fuzz_targets::reached();
        target(&seed.content);
        // A header without what follows it is refused for the length of the file.
        let is_whole = seed.target != "artifact_header";
        assert!(!is_whole || fuzz_targets::reached() > before, "{} of {} is refused", seed.name, seed.target);
    }
}

//! Track tables to test with: one that lies in every clone, and real ones, where the machine has them.
//!
//! The trainer's unit tests compile this file too: depending on this crate, they would compile the trainer twice.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// 2,000 tracks with all eleven features, made up by `trainer synth`.
pub fn reference_table() -> PathBuf {
    in_workspace("tests/reference/tracks.csv.gz")
}

/// The figures of scikit-learn for [`reference_table`]: what `tests/reference/scikit_learn.py` writes.
///
/// # Panics
///
/// If they cannot be read.
pub fn reference_figures() -> Value {
    let json = std::fs::read(in_workspace("tests/reference/scikit_learn.json")).expect("the figures of scikit-learn");
    serde_json::from_slice(&json).expect("JSON")
}

/// A JSON array of numbers.
///
/// # Panics
///
/// If it is anything else.
pub fn numbers(array: &Value) -> Vec<f64> {
    array.as_array().expect("an array").iter().map(|value| value.as_f64().expect("a number")).collect()
}

/// A string with a digit for each track: its cluster.
///
/// # Panics
///
/// If it is anything else.
pub fn labels(digits: &Value) -> Vec<u32> {
    let digits = digits.as_str().expect("a string").chars();
    digits.map(|digit| digit.to_digit(10).expect("a digit")).collect()
}

/// A real table by its file's name, where the machine has it: in the folder that `SEGUE_DATA` names, or else in
/// `../shared/data` beside the workspace.
///
/// # Errors
///
/// Where it is not there: what to do.
pub fn find_real_table(name: &str) -> Result<PathBuf, String> {
    let folder = std::env::var_os("SEGUE_DATA").map_or_else(|| in_workspace("../shared/data"), PathBuf::from);
    let table = folder.join(name);
    if table.is_file() {
        return Ok(table);
    }
    Err(format!("{} is not there: set SEGUE_DATA to the folder of the real track tables", table.display()))
}

/// As [`find_real_table`], for tests. Each test that calls this is ignored unless it is asked for, and lies in a module
/// `real_tables`, by which `tests/real-tables.sh` finds it.
///
/// # Panics
///
/// If the table is not there.
pub fn real_table(name: &str) -> PathBuf {
    find_real_table(name).unwrap_or_else(|error| panic!("{error}"))
}

fn in_workspace(path: &str) -> PathBuf {
    // Every package lies in a folder of the workspace.
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

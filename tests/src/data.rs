//! Real track tables, where the machine has them.

use std::path::{Path, PathBuf};

/// A real table by its file's name: in the folder that `SEGUE_DATA` names, or in `../shared/data` beside the
/// workspace. Where there is none the test says so and is skipped.
pub fn table(name: &str) -> Option<PathBuf> {
    let folder = match std::env::var_os("SEGUE_DATA") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
    };
    let table = folder.join(name);
    if table.is_file() {
        return Some(table);
    }
    eprintln!("skipped: {} is not there; set SEGUE_DATA to the folder of the real track tables", table.display());
    None
}

//! Writes what fuzzers begin with into the folder that is named: `cargo run -p fuzz-targets --example seeds
//! fuzz/corpus`.

use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "fuzz/corpus".into()));
    for seed in fuzz_targets::seeds() {
        let folder = folder.join(seed.target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(seed.name), seed.content)?;
    }
    Ok(())
}

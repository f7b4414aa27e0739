//! Puts the page's files together as they are served, without comments and indentation, and packs them: the function's binary
//! holds a third of their bytes.

use std::{
    env,
    fs::{read_to_string, write},
    io,
    path::{Path, PathBuf},
};

/// The files of the page's script, in the order in which they need one another. They are one module: each request that a page
/// makes may start an environment of the function.
const SCRIPT: [&str; 22] = [
    "english",
    "spanish",
    "words",
    "numbers",
    "dom",
    "http",
    "filters",
    "place",
    "model",
    "similarity",
    "find",
    "combobox",
    "profile",
    "plot",
    "map",
    "seeds",
    "playlist",
    "results",
    "choices",
    "start",
    "progress",
    "app",
];

/// What the trainer makes names of clusters from, in the page's languages.
const PHRASES: &str = "../../recommender/src/cluster_phrases.json";
/// The smallest result; it takes milliseconds.
const ZSTD_LEVEL: i32 = 19;

fn main() -> io::Result<()> {
    let page = Path::new("src/page");
    for source in [page, Path::new(PHRASES)] {
        println!("cargo::rerun-if-changed={}", source.display());
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let mut script = format!("const CLUSTER_PHRASES = {};\n", read_to_string(PHRASES)?);
    for file in SCRIPT {
        script += &read_to_string(page.join(file).with_extension("js"))?;
    }
    let pack = |file: &str, source: &str| {
        write(out.join(format!("{file}.zst")), zstd::bulk::compress(compact(source).as_bytes(), ZSTD_LEVEL)?)
    };
    pack("app.js", &script)?;
    for file in ["style.css", "index.html"] {
        pack(file, &read_to_string(page.join(file))?)?;
    }
    Ok(())
}

/// The lines that are no comments, without their indentation. A comment stands on lines of its own, and no text goes over
/// several lines.
fn compact(source: &str) -> String {
    let mut compact = String::with_capacity(source.len());
    let mut in_comment = false;
    for line in source.lines().map(str::trim) {
        let is_comment = in_comment || line.starts_with("//") || line.starts_with("/*");
        in_comment = (in_comment || line.starts_with("/*")) && !line.ends_with("*/");
        if !is_comment && !line.is_empty() {
            compact.push_str(line);
            compact.push('\n');
        }
    }
    compact
}

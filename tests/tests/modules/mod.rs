//! No circles between the modules of a crate, by room: a room is a module of the first level below `src/`, with all that
//! is in it, or the crate's root.
//!
//! The sources are read as tokens, without what is compiled for tests alone. An edge is a `use` or a path in the code, and
//! leads to the module that defines what is named, also where another one hands it on. What a module only hands on is no
//! edge of its own.

mod names;
mod source;
mod tokens;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use names::Crate;

/// A module by the names on the way to it; none for the crate's root.
type Place = Vec<String>;
/// From room to room, with the paths that lead there.
type Edges = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

#[test]
fn no_rooms_of_a_crate_depend_on_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut found = Vec::new();
    let mut folders = BTreeMap::new();
    crates(root, &mut folders);
    for folder in ["recommender/src", "store/src", "trainer/src", "functions/recommend/src", "functions/train/src"] {
        assert!(folders.contains_key(&root.join(folder)), "{folder} is not looked at");
    }
    for (folder, sources) in &folders {
        let name = folder.strip_prefix(root).expect("in the workspace").to_str().expect("a name");
        let edges = Crate::read(sources).edges();
        found.extend(circles(&edges).into_iter().map(|edge| format!("{name}: {edge}")));
    }
    assert!(found.is_empty(), "circles:\n{}", found.join("\n"));
}

#[test]
fn circles_are_found_in_uses_and_paths_and_through_what_is_handed_on() {
    let sources = [
        ("", "mod a; mod b; mod c; mod d; pub use b::B; pub use d::d;"),
        ("a", "use crate::{B, c::C as See}; /* crate::d */ pub fn f<'a>(_: &'a str) -> char { '\"' } // crate::d"),
        ("b", "mod inner; pub struct B; #[cfg(test)] use crate::c; #[cfg(test)] mod tests { use crate::c::C; }"),
        (
            "b::inner",
            "fn g() -> super::super::a::Alias { let _ = '\\''; crate::a::f(r#\"crate::c\"#) } pub(in crate::b) fn h() {}",
        ),
        ("c", "use std::fmt; use crate::d; pub struct C; const TEXT: &str = \"crate::a crate::b\";"),
        ("d", "pub fn d() {}"),
    ];
    let place = |name: &str| name.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect::<Place>();
    let sources = BTreeMap::from(sources.map(|(name, text)| (place(name), text.to_owned())));
    let edges = Crate::read(&sources).edges();
    let all: Vec<(&str, Vec<&str>)> =
        edges.iter().map(|(from, to)| (from.as_str(), to.keys().map(String::as_str).collect())).collect();
    assert_eq!(all, [("a", vec!["b", "c"]), ("b", vec!["a"]), ("c", vec!["d"])]);
    assert_eq!(circles(&edges), ["a -> b (crate::B)", "b -> a (crate::a::f, super::super::a::Alias)"]);
}

/// The sources of every library below a folder, by the library's folder and the module.
fn crates(folder: &Path, found: &mut BTreeMap<PathBuf, BTreeMap<Place, String>>) {
    if folder.join("lib.rs").is_file() {
        modules(folder, &[], found.entry(folder.to_owned()).or_default());
        return;
    }
    for path in entries(folder).into_iter().filter(|path| path.is_dir()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !name.starts_with('.') && !["target", "node_modules"].contains(&name) {
            crates(&path, found);
        }
    }
}

fn modules(folder: &Path, above: &[String], found: &mut BTreeMap<Place, String>) {
    for path in entries(folder) {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let mut place = above.to_vec();
        if !["lib", "mod"].contains(&stem) {
            place.push(stem.to_owned());
        }
        if path.is_dir() {
            modules(&path, &place, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && stem != "main" {
            found.insert(place, std::fs::read_to_string(&path).expect("a source file"));
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

/// The edges that are part of a circle.
fn circles(edges: &Edges) -> Vec<String> {
    let reaches = |from: &str, to: &str| {
        let (mut seen, mut left) = (BTreeSet::new(), vec![from]);
        while let Some(room) = left.pop() {
            if room == to {
                return true;
            }
            if seen.insert(room) {
                left.extend(edges.get(room).into_iter().flatten().map(|(next, _)| next.as_str()));
            }
        }
        false
    };
    let all = edges.iter().flat_map(|(from, to)| to.iter().map(move |(to, paths)| (from, to, paths)));
    all.filter(|(from, to, _)| reaches(to, from))
        .map(|(from, to, paths)| {
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            format!("{from} -> {to} ({})", paths.join(", "))
        })
        .collect()
}

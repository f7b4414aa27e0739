//! No circles between the modules of a crate, by room: a room is a module of the first level below `src/`, with all that
//! is in it, or the crate's root.
//!
//! The sources are read as tokens, without what is compiled for tests alone. An edge is a `use` or a path in the code, and
//! leads to the module that defines what is named, also where another one hands it on. What a module only hands on is no
//! edge of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

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

/// What a `use` names.
#[derive(Debug)]
struct Use<'a> {
    path: Vec<&'a str>,
    /// What it is called here; `*` for everything.
    name: &'a str,
    /// Whether it can be handed on.
    public: bool,
}

#[derive(Debug, Default)]
struct Module<'a> {
    definitions: BTreeSet<&'a str>,
    uses: Vec<Use<'a>>,
    paths: Vec<Vec<&'a str>>,
    /// Every word outside of `use` and `mod`.
    words: BTreeSet<&'a str>,
    /// Modules in files of their own that are compiled for tests alone.
    tests: Vec<&'a str>,
}

/// What a name stands for.
enum Meaning {
    Module(Place),
    /// Defined in this module.
    Item(Place),
    /// Of another crate.
    Outside,
    /// No use and no definition says.
    Unknown,
}

struct Crate<'a> {
    modules: BTreeMap<Place, Module<'a>>,
}

impl<'a> Crate<'a> {
    fn read(sources: &'a BTreeMap<Place, String>) -> Self {
        let mut modules: BTreeMap<Place, Module<'a>> =
            sources.iter().map(|(place, source)| (place.clone(), Module::read(&tokens(source)))).collect();
        let tests = modules.iter().flat_map(|(place, module)| module.tests.iter().map(move |name| child(place, name)));
        let tests: Vec<Place> = tests.collect();
        modules.retain(|place, _| !tests.iter().any(|test| place.starts_with(test)));
        Self { modules }
    }

    fn edges(&self) -> Edges {
        let room = |place: &Place| place.first().map_or("lib.rs", String::as_str).to_owned();
        let mut edges = Edges::new();
        for (place, module) in &self.modules {
            let own = module.uses.iter().filter(|used| !used.public || module.words.contains(used.name));
            for path in own.map(|used| &used.path).chain(&module.paths) {
                let (Meaning::Module(target) | Meaning::Item(target)) = self.resolve(place, path, 0) else { continue };
                if room(&target) != room(place) {
                    let paths = edges.entry(room(place)).or_default().entry(room(&target)).or_default();
                    paths.insert(path.join("::"));
                }
            }
        }
        edges
    }

    /// What a path means in a module. `depth` ends what would go round.
    fn resolve(&self, from: &Place, path: &[&str], depth: usize) -> Meaning {
        let (mut here, rest) = match path {
            ["crate", rest @ ..] => (Place::new(), rest),
            ["self", rest @ ..] => (from.clone(), rest),
            ["super", ..] => {
                let up = path.iter().take_while(|part| **part == "super").count();
                (from[..from.len().saturating_sub(up)].to_vec(), &path[up..])
            }
            [first, rest @ ..] => match self.look_up(from, first, depth) {
                Meaning::Module(place) => (place, rest),
                Meaning::Unknown => return Meaning::Outside,
                meaning => return meaning,
            },
            [] => return Meaning::Module(from.clone()),
        };
        for name in rest {
            match self.look_up(&here, name, depth) {
                Meaning::Module(place) => here = place,
                // Made by a macro.
                Meaning::Unknown => return Meaning::Item(here),
                meaning => return meaning,
            }
        }
        Meaning::Module(here)
    }

    /// What a name means in a module.
    fn look_up(&self, place: &Place, name: &str, depth: usize) -> Meaning {
        let inner = child(place, name);
        if self.modules.contains_key(&inner) {
            return Meaning::Module(inner);
        }
        let Some(module) = self.modules.get(place).filter(|_| depth < 16) else { return Meaning::Unknown };
        if module.definitions.contains(name) {
            return Meaning::Item(place.clone());
        }
        if let Some(used) = module.uses.iter().find(|used| used.name == name) {
            return self.resolve(place, &used.path, depth + 1);
        }
        let globs = module.uses.iter().filter(|used| used.name == "*");
        let mut meanings = globs.map(|used| match self.resolve(place, &used.path, depth + 1) {
            Meaning::Module(target) if target != *place => self.look_up(&target, name, depth + 1),
            _ => Meaning::Unknown,
        });
        meanings.find(|meaning| !matches!(meaning, Meaning::Unknown)).unwrap_or(Meaning::Unknown)
    }
}

fn child(place: &[String], name: &str) -> Place {
    place.iter().cloned().chain([name.to_owned()]).collect()
}

impl<'a> Module<'a> {
    fn read(tokens: &[&'a str]) -> Self {
        let mut module = Self::default();
        let at = |index: usize| tokens.get(index).copied().unwrap_or_default();
        let (mut index, mut depth, mut public) = (0, 0_usize, false);
        while index < tokens.len() {
            let token = tokens[index];
            let was_public = std::mem::take(&mut public);
            if tokens[index..].starts_with(&["#", "[", "cfg", "(", "test", ")", "]"]) {
                if at(index + 7) == "mod" && at(index + 9) == ";" {
                    module.tests.push(at(index + 8));
                }
                index = end_of_item(tokens, index + 7);
                continue;
            }
            match token {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                "pub" => {
                    public = true;
                    if at(index + 1) == "(" {
                        index += tokens[index..].iter().position(|token| *token == ")").unwrap_or_default();
                    }
                }
                "mod" => index += 1,
                "use" if at(index + 1) != "<" => {
                    index += 1;
                    use_tree(tokens, &mut index, &[], was_public, &mut module.uses);
                    continue;
                }
                "struct" | "enum" | "union" | "fn" | "const" | "static" | "type" | "trait" if depth == 0 => {
                    module.definitions.insert(at(index + 1));
                }
                word if is_word(word) => {
                    module.words.insert(word);
                    if at(index + 1) == "::" {
                        let mut path = vec![word];
                        while at(index + 1) == "::" && is_word(at(index + 2)) {
                            path.push(at(index + 2));
                            index += 2;
                        }
                        if path.len() > 1 {
                            module.paths.push(path);
                        }
                    }
                }
                // Of a path that begins with the name of a crate or behind a type.
                "::" if is_word(at(index + 1)) => index += 1,
                _ => {}
            }
            index += 1;
        }
        module
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Behind the item that begins here: its `;`, or the `}` of its body.
fn end_of_item(tokens: &[&str], start: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(start) {
        match *token {
            "{" | "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index + 1;
                }
            }
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Reads what stands behind `use`, up to a `;`, a `,` or a `}`.
fn use_tree<'a>(tokens: &[&'a str], index: &mut usize, above: &[&'a str], public: bool, uses: &mut Vec<Use<'a>>) {
    let mut path = above.to_vec();
    while let Some(token) = tokens.get(*index).copied() {
        *index += 1;
        match token {
            "::" => {}
            "{" => {
                while tokens.get(*index).is_some_and(|token| *token != "}") {
                    use_tree(tokens, index, &path, public, uses);
                    if tokens.get(*index) == Some(&",") {
                        *index += 1;
                    }
                }
                *index += 1;
                return;
            }
            "*" => {
                uses.push(Use { path, name: "*", public });
                return;
            }
            "as" => {
                let name = tokens.get(*index).copied().unwrap_or_default();
                *index += 1;
                uses.push(Use { path, name, public });
                return;
            }
            word if is_word(word) => {
                if word != "self" || path.is_empty() {
                    path.push(word);
                }
                if !matches!(tokens.get(*index).copied(), Some("::" | "as")) {
                    let name = path.last().copied().unwrap_or_default();
                    uses.push(Use { path, name, public });
                    return;
                }
            }
            _ => return,
        }
    }
}

/// Words, `::` and single characters, without white space, comments, numbers and what stands in quotes.
fn tokens(source: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if first == '"' {
            quoted(rest)
        } else if first == '\'' {
            // A character, or a lifetime, which is no word.
            let second = rest[1..].chars().next().map_or(1, |c| 1 + c.len_utf8());
            if rest[1..].starts_with('\\') {
                4 + rest[3..].find('\'').unwrap_or_default()
            } else if rest[second..].starts_with('\'') {
                second + 1
            } else {
                1 + rest[1..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len() - 1)
            }
        } else if let Some(length) = raw_string(&rest[..word], &rest[word..]) {
            word + length
        } else if word > 0 {
            if !first.is_numeric() {
                tokens.push(&rest[..word]);
            }
            word
        } else if rest.starts_with("::") {
            tokens.push(&rest[..2]);
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(&rest[..first.len_utf8()]);
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// The length of a block comment, and of those in it.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    loop {
        match (rest[at..].find("/*"), rest[at..].find("*/")) {
            (Some(open), Some(close)) if open < close => {
                depth += 1;
                at += open + 2;
            }
            (_, Some(close)) => {
                depth -= 1;
                at += close + 2;
                if depth == 0 {
                    return at;
                }
            }
            (_, None) => return rest.len(),
        }
    }
}

/// The length of what stands in `"`, with them.
fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            c => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

/// The length of a raw string behind its prefix, if there is one.
fn raw_string(prefix: &str, rest: &str) -> Option<usize> {
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    if !["r", "br", "cr"].contains(&prefix) || !rest[hashes..].starts_with('"') {
        return None;
    }
    let end = format!("\"{}", &rest[..hashes]);
    let begin = hashes + 1;
    Some(rest[begin..].find(&end).map_or(rest.len(), |at| begin + at + end.len()))
}

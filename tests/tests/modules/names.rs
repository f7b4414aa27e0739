//! What names and paths mean in the modules of a crate, and which modules they lead to.

use std::collections::BTreeMap;

use super::{Edges, Place, source::Module, tokens::tokens};

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

pub(super) struct Crate<'a> {
    modules: BTreeMap<Place, Module<'a>>,
}

impl<'a> Crate<'a> {
    pub(super) fn read(sources: &'a BTreeMap<Place, String>) -> Self {
        let mut modules: BTreeMap<Place, Module<'a>> =
            sources.iter().map(|(place, source)| (place.clone(), Module::read(&tokens(source)))).collect();
        let tests = modules.iter().flat_map(|(place, module)| module.tests.iter().map(move |name| child(place, name)));
        let tests: Vec<Place> = tests.collect();
        modules.retain(|place, _| !tests.iter().any(|test| place.starts_with(test)));
        Self { modules }
    }

    pub(super) fn edges(&self) -> Edges {
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

//! The single artists behind artist cells.

use std::{
    collections::HashMap,
    hash::{BuildHasher, DefaultHasher, Hash, Hasher},
};

use hashbrown::{DefaultHashBuilder, HashTable, hash_table::Entry};

use super::Catalog;
use crate::{
    column::StringColumn,
    text::{self, normalize},
};

/// A cell names at most so many artists of whom it is a track.
pub const MAX_ARTISTS_OF_ROW: usize = 16;

/// For each distinct artist cell, the artists that it names. A cell such as `Simon, Garfunkel` may name two.
#[derive(Debug)]
pub(crate) struct Artists {
    /// The name of each, [`normalize`]d: one behind the other, so that all are looked through quickly.
    names: StringColumn,
    /// The numbers, by name.
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// The artists of all cells, end to end.
    named: Vec<u32>,
    /// Where each cell's artists end.
    ends: Vec<u32>,
    /// Cells of several artists, by the hash of what is compared of their text.
    cells: HashMap<u64, u32>,
}

impl Artists {
    pub(crate) fn new(catalog: &Catalog) -> Self {
        let mut artists = Self {
            names: StringColumn::default(),
            numbers: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            named: Vec::new(),
            ends: Vec::new(),
            cells: HashMap::new(),
        };
        // The cell that named each artist last.
        let mut last: Vec<Option<u32>> = Vec::new();
        for (code, cell) in (0..).zip(catalog.artists.dictionary().iter()) {
            let before = artists.named.len();
            for name in catalog.credited(code).map(normalize).filter(|name| !name.is_empty()) {
                let Some(number) = artists.number_or_add(&name) else { continue };
                if number as usize == last.len() {
                    last.push(None);
                }
                // A cell that names an artist twice counts once for the artist.
                if last[number as usize].replace(code) != Some(code) {
                    artists.named.push(number);
                }
            }
            artists.ends.push(artists.named.len() as u32);
            if artists.named.len() > before + 1 {
                artists.cells.insert(hash(&normalize(cell)), code);
            }
        }
        artists
    }

    /// The number of a name, which is the next one where it is new. Nothing where all names together would be 4 GiB or longer.
    fn number_or_add(&mut self, name: &str) -> Option<u32> {
        let Self { names, numbers, hasher, .. } = self;
        let of = |names: &StringColumn, number: u32| hasher.hash_one(names.get(number as usize));
        let is_same = |number: &u32| names.get(*number as usize) == name;
        match numbers.entry(hasher.hash_one(name), is_same, |number| of(names, *number)) {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(place) => {
                let next = names.len() as u32;
                names.push(name).then(|| *place.insert(next).get())
            }
        }
    }

    /// The artists of a cell, by its code.
    pub(crate) fn of(&self, code: u32) -> &[u32] {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        &self.named[start as usize..self.ends[code] as usize]
    }

    /// The first artists of a cell, by its code: no cell can make the lists of artists' rows longer than so many times the catalogue.
    pub(crate) fn first_of(&self, code: u32) -> &[u32] {
        let all = self.of(code);
        &all[..all.len().min(MAX_ARTISTS_OF_ROW)]
    }

    /// How many different artists there are.
    pub(crate) fn count(&self) -> usize {
        self.names.len()
    }

    /// All names, [`normalize`]d, by number.
    pub(crate) fn names(&self) -> &StringColumn {
        &self.names
    }

    /// The artist of a [`normalize`]d name.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        let is_same = |number: &u32| self.names.get(*number as usize) == name;
        self.numbers.find(self.hasher.hash_one(name), is_same).copied()
    }

    /// The artists that a user names: one, several with `;` between them, or all of a cell, as it stands.
    pub(crate) fn find(&self, name: &str) -> Vec<u32> {
        let found: Vec<u32> = text::artists(name).filter_map(|name| self.number(&name)).collect();
        match self.cells.get(&hash(&normalize(name))) {
            Some(code) if found.is_empty() => self.of(*code).to_vec(),
            _ => found,
        }
    }
}

/// Of 64 bits: two texts of one catalogue do not share it by chance.
fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

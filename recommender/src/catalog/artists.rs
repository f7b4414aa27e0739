//! The single artists behind artist cells.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::Catalog;
use crate::text::{self, normalize};

/// A cell names at most so many artists of whom it is a track.
pub const MAX_ARTISTS_OF_ROW: usize = 16;

/// For each distinct artist cell, the artists that it names. A cell such as `Simon, Garfunkel` may name two.
#[derive(Debug)]
pub(crate) struct Artists {
    /// Artists by key.
    number: HashMap<String, u32>,
    /// The artists of all cells, end to end.
    named: Vec<u32>,
    /// Where each cell's artists end.
    ends: Vec<u32>,
    /// Cells of several artists, by the hash of what is compared of their text.
    cells: HashMap<u64, u32>,
}

impl Artists {
    pub(crate) fn new(catalog: &Catalog) -> Self {
        let mut artists = Self { number: HashMap::new(), named: Vec::new(), ends: Vec::new(), cells: HashMap::new() };
        // The cell that named each artist last.
        let mut last: Vec<Option<u32>> = Vec::new();
        for (code, cell) in (0..).zip(catalog.artists.dictionary().iter()) {
            let before = artists.named.len();
            for name in catalog.credited(code).map(normalize).filter(|name| !name.is_empty()) {
                let next = artists.number.len() as u32;
                let number = *artists.number.entry(name).or_insert(next);
                if number == next {
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
        self.number.len()
    }

    /// All names, [`normalize`]d, with the artists' numbers, in no order.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, u32)> {
        self.number.iter().map(|(name, number)| (name.as_str(), *number))
    }

    /// The artist of a [`normalize`]d name.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        self.number.get(name).copied()
    }

    /// The artists that a user names: one, several with `;` between them, or all of a cell, as it stands.
    pub(crate) fn find(&self, name: &str) -> Vec<u32> {
        let found: Vec<u32> = text::artists(name).filter_map(|name| self.number.get(&name).copied()).collect();
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

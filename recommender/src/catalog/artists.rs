//! The single artists behind artist cells.

use std::collections::HashMap;

use crate::{column::DictColumn, text};

/// For each distinct artist cell, the artists that it names. A cell such as `Simon;Garfunkel` names two.
#[derive(Debug)]
pub(crate) struct Artists {
    /// Artists by key.
    number: HashMap<String, u32>,
    /// The artists of all cells, end to end.
    named: Vec<u32>,
    /// Where each cell's artists end.
    ends: Vec<u32>,
}

impl Artists {
    pub(crate) fn new(cells: &DictColumn) -> Self {
        let mut artists = Self { number: HashMap::new(), named: Vec::new(), ends: Vec::new() };
        for cell in cells.dictionary().iter() {
            for name in text::artists(cell) {
                let next = artists.number.len() as u32;
                let number = *artists.number.entry(name).or_insert(next);
                artists.named.push(number);
            }
            artists.ends.push(artists.named.len() as u32);
        }
        artists
    }

    /// The artists of a cell, by its code.
    pub(crate) fn of(&self, code: u32) -> &[u32] {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        &self.named[start as usize..self.ends[code] as usize]
    }

    /// How many different artists there are.
    pub(crate) fn count(&self) -> usize {
        self.number.len()
    }

    /// The artists that a user names: one, or several with `;` between them.
    pub(crate) fn find(&self, name: &str) -> Vec<u32> {
        text::artists(name).filter_map(|name| self.number.get(&name).copied()).collect()
    }
}

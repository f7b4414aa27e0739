//! The single genres behind genre cells.

use std::collections::HashMap;

use crate::{
    column::DictColumn,
    text::{self, normalize},
};

/// For each genre, [`normalize`]d, the distinct genre cells that name it. A cell such as `rock, pop` names two, and is one itself.
#[derive(Debug, Default)]
pub(crate) struct Genres {
    cells: HashMap<String, Vec<u32>>,
    /// The genres that each cell separates, by number, end to end: at most [`MAX_GENRES_PER_CELL`] of each.
    named: Vec<u32>,
    /// Where each cell's genres end.
    ends: Vec<u32>,
}

/// Two cells share a genre where one of the first so many of each is the same.
const MAX_GENRES_PER_CELL: usize = 16;

impl Genres {
    pub(crate) fn new(column: Option<&DictColumn>) -> Self {
        let mut cells: HashMap<String, Vec<u32>> = HashMap::new();
        let (mut numbers, mut named, mut ends) = (HashMap::new(), Vec::new(), Vec::new());
        for (cell, text) in (0..).zip(column.into_iter().flat_map(|column| column.dictionary().iter())) {
            for genre in text::genres(text).chain([normalize(text)]) {
                let cells = cells.entry(genre).or_default();
                if cells.last() != Some(&cell) {
                    cells.push(cell);
                }
            }
            for genre in text::genres(text).take(MAX_GENRES_PER_CELL) {
                let next = numbers.len() as u32;
                named.push(*numbers.entry(genre).or_insert(next));
            }
            ends.push(named.len() as u32);
        }
        Self { cells, named, ends }
    }

    /// The genres that a cell separates, by the cell's code.
    pub(crate) fn in_cell(&self, cell: u32) -> &[u32] {
        let cell = cell as usize;
        let start = if cell == 0 { 0 } else { self.ends[cell - 1] };
        &self.named[start as usize..self.ends[cell] as usize]
    }

    /// The cells that name a genre.
    pub(crate) fn of(&self, genre: &str) -> &[u32] {
        self.cells.get(genre).map_or(&[], Vec::as_slice)
    }
}

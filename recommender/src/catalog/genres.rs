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
}

impl Genres {
    pub(crate) fn new(column: Option<&DictColumn>) -> Self {
        let mut cells: HashMap<String, Vec<u32>> = HashMap::new();
        for (cell, text) in (0..).zip(column.into_iter().flat_map(|column| column.dictionary().iter())) {
            for genre in text::genres(text).chain([normalize(text)]) {
                let cells = cells.entry(genre).or_default();
                if cells.last() != Some(&cell) {
                    cells.push(cell);
                }
            }
        }
        Self { cells }
    }

    /// The cells that name a genre.
    pub(crate) fn of(&self, genre: &str) -> &[u32] {
        self.cells.get(genre).map_or(&[], Vec::as_slice)
    }
}

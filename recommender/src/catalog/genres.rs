//! The single genres behind genre cells.

use std::collections::HashMap;

use crate::{
    column::DictColumn,
    text::{self, normalize},
};

/// For each genre, [`normalize`]d, the distinct genre cells that name it. A cell such as `rock, pop` names two.
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
    /// Takes the distinct cells of a column apart. A catalogue has few genres and many lists of them: each spelling is
    /// normalised once, and no list as a whole.
    pub(crate) fn new(column: Option<&DictColumn>) -> Self {
        let mut spellings: HashMap<&str, usize> = HashMap::new();
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut cells: Vec<Vec<u32>> = Vec::new();
        let (mut named, mut ends) = (Vec::new(), Vec::new());
        for (cell, list) in (0..).zip(column.into_iter().flat_map(|column| column.dictionary().iter())) {
            let before = named.len();
            for spelling in text::genre_spellings(list) {
                let number = *spellings.entry(spelling).or_insert_with(|| {
                    let next = cells.len();
                    let number = *numbers.entry(normalize(spelling)).or_insert(next);
                    if number == next {
                        cells.push(Vec::new());
                    }
                    number
                });
                if cells[number].last() != Some(&cell) {
                    cells[number].push(cell);
                    if named.len() - before < MAX_GENRES_PER_CELL {
                        named.push(number as u32);
                    }
                }
            }
            ends.push(named.len() as u32);
        }
        let cells = numbers.into_iter().map(|(genre, number)| (genre, std::mem::take(&mut cells[number]))).collect();
        Self { cells, named, ends }
    }

    /// The genres that a cell separates, by the cell's code.
    pub(crate) fn in_cell(&self, cell: u32) -> &[u32] {
        let cell = cell as usize;
        let start = if cell == 0 { 0 } else { self.ends[cell - 1] };
        &self.named[start as usize..self.ends[cell] as usize]
    }

    /// How many single genres there are.
    pub(crate) fn count(&self) -> usize {
        self.cells.len()
    }

    /// Each genre and how many tracks have it, of which there is one cell each: the most frequent first.
    pub(crate) fn counts(&self, column: &DictColumn) -> Vec<(&str, u32)> {
        let mut of_cells = vec![0_u32; column.dictionary().len()];
        column.codes().each(0..column.len(), |_, cell| of_cells[cell as usize] += 1);
        let count = |cells: &[u32]| cells.iter().map(|cell| of_cells[*cell as usize]).sum();
        let mut counts: Vec<(&str, u32)> =
            self.cells.iter().map(|(genre, cells)| (genre.as_str(), count(cells))).collect();
        counts.sort_unstable_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
        counts
    }

    /// Whether a single genre, [`normalize`]d, is named by any cell.
    pub(crate) fn has(&self, genre: &str) -> bool {
        self.cells.contains_key(genre)
    }

    /// All names, [`normalize`]d, in no order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.cells.keys().map(String::as_str)
    }

    /// The cells of the column that name a genre, ascending. A list of genres is named by the cells that are the same list.
    /// `genre` is [`normalize`]d.
    pub(crate) fn of(&self, column: &DictColumn, genre: &str) -> Vec<u32> {
        let mut wanted: Vec<String> = text::genres(genre).collect();
        if wanted.len() < 2 {
            return wanted.pop().and_then(|genre| self.cells.get(&genre)).cloned().unwrap_or_default();
        }
        let Some(mut lists) = wanted.iter().map(|genre| self.cells.get(genre)).collect::<Option<Vec<_>>>() else {
            return Vec::new();
        };
        lists.sort_by_key(|cells| cells.len());
        let is_same = |cell: &u32| {
            let list = column.dictionary().get(*cell as usize);
            // What costs least first: few cells get as far as being normalised.
            text::genre_spellings(list).count() == wanted.len()
                && lists[1..].iter().all(|cells| cells.binary_search(cell).is_ok())
                && text::genres(list).eq(wanted.iter().map(String::as_str))
        };
        lists[0].iter().copied().filter(is_same).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_genre_is_named_alone_or_in_a_list_and_a_list_by_the_same_list() {
        let cells = ["Rock", "rock, POP", "Pop;rock", "", "rock, rock ", "Élan, pop", "e\u{301}lan"];
        let column: DictColumn = cells.iter().collect();
        let genres = Genres::new(Some(&column));
        let of = |genre: &str| -> Vec<&str> {
            let found = genres.of(&column, &normalize(genre));
            let mut found: Vec<&str> = found.into_iter().map(|cell| column.dictionary().get(cell as usize)).collect();
            found.sort_unstable();
            found
        };
        assert_eq!(of("ROCK"), ["Pop;rock", "Rock", "rock, POP", "rock, rock "]);
        assert_eq!(of("élan"), ["e\u{301}lan", "Élan, pop"]);
        assert_eq!(of("Rock; pop"), ["rock, POP"]);
        assert_eq!(of("rock,rock"), ["rock, rock "]);
        for none in ["", ";", "polka", "rock, polka", "rock, pop, rock"] {
            assert!(of(none).is_empty(), "{none}");
        }
    }
}

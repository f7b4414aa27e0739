//! What was understood of a table's columns, for whoever brought it.

use serde::Serialize;

use super::columns::Meaning;

/// What was understood of a table's columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Schema {
    /// The meanings that something was taken for, in the order of [`Meaning::all`].
    pub used: Vec<UsedColumn>,
    /// The columns that nothing was taken from, in the file's order.
    pub unused: Vec<UnusedColumn>,
}

/// What was taken for a meaning.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UsedColumn {
    /// What it is.
    pub meaning: Meaning,
    /// The column's name in the header, or its number such as `#3`; nothing where it comes from no column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The first cell that holds something, as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// How many cells hold nothing.
    pub empty: u64,
    /// How many cells hold something that cannot be read.
    pub unreadable: u64,
    /// What else is to be known: the unit, or where the values come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A column that nothing was taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnusedColumn {
    /// Its name in the header, or its number.
    pub column: String,
    /// What its name or its values suggest, of the meanings that nothing was taken for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looks_like: Option<Meaning>,
}

impl Schema {
    /// What was taken for a meaning.
    pub fn of(&self, meaning: Meaning) -> Option<&UsedColumn> {
        self.used.iter().find(|used| used.meaning == meaning)
    }

    /// The columns that look like something, and like what.
    pub fn hints(&self) -> impl Iterator<Item = (&str, Meaning)> {
        self.unused.iter().filter_map(|unused| Some((unused.column.as_str(), unused.looks_like?)))
    }
}

/// How the cells of a column were read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tally {
    /// Whether a column was taken for the meaning, in any file.
    pub(super) used: bool,
    pub(super) column: String,
    pub(super) example: Option<String>,
    pub(super) empty: u64,
    pub(super) unreadable: u64,
    /// What the cells are in, where that is not the feature's own unit.
    pub(super) unit: Option<&'static str>,
}

impl Tally {
    /// Of a cell that holds something.
    pub(super) fn filled(&mut self, cell: &str) {
        if self.example.is_none() {
            self.example = Some(shortened(cell));
        }
    }

    pub(super) fn text(&mut self, cell: &str) {
        if cell.is_empty() { self.empty += 1 } else { self.filled(cell) }
    }

    /// Of a cell that may be read.
    pub(super) fn read<T>(&mut self, cell: &str, value: Option<T>) -> Option<T> {
        match &value {
            Some(_) => self.filled(cell),
            None if super::cell::is_empty(cell) => self.empty += 1,
            None => self.unreadable += 1,
        }
        value
    }

    pub(super) fn into_used(self, meaning: Meaning, note: Option<String>) -> UsedColumn {
        let Self { column, example, empty, unreadable, .. } = self;
        UsedColumn { meaning, column: (!column.is_empty()).then_some(column), example, empty, unreadable, note }
    }
}

/// A cell for show.
fn shortened(cell: &str) -> String {
    const MAX_EXAMPLE_CHARS: usize = 40;
    match cell.char_indices().nth(MAX_EXAMPLE_CHARS) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell.to_owned(),
    }
}

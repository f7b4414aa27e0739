//! The first rows of a file: what the columns hold is judged by them, before any row is taken.

use crate::table::cells::Cells;

/// As many rows are looked at, at most.
const MAX_SAMPLE_ROWS: usize = 2_000;
/// And as much text.
const MAX_SAMPLE_BYTES: usize = 4 << 20;

/// The first rows of a file, cell by cell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    rows: Vec<SampledRow>,
    bytes: usize,
}

/// A row, kept.
#[derive(Clone, Debug)]
pub(crate) struct SampledRow {
    line: u64,
    text: String,
    ends: Vec<usize>,
}

impl Cells for SampledRow {
    fn line(&self) -> u64 {
        self.line
    }

    fn cell(&self, column: usize) -> &str {
        let Some(&end) = self.ends.get(column) else { return "" };
        let start = if column == 0 { 0 } else { self.ends[column - 1] };
        &self.text[start..end]
    }
}

impl Sample {
    /// Adds a row of so many cells.
    pub(crate) fn push(&mut self, row: &impl Cells, width: usize) {
        let (mut text, mut ends) = (String::new(), Vec::with_capacity(width));
        for column in 0..width {
            text.push_str(row.cell(column));
            ends.push(text.len());
        }
        self.bytes += text.len() + ends.len() * size_of::<usize>();
        self.rows.push(SampledRow { line: row.line(), text, ends });
    }

    /// Whether there are enough rows.
    pub(crate) fn is_full(&self) -> bool {
        self.rows.len() >= MAX_SAMPLE_ROWS || self.bytes >= MAX_SAMPLE_BYTES
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn rows(&self) -> &[SampledRow] {
        &self.rows
    }

    pub(crate) fn into_rows(self) -> Vec<SampledRow> {
        self.rows
    }

    /// The cells of a column that hold something.
    pub(super) fn filled(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().map(move |row| row.cell(column)).filter(|cell| !crate::table::cell::is_empty(cell))
    }
}

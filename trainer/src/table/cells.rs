//! A row as the rest of the reader sees it, wherever its cells come from.

/// A row of cells.
pub(crate) trait Cells {
    /// Where it begins in its file: the physical line, from 1, or the row's number where the file has no lines.
    fn line(&self) -> u64;

    /// The cell of a column, without surrounding white space; empty where the row has no such cell.
    fn cell(&self, column: usize) -> &str;

    /// Whether some cell may have a line end within it.
    fn may_span_lines(&self) -> bool {
        true
    }
}

impl Cells for super::rows::Row<'_> {
    fn line(&self) -> u64 {
        self.line
    }

    fn cell(&self, column: usize) -> &str {
        super::rows::Row::cell(self, column)
    }

    fn may_span_lines(&self) -> bool {
        !self.is_plain()
    }
}

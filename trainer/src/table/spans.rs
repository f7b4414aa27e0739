//! Rows over many lines: what becomes of a table in which a quote lacks its partner.

/// A row over more lines than these is worth a look: no title, and hardly any description, has so many.
const MAX_LINES: u64 = 20;

/// The rows of a file that span many lines.
#[derive(Debug, Default)]
pub(super) struct RowSpans {
    previous: Option<u64>,
    rows: u64,
    /// From and to which line the first of them goes.
    first: Option<(u64, u64)>,
}

impl RowSpans {
    /// Takes in that a row begins on this line.
    pub(super) fn begin(&mut self, line: u64) {
        if let Some(previous) = self.previous.replace(line)
            && line.saturating_sub(previous) > MAX_LINES
        {
            self.rows += 1;
            self.first.get_or_insert((previous, line - 1));
        }
    }

    /// What a person should look at, if there is such a row.
    pub(super) fn warning(&self, name: &str) -> Option<String> {
        let (from, to) = self.first?;
        let rows = if self.rows == 1 { "a row spans".to_owned() } else { format!("{} rows span", self.rows) };
        Some(format!(
            "{name}: {rows} more than {MAX_LINES} lines, the first from line {from} to line {to}: a quote without its partner \
             takes the rows that follow into its cell; look at these lines, and double the quote"
        ))
    }
}

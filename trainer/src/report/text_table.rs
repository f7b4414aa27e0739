//! Plain text tables: columns as wide as their widest cell, with two spaces between them and no lines.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Row, Table, Width, presets::NOTHING};

use crate::printable::printable;

/// Spaces between two columns.
const GAP: u16 = 2;

/// A column by its heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column<'a> {
    /// Flush left, for text.
    Left(&'a str),
    /// Flush right, for numbers.
    Right(&'a str),
}

impl<'a> Column<'a> {
    fn heading(self) -> &'a str {
        match self {
            Self::Left(heading) | Self::Right(heading) => heading,
        }
    }

    fn alignment(self) -> CellAlignment {
        match self {
            Self::Left(_) => CellAlignment::Left,
            Self::Right(_) => CellAlignment::Right,
        }
    }
}

/// The table, as lines. Where no column has a heading, there is no line of them.
pub fn text_table(columns: &[Column<'_>], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    lines(columns, rows, None)
}

/// As [`text_table`], at most `max_width` columns of a terminal wide: where it would be wider, headings are cut.
pub fn narrow_text_table(
    columns: &[Column<'_>],
    rows: impl IntoIterator<Item = Vec<String>>,
    max_width: u16,
) -> String {
    lines(columns, rows, Some(max_width))
}

fn lines(columns: &[Column<'_>], rows: impl IntoIterator<Item = Vec<String>>, max_width: Option<u16>) -> String {
    let mut table = Table::new();
    // Cells are of a table or an artifact.
    let shown = |row: Vec<String>| row.iter().map(|cell| printable(cell).into_owned()).collect::<Vec<_>>();
    table.load_style(NOTHING).add_rows(rows.into_iter().map(shown));
    if let Some(max_width) = max_width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(max_width);
    }
    let cells = table.column_max_content_widths();
    if columns.iter().any(|column| !column.heading().is_empty()) {
        let mut header = Row::from(columns.iter().map(|column| column.heading()));
        header.max_height(1);
        table.set_header(header);
    }
    // Without rows, no cell has a width.
    let cells = cells.into_iter().chain(std::iter::repeat(0));
    for ((column, cells), shown) in columns.iter().zip(cells).zip(table.column_iter_mut()) {
        shown.set_padding((0, GAP)).set_cell_alignment(column.alignment());
        shown.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(cells.saturating_add(GAP))));
    }
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows<const N: usize>(rows: &[[&str; N]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect()
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let text = text_table(&[Column::Left(""), Column::Right("ms")], rows(&[["cold é", "7"], ["音楽", "12 345"]]));
        assert_eq!(text, "            ms\ncold é       7\n音楽    12 345\n");
    }

    #[test]
    fn a_table_without_headings_has_rows_only() {
        let text = text_table(&[Column::Right(""), Column::Left("")], rows(&[["1", "a"], ["10", "b"]]));
        assert_eq!(text, " 1  a\n10  b\n");
    }

    #[test]
    fn headings_are_cut_where_the_table_would_be_too_wide_and_numbers_never() {
        let columns = [Column::Right("tracks"), Column::Right("instrumentalness"), Column::Right("energy")];
        let table = |max_width| narrow_text_table(&columns, rows(&[["1,234,567", "-0.123", "0.5"]]), max_width);
        assert_eq!(table(40), "   tracks  instrumentalness  energy\n1,234,567            -0.123     0.5\n");
        let cut = table(30);
        assert!(cut.lines().all(|line| line.chars().count() <= 30), "{cut}");
        assert!(cut.contains("  instr") && cut.contains("…  energy\n1,234,567  ") && cut.contains("-0.123"), "{cut}");
    }

    #[test]
    fn a_terminal_obeys_no_cell() {
        let text = text_table(&[Column::Left(""), Column::Left("")], rows(&[["\u{1b}[31m", "a\nb\u{202e}"]]));
        assert_eq!(text, "\\u{1b}[31m  a\\u{a}b\\u{202e}\n");
    }
}

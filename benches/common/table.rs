//! Figures in rows and columns, for people.

use trainer::report::text_table::{Column, text_table};

/// Prints a table; the first row is the header. The first column is flush left, the others are flush right.
pub fn print(rows: &[Vec<String>]) {
    let Some((header, rows)) = rows.split_first() else { return };
    let column = |(at, heading)| if at == 0 { Column::Left(heading) } else { Column::Right(heading) };
    let columns: Vec<Column<'_>> = header.iter().map(String::as_str).enumerate().map(column).collect();
    print!("{}", text_table(&columns, rows.iter().cloned()));
}

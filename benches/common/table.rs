//! Figures in rows and columns, for people.

/// Prints cells in columns as wide as their widest; the first row is the header. The first column is flush left, the
/// others are flush right.
pub fn print(rows: &[Vec<String>]) {
    print!("{}", text(rows));
}

fn text(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
        if number == 0 {
            text += &"-".repeat(widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1));
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let lines = ["            ms", "--------------", "cold é       7", "first   12 345"];
        let rows = [row(["", "ms"]), row(["cold é", "7"]), row(["first", "12 345"])];
        assert_eq!(text(&rows).lines().collect::<Vec<_>>(), lines);
    }
}

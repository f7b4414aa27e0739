//! The confusion matrix, annotated: which cluster naive Bayes takes held-out tracks for.

use plotters::style::text_anchor::HPos;

use super::{
    canvas::{PLAIN, SMALL, Style, TITLE, fill, ink_on, shade, svg, wrap, write},
    error::Error,
    palette::{BLUE, SOFT},
};
use crate::numbers::count;

const CHART: &str = "confusion matrix";

/// Where the grid starts, in pixels from the upper left.
const LEFT: i32 = 320;
const TOP: i32 = 112;

/// Width of a line of a cluster's name, in pixels.
const NAME: i32 = LEFT - 74 - 8;

/// Draws `matrix`, shape `(k, k)`: rows the true cluster, columns the predicted one. `names` are the clusters' names, by
/// id; a row's colours are shares of its tracks.
///
/// # Errors
///
/// Where the matrix is empty.
pub fn confusion_matrix(matrix: &[Vec<u64>], names: &[&str]) -> Result<String, Error> {
    let k = matrix.len() as i32;
    if k == 0 {
        return Err(Error::Empty { chart: CHART });
    }
    let names: Vec<Vec<String>> =
        (0..matrix.len()).map(|id| wrap(names.get(id).copied().unwrap_or_default(), NAME)).collect();
    let lines = names.iter().map(Vec::len).max().unwrap_or(1) as i32;
    let roomy = k <= 12;
    let digits = matrix.iter().flatten().map(|&n| count(n).len()).max().unwrap_or(1) as i32;
    let cell = ((digits * 8 + 12).max(if roomy { 76 } else { 44 }), (lines * 17 + 10).max(if roomy { 52 } else { 36 }));
    let size = ((LEFT + k * cell.0 + 24).max(620) as u32, (TOP + k * cell.1 + 24) as u32);
    svg(CHART, size, |canvas| {
        write(canvas, "Naive Bayes on held-out tracks", (24, 28), Style { size: TITLE, bold: true, ..PLAIN })?;
        let note = "Rows are the true cluster, columns the predicted one; colours are shares of the row.";
        write(canvas, note, (24, 52), Style { size: SMALL, color: SOFT, ..PLAIN })?;
        let axis = Style { color: SOFT, across: HPos::Center, ..PLAIN };
        write(canvas, "predicted cluster", (LEFT + k * cell.0 / 2, TOP - 34), axis)?;
        write(canvas, "true cluster", (24, TOP + k * cell.1 / 2), Style { upwards: true, ..axis })?;
        for (row, counts) in matrix.iter().enumerate() {
            let (top, id) = (TOP + cell.1 * row as i32, row.to_string());
            let middle = top + cell.1 / 2 - 1;
            let bold = Style { bold: true, ..PLAIN };
            write(
                canvas,
                &id,
                (LEFT + cell.0 * row as i32 + cell.0 / 2 - 1, TOP - 12),
                Style { across: HPos::Center, ..bold },
            )?;
            write(canvas, &id, (48, middle), bold)?;
            let first = middle - (names[row].len() as i32 - 1) * 17 / 2;
            for (line, text) in names[row].iter().enumerate() {
                write(canvas, text, (74, first + 17 * line as i32), PLAIN)?;
            }
            let all: u64 = counts.iter().sum();
            for (column, &n) in counts.iter().enumerate() {
                let share = if all == 0 { 0.0 } else { n as f64 / all as f64 };
                // The root lets the few mistakes be seen beside the many hits.
                let color = shade(BLUE, 0.03 + share.sqrt() * 0.97);
                let left = LEFT + cell.0 * column as i32;
                fill(canvas, (left, top), (cell.0 - 2, cell.1 - 2), color)?;
                let (centre, ink) =
                    (left + cell.0 / 2 - 1, Style { color: ink_on(color), across: HPos::Center, ..PLAIN });
                if roomy && all > 0 {
                    write(canvas, &count(n), (centre, middle - 8), ink)?;
                    write(
                        canvas,
                        &format!("{:.1} %", share * 100.0),
                        (centre, middle + 9),
                        Style { size: SMALL, ..ink },
                    )?;
                } else {
                    write(canvas, &count(n), (centre, middle), ink)?;
                }
            }
        }
        Ok(())
    })
}

//! A small histogram: how a feature's values are spread.

use plotters::element::PathElement;
use plotters::style::Color;

use super::{
    canvas::{fill, shade, svg},
    error::Error,
    palette::{BLUE, RED},
};

const SIZE: (u32, u32) = (192, 44);

/// Draws a bar for each of `counts`, which are equal parts of a feature's range, and a line at `mean`, 0 (the least
/// value) to 1 (the largest).
///
/// # Errors
///
/// Where there are no counts.
pub fn histogram(counts: &[u64], mean: f64) -> Result<String, Error> {
    if counts.is_empty() {
        return Err(Error::Empty { chart: "histogram" });
    }
    let (width, height) = (SIZE.0 as i32, SIZE.1 as i32);
    let most = counts.iter().copied().max().unwrap_or(1).max(1);
    svg("histogram", SIZE, |canvas| {
        let left = |bar: usize| (bar as i32 * width) / counts.len() as i32;
        for (bar, count) in counts.iter().enumerate() {
            // Whatever is there can be seen.
            let tall = (*count as f64 / most as f64 * f64::from(height - 2)).ceil() as i32;
            if tall > 0 {
                let size = ((left(bar + 1) - left(bar) - 1).max(1), tall);
                fill(canvas, (left(bar), height - tall), size, shade(BLUE, 0.75))?;
            }
        }
        if (0.0..=1.0).contains(&mean) {
            let x = (mean * f64::from(width - 2)).round() as i32;
            canvas.draw(&PathElement::new([(x, 0), (x, height)], RED.stroke_width(2)))?;
        }
        Ok(())
    })
}

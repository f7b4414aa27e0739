//! The elbow: total inertia for each k.

use plotters::element::{Circle, PathElement};
use plotters::prelude::{ChartBuilder, LineSeries};
use plotters::style::Color;

use super::{BLUE, Canvas, Error, GRID, INK, LABEL, PLAIN, RED, SMALL, SOFT, Style, TITLE, svg, write};
use crate::text::{number, thousands};

const CHART: &str = "elbow";
const SIZE: (u32, u32) = (820, 480);

/// Draws the inertia for each k, `inertia` being (k, total inertia) in ascending k; the chosen k is marked.
///
/// # Errors
///
/// Where `inertia` is empty.
pub fn elbow(inertia: &[(u32, f64)], chosen: u32) -> Result<String, Error> {
    let (Some(first), Some(last)) = (inertia.first(), inertia.last()) else {
        return Err(Error::Empty { chart: CHART });
    };
    let ks = (f64::from(first.0) - 0.5, f64::from(last.0) + 0.5);
    let most = inertia.iter().map(|(_, value)| *value).fold(0.0, f64::max);
    let most = if most > 0.0 && most.is_finite() { most * 1.12 } else { 1.0 };
    svg(CHART, SIZE, |canvas| {
        let title = Style { size: TITLE, bold: true, ..PLAIN };
        write(canvas, "Elbow: what each further cluster gains", (24, 28), title)?;
        let note =
            format!("Inertia is the sum of squared distances to the nearest centroid. The model has k = {chosen}.");
        write(canvas, &note, (24, 52), Style { size: SMALL, color: SOFT, ..PLAIN })?;
        draw(canvas, inertia, chosen, ks, most)
    })
}

fn draw(
    canvas: &Canvas,
    inertia: &[(u32, f64)],
    chosen: u32,
    ks: (f64, f64),
    most: f64,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut chart = ChartBuilder::on(canvas)
        .margin_top(74)
        .margin_right(28)
        .margin_left(12)
        .margin_bottom(8)
        .x_label_area_size(52)
        .y_label_area_size(92)
        .build_cartesian_2d(ks.0..ks.1, 0.0..most)?;
    let whole = |k: &f64| if (k - k.round()).abs() < 1e-6 { format!("{k:.0}") } else { String::new() };
    let value = |value: &f64| if most >= 10.0 { thousands(*value) } else { number(*value) };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(GRID.mix(0.0))
        .bold_line_style(GRID)
        .axis_style(SOFT)
        .x_labels(inertia.len() + 1)
        .x_label_formatter(&whole)
        .y_labels(7)
        .y_label_formatter(&value)
        .label_style(Style { size: SMALL, color: SOFT, ..PLAIN }.font())
        .x_desc("k (number of clusters)")
        .y_desc("total inertia (squared deviations)")
        .axis_desc_style(Style { size: LABEL, ..PLAIN }.font())
        .draw()?;
    let points = || inertia.iter().map(|&(k, value)| (f64::from(k), value));
    if let Some(at) = points().find(|point| point.0 == f64::from(chosen)) {
        chart.draw_series([PathElement::new([(at.0, 0.0), at], RED.mix(0.5).stroke_width(1))])?;
    }
    chart.draw_series(LineSeries::new(points(), BLUE.stroke_width(2)))?;
    chart.draw_series(points().map(|point| {
        let (size, color) = if point.0 == f64::from(chosen) { (7, RED) } else { (4, BLUE) };
        Circle::new(point, size, color.filled())
    }))?;
    // Inertia falls with k, so the upper right of a point is free. A label for each where there is room, else for the
    // chosen one only.
    let all = inertia.len() <= 11;
    for point in points() {
        let is_chosen = point.0 == f64::from(chosen);
        if all || is_chosen {
            let (x, y) = chart.backend_coord(&point);
            let style = Style { size: SMALL, color: if is_chosen { RED } else { INK }, bold: is_chosen, ..PLAIN };
            write(canvas, &value(&point.1), (x + 6, y - 14), style)?;
        }
    }
    Ok(())
}

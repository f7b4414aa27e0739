//! Figures for each k: the elbow (total inertia) and the silhouette.

use plotters::element::{Circle, PathElement};
use plotters::prelude::{ChartBuilder, LineSeries};
use plotters::style::Color;

use super::{
    canvas::{Canvas, LABEL, PLAIN, SMALL, Style, TITLE, svg, width, write},
    error::Error,
    palette::{BLUE, GRID, INK, RED, SOFT},
};
use crate::numbers::{number, thousands};

/// Small, so that it can still be read where a telephone makes it smaller.
const SIZE: (u32, u32) = (500, 370);
/// What the name of the vertical axis takes beside its numbers, and what both take at least.
const AXIS_NAME: i32 = 36;
const MIN_BESIDE: i32 = 80;

/// A figure for each k.
struct LineChart<'a> {
    chart: &'static str,
    title: &'static str,
    notes: [String; 2],
    unit: &'static str,
    /// (k, figure), in ascending k.
    points: &'a [(u32, f64)],
    chosen: u32,
    /// Another k to mark, and what to call it.
    marked: Option<(u32, &'static str)>,
    show: &'a dyn Fn(f64) -> String,
}

/// Draws the inertia for each k, `inertia` being (k, total inertia) in ascending k; the chosen k is marked, and the
/// [`knee`](crate::training::elbow::knee) where there is one.
///
/// # Errors
///
/// Where `inertia` is empty.
pub fn elbow(inertia: &[(u32, f64)], chosen: u32, knee: Option<u32>) -> Result<String, Error> {
    let most = inertia.iter().map(|(_, value)| *value).fold(0.0, f64::max);
    let knee_note = knee.map_or_else(String::new, |knee| format!("The knee of the curve is at k = {knee}. "));
    LineChart {
        chart: "elbow",
        title: "Elbow: what each further cluster gains",
        notes: [
            "Inertia: sum of squared distances to the nearest centroid.".to_owned(),
            format!("{knee_note}The model has k = {chosen}."),
        ],
        unit: "total inertia (squared deviations)",
        points: inertia,
        chosen,
        marked: knee.filter(|knee| *knee != chosen).map(|knee| (knee, "knee")),
        show: &|value| if most >= 10.0 { thousands(value) } else { number(value) },
    }
    .draw()
}

/// Draws the mean silhouette for each k, `silhouette` being (k, mean) in ascending k; the chosen k is marked.
///
/// # Errors
///
/// Where `silhouette` is empty.
pub fn silhouette(silhouette: &[(u32, f64)], chosen: u32) -> Result<String, Error> {
    LineChart {
        chart: "silhouette",
        title: "Silhouette: how well clusters are apart",
        notes: [
            "1: far nearer to the own cluster than to the next; 0: as near to both.".to_owned(),
            format!("Higher is better. The model has k = {chosen}."),
        ],
        unit: "mean silhouette",
        points: silhouette,
        chosen,
        marked: None,
        show: &|value| format!("{value:.3}"),
    }
    .draw()
}

impl LineChart<'_> {
    fn draw(&self) -> Result<String, Error> {
        if self.points.is_empty() {
            return Err(Error::Empty { chart: self.chart });
        }
        svg(self.chart, SIZE, |canvas| {
            write(canvas, self.title, (20, 26), Style { size: TITLE, bold: true, ..PLAIN })?;
            for (line, note) in (0..).zip(&self.notes) {
                write(canvas, note, (20, 50 + 17 * line), Style { size: SMALL, color: SOFT, ..PLAIN })?;
            }
            self.draw_points(canvas)
        })
    }

    fn draw_points(&self, canvas: &Canvas) -> Result<(), Box<dyn std::error::Error>> {
        let ks = self.points.iter().map(|(k, _)| f64::from(*k));
        let ks = (ks.clone().fold(f64::MAX, f64::min) - 0.5, ks.fold(0.0, f64::max) + 0.6);
        let finite = self.points.iter().map(|(_, value)| *value).filter(|value| value.is_finite());
        let least = finite.clone().fold(0.0, f64::min) * 1.2;
        let most = finite.fold(0.0, f64::max) * 1.14;
        let most = if most > least { most } else { least + 1.0 };
        let value = |value: &f64| (self.show)(*value);
        // The name of the axis stands beside its numbers.
        let beside = (width(&value(&most)) + AXIS_NAME).max(MIN_BESIDE);
        let mut chart = ChartBuilder::on(canvas)
            .margin_top(84)
            .margin_right(26)
            .margin_left(8)
            .margin_bottom(6)
            .x_label_area_size(48)
            .y_label_area_size(beside)
            .build_cartesian_2d(ks.0..ks.1, least..most)?;
        let whole = |k: &f64| if (k - k.round()).abs() < 1e-6 { format!("{k:.0}") } else { String::new() };
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(GRID.mix(0.0))
            .bold_line_style(GRID)
            .axis_style(SOFT)
            .x_labels(self.points.len() + 1)
            .x_label_formatter(&whole)
            .y_labels(6)
            .y_label_formatter(&value)
            .label_style(Style { size: SMALL, color: SOFT, ..PLAIN }.font())
            .x_desc("k (number of clusters)")
            .y_desc(self.unit)
            .axis_desc_style(Style { size: LABEL, ..PLAIN }.font())
            .draw()?;
        let points =
            || self.points.iter().filter(|(_, value)| value.is_finite()).map(|&(k, value)| (f64::from(k), value));
        let is_chosen = |point: (f64, f64)| point.0 == f64::from(self.chosen);
        if let Some(at) = points().find(|point| is_chosen(*point)) {
            chart.draw_series([PathElement::new([(at.0, least), at], RED.mix(0.5).stroke_width(1))])?;
        }
        chart.draw_series(LineSeries::new(points(), BLUE.stroke_width(2)))?;
        chart.draw_series(points().map(|point| {
            let (size, color) = if is_chosen(point) { (7, RED) } else { (4, BLUE) };
            Circle::new(point, size, color.filled())
        }))?;
        // Inertia falls with k, so the upper right of a point is free. A label for each where there is room, else for
        // the chosen one only.
        let room = (SIZE.0 as i32 - 40 - beside) / self.points.len().max(1) as i32;
        let all = self.points.iter().all(|point| width(&value(&point.1)) < room + 12);
        for point in points() {
            let (x, y) = chart.backend_coord(&point);
            if all || is_chosen(point) {
                let color = if is_chosen(point) { RED } else { INK };
                let style = Style { size: SMALL, color, bold: is_chosen(point), ..PLAIN };
                write(canvas, &value(&point.1), (x + 6, y - 14), style)?;
            }
            if let Some((marked, name)) = self.marked
                && point.0 == f64::from(marked)
            {
                chart.draw_series([Circle::new(point, 9, INK.stroke_width(2))])?;
                write(canvas, name, (x - 34, y + 22), Style { size: SMALL, bold: true, ..PLAIN })?;
            }
        }
        Ok(())
    }
}

//! The map: tracks on the plane of the first two principal components, by cluster.

use plotters::element::Circle;
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, RGBColor};

use super::{
    canvas::{PLAIN, SMALL, Style, TITLE, fill, shade, svg, write},
    error::Error,
    palette::{self, GRID, GROUND, INK, SOFT},
};

const SIZE: (i32, i32) = (640, 560);
const TOP: i32 = 68;
const EDGE: i32 = 20;

/// So much of the points lies outside of what is drawn, at each end of each axis: a few oddities would otherwise press
/// all the rest together.
const OUTSIDE: f64 = 0.003;

/// A track on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Where it is, as [`Projection::point`](recommender::projection::Projection::point) says.
    pub at: [f64; 2],
    /// Its cluster.
    pub cluster: u32,
}

/// A step that comes by each of `n` points once before it comes back to the first: it has no divisor in common with `n`.
fn coprime_step(n: usize) -> usize {
    let gcd = |mut a: usize, mut b: usize| {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    (1_009..).find(|step| gcd(*step, n) == 1).unwrap_or(1)
}

/// Draws tracks by cluster, and each cluster's id where the middle of its tracks is.
///
/// # Errors
///
/// Where there are no points.
pub fn map(points: &[Point]) -> Result<String, Error> {
    if points.is_empty() {
        return Err(Error::Empty { chart: "map" });
    }
    let [across, along] = [0, 1].map(|axis| range(points, axis));
    let place = |at: [f64; 2]| -> Option<(i32, i32)> {
        let share = |value: f64, range: (f64, f64)| (value - range.0) / (range.1 - range.0);
        let (x, y) = (share(at[0], across), share(at[1], along));
        let inside = (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y);
        let width = f64::from(SIZE.0 - 2 * EDGE);
        let height = f64::from(SIZE.1 - TOP - EDGE);
        inside.then(|| (EDGE + (x * width).round() as i32, TOP + ((1.0 - y) * height).round() as i32))
    };
    svg("map", (SIZE.0 as u32, SIZE.1 as u32), |canvas| {
        write(canvas, "The catalogue from above", (EDGE, 26), Style { size: TITLE, bold: true, ..PLAIN })?;
        let note = "A sample of tracks on the two axes along which they differ most. Near is alike.";
        write(canvas, note, (EDGE, 50), Style { size: SMALL, color: SOFT, ..PLAIN })?;
        fill(canvas, (EDGE - 6, TOP - 4), (SIZE.0 - 2 * EDGE + 12, SIZE.1 - TOP - EDGE + 10), shade(GRID, 0.35))?;
        // In an order that mixes the clusters: none lies on top of all others.
        let step = coprime_step(points.len());
        for at in 0..points.len() {
            let point = points[at * step % points.len()];
            if let Some(place) = place(point.at) {
                let color: RGBColor = palette::cluster(point.cluster);
                canvas.draw(&Circle::new(place, 3, color.mix(0.7).filled()))?;
            }
        }
        let clusters = points.iter().map(|point| point.cluster).max().unwrap_or(0) + 1;
        for cluster in 0..clusters {
            let own: Vec<[f64; 2]> = points.iter().filter(|p| p.cluster == cluster).map(|p| p.at).collect();
            let middle = [0, 1].map(|axis| own.iter().map(|at| at[axis]).sum::<f64>() / own.len() as f64);
            if let Some((x, y)) = place(middle) {
                canvas.draw(&Circle::new((x, y), 12, GROUND.filled()))?;
                canvas.draw(&Circle::new((x, y), 12, palette::cluster(cluster).stroke_width(2)))?;
                let style = Style { bold: true, across: HPos::Center, color: INK, ..PLAIN };
                write(canvas, &cluster.to_string(), (x, y), style)?;
            }
        }
        Ok(())
    })
}

/// The part of an axis that is drawn; never empty.
fn range(points: &[Point], axis: usize) -> (f64, f64) {
    let mut values: Vec<f64> = points.iter().map(|point| point.at[axis]).filter(|value| value.is_finite()).collect();
    values.sort_unstable_by(f64::total_cmp);
    let outside = (values.len() as f64 * OUTSIDE) as usize;
    let ends = values.get(outside).zip(values.get(values.len().saturating_sub(outside + 1)));
    let (least, most) = ends.map_or((0.0, 0.0), |(least, most)| (*least, *most));
    let margin = ((most - least) * 0.03).max(1e-9);
    (least - margin, most + margin)
}

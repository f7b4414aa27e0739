//! The cluster profile: the mean of each feature in each cluster, as an annotated heat map.

use ndarray::ArrayView2;
use plotters::style::RGBAColor;
use plotters::style::text_anchor::HPos;
use recommender::card::ClusterSummary;

use super::{
    canvas::{Canvas, PLAIN, SMALL, Style, TITLE, fill, ink_on, shade, svg, width, wrap, write},
    error::Error,
    palette::{BLUE, RED, SOFT},
};
use crate::numbers::{count, number};

const CHART: &str = "cluster profile";

/// Where the grid starts, in pixels from the upper left.
const LEFT: i32 = 292;
const TOP: i32 = 96;
const BOTTOM: i32 = 84;

/// Width of a line of a cluster's name, in pixels.
const NAME: i32 = LEFT - 48 - 8;

/// A mean this many deviations from that of all tracks has the full colour.
const FULL: f64 = 2.0;

/// Draws the profile of `clusters`, a row each, in columns `features`. `centroids`, shape `(k, n_features)` in scaled
/// units, gives the colours; the figures are the clusters' means, in the file's own units.
///
/// # Errors
///
/// Where there are no clusters or no features.
///
/// # Panics
///
/// Where `centroids` has another shape than `clusters` and `features`.
pub fn cluster_profile(
    features: &[&str],
    clusters: &[ClusterSummary],
    centroids: ArrayView2<f64>,
) -> Result<String, Error> {
    assert_eq!(centroids.dim(), (clusters.len(), features.len()), "a colour for each cell");
    if centroids.is_empty() {
        return Err(Error::Empty { chart: CHART });
    }
    let names: Vec<Vec<String>> = clusters.iter().map(|cluster| wrap(&cluster.name, NAME)).collect();
    let lines = names.iter().map(Vec::len).max().unwrap_or(1) as i32;
    let longest = features.iter().map(|feature| width(feature)).max().unwrap_or(0);
    let cell = ((longest + 6).max(64), (lines * 17 + 26).max(48));
    let grid = (cell.0 * features.len() as i32, cell.1 * clusters.len() as i32);
    let size = ((LEFT + grid.0 + 24).max(680) as u32, (TOP + grid.1 + BOTTOM) as u32);
    svg(CHART, size, |canvas| {
        write(canvas, "Clusters by feature", (24, 28), Style { size: TITLE, bold: true, ..PLAIN })?;
        let note = "Figures are means in the file's own units; colours compare them with the mean of all tracks.";
        write(canvas, note, (24, 52), Style { size: SMALL, color: SOFT, ..PLAIN })?;
        for (column, feature) in features.iter().enumerate() {
            let at = (LEFT + cell.0 * column as i32 + cell.0 / 2, TOP - 14);
            write(canvas, feature, at, Style { size: SMALL, across: HPos::Center, ..PLAIN })?;
        }
        for (row, cluster) in clusters.iter().enumerate() {
            let top = TOP + cell.1 * row as i32;
            let middle = top + cell.1 / 2;
            label(canvas, &names[row], cluster, middle)?;
            for (column, feature) in features.iter().enumerate() {
                let color = diverging(centroids[[row, column]]);
                let left = LEFT + cell.0 * column as i32;
                fill(canvas, (left, top), (cell.0 - 2, cell.1 - 2), color)?;
                let text = cluster.means.get(*feature).map_or_else(String::new, |&mean| number(mean));
                let style = Style { color: ink_on(color), across: HPos::Center, ..PLAIN };
                write(canvas, &text, (left + cell.0 / 2 - 1, middle - 1), style)?;
            }
        }
        legend(canvas, TOP + grid.1 + 26)
    })
}

fn label(
    canvas: &Canvas,
    name: &[String],
    cluster: &ClusterSummary,
    middle: i32,
) -> Result<(), Box<dyn std::error::Error>> {
    let top = middle - name.len() as i32 * 17 / 2;
    write(canvas, &cluster.id.to_string(), (24, top), Style { bold: true, ..PLAIN })?;
    for (line, text) in name.iter().enumerate() {
        write(canvas, text, (48, top + 17 * line as i32), PLAIN)?;
    }
    let size = format!("{} {}", count(cluster.size), if cluster.size == 1 { "track" } else { "tracks" });
    write(canvas, &size, (48, top + 17 * name.len() as i32), Style { size: SMALL, color: SOFT, ..PLAIN })
}

fn legend(canvas: &Canvas, top: i32) -> Result<(), Box<dyn std::error::Error>> {
    const STEPS: i32 = 40;
    const STEP: i32 = 7;
    for step in 0..STEPS {
        let share = (f64::from(step) + 0.5) / f64::from(STEPS);
        fill(canvas, (LEFT + step * STEP, top), (STEP, 14), diverging((share * 2.0 - 1.0) * FULL))?;
    }
    let style = Style { size: SMALL, color: SOFT, across: HPos::Center, ..PLAIN };
    for (at, text) in ["-2 or less", "-1", "0", "+1", "+2 or more"].iter().enumerate() {
        write(canvas, text, (LEFT + at as i32 * STEPS * STEP / 4, top + 26), style)?;
    }
    let unit = "deviations from the mean";
    write(canvas, unit, (LEFT + STEPS * STEP + 16, top + 7), Style { across: HPos::Left, ..style })
}

/// Blue below the mean, nothing at it, red above.
fn diverging(deviations: f64) -> RGBAColor {
    shade(if deviations < 0.0 { BLUE } else { RED }, deviations.abs() / FULL)
}

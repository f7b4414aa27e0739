//! The report's charts, as SVG text: the elbow, the silhouette, the cluster profile as a heat map, the confusion matrix,
//! histograms, the map.

mod canvas;
mod confusion;
mod error;
mod histogram;
mod line_chart;
mod map;
mod palette;
mod profile;
#[cfg(test)]
mod tests;

pub use confusion::confusion_matrix;
pub use error::Error;
pub use histogram::histogram;
pub use line_chart::{elbow, silhouette};
pub use map::{Point, map};
pub use palette::{cluster_variable, style_sheet};
pub use profile::cluster_profile;

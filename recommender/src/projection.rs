//! The plane that a catalogue is drawn on: two axes in the scaled feature space.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::{features::Scaler, invalid::Invalid};

/// Scaled values beyond this are taken for this, so that every point is finite.
const MAX_PROJECTED: f64 = 1e9;

/// Two axes in the scaled feature space. A track's place on the map is its scaled features along each of them.
///
/// The trainer takes the first two principal components: no other plane shows more of how the tracks differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Projection {
    /// Two unit vectors at right angles, shape `(2, n_features)`.
    pub axes: [Vec<f64>; 2],
}

impl Projection {
    /// The place of a track: `raw` holds its features in the file's own units, shape `(n_features,)`.
    pub fn point(&self, scaler: &Scaler, raw: &[f64]) -> [f64; 2] {
        let scaled = scaler.scale(raw);
        let along = |axis: &Vec<f64>| {
            axis.iter().zip(&scaled).map(|(a, x)| a * x.clamp(-MAX_PROJECTED, MAX_PROJECTED)).sum::<f64>()
        };
        [along(&self.axes[0]), along(&self.axes[1])]
    }

    /// Whether these can be the axes of a model with so many features.
    pub(crate) fn check(&self, features: usize) -> Result<(), Invalid> {
        // A component of a unit vector, and what rounding may add.
        const COMPONENTS: RangeInclusive<f64> = -1.0 - 1e-9..=1.0 + 1e-9;
        for (id, axis) in self.axes.iter().enumerate() {
            Invalid::count(format!("components of axis {id}"), features, axis.len())?;
            Invalid::range(format!("a component of axis {id}"), COMPONENTS, axis)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::scaler::tests::scaler;

    #[test]
    fn a_point_is_the_scaled_features_along_each_axis() {
        let projection = Projection { axes: [vec![0.6, 0.8], vec![-0.8, 0.6]] };
        assert_eq!(projection.point(&scaler(), &[70.0, 999.0]), [1.2, -1.6]);
    }

    #[test]
    fn the_farthest_track_has_a_finite_point() {
        let projection = Projection { axes: [vec![0.6, 0.8], vec![-0.8, 0.6]] };
        let mut narrow = scaler();
        narrow.deviation = vec![1e-300, 1e-300];
        assert!(projection.point(&narrow, &[f64::MAX, f64::MIN]).iter().all(|place| place.is_finite()));
    }

    #[test]
    fn axes_of_another_shape_or_not_finite_are_refused() {
        let check = |first: &[f64]| Projection { axes: [first.to_vec(), vec![0.0, 1.0]] }.check(2);
        assert!(check(&[1.0, 0.0]).is_ok());
        for axis in [&[1.0][..], &[1.0, 0.0, 0.0], &[f64::NAN, 0.0], &[f64::INFINITY, 0.0], &[7.0, 0.0]] {
            assert!(check(axis).is_err(), "{axis:?}");
        }
    }
}

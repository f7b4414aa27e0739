//! The scaler: from a file's own units to vectors that can be compared.

use serde::{Deserialize, Serialize};

use crate::{
    invalid::Invalid,
    owned,
    vector::{LANES, Vector},
};

/// The fewest features a model may have.
pub const MIN_FEATURES: usize = 2;
/// The most features a model may have: all lanes of a [`Vector`] but the one of tracks without a direction.
pub const MAX_FEATURES: usize = LANES - 1;
/// The largest weight of a feature.
pub const MAX_WEIGHT: f64 = 100.0;
/// Scaled values beyond this are taken for this, so that they stay finite, weighted too.
const MAX_SCALED: f64 = 1e300;

/// Standard scaling: mean 0, population variance 1 (scikit-learn's `StandardScaler`, ddof = 0), times a weight for each
/// feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaler {
    /// Names of the features, in the model's order.
    #[serde(deserialize_with = "owned::strings")]
    pub features: Vec<String>,
    /// Mean of each feature, in the file's own unit.
    pub mean: Vec<f64>,
    /// Population standard deviation of each feature, in the file's own unit; 0 for a feature that never varies.
    pub deviation: Vec<f64>,
    /// What each scaled feature is multiplied with wherever tracks are compared: 1 as it is, 0 not at all.
    pub weights: Vec<f64>,
}

impl Scaler {
    /// Number of features.
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether there is no feature at all (which no model has).
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// Scales one value of feature `feature`, weighted. A feature with deviation 0 scales to 0. The result is finite
    /// wherever the value is.
    ///
    /// # Panics
    ///
    /// If `feature` is not below [`Scaler::len`].
    pub fn scale_one(&self, feature: usize, value: f64) -> f64 {
        self.standardize_one(feature, value) * self.weights[feature]
    }

    /// How many deviations one value of feature `feature` is above the mean: scaled, and not weighted.
    ///
    /// # Panics
    ///
    /// If `feature` is not below [`Scaler::len`].
    pub fn standardize_one(&self, feature: usize, value: f64) -> f64 {
        let deviation = self.deviation[feature];
        if deviation == 0.0 {
            return 0.0;
        }
        ((value - self.mean[feature]) / deviation).clamp(-MAX_SCALED, MAX_SCALED)
    }

    /// Scales one track: `raw` holds its features in the file's own units, shape `(n_features,)`.
    pub fn scale(&self, raw: &[f64]) -> Vec<f64> {
        raw.iter().enumerate().map(|(feature, value)| self.scale_one(feature, *value)).collect()
    }

    /// The direction of one track in the scaled space: what cosine distance compares.
    pub fn vector(&self, raw: &[f64]) -> Vector {
        Vector::unit(&self.scale(raw))
    }

    /// Whether this can be a model's scaler.
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        let n = self.len();
        Invalid::count_range("features", MIN_FEATURES..=MAX_FEATURES, n)?;
        for (what, column) in [("means", &self.mean), ("deviations", &self.deviation), ("weights", &self.weights)] {
            Invalid::count(what, n, column.len())?;
        }
        for (feature, name) in self.features.iter().enumerate() {
            Invalid::finite(format!("the mean of {name}"), [&self.mean[feature]])?;
            Invalid::range(format!("the deviation of {name}"), 0.0..=f64::MAX, [&self.deviation[feature]])?;
            Invalid::range(format!("the weight of {name}"), 0.0..=MAX_WEIGHT, [&self.weights[feature]])?;
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Two features, the second of them constant.
    pub(crate) fn scaler() -> Scaler {
        Scaler {
            features: vec!["energy".into(), "tempo".into()],
            mean: vec![50.0, 120.0],
            deviation: vec![10.0, 0.0],
            weights: vec![1.0; 2],
        }
    }

    #[test]
    fn a_constant_feature_scales_to_zero() {
        assert_eq!(scaler().scale(&[60.0, 999.0]), vec![1.0, 0.0]);
    }

    #[test]
    fn the_farthest_value_scales_to_a_finite_one() {
        let mut far = scaler();
        (far.mean, far.deviation) = (vec![-1e308, 1e308], vec![1e-300, 5e-324]);
        for weight in [0.0, 1.0, MAX_WEIGHT] {
            far.weights = vec![weight; 2];
            for value in [f64::MAX, f64::MIN] {
                let scaled = far.scale(&[value, value]);
                assert!(scaled.iter().all(|value| value.is_finite()), "{scaled:?}");
                let vector = far.vector(&[value, value]);
                assert!(vector.lanes().iter().all(|value| value.is_finite()), "{vector:?}");
            }
        }
    }

    #[test]
    fn a_weight_stretches_its_feature() {
        let mut weighted = scaler();
        weighted.weights[0] = 2.0;
        assert_eq!(weighted.scale(&[60.0, 999.0]), vec![2.0, 0.0]);
        weighted.weights[0] = -1.0;
        assert!(weighted.check().is_err());
    }

    #[test]
    fn a_scaler_with_one_feature_or_a_nan_is_refused() {
        let mut one = scaler();
        one.features.pop();
        assert!(one.check().is_err());
        let mut nan = scaler();
        nan.mean[1] = f64::NAN;
        assert!(nan.check().is_err());
    }
}

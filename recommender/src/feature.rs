//! Features and the scaler: from a file's own units to vectors that can be compared.

use serde::{Deserialize, Serialize};

use crate::vector::{LANES, Vector};

/// Every feature that a model may have, by Spotify's names.
pub const FEATURE_NAMES: [&str; 12] = [
    "danceability",
    "energy",
    "variance",
    "tempo",
    "loudness",
    "acousticness",
    "instrumentalness",
    "speechiness",
    "valence",
    "popularity",
    "liveness",
    "duration_ms",
];

/// The fewest features a model may have.
pub const MIN_FEATURES: usize = 2;
/// The most features a model may have: one for each lane of a [`Vector`].
pub const MAX_FEATURES: usize = LANES;

/// Standard scaling: mean 0, population variance 1 (scikit-learn's `StandardScaler`, ddof = 0).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaler {
    /// Names of the features, in the model's order.
    pub features: Vec<String>,
    /// Mean of each feature, in the file's own unit.
    pub mean: Vec<f64>,
    /// Population standard deviation of each feature, in the file's own unit; 0 for a feature that never varies.
    pub deviation: Vec<f64>,
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

    /// Scales one value of feature `feature`. A feature with deviation 0 scales to 0.
    ///
    /// # Panics
    ///
    /// If `feature` is not below [`Scaler::len`].
    pub fn scale_one(&self, feature: usize, value: f64) -> f64 {
        let deviation = self.deviation[feature];
        if deviation == 0.0 { 0.0 } else { (value - self.mean[feature]) / deviation }
    }

    /// Scales one track: `raw` holds its features in the file's own units, shape `(n_features,)`.
    pub fn scale(&self, raw: &[f64]) -> Vec<f64> {
        raw.iter().enumerate().map(|(feature, value)| self.scale_one(feature, *value)).collect()
    }

    /// The direction of one track in the scaled space: what cosine distance compares.
    pub fn vector(&self, raw: &[f64]) -> Vector {
        Vector::unit(&self.scale(raw))
    }

    /// Why this cannot be a model's scaler, if so.
    pub(crate) fn check(&self) -> Result<(), String> {
        let n = self.len();
        if !(MIN_FEATURES..=MAX_FEATURES).contains(&n) {
            return Err(format!("{n} features, expected {MIN_FEATURES} to {MAX_FEATURES}"));
        }
        if self.mean.len() != n || self.deviation.len() != n {
            return Err(format!("{n} features, {} means and {} deviations", self.mean.len(), self.deviation.len()));
        }
        for ((name, mean), deviation) in self.features.iter().zip(&self.mean).zip(&self.deviation) {
            if !mean.is_finite() || !deviation.is_finite() || *deviation < 0.0 {
                return Err(format!("feature {name} has mean {mean} and deviation {deviation}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaler() -> Scaler {
        Scaler { features: vec!["energy".into(), "tempo".into()], mean: vec![50.0, 120.0], deviation: vec![10.0, 0.0] }
    }

    #[test]
    fn a_constant_feature_scales_to_zero() {
        assert_eq!(scaler().scale(&[60.0, 999.0]), vec![1.0, 0.0]);
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

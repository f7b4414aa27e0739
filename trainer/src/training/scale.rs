//! The standard scaler: every feature to mean 0 and population variance 1, times its weight.

use ndarray::{ArrayView2, ArrayViewMut2, Axis};
use recommender::features::Scaler;

/// A deviation below this share of the column's largest value is rounding, not variety: a column of one value that a
/// sum cannot hold exactly must not be blown up to variance 1.
const NOISE: f64 = 16.0 * f64::EPSILON;

/// Fits on `values`, shape `(n_tracks, n_features)`, in two passes: the mean, then the squared distances from it, corrected
/// by what the mean is off (Chan, Golub & LeVeque 1983, "Algorithms for computing the sample variance", equation 1.7). No
/// tracks give means and deviations of 0. With `weights` of 1 it equals scikit-learn's `StandardScaler` (`with_mean`,
/// `with_std`, ddof = 0) up to the last bits of the sums.
///
/// # Panics
///
/// Where there is not one name and one weight for each feature.
pub fn fit(features: Vec<String>, values: ArrayView2<f64>, weights: Vec<f64>) -> Scaler {
    assert_eq!([features.len(), weights.len()], [values.ncols(); 2], "one name and one weight for each feature");
    let n = values.nrows().max(1) as f64;
    let (mut mean, mut deviation) = (Vec::new(), Vec::new());
    for column in values.axis_iter(Axis(1)) {
        let first = column.first().copied().unwrap_or(0.0);
        // Measured from the first value, one repeated value has sums of exactly 0, and a narrow band far from 0
        // keeps its digits.
        let offset = column.iter().map(|value| value - first).sum::<f64>() / n;
        let (mut squares, mut drift, mut largest) = (0.0, 0.0, 0.0_f64);
        for value in column {
            let distance = (value - first) - offset;
            squares += distance * distance;
            drift += distance;
            largest = largest.max(value.abs());
        }
        let spread = ((squares - drift * drift / n).max(0.0) / n).sqrt();
        mean.push(first + offset);
        deviation.push(if spread > NOISE * largest { spread } else { 0.0 });
    }
    Scaler { features, mean, deviation, weights }
}

/// Scales `values`, shape `(n_tracks, n_features)`, in place, each as [`Scaler::scale_one`] does.
///
/// # Panics
///
/// Where `values` has another number of features than the scaler.
pub fn transform(scaler: &Scaler, mut values: ArrayViewMut2<f64>) {
    assert_eq!(values.ncols(), scaler.len(), "the scaler was fitted on another number of features");
    for mut row in values.rows_mut() {
        for (feature, value) in row.iter_mut().enumerate() {
            *value = scaler.scale_one(feature, *value);
        }
    }
}

/// The features that are the same in every track, by column: they tell no track from another, and deserve a warning.
pub fn constant(scaler: &Scaler) -> Vec<usize> {
    (0..scaler.len()).filter(|&column| scaler.deviation[column] == 0.0).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;
    use crate::test_data::{self, numbers};

    fn fitted(values: ArrayView2<f64>) -> Scaler {
        fit((0..values.ncols()).map(|f| f.to_string()).collect(), values, vec![1.0; values.ncols()])
    }

    #[test]
    fn scaled_features_have_mean_0_and_population_variance_1() {
        let mut values = array![[1.0, 1e9 + 1.0], [2.0, 1e9 + 2.0], [3.0, 1e9 + 6.0]];
        let scaler = fitted(values.view());
        assert_eq!(scaler.mean, [2.0, 1e9 + 3.0]);
        transform(&scaler, values.view_mut());
        for column in values.axis_iter(Axis(1)) {
            assert!(column.sum().abs() < 1e-12);
            assert!((column.mapv(|value| value * value).sum() / 3.0 - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn one_repeated_value_is_constant_and_scales_to_0() {
        for value in [0.1, 1e-300, -7.3, 1e15 + 0.3, 0.0] {
            let mut values = Array2::from_elem((1009, 1), value);
            let scaler = fitted(values.view());
            assert_eq!((scaler.mean[0], scaler.deviation[0]), (value, 0.0));
            assert_eq!(constant(&scaler), [0]);
            transform(&scaler, values.view_mut());
            assert!(values.iter().all(|&value| value == 0.0));
        }
    }

    #[test]
    fn rounding_in_the_last_bits_is_constant_and_a_small_real_spread_is_not() {
        let noisy = Array2::from_shape_fn((100, 1), |(row, _)| if row % 2 == 0 { 0.3 } else { 0.1 + 0.2 });
        assert_eq!(constant(&fitted(noisy.view())), [0]);
        let narrow = Array2::from_shape_fn((100, 1), |(row, _)| 0.3 + 1e-9 * (row % 2) as f64);
        assert!(constant(&fitted(narrow.view())).is_empty());
    }

    #[test]
    fn no_tracks_and_one_track_divide_nothing() {
        assert_eq!(fitted(Array2::zeros((0, 2)).view()).deviation, [0.0, 0.0]);
        let one = fitted(array![[3.0, 4.0]].view());
        assert_eq!((one.mean, one.deviation), (vec![3.0, 4.0], vec![0.0, 0.0]));
    }

    #[test]
    fn a_weighted_feature_has_its_weight_for_deviation() {
        let mut values = array![[1.0, 5.0], [2.0, 6.0], [3.0, 7.0]];
        let scaler = Scaler { weights: vec![2.0, 0.0], ..fitted(values.view()) };
        transform(&scaler, values.view_mut());
        assert!((values.column(0).mapv(|value| value * value).sum() / 3.0 - 4.0).abs() < 1e-12);
        assert!(values.column(1).iter().all(|&value| value == 0.0));
    }

    #[test]
    fn means_deviations_and_scaled_features_are_those_of_scikit_learn() {
        let (table, figures) = (test_data::reference(), test_data::reference_figures());
        assert_eq!(figures["features"], serde_json::json!(test_data::features(&table)));
        assert_eq!(figures["tracks"], table.n_tracks());
        let near = |ours: &[f64], expected: &serde_json::Value, what: &str| {
            let expected = numbers(expected);
            assert_eq!(ours.len(), expected.len(), "{what}");
            for (ours, expected) in ours.iter().zip(expected) {
                assert!((ours - expected).abs() < 1e-11 * expected.abs().max(1.0), "{what}: {ours}, {expected}");
            }
        };
        let scaler = fitted(table.values.view());
        near(&scaler.mean, &figures["mean"], "mean");
        near(&scaler.deviation, &figures["deviation"], "deviation");
        let scaled = test_data::scaled(&table);
        let sample = figures["scaled"].as_object().expect("rows");
        assert_eq!(sample.len(), 50);
        for (row, expected) in sample {
            near(&scaled.row(row.parse().expect("a row")).to_vec(), expected, row);
        }
    }
}

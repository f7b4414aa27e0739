//! The plane of the map: the first two principal components of the scaled features.

use linfa_linalg::{
    LinalgError, Order,
    eigh::{EigSort, Eigh},
};
use ndarray::{Array2, ArrayView2};
use recommender::projection::Projection;

/// Why there is no plane.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A feature's values are so large that their squares are not finite.
    #[error("the features' correlation is not finite: a feature has values beyond what can be squared")]
    NotFinite,
    /// The eigenproblem was not solved.
    #[error(transparent)]
    Eigenproblem(#[from] LinalgError),
}

/// A plane, and how much it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The plane.
    pub projection: Projection,
    /// Share of the tracks' variance that lies in the plane, 0 to 1: the sum of scikit-learn's `PCA.explained_variance_ratio_`.
    pub explained_variance: f64,
}

/// The plane that shows most of how the tracks differ (scikit-learn's `PCA(n_components=2).components_`). `scaled` holds
/// scaled features, shape `(n_tracks, n_features)`: its covariance is the features' correlation. The sign of an axis is
/// that which makes its largest component positive.
///
/// # Errors
///
/// Where the features are so large that there is no solution that is finite.
///
/// # Panics
///
/// With fewer than two features, which no table has.
pub fn fit(scaled: ArrayView2<f64>) -> Result<Fitted, Error> {
    let correlation = correlation(scaled);
    if !correlation.iter().all(|value| value.is_finite()) {
        return Err(Error::NotFinite);
    }
    let all = correlation.diag().sum();
    let (variances, vectors) = correlation.eigh()?.sort_eig(Order::Largest);
    let explained_variance = if all > 0.0 { ((variances[0] + variances[1]) / all).clamp(0.0, 1.0) } else { 0.0 };
    let projection = Projection { axes: [0, 1].map(|axis| oriented(vectors.column(axis).to_vec())) };
    Ok(Fitted { projection, explained_variance })
}

/// Shape `(n_features, n_features)`. Summed in the order of the tracks: the same tracks give the same bits.
fn correlation(scaled: ArrayView2<f64>) -> Array2<f64> {
    let width = scaled.ncols();
    let mut sums = Array2::<f64>::zeros((width, width));
    for track in scaled.rows() {
        for (value, mut sums) in track.iter().zip(sums.rows_mut()) {
            sums.scaled_add(*value, &track);
        }
    }
    let tracks = scaled.nrows().max(1) as f64;
    sums / tracks
}

/// The one of an axis and its opposite whose largest component is positive; the first one where several are as large.
fn oriented(axis: Vec<f64>) -> Vec<f64> {
    let largest =
        axis.iter().fold(0.0_f64, |largest, value| if value.abs() > largest.abs() { *value } else { largest });
    if largest < 0.0 { axis.into_iter().map(|value| -value).collect() } else { axis }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::test_data;

    fn dot(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn the_first_axis_is_where_tracks_differ_most_and_points_to_its_largest_component() {
        let Fitted { projection: Projection { axes: [first, second] }, explained_variance } =
            fit(array![[-2.0, 1.9, 0.1], [2.0, -1.9, 0.1], [-1.0, 1.1, -0.1], [1.0, -1.1, -0.1]].view()).expect("fits");
        assert!(first[0] > 0.7 && first[1] < -0.7 && first[2].abs() < 0.1, "{first:?}");
        assert!((dot(&first, &first) - 1.0).abs() < 1e-12 && (dot(&second, &second) - 1.0).abs() < 1e-12);
        assert!(dot(&first, &second).abs() < 1e-12);
        assert!((0.99..1.0).contains(&explained_variance), "{explained_variance}");
    }

    #[test]
    fn constant_features_still_have_a_plane() {
        let fitted = fit(Array2::zeros((5, 3)).view()).expect("fits");
        assert_eq!(fitted.explained_variance, 0.0);
        for axis in fitted.projection.axes {
            assert!((dot(&axis, &axis) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn features_without_a_finite_correlation_have_no_plane() {
        for value in [f64::NAN, f64::INFINITY, 1e200] {
            assert!(matches!(fit(array![[value, 0.0], [0.0, 1.0]].view()), Err(Error::NotFinite)));
        }
    }

    #[test]
    fn no_plane_of_two_features_shows_more_of_a_table() {
        let scaled = test_data::scaled(&test_data::reference());
        let Fitted { projection, explained_variance } = fit(scaled.view()).expect("fits");
        let correlation = correlation(scaled.view());
        let variance = |axis: &[f64]| dot(axis, &correlation.dot(&ndarray::aview1(axis)).to_vec());
        let (first, second) = (variance(&projection.axes[0]), variance(&projection.axes[1]));
        assert!(first >= second);
        // Each scaled feature has the variance 1.
        assert!((explained_variance - (first + second) / scaled.ncols() as f64).abs() < 1e-9);
        // An eigenvector: the matrix only stretches it.
        for (axis, value) in projection.axes.iter().zip([first, second]) {
            let stretched = correlation.dot(&ndarray::aview1(axis));
            assert!(stretched.iter().zip(axis).all(|(s, a)| (s - value * a).abs() < 1e-9));
        }
        for i in 0..scaled.ncols() {
            for j in 0..i {
                assert!(first + second >= correlation[[i, i]] + correlation[[j, j]]);
            }
        }
    }
}

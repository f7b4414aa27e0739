use linfa::traits::Predict;
use ndarray::array;

use super::*;
use crate::real;
use crate::scale::Scaler;

/// The scaled table, and as labels the nearest of its rows 0, 7,000, 14,000, 21,000, 28,000 and 35,000.
fn light() -> Option<(Array2<f64>, Vec<u32>)> {
    let mut scaled = real::light()?.values;
    Scaler::fit(scaled.view()).apply(scaled.view_mut());
    let labels = scaled.rows().into_iter().map(|row| {
        let distance = |c: usize| (&row - &scaled.row(c * 7_000)).mapv(|d| d * d).sum();
        (0..6).min_by(|&a, &b| distance(a).total_cmp(&distance(b))).expect("six") as u32
    });
    let labels = labels.collect();
    Some((scaled, labels))
}

/// What serving does with the parameters.
fn likeliest(parameters: &Parameters, row: &[f64]) -> u32 {
    let log = |c: usize| {
        let terms =
            row.iter().zip(parameters.means.row(c)).zip(parameters.variances.row(c)).map(|((x, mean), variance)| {
                (2.0 * std::f64::consts::PI * variance).ln() + (x - mean) * (x - mean) / variance
            });
        parameters.priors[c].ln() - 0.5 * terms.sum::<f64>()
    };
    (1..parameters.priors.len()).fold(0, |best, c| if log(c) > log(best) { c } else { best }) as u32
}

/// Figures of scikit-learn 1.9.1, `GaussianNB().fit(S, y)` and `.predict(S)`, where S is `StandardScaler`'s output.
/// The two likeliest clusters of a track are at least 1.4e-4 apart in log-likelihood: no prediction hangs on rounding.
#[test]
fn predictions_equal_scikit_learns_on_the_same_labels() {
    let Some((scaled, labels)) = light() else { return };
    let fitted = Fitted::new(scaled.view(), &labels, 6).expect("a classifier");
    let predicted = fitted.predict(scaled.view());
    let mut confusion = vec![vec![0; 6]; 6];
    labels.iter().zip(&predicted).for_each(|(&truth, &label)| confusion[truth as usize][label as usize] += 1);
    assert_eq!(
        confusion,
        [
            [7521, 360, 543, 214, 461, 181],
            [569, 3567, 279, 61, 333, 507],
            [654, 303, 5748, 101, 442, 25],
            [80, 0, 9, 1919, 0, 1],
            [397, 189, 228, 111, 3909, 98],
            [285, 930, 67, 257, 439, 8492],
        ]
    );
    assert!((metrics(confusion).accuracy - 0.7931771894093687).abs() < 1e-15);
    let variances = [
        0.7115879132510357,
        0.39683080889109523,
        0.8976779813405058,
        0.9300208966339739,
        0.4037332833512434,
        0.2512899115230064,
        0.16369974736614024,
        0.587576301536743,
        0.8027829473208233,
        0.7847098350741146,
        1.8216545677233233,
    ];
    for (ours, expected) in fitted.parameters.variances.row(0).iter().zip(variances) {
        assert!((ours - expected).abs() < 1e-12);
    }
    assert_eq!(fitted.parameters.priors[0], 0.23625254582484725);
}

#[test]
fn stored_parameters_predict_what_linfa_predicts() {
    let Some((scaled, labels)) = light() else { return };
    let fitted = Fitted::new(scaled.view(), &labels, 6).expect("a classifier");
    let linfa = fitted.model.predict(&scaled);
    let ours = fitted.predict(scaled.view());
    for ((row, linfa), ours) in scaled.rows().into_iter().zip(linfa).zip(ours) {
        assert_eq!(ours as usize, linfa);
        assert_eq!(ours, likeliest(&fitted.parameters, row.as_slice().expect("contiguous")));
    }
}

#[test]
fn every_cluster_is_split_in_proportion_and_none_loses_its_last_track() {
    let labels: Vec<u32> =
        [100, 50, 3, 2, 1].iter().enumerate().flat_map(|(label, &size)| vec![label as u32; size]).collect();
    let (training, held_out) = stratified(&labels, 5, 7);
    let count = |rows: &[usize], label| rows.iter().filter(|&&row| labels[row] == label).count();
    assert_eq!([0, 1, 2, 3, 4].map(|label| count(&held_out, label)), [20, 10, 1, 0, 0]);
    assert_eq!([0, 1, 2, 3, 4].map(|label| count(&training, label)), [80, 40, 2, 2, 1]);
}

#[test]
fn the_seed_decides_who_is_held_out() {
    let labels = vec![0; 1000];
    assert_eq!(stratified(&labels, 1, 1), stratified(&labels, 1, 1));
    assert_ne!(stratified(&labels, 1, 1), stratified(&labels, 1, 2));
}

#[test]
fn one_cluster_and_one_track_work() {
    let scaled = array![[1.0, -1.0], [-1.0, 1.0], [0.0, 0.0], [1.0, 1.0], [-1.0, -1.0]];
    let metrics = evaluate(scaled.view(), &[0; 5], 1, 0).expect("metrics");
    assert_eq!((metrics.held_out, metrics.accuracy), (1, 1.0));
    let alone = array![[0.0, 0.0]];
    assert_eq!(evaluate(alone.view(), &[0], 1, 0).expect("metrics").held_out, 0);
    let parameters = fit(alone.view(), &[0], 1).expect("a classifier");
    assert_eq!((parameters.priors[0], parameters.variances[[0, 0]]), (1.0, NO_VARIETY));
}

#[test]
fn tracks_that_are_all_alike_go_to_the_largest_cluster() {
    let scaled = Array2::zeros((20, 2));
    let labels: Vec<u32> = (0..20).map(|row| u32::from(row >= 5)).collect();
    let metrics = evaluate(scaled.view(), &labels, 2, 0).expect("metrics");
    assert_eq!(metrics.confusion_matrix, [[0, 1], [0, 3]]);
}

#[test]
fn a_cluster_of_one_track_has_the_smoothed_variance() {
    let scaled = array![[-1.0], [-1.1], [-0.9], [9.0]];
    let parameters = fit(scaled.view(), &[0, 0, 0, 1], 2).expect("a classifier");
    let mean = scaled.mean().expect("rows");
    let largest = scaled.mapv(|x| (x - mean) * (x - mean)).sum() / 4.0;
    assert!((parameters.variances[[1, 0]] / (1e-9 * largest) - 1.0).abs() < 1e-9);
    assert_eq!(likeliest(&parameters, &[9.0]), 1);
}

#[test]
fn a_cluster_without_tracks_is_an_error_that_names_it() {
    let error = fit(array![[0.0], [1.0]].view(), &[0, 2], 3).expect_err("cluster 1 is empty");
    assert!(error.to_string().starts_with("cluster 1 has no tracks"));
}

#[test]
fn a_ratio_without_a_denominator_is_0_and_unseen_clusters_do_not_count() {
    let metrics = metrics(vec![vec![2, 0, 0], vec![2, 0, 0], vec![0, 0, 0]]);
    assert_eq!(metrics.accuracy, 0.5);
    assert_eq!(metrics.report.clusters[1], ClassScores { precision: 0.0, recall: 0.0, f1: 0.0, support: 2 });
    assert_eq!(metrics.report.macro_average.recall, 0.5);
    assert_eq!(metrics.report.weighted_average.precision, 0.25);
}

use linfa::traits::Predict;
use ndarray::array;

use super::*;
use crate::test_data::{self, labels, numbers};

/// What serving does with the parameters.
fn likeliest(parameters: &NaiveBayes, row: &[f64]) -> u32 {
    let log = |c: usize| {
        let terms = row.iter().zip(&parameters.means[c]).zip(&parameters.variances[c]).map(|((x, mean), variance)| {
            (2.0 * std::f64::consts::PI * variance).ln() + (x - mean) * (x - mean) / variance
        });
        parameters.priors[c].ln() - 0.5 * terms.sum::<f64>()
    };
    (1..parameters.priors.len()).fold(0, |best, c| if log(c) > log(best) { c } else { best }) as u32
}

#[test]
fn parameters_predictions_and_report_are_those_of_scikit_learn_on_the_same_labels() {
    let (scaled, figures) = (test_data::scaled(&test_data::reference()), test_data::reference_figures());
    let (labels, bayes) = (labels(&figures["labels"]), &figures["naive_bayes"]);
    let every = bayes["held_out"].as_u64().expect("a number") as usize;
    let (held_out, training): (Vec<usize>, Vec<usize>) = (0..scaled.nrows()).partition(|row| row % every == 0);
    let pick = |rows: &[usize]| (scaled.select(Axis(0), rows), rows.iter().map(|&row| labels[row]).collect::<Vec<_>>());
    let (known, known_labels) = pick(&training);
    let fitted = Fitted::new(known.view(), &known_labels, 6).expect("a classifier");

    let NaiveBayes { priors, means, variances } = &fitted.parameters;
    let near = |ours: &[f64], expected: &serde_json::Value| {
        let expected = numbers(expected);
        assert_eq!(ours.len(), expected.len());
        assert!(ours.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-11), "{ours:?}, {expected:?}");
    };
    near(priors, &bayes["priors"]);
    for cluster in 0..6 {
        near(&means[cluster], &bayes["means"][cluster]);
        near(&variances[cluster], &bayes["variances"][cluster]);
    }

    assert_eq!(fitted.predict(scaled.view()), test_data::labels(&bayes["predicted"]));

    let (unseen, truth) = pick(&held_out);
    let mut confusion = vec![vec![0; 6]; 6];
    for (truth, predicted) in truth.iter().zip(fitted.predict(unseen.view())) {
        confusion[*truth as usize][predicted as usize] += 1;
    }
    assert_eq!(serde_json::json!(confusion), bayes["confusion_matrix"]);
    let (metrics, report) = (metrics(confusion), &bayes["report"]);
    let same = |ours: &ClassScores, expected: &serde_json::Value| {
        let expected = ["precision", "recall", "f1-score", "support"].map(|name| expected[name].as_f64());
        for (ours, expected) in [ours.precision, ours.recall, ours.f1, ours.support as f64].into_iter().zip(expected) {
            assert!((ours - expected.expect("a number")).abs() < 1e-12, "{ours}, {expected:?}");
        }
    };
    for (cluster, scores) in metrics.report.clusters.iter().enumerate() {
        same(scores, &report[cluster.to_string()]);
    }
    same(&metrics.report.macro_average, &report["macro avg"]);
    same(&metrics.report.weighted_average, &report["weighted avg"]);
    let accuracy = metrics.accuracy.expect("measured");
    assert!((accuracy - report["accuracy"].as_f64().expect("a number")).abs() < 1e-12);
    assert_eq!(metrics.held_out, held_out.len() as u64);
}

#[test]
fn stored_parameters_predict_what_linfa_predicts() {
    let (scaled, figures) = (test_data::scaled(&test_data::reference()), test_data::reference_figures());
    let fitted = Fitted::new(scaled.view(), &labels(&figures["labels"]), 6).expect("a classifier");
    // More tracks than a batch.
    let scaled = ndarray::concatenate(Axis(0), &[scaled.view(); 9]).expect("of one width");
    assert!(scaled.nrows() > BATCH_TRACKS);
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
    let (metrics, _) = evaluate(scaled, &[0; 5], 1, 0).expect("metrics");
    assert_eq!((metrics.held_out, metrics.accuracy), (1, Some(1.0)));
    let alone = array![[0.0, 0.0]];
    let (metrics, hold_out) = evaluate(alone.clone(), &[0], 1, 0).expect("metrics");
    assert_eq!((metrics.held_out, metrics.accuracy), (0, None), "0 of 0 is not 0 %");
    assert_eq!(hold_out, HoldOut::default());
    let parameters = fit(alone.view(), &[0], 1).expect("a classifier");
    assert_eq!((parameters.priors[0], parameters.variances[0][0]), (1.0, VAR_SMOOTHING));
}

#[test]
fn tracks_that_are_all_alike_go_to_the_largest_cluster() {
    let scaled = Array2::zeros((20, 2));
    let labels: Vec<u32> = (0..20).map(|row| u32::from(row >= 5)).collect();
    let (metrics, hold_out) = evaluate(scaled.clone(), &labels, 2, 0).expect("metrics");
    assert_eq!(metrics.confusion_matrix, [[0, 1], [0, 3]]);
    assert_eq!((hold_out.largest_cluster, hold_out.repeated), (Some(0.75), 4));
    assert_eq!(hold_out.accuracy_without_repeated, None, "no track is left");
}

#[test]
fn a_fifth_is_held_out_however_small_the_clusters() {
    assert_eq!(hold_out_shares(&[3, 3, 2, 1, 1]), [1, 1, 0, 0, 0], "two of ten");
    assert_eq!(hold_out_shares(&[2, 2, 2, 2, 2]), [1, 1, 0, 0, 0]);
    assert_eq!(hold_out_shares(&[1; 10]), [0; 10], "none loses its last track");
    assert_eq!(hold_out_shares(&[100, 50, 3, 2, 1]), [20, 10, 1, 0, 0]);
    assert_eq!(hold_out_shares(&[7, 6, 4, 3]), [1; 4]);
}

#[test]
fn held_out_tracks_that_were_trained_on_too_are_counted_and_left_out() {
    // Each vector twice, and the accuracy by hand.
    let scaled = Array2::from_shape_fn((40, 2), |(row, f)| ((row / 2 * (7 + 5 * f)) % 20) as f64 / 4.0 - 2.0);
    let labels: Vec<u32> = scaled.column(0).iter().map(|x| u32::from(*x > 0.3)).collect();
    let (_, held_out) = stratified(&labels, 2, 3);
    let pairs = |row: &usize| held_out.contains(&(row ^ 1));
    let expected = held_out.iter().filter(|row| !pairs(row)).count();
    let (metrics, found) = evaluate(scaled, &labels, 2, 3).expect("metrics");
    assert_eq!((found.repeated, metrics.held_out), (expected as u64, 8));
    assert!(found.repeated > 0);
    let accuracy = metrics.accuracy.expect("measured");
    assert_eq!(found.standard_error, Some((accuracy * (1.0 - accuracy) / 8.0).sqrt()));
    assert_eq!(found.accuracy_without_repeated.is_some(), expected < 8);
}

#[test]
fn a_cluster_of_one_track_has_the_smoothed_variance() {
    let scaled = array![[-1.0], [-1.1], [-0.9], [9.0]];
    let parameters = fit(scaled.view(), &[0, 0, 0, 1], 2).expect("a classifier");
    let mean = scaled.mean().expect("rows");
    let largest = scaled.mapv(|x| (x - mean) * (x - mean)).sum() / 4.0;
    assert!((parameters.variances[1][0] / (1e-9 * largest) - 1.0).abs() < 1e-9);
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
    assert_eq!(metrics.accuracy, Some(0.5));
    assert_eq!(metrics.report.clusters[1], ClassScores { precision: 0.0, recall: 0.0, f1: 0.0, support: 2 });
    assert_eq!(metrics.report.macro_average.recall, 0.5);
    assert_eq!(metrics.report.weighted_average.precision, 0.25);
}

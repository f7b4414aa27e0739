use std::collections::BTreeMap;

use ndarray::Array2;
use recommender::card::ClusterSummary;

use super::{
    canvas::{width, wrap},
    *,
};
use crate::{test_data, training::cluster_names, training::kmeans, training::naive_bayes};

/// Fails where the text is not well-formed enough to show: an element left open, or a bare special character.
fn is_svg(text: &str) {
    assert!(text.starts_with("<svg ") && text.trim_end().ends_with("</svg>"), "{text}");
    for part in text.split('&').skip(1) {
        let entity = part.split(';').next().unwrap_or_default();
        assert!(["amp", "lt", "gt", "quot", "apos"].contains(&entity), "bare &{entity}");
    }
    assert_eq!(text.matches("<text").count(), text.matches("</text>").count());
    assert!(!text.contains("NaN"));
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
}

/// Writes a chart to the folder that `SEGUE_CHARTS` names, for looking at.
fn keep(name: &str, text: &str) {
    is_svg(text);
    if let Some(folder) = std::env::var_os("SEGUE_CHARTS") {
        std::fs::write(std::path::Path::new(&folder).join(name), text).expect("written");
    }
}

fn profile_of(features: &[&str], names: &[&str], mean: f64) -> Result<String, Error> {
    let clusters: Vec<ClusterSummary> = (0..)
        .zip(names)
        .map(|(id, name)| {
            let means: BTreeMap<_, _> = features.iter().map(|&feature| (feature.to_owned(), mean)).collect();
            ClusterSummary { id, name: (*name).to_owned(), size: 1, means }
        })
        .collect();
    cluster_profile(features, &clusters, Array2::from_elem((names.len(), features.len()), mean).view())
}

#[test]
fn special_characters_of_names_are_escaped() {
    let name = "Rock & <roll> \"'n'\" \u{1}soul";
    let profile = profile_of(&["energy"], &[name], 0.5).expect("a chart");
    is_svg(&profile);
    assert!(profile.contains("Rock &amp; &lt;roll&gt;"));
    is_svg(&confusion_matrix(&[vec![1]], &[name]).expect("a chart"));
}

#[test]
fn any_figures_give_a_chart() {
    for inertia in [vec![(1, 0.0)], vec![(1, f64::NAN), (2, f64::INFINITY)], vec![(2, 1e-9), (3, 1e-12)]] {
        is_svg(&elbow(&inertia, 2, Some(3)).expect("a chart"));
    }
    // One picture with everything that is too much.
    let names: Vec<String> =
        (0..32).map(|id| format!("{} {id}", "NIGHT DRIVE IN MMMM & ÅÄÖ 音楽 ".repeat(3))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let matrix: Vec<Vec<u64>> =
        (0..32).map(|row| (0..32).map(|column| 123_456 / (1 + row * column)).collect()).collect();
    keep("confusion_32.svg", &confusion_matrix(&matrix, &names).expect("a chart"));
    keep("profile_32.svg", &profile_of(&["energy", "mood_of_the_morning", "tempo"], &names, -1.7).expect("a chart"));
    let long: Vec<(u32, f64)> = (1..=32).map(|k| (k, 1e9 / f64::from(k))).collect();
    keep("elbow_32.svg", &elbow(&long, 6, Some(4)).expect("a chart"));
    for mean in [0.0, -1e12, 1e300, 1e-300] {
        is_svg(&profile_of(&["energy", "instrumentalness"], &["One", ""], mean).expect("a chart"));
    }
    is_svg(&confusion_matrix(&vec![vec![0; 32]; 32], &[]).expect("a chart"));
}

#[test]
fn nothing_to_draw_is_an_error() {
    assert!(matches!(elbow(&[], 6, None), Err(Error::Empty { .. })));
    assert!(matches!(silhouette(&[], 6), Err(Error::Empty { .. })));
    assert!(matches!(histogram(&[], 0.5), Err(Error::Empty { .. })));
    assert!(matches!(map(&[]), Err(Error::Empty { .. })));
    // Whatever their number, every point is drawn.
    for count in [1, 2, 1_009, 2_017, 2_018] {
        let points: Vec<Point> =
            (0..count).map(|at| Point { at: [f64::from(at), f64::from(at * 7 % 31)], cluster: 0 }).collect();
        let drawn = map(&points).expect("draws");
        let circles: std::collections::HashSet<&str> = drawn.lines().filter(|line| line.contains("<circle")).collect();
        assert!(circles.len() * 2 >= count as usize, "{} circles for {count} points", circles.len());
    }
    assert!(matches!(profile_of(&["energy"], &[], 0.0), Err(Error::Empty { .. })));
    assert!(matches!(confusion_matrix(&[], &[]), Err(Error::Empty { .. })));
}

#[test]
fn long_names_are_broken_into_lines_that_fit() {
    let lines = wrap("Quiet acoustic (progressive bluegrass, honky-tonk)", 130);
    assert_eq!(lines, ["Quiet acoustic", "(progressive", "bluegrass,", "honky-tonk)"]);
    let lines = wrap(&format!("a {}", "音".repeat(15)), 140);
    assert_eq!(lines, ["a".to_owned(), "音".repeat(10), "音".repeat(5)]);
    assert_eq!(wrap("", 20), [""]);
    assert!(wrap(&"NIGHT drive mm ".repeat(5), 100).iter().all(|line| width(line) <= 100));
}

#[test]
fn charts_of_a_table_are_whole() {
    let table = test_data::reference();
    let (features, values) = (test_data::features(&table), test_data::scaled(&table));
    let ks: Vec<usize> = (2..=8).collect();
    let elbows = kmeans::elbow(values.view(), &ks, &kmeans::Options::default(), &|_| ()).expect("clusters");
    let inertia: Vec<(u32, f64)> = elbows.iter().map(|found| (found.k() as u32, found.inertia)).collect();
    let found = &elbows[4];
    let genres = cluster_names::typical(test_data::genres(&table), &found.labels, 6);
    let names = cluster_names::name(&features, found.centroids.view(), &genres, &BTreeMap::new());
    let clusters: Vec<ClusterSummary> = (0..6)
        .map(|id| {
            let rows: Vec<usize> = (0..table.n_tracks()).filter(|&row| found.labels[row] == id).collect();
            let means = table.values.select(ndarray::Axis(0), &rows).mean_axis(ndarray::Axis(0)).expect("rows");
            let means = features.iter().zip(means).map(|(feature, mean)| ((*feature).to_owned(), mean)).collect();
            ClusterSummary { id, name: names[id as usize].clone(), size: rows.len() as u64, means }
        })
        .collect();
    let (metrics, hold_out) = naive_bayes::evaluate(values.clone(), &found.labels, 6, 42).expect("metrics");
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    println!("{}", crate::report::terminal::elbow(&inertia, 6));
    println!("{}", crate::report::terminal::profile(&features, &clusters));
    println!("{}", crate::report::terminal::accuracy(&metrics, &hold_out));
    println!("{}", crate::report::terminal::confusion_matrix(&metrics.confusion_matrix));
    println!("{}", crate::report::terminal::classification_report(&metrics.report, metrics.accuracy, &names));
    let charts = [
        ("elbow.svg", elbow(&inertia, 6, Some(4)).expect("a chart")),
        ("cluster_profile.svg", cluster_profile(&features, &clusters, found.centroids.view()).expect("a chart")),
        ("confusion_matrix.svg", confusion_matrix(&metrics.confusion_matrix, &names).expect("a chart")),
    ];
    for (name, text) in charts {
        keep(name, &text);
    }
}

#[test]
fn any_points_and_counts_give_a_chart() {
    for at in [[0.0, 0.0], [f64::NAN, 1.0], [1e300, -1e300], [f64::INFINITY, 0.0]] {
        is_svg(&map(&[Point { at, cluster: 40 }, Point { at: [1.0, 2.0], cluster: 3 }]).expect("a chart"));
    }
    for counts in [vec![0], vec![0, 0], vec![u64::MAX, 1, 0], vec![1; 500]] {
        is_svg(&histogram(&counts, f64::NAN).expect("a chart"));
    }
    for values in [vec![(2, -0.4), (3, 0.0)], vec![(2, f64::NAN)], vec![(2, 0.0)]] {
        is_svg(&silhouette(&values, 3).expect("a chart"));
    }
}

#[test]
fn every_colour_of_a_chart_is_a_variable_in_a_page() {
    let style = style_sheet();
    let points: Vec<Point> =
        (0..64).map(|at| Point { at: [f64::from(at), f64::from(at % 7)], cluster: at % 12 }).collect();
    let charts = [
        elbow(&[(2, 9.0), (3, 4.0), (4, 3.0)], 4, Some(3)).expect("a chart"),
        silhouette(&[(2, 0.3), (3, 0.1)], 3).expect("a chart"),
        histogram(&[1, 2, 3], 0.4).expect("a chart"),
        map(&points).expect("a chart"),
        profile_of(&["energy", "tempo"], &["One", "Two"], 1.9).expect("a chart"),
        confusion_matrix(&[vec![9, 1], vec![5, 5]], &["One", "Two"]).expect("a chart"),
    ];
    for chart in charts {
        for color in chart.split('"').filter(|value| value.starts_with('#')) {
            assert!(style.contains(&format!("[fill=\"{color}\"]")), "{color} stays as it is in the dark");
        }
    }
}

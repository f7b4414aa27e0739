//! The report for a terminal: plain text tables.

use recommender::card::{ClassificationReport, ClassifierMetrics, ClusterSummary};

use super::text_table::{Column, narrow_text_table, text_table};
use crate::{
    evaluation::silhouette::{self, Silhouette},
    numbers::{count, number, thousands},
    printable::printable,
    training::naive_bayes::HoldOut,
};

/// The columns of a wide terminal.
const MAX_COLUMNS: u16 = 120;

/// The elbow: for each k, its total inertia and how much of the inertia of k - 1 is gone, where that was tried. `inertia` holds
/// (k, inertia) in ascending k; the chosen k is marked.
pub fn elbow(inertia: &[(u32, f64)], chosen: u32) -> String {
    let mut before: Option<(u32, f64)> = None;
    let rows = inertia.iter().map(|&(k, value)| {
        let drop = before
            .replace((k, value))
            .filter(|&(other, before)| other + 1 == k && before > 0.0)
            .map(|(_, before)| (before - value) / before * 100.0);
        let drop = drop.map_or_else(|| "-".to_owned(), |drop| format!("{drop:.1} %"));
        let mark = if k == chosen { "<- chosen" } else { "" };
        vec![k.to_string(), thousands(value), drop, mark.to_owned()]
    });
    text_table(&[Column::Right("k"), Column::Right("inertia"), Column::Right("drop"), Column::Left("")], rows)
}

/// The cluster profile: one row a cluster with its size, the mean of each feature in the file's own units, and its name.
/// `features` gives the order of the columns. Where it would be wider than 120 columns, the features' names are cut; the
/// clusters' names follow below.
pub fn profile(features: &[&str], clusters: &[ClusterSummary]) -> String {
    let mean = |cluster: &ClusterSummary, feature: &str| {
        cluster.means.get(feature).map_or_else(|| "-".to_owned(), |&mean| number(mean))
    };
    let columns: Vec<Column<'_>> =
        ["id", "tracks"].iter().chain(features).map(|heading| Column::Right(heading)).collect();
    let rows = clusters.iter().map(|cluster| {
        let means = features.iter().map(|feature| mean(cluster, feature));
        [cluster.id.to_string(), count(cluster.size)].into_iter().chain(means).collect()
    });
    let names = clusters.iter().map(|cluster| vec![cluster.id.to_string(), cluster.name.clone()]);
    let names = text_table(&[Column::Right(""), Column::Left("")], names);
    format!("{}\n{names}", narrow_text_table(&columns, rows, MAX_COLUMNS))
}

/// How far apart the model's clusters are, in a sentence or two; nothing where that was not measured.
pub fn separation(silhouette: Option<&Silhouette>) -> String {
    let Some(Silhouette { mean, standard_error, .. }) = silhouette else { return String::new() };
    let separation = silhouette::separation(*mean);
    let meaning = match separation {
        "none" => "The clusters cut one cloud of tracks into parts.\n",
        "weak" => "The clusters are parts of a cloud of tracks rather than groups with gaps.\n",
        _ => "",
    };
    format!(
        "separation: {separation} (mean silhouette {mean:.3} ± {standard_error:.3}; without any clusters about 0.05)\n\
         {meaning}An elbow has a knee without any clusters too.\n"
    )
}

/// The accuracy on the hold-out, and how to read it.
pub fn accuracy(metrics: &ClassifierMetrics, hold_out: &HoldOut) -> String {
    let Some(accuracy) = metrics.accuracy else {
        return format!("{}\n", hold_out.agreement(metrics));
    };
    let mut text = format!("accuracy {accuracy:.4}: naive Bayes {}", hold_out.agreement(metrics));
    text += &notes_on_accuracy(metrics, hold_out).into_iter().map(|note| format!(".\n{note}")).collect::<String>();
    text + ".\n"
}

/// What the accuracy is to be compared with, and what it does not say: a sentence each, without its full stop.
pub fn notes_on_accuracy(metrics: &ClassifierMetrics, hold_out: &HoldOut) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(largest) = hold_out.largest_cluster {
        notes.push(format!("Always naming the largest cluster would agree on {:.1} %", largest * 100.0));
        notes.push("How far the two agree says nothing about whether clusters exist".to_owned());
    }
    if hold_out.repeated > 0 {
        let share = hold_out.repeated as f64 / metrics.held_out.max(1) as f64 * 100.0;
        let others = hold_out.accuracy_without_repeated;
        let others =
            others.map_or_else(String::new, |others| format!(": on the others they agree on {:.1} %", others * 100.0));
        notes.push(format!(
            "{share:.1} % of the held-out tracks have the features of a track that was trained on{others}"
        ));
    }
    notes
}

/// The confusion matrix, laid out as numpy prints scikit-learn's `confusion_matrix`: rows the true cluster, columns the
/// predicted one.
pub fn confusion_matrix(matrix: &[Vec<u64>]) -> String {
    let width = matrix.iter().flatten().map(|n| n.to_string().len()).max().unwrap_or(1);
    let row = |row: &Vec<u64>| {
        let cells: Vec<String> = row.iter().map(|n| format!("{n:>width$}")).collect();
        format!("[{}]", cells.join(" "))
    };
    let rows: Vec<String> = matrix.iter().map(row).collect();
    format!("[{}]\n", rows.join("\n "))
}

/// The classification report, character by character as scikit-learn's `classification_report(digits=2)` prints it.
/// Nothing without an accuracy: no track was held out. `names` are the row names (`target_names`), or empty for the clusters' ids.
pub fn classification_report(report: &ClassificationReport, accuracy: Option<f64>, names: &[&str]) -> String {
    let Some(accuracy) = accuracy else { return String::new() };
    let name = |id: usize| names.get(id).map_or_else(|| id.to_string(), |name| printable(name).into_owned());
    let rows: Vec<_> = report.clusters.iter().enumerate().map(|(id, scores)| (name(id), *scores)).collect();
    let longest = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let width = longest.max("weighted avg".len());
    let mut text = format!("{:>width$}  {:>9} {:>9} {:>9} {:>9}\n\n", "", "precision", "recall", "f1-score", "support");
    let averages =
        [("macro avg".to_owned(), report.macro_average), ("weighted avg".to_owned(), report.weighted_average)];
    for (at, (name, scores)) in rows.iter().chain(&averages).enumerate() {
        if at == rows.len() {
            text += &format!(
                "\n{:>width$}  {:>9} {:>9} {accuracy:>9.2} {:>9}\n",
                "accuracy", "", "", report.weighted_average.support
            );
        }
        text += &format!(
            "{name:>width$}  {:>9.2} {:>9.2} {:>9.2} {:>9}\n",
            scores.precision, scores.recall, scores.f1, scores.support
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::training::naive_bayes::metrics;

    fn report(matrix: Vec<Vec<u64>>, names: &[&str]) -> String {
        let metrics = metrics(matrix);
        classification_report(&metrics.report, metrics.accuracy, names)
    }

    /// Printed by scikit-learn 1.9.1's `classification_report(y, p, zero_division=0)` for labels with these confusion
    /// matrices.
    #[test]
    fn the_classification_report_is_scikit_learns_to_the_character() {
        let first = "              precision    recall  f1-score   support\n\n           0       0.79      0.81      0.80      9280\n           1       0.67      0.67      0.67      5316\n           2       0.84      0.79      0.81      7273\n           3       0.72      0.96      0.82      2009\n           4       0.70      0.79      0.74      4932\n           5       0.91      0.81      0.86     10470\n\n    accuracy                           0.79     39280\n   macro avg       0.77      0.81      0.78     39280\nweighted avg       0.80      0.79      0.79     39280\n";
        let matrix = vec![
            vec![7521, 360, 543, 214, 461, 181],
            vec![569, 3567, 279, 61, 333, 507],
            vec![654, 303, 5748, 101, 442, 25],
            vec![80, 0, 9, 1919, 0, 1],
            vec![397, 189, 228, 111, 3909, 98],
            vec![285, 930, 67, 257, 439, 8492],
        ];
        assert_eq!(report(matrix, &[]), first);
        let second = "              precision    recall  f1-score   support\n\n           0       0.50      1.00      0.67         2\n           1       0.00      0.00      0.00         2\n           2       1.00      1.00      1.00         1\n           3       1.00      1.00      1.00         1\n\n    accuracy                           0.67         6\n   macro avg       0.62      0.75      0.67         6\nweighted avg       0.50      0.67      0.56         6\n";
        let matrix = vec![vec![2, 0, 0, 0], vec![2, 0, 0, 0], vec![0, 0, 1, 0], vec![0, 0, 0, 1]];
        assert_eq!(report(matrix.clone(), &[]), second);
        let named = "                                precision    recall  f1-score   support\n\nQuiet acoustic (folk, ambient)       0.50      1.00      0.67         2\n                        Spoken       0.00      0.00      0.00         2\n                   Happy dance       1.00      1.00      1.00         1\n                          Loud       1.00      1.00      1.00         1\n\n                      accuracy                           0.67         6\n                     macro avg       0.62      0.75      0.67         6\n                  weighted avg       0.50      0.67      0.56         6\n";
        assert_eq!(report(matrix, &["Quiet acoustic (folk, ambient)", "Spoken", "Happy dance", "Loud"]), named);
        let one = "              precision    recall  f1-score   support\n\n           0       1.00      1.00      1.00         4\n\n    accuracy                           1.00         4\n   macro avg       1.00      1.00      1.00         4\nweighted avg       1.00      1.00      1.00         4\n";
        assert_eq!(report(vec![vec![4]], &[]), one);
    }

    #[test]
    fn the_confusion_matrix_is_laid_out_as_numpy_prints_it() {
        assert_eq!(confusion_matrix(&[vec![12, 0], vec![3, 4567]]), "[[  12    0]\n [   3 4567]]\n");
    }

    #[test]
    fn the_elbow_says_what_each_k_gains_and_marks_the_chosen() {
        let text = elbow(&[(2, 355_142.0), (3, 325_650.0), (4, 0.0), (5, 0.0)], 3);
        assert_eq!(
            text,
            "k  inertia     drop\n2  355,142        -\n3  325,650    8.3 %  <- chosen\n4        0  100.0 %\n5        0        -\n"
        );
        // From 3 to 6 there are three steps: no drop of one.
        let text = elbow(&[(2, 100.0), (3, 80.0), (6, 20.0)], 6);
        assert_eq!(text, "k  inertia    drop\n2      100       -\n3       80  20.0 %\n6       20       -  <- chosen\n");
    }

    #[test]
    fn no_hold_out_is_no_accuracy() {
        let none = metrics(vec![vec![0; 2]; 2]);
        let text = accuracy(&none, &HoldOut::default());
        assert_eq!(text, "accuracy not measured: too few tracks to hold any out\n");
        assert_eq!(classification_report(&none.report, none.accuracy, &[]), "");
    }

    #[test]
    fn an_accuracy_stands_beside_what_it_is_to_be_compared_with() {
        let metrics = metrics(vec![vec![60, 4], vec![6, 30]]);
        let hold_out = HoldOut {
            standard_error: Some(0.03),
            largest_cluster: Some(0.64),
            repeated: 33,
            accuracy_without_repeated: Some(0.88),
        };
        let text = accuracy(&metrics, &hold_out);
        assert!(
            text.starts_with(
                "accuracy 0.9000: naive Bayes agrees with k-means on 90.0 % ± 3.0 of 100 held-out tracks."
            ),
            "{text}"
        );
        assert!(text.contains("64.0 %.\nHow far the two agree says nothing about whether clusters exist."), "{text}");
        assert!(text.contains("33.0 % of the held-out tracks have") && text.contains("agree on 88.0 %.\n"), "{text}");
    }

    #[test]
    fn the_profile_of_six_clusters_and_eleven_features_fits_120_columns() {
        let features = [
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
        ];
        let clusters: Vec<ClusterSummary> = (0..6)
            .map(|id| ClusterSummary {
                id,
                name: format!("Quiet acoustic {id}"),
                size: 1_234_567,
                means: features.iter().map(|&f| (f.to_owned(), -123.456)).collect::<BTreeMap<_, _>>(),
            })
            .collect();
        let text = profile(&features, &clusters);
        assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
        assert!(text.contains("\n 5  1,234,567"));
        assert!(text.ends_with("\n5  Quiet acoustic 5\n"));
    }
}

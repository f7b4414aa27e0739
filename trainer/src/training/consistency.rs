//! Whether the parts of an artifact are of one training.
//!
//! [`Model::verify`] holds against each other what serving relies on. A scaler, a classifier, a column or a card of another
//! model of the same shape passes it: everything is there, and fits. Here, what training computed is computed again from
//! the columns, and compared. Ids, albums, years and explicit lyrics are the table's alone: nothing else depends on them.

use std::{borrow::Cow, collections::BTreeSet};

use ndarray::{Array2, Axis};
use recommender::{
    Model,
    artifact::{Artifact, Error, Section},
    card::{ClassScores, ClassifierMetrics},
    invalid::Invalid,
    search::{EF_SEARCH, Layer},
    text,
};

use super::{RECALL_SAMPLE, naive_bayes, projection, scale};
use crate::evaluation;

/// How far two computations of one figure may be apart, as a share of it: they add the same values in another order.
const TOLERANCE: f64 = 1e-6;
/// How much of the values themselves may be lost where large ones nearly cancel each other out.
const CANCELLATION: f64 = 1e-9;
/// Values beyond this are not compared: their squares are not finite.
const MAX_COMPARED: f64 = 1e100;
/// How many vectors of each graph are looked for: training has looked for all.
const GRAPH_SAMPLE: u32 = 64;

type Checked = Result<(), Invalid>;

/// Computes again what a training has computed, and compares. `model` is the model of the artifact, which
/// [`Model::verify`] has found to hold.
///
/// # Errors
///
/// [`Error::Invalid`] with the section that is not of the others' training.
pub fn verify(artifact: &Artifact, model: &Model) -> Result<(), Error> {
    let of = |section| move |source| Error::Invalid { section, source };
    let tracks = model.catalog().len();
    let scaler = model.scaler();
    let mut values = Array2::zeros((tracks, scaler.len()));
    for (mut values, column) in values.axis_iter_mut(Axis(1)).zip(&model.catalog().features) {
        values.iter_mut().enumerate().for_each(|(row, value)| *value = column.get(row));
    }
    verify_scaler(model, &values).map_err(of(Section::Scaler))?;
    verify_means(model, &values).map_err(of(Section::Clusters))?;
    scale::transform(scaler, values.view_mut());
    let scaled = values;
    let labels: Vec<u32> = (0..tracks as u32).map(|row| model.cluster_of(row) as u32).collect();
    verify_bayes(model, &scaled, &labels).map_err(of(Section::Bayes))?;
    verify_projection(model, &scaled).map_err(of(Section::Projection))?;
    verify_genres(model).map_err(of(Section::Genres))?;
    for cluster in 0..model.clusters().len() {
        verify_graph(model, cluster).map_err(of(Section::Graph(cluster)))?;
    }
    verify_card(artifact, model, &scaled, &labels).map_err(of(Section::Card))
}

/// Fails unless two figures are the same but for rounding. `size` is that of the values that they are sums of.
fn near(what: impl Into<Cow<'static, str>>, expected: f64, got: f64, size: f64) -> Checked {
    let is_comparable = [expected, got, size].iter().all(|value| value.abs() < MAX_COMPARED);
    let allowed = TOLERANCE * expected.abs().max(got.abs()) + CANCELLATION * size.abs();
    if !is_comparable || (expected - got).abs() <= allowed {
        return Ok(());
    }
    Err(Invalid::Differs { what: what.into(), expected: expected.to_string(), got: got.to_string() })
}

fn same<T: PartialEq + std::fmt::Debug>(what: impl Into<Cow<'static, str>>, expected: &T, got: &T) -> Checked {
    if expected == got {
        return Ok(());
    }
    Err(Invalid::Differs { what: what.into(), expected: format!("{expected:?}"), got: format!("{got:?}") })
}

fn largest<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    values.into_iter().fold(0.0, |largest, value| value.abs().max(largest))
}

fn verify_scaler(model: &Model, values: &Array2<f64>) -> Checked {
    let scaler = model.scaler();
    let fitted = scale::fit(scaler.features.clone(), values.view(), scaler.weights.clone());
    for (feature, name) in scaler.features.iter().enumerate() {
        let size = largest(values.column(feature));
        near(format!("the mean of {name}"), fitted.mean[feature], scaler.mean[feature], size)?;
        near(format!("the deviation of {name}"), fitted.deviation[feature], scaler.deviation[feature], size)?;
    }
    Ok(())
}

fn verify_means(model: &Model, values: &Array2<f64>) -> Checked {
    for (id, cluster) in model.clusters().iter().enumerate() {
        let rows = values.slice_axis(Axis(0), (cluster.rows.start as usize..cluster.rows.end as usize).into());
        for (feature, name) in model.scaler().features.iter().enumerate() {
            let column = rows.column(feature);
            let mean = column.sum() / column.len() as f64;
            near(format!("the mean of {name} in cluster {id}"), mean, cluster.means[feature], largest(column))?;
        }
    }
    Ok(())
}

fn verify_bayes(model: &Model, scaled: &Array2<f64>, labels: &[u32]) -> Checked {
    let bayes = model.bayes();
    let Ok(fitted) = naive_bayes::fit(scaled.view(), labels, model.clusters().len()) else {
        // Values that linfa does not fit are none that it has fitted.
        return Err(Invalid::Differs {
            what: "the classifier".into(),
            expected: "none: the columns cannot be classified".into(),
            got: "one".into(),
        });
    };
    let size = largest(scaled);
    for (id, prior) in fitted.priors.iter().enumerate() {
        near(format!("the prior of cluster {id}"), *prior, bayes.priors[id], 0.0)?;
        for (feature, name) in model.scaler().features.iter().enumerate() {
            let (mean, variance) = (fitted.means[id][feature], fitted.variances[id][feature]);
            near(format!("the mean of {name} in cluster {id}"), mean, bayes.means[id][feature], size)?;
            let what = format!("the variance of {name} in cluster {id}");
            near(what, variance, bayes.variances[id][feature], size * size)?;
        }
    }
    Ok(())
}

/// Axes of equal variance may be turned, so that it is the variance along each that is compared.
fn verify_projection(model: &Model, scaled: &Array2<f64>) -> Checked {
    let Ok(fitted) = projection::fit(scaled.view()) else { return Ok(()) };
    let size = largest(scaled);
    let variance = |axis: &[f64]| {
        let along = |row: ndarray::ArrayView1<'_, f64>| row.iter().zip(axis).map(|(x, a)| x * a).sum::<f64>().powi(2);
        scaled.rows().into_iter().map(along).sum::<f64>() / scaled.nrows() as f64
    };
    for (id, (fitted, axis)) in fitted.projection.axes.iter().zip(&model.projection().axes).enumerate() {
        let length = axis.iter().map(|component| component * component).sum::<f64>();
        near(format!("the squared length of axis {id}"), 1.0, length, 1.0)?;
        near(format!("the variance along axis {id}"), variance(fitted), variance(axis), size * size)?;
    }
    Ok(())
}

/// A cluster's typical genres are those of tracks that it holds.
fn verify_genres(model: &Model) -> Checked {
    let Some(genres) = &model.catalog().genres else { return Ok(()) };
    for (id, cluster) in model.clusters().iter().enumerate() {
        let cells: BTreeSet<u32> = cluster.rows.clone().map(|row| genres.code(row as usize)).collect();
        let held: BTreeSet<String> = if cluster.genres.is_empty() {
            BTreeSet::new()
        } else {
            cells.iter().flat_map(|cell| text::genres(genres.dictionary().get(*cell as usize))).collect()
        };
        let missing = cluster.genres.iter().find(|genre| text::genres(genre).any(|genre| !held.contains(&genre)));
        if let Some(missing) = missing {
            return Err(Invalid::Differs {
                what: format!("a typical genre of cluster {id}").into(),
                expected: "one of its tracks'".into(),
                got: format!("{missing:?}"),
            });
        }
    }
    Ok(())
}

/// A graph over other vectors leads astray.
fn verify_graph(model: &Model, cluster: usize) -> Checked {
    let rows = model.clusters()[cluster].rows.clone();
    let step = ((rows.end - rows.start) / GRAPH_SAMPLE).max(1);
    let neighbors = model.neighbors();
    for row in rows.step_by(step as usize) {
        let vector = neighbors.nodes().vector(row);
        let found = neighbors.search_graphs(&[cluster], &vector, EF_SEARCH).unwrap_or_default();
        let own = neighbors.nodes().squared_distance(row, &vector);
        if found.first().is_none_or(|found| neighbors.nodes().squared_distance(found.row, &vector) > own) {
            return Err(Invalid::Differs {
                what: format!("what a search for the vector of track {row} finds").into(),
                expected: "the track".into(),
                got: "others".into(),
            });
        }
    }
    Ok(())
}

fn verify_card(artifact: &Artifact, model: &Model, scaled: &Array2<f64>, labels: &[u32]) -> Checked {
    let card = model.card();
    verify_classifier(&card.classifier, model)?;
    let size = largest(scaled);
    let distance = |(row, label): (ndarray::ArrayView1<'_, f64>, &u32)| {
        let centroid = &model.clusters()[*label as usize].centroid;
        row.iter().zip(centroid).map(|(x, c)| (x - c).powi(2)).sum::<f64>()
    };
    let inertia: f64 = scaled.rows().into_iter().zip(labels).map(distance).sum();
    let said = card.inertia.get(&card.k).copied().unwrap_or(f64::NAN);
    same("whether k has an inertia", &true, &said.is_finite())?;
    near("the inertia of k", inertia, said, size * size * labels.len() as f64 * TOLERANCE)?;

    let lowest = || artifact.graphs.iter().filter_map(|graph| graph.adjacency.layers.first());
    let nodes: usize = lowest().map(Layer::nodes).sum();
    let edges: usize = lowest().map(Layer::edges).sum();
    near("the average degree", 2.0 * edges as f64 / nodes.max(1) as f64, card.index.average_degree, 0.0)?;
    let unreachable = artifact.graphs.iter().map(|graph| graph.unreachable.len() as u64).sum();
    same("the number of unreachable nodes", &unreachable, &card.index.unreachable)?;
    match evaluation::recall(model, 10, RECALL_SAMPLE, true) {
        Ok(recall) => near("recall@10", recall, card.index.recall_at_10, 0.0),
        Err(_) => Ok(()),
    }
}

fn verify_classifier(said: &ClassifierMetrics, model: &Model) -> Checked {
    let matrix = &said.confusion_matrix;
    let k = model.clusters().len();
    same("the shape of the confusion matrix", &vec![k; k], &matrix.iter().map(Vec::len).collect())?;
    let sizes: Vec<usize> = model.clusters().iter().map(|cluster| cluster.rows.len()).collect();
    for (id, (row, held_out)) in matrix.iter().zip(naive_bayes::hold_out_shares(&sizes)).enumerate() {
        let held_out = held_out as u64;
        let got = row.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
        same(format!("the number of held-out tracks of cluster {id}"), &held_out, &got)?;
    }
    let computed = naive_bayes::metrics(matrix.clone());
    same("the number of held-out tracks", &computed.held_out, &said.held_out)?;
    same("whether there is an accuracy", &computed.accuracy.is_some(), &said.accuracy.is_some())?;
    near("the accuracy", computed.accuracy.unwrap_or_default(), said.accuracy.unwrap_or_default(), 0.0)?;
    let (report, of) = (&said.report, &computed.report);
    same("the number of scores", &of.clusters.len(), &report.clusters.len())?;
    let scores = |report: &recommender::card::ClassificationReport| -> Vec<ClassScores> {
        report.clusters.iter().chain([&report.macro_average, &report.weighted_average]).copied().collect()
    };
    for (expected, got) in scores(of).iter().zip(&scores(report)) {
        same("a support", &expected.support, &got.support)?;
        near("a precision", expected.precision, got.precision, 0.0)?;
        near("a recall", expected.recall, got.recall, 0.0)?;
        near("an f1", expected.f1, got.f1, 0.0)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use recommender::{Version, artifact};

    use super::*;
    use crate::{
        table::{self, Table},
        training::{self, Options},
    };

    /// A table of some tracks in three groups; another `seed` makes another one of the same shape.
    fn table(seed: u64, change: impl Fn(usize, &mut [f64; 4])) -> Table {
        let mut state = seed;
        let mut random = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1_u64 << 31) as f64
        };
        let mut csv = String::from("song,artist,genre,year,energy,tempo,valence,loudness\n");
        for track in 0..240 {
            let group = track % 3;
            let mut values = [
                [0.9, 0.2, 0.6][group] + random() * 0.2,
                [150.0, 80.0, 115.0][group] + random() * 20.0,
                [0.2, 0.5, 0.9][group] + random() * 0.2,
                [-5.0, -25.0, -12.0][group] + random() * 4.0,
            ];
            change(track, &mut values);
            let genre = ["rock", "ambient", "disco; pop"][group];
            let values = values.map(|value| format!("{value:e}")).join(",");
            csv += &format!("Song {track},Artist {},{genre},{},{values}\n", track % 50, 1970 + track % 40);
        }
        table::read(&mut csv.as_bytes(), "made up", &table::Options::default(), &mut |_| {}).expect("a table")
    }

    fn trained(table: Table, k: u32) -> Artifact {
        let options = Options { k, k_range: 2..=4, threads: 1, ..Options::default() };
        let trained = training::train(table, &options, &()).expect("trains");
        artifact::decode(&trained.file).expect("decodes")
    }

    fn verified(artifact: &Artifact) -> Result<(), Error> {
        let file = artifact::encode(artifact).expect("encodes");
        let model = Model::from_bytes(&file, Version::of(&file))?;
        model.verify()?;
        verify(artifact, &model)
    }

    #[test]
    fn what_a_training_made_is_of_one_training() {
        for k in [1, 3, 6] {
            verified(&trained(table(1, |_, _| {}), k)).unwrap_or_else(|error| panic!("k = {k}: {error}"));
        }
        type Change<'a> = (&'a str, &'a dyn Fn(usize, &mut [f64; 4]));
        let changes: [Change<'_>; 5] = [
            ("a constant", &|_, values| values[3] = 1e9),
            ("a narrow band far from 0", &|_, values| values[1] += 1e7),
            ("one far away", &|track, values| values[0] *= if track == 7 { 1e9 } else { 1.0 }),
            ("many equal", &|track, values| *values = [track as f64 % 3.0, 1.0, 2.0, track as f64 % 2.0]),
            ("very small", &|_, values| values[2] *= 1e-200),
        ];
        for (name, change) in changes {
            verified(&trained(table(2, change), 3)).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }

    #[test]
    fn a_part_of_another_model_of_the_same_shape_is_noticed() {
        let (own, other) = (trained(table(1, |_, _| {}), 3), trained(table(9, |_, _| {}), 3));
        assert_eq!(
            own.clusters.iter().map(|cluster| cluster.rows.clone()).collect::<Vec<_>>(),
            [0..80, 80..160, 160..240]
        );
        let swap = |change: fn(&mut Artifact, &Artifact)| {
            let mut mixed = own.clone();
            change(&mut mixed, &other);
            match verified(&mixed) {
                Err(Error::Invalid { section, .. }) => section.to_string(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            swap(|mixed, other| {
                mixed.scaler = other.scaler.clone();
                mixed.card.features = other.card.features.clone();
            }),
            "scaler"
        );
        assert_eq!(swap(|mixed, other| mixed.bayes = other.bayes.clone()), "bayes");
        assert_eq!(swap(|mixed, other| mixed.catalog.features = other.catalog.features.clone()), "scaler");
        assert_eq!(
            swap(|mixed, _| {
                let rows: Vec<u32> = (0..240).map(|row| (row + 80) % 240).collect();
                mixed.catalog.features =
                    mixed.catalog.features.iter().map(|column| column.clone().reordered(&rows)).collect();
            }),
            "clusters"
        );
        assert_eq!(swap(|mixed, _| mixed.projection.axes.swap(0, 1)), "projection");
        assert_eq!(
            swap(|mixed, other| mixed.card.classifier.accuracy =
                other.card.classifier.accuracy.map(|accuracy| accuracy - 0.01)),
            "card"
        );
        assert_eq!(swap(|mixed, other| mixed.card.inertia = other.card.inertia.clone()), "card");
        assert_eq!(swap(|mixed, _| mixed.card.index.recall_at_10 -= 0.01), "card");
        assert_eq!(swap(|mixed, _| mixed.card.index.unreachable += 1), "card");
        assert_eq!(swap(|mixed, _| mixed.card.classifier.confusion_matrix[0].swap(0, 1)), "card");
        assert_eq!(swap(|mixed, _| mixed.clusters[1].genres = vec!["polka".into()]), "genres");
        assert_eq!(
            swap(|mixed, _| {
                let nodes = mixed.graphs[1].adjacency.layers[0].nodes();
                let some = Layer::of_edges(nodes, (1..20).map(|node| (node - 1, node)));
                mixed.graphs[1].adjacency.layers = vec![some];
            }),
            "graph-1"
        );
        // A walk through so small a graph meets every node, wherever it leads; what is said of it is of another.
        assert_eq!(swap(|mixed, other| mixed.graphs = other.graphs.clone()), "card");
    }
}

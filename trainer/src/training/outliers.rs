//! Values so far from all others that they decide about scales and clusters: they deserve a warning that names them.

use ndarray::{ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;
use recommender::features::Scaler;

use crate::{
    numbers::{count, number},
    table::Extremes,
};

/// A value so many deviations from the mean is wild. In fewer than 402 tracks none can be.
const WILD_DEVIATIONS: f64 = 20.0;
/// How many values of a column the middle of it is taken from.
const SAMPLE: usize = 10_000;
/// So much of the values is left out at either end of the middle.
const TAIL: f64 = 0.05;

/// A sentence for each feature that has wild values, or one so large that in this feature all other tracks are the same to a vector
/// of `f32`. `values` are in the file's own units, shape `(n_tracks, n_features)`; `extremes` are those of each feature. What counts
/// nothing (weight 0) is left out.
pub fn warnings(scaler: &Scaler, values: ArrayView2<f64>, extremes: &[Extremes]) -> Vec<String> {
    let columns: Vec<_> = values.axis_iter(Axis(1)).zip(extremes).enumerate().collect();
    let warning = |(feature, (column, extremes)): (usize, (ArrayView1<f64>, &Extremes))| {
        if scaler.deviation[feature] == 0.0 || scaler.weights[feature] == 0.0 {
            return None;
        }
        let deviations = |value: f64| scaler.standardize_one(feature, value);
        let (least, largest) = (extremes.least, extremes.largest);
        let farthest = if deviations(largest.value) >= -deviations(least.value) { largest } else { least };
        let place = match farthest.line {
            0 => "one of the files".to_owned(),
            line => format!("line {line}"),
        };
        let cell = format!("{} is {} in {place}", scaler.features[feature], farthest.value);
        if (f64::MIN_POSITIVE..f64::from(f32::EPSILON)).contains(&(middle(column) / scaler.deviation[feature])) {
            return Some(format!(
                "{cell}: beside it all other tracks are the same in this feature; correct the cell, or leave the row out"
            ));
        }
        let wild = column.iter().filter(|value| deviations(**value).abs() > WILD_DEVIATIONS).count();
        (wild > 0).then(|| {
            let others = match wild {
                1 => String::new(),
                2 => ", and that of another track nearly as far".to_owned(),
                _ => format!(", and those of {} other tracks more than {WILD_DEVIATIONS}", count(wild as u64 - 1)),
            };
            format!(
                "{cell}: {} deviations from the mean of {}{others}; such values take clusters of their own and make all other \
                 tracks alike in this feature: correct the cells, or leave the rows out",
                number(deviations(farthest.value).abs()),
                number(scaler.mean[feature]),
            )
        })
    };
    columns.into_par_iter().filter_map(warning).collect()
}

/// How far apart the values are, the least and the largest twentieth left out: by a sample of a long column.
fn middle(column: ArrayView1<f64>) -> f64 {
    let mut values: Vec<f64> = column.iter().step_by(column.len().div_ceil(SAMPLE).max(1)).copied().collect();
    values.sort_unstable_by(f64::total_cmp);
    let tail = ((values.len() as f64 * TAIL).ceil() as usize).min(values.len().saturating_sub(1) / 2);
    values[values.len() - 1 - tail] - values[tail]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{table, training::scale};

    /// So many tracks, of which some have the tempo `wild`.
    fn of(tracks: usize, wild: &[(usize, &str)], weight: f64) -> Vec<String> {
        let mut csv = "song,artist,energy,tempo\n".to_owned();
        for track in 0..tracks {
            let tempo = wild.iter().find(|(at, _)| *at == track).map(|(_, tempo)| (*tempo).to_owned());
            let tempo = tempo.unwrap_or_else(|| (90 + track * 7 % 61).to_string());
            csv += &format!("Song {track},Artist,0.{:02},{tempo}\n", track * 13 % 89);
        }
        let table = table::read(csv.as_bytes(), "made up", &table::Options::default(), &mut |_| {}).expect("a table");
        let names = table.features.iter().map(|feature| feature.name().to_owned()).collect();
        let scaler = scale::fit(names, table.values.view(), vec![1.0, weight]);
        warnings(&scaler, table.values.view(), &table.extremes)
    }

    #[test]
    fn a_wild_value_is_named_with_column_line_and_value() {
        let found = of(2_000, &[(17, "128000")], 1.0);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("tempo is 128000 in line 19: 44.7 deviations from the mean of 184;"), "{found:?}");
        let found = of(2_000, &[(17, "-12000"), (30, "-12000"), (31, "-11000")], 1.0);
        assert!(
            found[0].starts_with("tempo is -12000 in line 19: 26.") && found[0].contains("2 other tracks"),
            "{found:?}"
        );
        assert!(of(2_000, &[], 1.0).is_empty());
        assert!(of(2_000, &[(17, "128000")], 0.0).is_empty(), "it counts nothing");
    }

    #[test]
    fn a_cell_beside_which_all_others_are_the_same_is_named_in_a_table_of_any_length() {
        for tracks in [25, 3_000] {
            let found = of(tracks, &[(3, "1e12")], 1.0);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].starts_with("tempo is 1000000000000 in line 5: beside it all other tracks are the same"));
        }
        // Not a wild value: few tracks have another than most.
        assert!(of(25, &[(3, "200")], 1.0).is_empty());
    }
}

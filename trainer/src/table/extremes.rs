//! The least and the largest value of each feature, and where they stand: what a warning of a wild value names.

/// A value, and the line of the file on which its row begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extreme {
    /// From 1, the header's; 0 where the table comes from several files.
    pub line: u64,
    /// In the file's own unit.
    pub value: f64,
}

/// The extremes of one feature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extremes {
    /// The first row of the least value.
    pub least: Extreme,
    /// The first row of the largest value.
    pub largest: Extreme,
}

/// Takes in the features of one more track, which stands on this line.
pub(super) fn add(extremes: &mut Vec<Extremes>, line: u64, values: &[f64]) {
    if extremes.is_empty() {
        let of = |value: &f64| Extreme { line, value: *value };
        *extremes = values.iter().map(|value| Extremes { least: of(value), largest: of(value) }).collect();
    }
    for (extremes, value) in extremes.iter_mut().zip(values) {
        // A value that is not known yet is NaN: any other takes its place.
        if *value < extremes.least.value || extremes.least.value.is_nan() {
            extremes.least = Extreme { line, value: *value };
        }
        if *value > extremes.largest.value || extremes.largest.value.is_nan() {
            extremes.largest = Extreme { line, value: *value };
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::table;

    #[test]
    fn they_are_those_of_the_rows_that_are_kept() {
        let csv = "song,artist,energy,tempo\na,x,0.5,\"120\"\n\nb,x,0.9,90\n,x,0.0,999\nc,x,0.9,200\nd,x,0.1,none\n";
        let table = table::read(csv.as_bytes(), "table", &table::Options::default(), &mut |_| {}).expect("a table");
        let found: Vec<[(u64, f64); 2]> = table
            .extremes
            .iter()
            .map(|extremes| [extremes.least, extremes.largest].map(|extreme| (extreme.line, extreme.value)))
            .collect();
        assert_eq!(found, [[(2, 0.5), (4, 0.9)], [(4, 90.0), (6, 200.0)]]);
    }
}

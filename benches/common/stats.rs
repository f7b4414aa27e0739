//! A figure that was measured more than once.

use serde_json::{Value, json};

/// What several measurements of one thing came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stats {
    /// The middle one, or the mean of the middle two.
    pub median: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Stats {
    /// Of these figures; none where there are none.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let (min, max) = (*figures.first()?, *figures.last()?);
        let upper = figures.len() / 2;
        let lower = (figures.len() - 1) / 2;
        Some(Self { median: (figures[lower] + figures[upper]) / 2.0, min, max })
    }

    /// `median (min to max) unit`, with so many decimals; `-` where there is nothing. A unit may be empty.
    pub fn cell(spread: Option<Self>, decimals: usize, unit: &str) -> String {
        match spread {
            Some(Self { median, min, max }) => {
                let cell = format!("{median:.decimals$} ({min:.decimals$} to {max:.decimals$}) {unit}");
                cell.trim_end().to_owned()
            }
            None => "-".to_owned(),
        }
    }

    /// As JSON; null where there is nothing.
    pub fn json(spread: Option<Self>) -> Value {
        spread.map_or(Value::Null, |Self { median, min, max }| json!({ "median": median, "min": min, "max": max }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one_or_between_the_middle_two() {
        assert_eq!(Stats::of([]), None);
        assert_eq!(Stats::of([3.0, 1.0, 2.0]), Some(Stats { median: 2.0, min: 1.0, max: 3.0 }));
        assert_eq!(Stats::of([4.0, 1.0, 2.0, 3.0]), Some(Stats { median: 2.5, min: 1.0, max: 4.0 }));
    }
}

//! The rows that cleaning left out, and why.

use std::{collections::BTreeMap, fmt};

/// Rows that were left out: how many for each reason, and where the first ones stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Number of rows by reason, such as `"energy is empty"`, `"tempo is not a number"`, `"popularity is infinite"`, `"tempo is
    /// beyond ±1e30"`, `"song is missing"`, `"artist is missing"`, `"row has 9 cells, expected 24"`. A row counts once, for the
    /// first reason found: its cells, song, artist, the features in their order, and that it was never analysed. Beyond a thousand
    /// reasons, the others are `"another reason"`.
    pub by_reason: BTreeMap<String, u64>,
    /// The first few: physical line in the file (the header is usually line 1), and reason.
    pub first: Vec<(u64, String)>,
    /// How many in all.
    pub total: u64,
}

impl Dropped {
    /// How many rows `first` holds at most.
    pub const FIRST: usize = 5;
    /// How many reasons a message names at most: rows of a file that is no table may each have one of their own.
    pub const MAX_REASONS: usize = 12;

    /// How many reasons are told apart: of others it is counted how many rows they left out.
    const MAX_COUNTED: usize = 1_000;
    const OTHER: &'static str = "another reason";

    fn count(&mut self, reason: String) {
        let is_known = self.by_reason.len() < Self::MAX_COUNTED
            || self.by_reason.contains_key(&reason)
            || reason == super::builder::NEVER_ANALYSED;
        *self.by_reason.entry(if is_known { reason } else { Self::OTHER.into() }).or_default() += 1;
    }

    pub(crate) fn add(&mut self, line: u64, reason: String) {
        self.total += 1;
        if self.first.len() < Self::FIRST {
            self.first.push((line, reason.clone()));
        }
        self.count(reason);
    }

    /// Adds a row that was read before others that have been added.
    pub(crate) fn add_earlier(&mut self, line: u64, reason: String) {
        self.total += 1;
        let place = self.first.partition_point(|(other, _)| *other <= line);
        self.first.insert(place, (line, reason.clone()));
        self.first.truncate(Self::FIRST);
        self.count(reason);
    }

    /// How many rows were dropped because their track was never analysed.
    pub fn never_analysed(&self) -> u64 {
        self.by_reason.get(super::builder::NEVER_ANALYSED).copied().unwrap_or(0)
    }

    /// A warning not to be overlooked where more than one in ten of `rows` rows read was dropped, otherwise nothing.
    pub fn warning(&self, rows: u64) -> Option<String> {
        // The share as a division: ten times a count could overflow, and rows is at least the total.
        if rows == 0 || self.total <= rows / 10 {
            return None;
        }
        let percent = self.total as f64 / rows as f64 * 100.0;
        Some(format!(
            "{} of {rows} rows ({percent:.1} %) were DROPPED, more than one in ten: {self}; check that the file is the \
             one you mean, or choose other features with --features",
            self.total
        ))
    }
}

/// The reasons, the most frequent first, and where the first rows stand.
impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut reasons: Vec<_> = self.by_reason.iter().collect();
        reasons.sort_by_key(|&(_, &count)| std::cmp::Reverse(count));
        let more = reasons.len().saturating_sub(Self::MAX_REASONS);
        for (i, (reason, count)) in reasons.into_iter().take(Self::MAX_REASONS).enumerate() {
            write!(f, "{}{reason} ({count})", if i == 0 { "" } else { ", " })?;
        }
        if more > 0 {
            write!(f, ", and {more} other reasons")?;
        }
        for (i, (line, _)) in self.first.iter().enumerate() {
            write!(f, "{}{line}", if i == 0 { "; first at line " } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dropped(total: u64) -> Dropped {
        let mut dropped = Dropped::default();
        (0..total).for_each(|i| dropped.add(i + 2, "energy is empty".to_owned()));
        dropped
    }

    #[test]
    fn warns_only_above_one_row_in_ten() {
        assert_eq!(Dropped::default().warning(0), None);
        assert_eq!(dropped(2).warning(20), None);
        assert_eq!(dropped(2).warning(29), None);
        let warning = dropped(3).warning(29).expect("3 of 29 is more than one in ten");
        assert!(warning.contains("3 of 29 rows (10.3 %)"), "{warning}");
        assert!(warning.contains("energy is empty (3); first at line 2, 3, 4"), "{warning}");
        assert!(dropped(2).warning(19).is_some());
    }

    #[test]
    fn tells_only_so_many_reasons_apart_and_counts_every_row() {
        let mut dropped = Dropped::default();
        for i in 0..3_000_u64 {
            dropped.add(i + 2, format!("row has {} cells, expected 9000", i % 1_500));
        }
        dropped.add_earlier(1, "row has 8000 cells, expected 9000".into());
        dropped.add(9_000, super::super::builder::NEVER_ANALYSED.into());
        assert_eq!((dropped.by_reason.len(), dropped.never_analysed()), (Dropped::MAX_COUNTED + 2, 1));
        assert_eq!(dropped.by_reason[Dropped::OTHER], 1_001);
        assert_eq!((dropped.by_reason.values().sum::<u64>(), dropped.total), (3_002, 3_002));
    }

    #[test]
    fn names_only_so_many_reasons() {
        let mut dropped = Dropped::default();
        (0..100).for_each(|i| dropped.add(i + 2, format!("row has {i} cells, expected 200")));
        let text = dropped.to_string();
        assert_eq!(text.matches("row has").count(), Dropped::MAX_REASONS);
        assert!(text.contains("and 88 other reasons"), "{text}");
    }

    #[test]
    fn keeps_only_the_first_few_lines() {
        let dropped = dropped(100);
        assert_eq!(dropped.first.len(), Dropped::FIRST);
        assert_eq!(dropped.first[4].0, 6);
        assert_eq!(dropped.total, 100);
    }
}

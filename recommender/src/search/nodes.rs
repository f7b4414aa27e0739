//! What the graphs' nodes are: the distinct vectors of each cluster, and the rows that they stand for.

use std::ops::Range;

use crate::{
    bit_set::{BitSet, ones},
    vector::{Vector, Vectors},
};

/// The vectors of all rows, where rows that stand side by side with equal vectors share one: a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Nodes {
    /// One for each node, in the order of the rows.
    vectors: Vectors,
    /// The row at which each node begins; it ends where the next one begins. One more at the end.
    starts: Vec<u32>,
}

impl Nodes {
    /// None yet, with memory for `rows` of `features` features.
    pub(crate) fn with_capacity(features: usize, rows: usize) -> Self {
        let mut starts = Vec::with_capacity(rows + 1);
        starts.push(0);
        Self { vectors: Vectors::with_capacity(features, rows), starts }
    }

    /// Appends a row.
    pub(crate) fn push(&mut self, vector: &Vector) {
        let last = self.vectors.len();
        if last > 0 && self.vectors.is_at(last as u32 - 1, vector) {
            self.starts[last] += 1;
        } else {
            self.vectors.push(vector);
            self.starts.push(self.starts[last] + 1);
        }
    }

    /// Makes a node end at `row`, which one may not.
    pub(super) fn split_at(&mut self, row: u32) {
        if let Err(place) = self.starts.binary_search(&row)
            && place < self.starts.len()
        {
            self.starts.insert(place, row);
            self.vectors.repeat(place as u32 - 1);
        }
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.vectors.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.vectors.len()
    }

    /// Whether there are none (which no model has).
    pub fn is_empty(&self) -> bool {
        self.vectors.is_empty()
    }

    /// How much memory they take, in bytes.
    pub fn memory(&self) -> usize {
        self.vectors.memory() + self.starts.len() * size_of::<u32>()
    }

    /// Number of rows.
    pub fn rows(&self) -> u32 {
        self.starts.last().copied().unwrap_or_default()
    }

    /// The vector of a row.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    pub fn vector(&self, row: u32) -> Vector {
        self.vectors.get(self.of_row(row))
    }

    /// The vectors of all rows in order.
    pub fn iter(&self) -> impl Iterator<Item = Vector> + '_ {
        let rows = |node: u32| (self.rows_of(node).len(), self.vectors.get(node));
        (0..self.len() as u32).map(rows).flat_map(|(rows, vector)| std::iter::repeat_n(vector, rows))
    }

    /// Squared distance of a row from another vector.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    pub fn squared_distance(&self, row: u32, other: &Vector) -> f32 {
        self.vectors.squared_distance(self.of_row(row), other)
    }

    /// The rows of a node.
    #[inline]
    pub(super) fn rows_of(&self, node: u32) -> Range<u32> {
        let node = node as usize;
        self.starts[node]..self.starts[node + 1]
    }

    /// Squared distance of a node from another vector.
    #[inline]
    pub(super) fn distance(&self, node: u32, other: &Vector) -> f32 {
        self.vectors.squared_distance(node, other)
    }

    /// The node of a row.
    fn of_row(&self, row: u32) -> u32 {
        self.starts.partition_point(|start| *start <= row) as u32 - 1
    }

    /// The nodes of a range of rows that nodes begin and end with.
    pub(super) fn of_rows(&self, rows: &Range<u32>) -> Range<u32> {
        let place = |row: u32| self.starts.partition_point(|start| *start < row) as u32;
        place(rows.start)..place(rows.end)
    }

    /// Calls `each` with every node of a range of rows, which nodes begin and end with, and its distance.
    #[inline]
    pub(super) fn each(&self, rows: &Range<u32>, other: &Vector, each: impl FnMut(u32, f32)) {
        self.vectors.each(self.of_rows(rows), other, each);
    }

    /// Calls `each` with some rows, which ascend, and their distances.
    pub(crate) fn each_row(&self, rows: impl Iterator<Item = u32>, other: &Vector, mut each: impl FnMut(u32, f32)) {
        // The last row, and its node and its distance.
        let mut last: Option<(u32, usize, f32)> = None;
        for row in rows {
            let (node, distance) = match last {
                Some((_, node, distance)) if self.starts[node + 1] > row => (node, distance),
                last => {
                    // As many rows further there are no more nodes than that.
                    let range = last.map_or(0..self.starts.len(), |(before, node, _)| {
                        node..(node + (row - before) as usize + 1).min(self.starts.len())
                    });
                    let first = range.start;
                    let node = first + self.starts[range].partition_point(|start| *start <= row) - 1;
                    (node, self.distance(node as u32, other))
                }
            };
            last = Some((row, node, distance));
            each(row, distance);
        }
    }

    /// Calls `each` with the rows of a range that are in a set, and their distances.
    #[inline]
    pub(super) fn each_of(&self, set: &BitSet, rows: &Range<u32>, other: &Vector, mut each: impl FnMut(u32, f32)) {
        for (start, bits) in set.blocks(rows.clone()).filter(|(_, bits)| *bits != 0) {
            let mut rows = ones(bits).map(|bit| start + bit);
            let Some(first) = rows.next() else { continue };
            let mut node = self.of_row(first);
            let mut distance = self.distance(node, other);
            each(first, distance);
            for row in rows {
                if self.starts[node as usize + 1] <= row {
                    while self.starts[node as usize + 1] <= row {
                        node += 1;
                    }
                    distance = self.distance(node, other);
                }
                each(row, distance);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nodes_are_the_runs_of_equal_vectors(
            values in prop::collection::vec(0_u8..4, 1..200),
            borders in prop::collection::btree_set(0_u32..200, 0..6),
            chosen in prop::collection::vec(0_u32..200, 0..40),
        ) {
            let vectors: Vec<Vector> =
                values.iter().map(|value| Vector::unit(&[f64::from(*value) - 1.5, 1.0, 0.0])).collect();
            let mut nodes = Nodes::with_capacity(3, vectors.len());
            vectors.iter().for_each(|vector| nodes.push(vector));
            let rows = vectors.len() as u32;
            let runs = values.windows(2).filter(|pair| pair[0] != pair[1]).count() + 1;
            prop_assert_eq!((nodes.rows(), nodes.len()), (rows, runs));
            let borders: Vec<u32> = [0].into_iter().chain(borders.into_iter().filter(|row| *row < rows)).chain([rows]).collect();
            borders.iter().for_each(|row| nodes.split_at(*row));
            prop_assert!(nodes.iter().eq(vectors.iter().copied()));
            let query = Vector::unit(&[1.0, 0.3, 0.0]);
            let mut set = BitSet::new(rows as usize);
            chosen.iter().filter(|row| **row < rows).for_each(|row| _ = set.insert(*row));
            for pair in borders.windows(2) {
                let range = pair[0]..pair[1];
                let expected: Vec<(u32, f32)> =
                    range.clone().map(|row| (row, query.squared_distance(&vectors[row as usize]))).collect();
                let mut found = Vec::new();
                nodes.each(&range, &query, |node, distance| found.extend(nodes.rows_of(node).map(|row| (row, distance))));
                prop_assert_eq!(&found, &expected);
                found.clear();
                nodes.each_of(&set, &range, &query, |row, distance| found.push((row, distance)));
                prop_assert_eq!(found, expected.into_iter().filter(|(row, _)| set.contains(*row)).collect::<Vec<_>>());
            }
            let chosen: Vec<u32> = set.iter(0..rows).collect();
            let mut found = Vec::new();
            nodes.each_row(chosen.iter().copied(), &query, |row, distance| found.push((row, distance)));
            let expected = chosen.iter().map(|row| (*row, query.squared_distance(&vectors[*row as usize])));
            prop_assert_eq!(found, expected.collect::<Vec<_>>());
            for (row, vector) in (0..).zip(&vectors) {
                prop_assert_eq!(&nodes.vector(row), vector);
                prop_assert!(nodes.rows_of(nodes.of_row(row)).contains(&row));
            }
        }
    }
}

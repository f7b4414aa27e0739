//! The rows of each artist, or of each genre.

/// Lists of rows, ascending, end to end.
#[derive(Debug)]
pub(crate) struct RowLists {
    /// Where each list begins; one more at the end.
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl RowLists {
    /// `lists` lists of the rows of a catalogue of `rows`, of which each is in those that `of_row` says.
    ///
    /// O(rows + lists), 4 bytes for each list and each row of it.
    pub(crate) fn new<'a>(lists: usize, rows: usize, of_row: impl Fn(usize) -> &'a [u32]) -> Self {
        let mut starts = vec![0_u32; lists + 1];
        for row in 0..rows {
            of_row(row).iter().for_each(|list| starts[*list as usize + 1] += 1);
        }
        for list in 1..starts.len() {
            starts[list] += starts[list - 1];
        }
        let mut places = starts.clone();
        let mut all = vec![0; starts.last().map_or(0, |end| *end as usize)];
        for row in 0..rows {
            for list in of_row(row) {
                let place = &mut places[*list as usize];
                all[*place as usize] = row as u32;
                *place += 1;
            }
        }
        Self { starts, rows: all }
    }

    /// The rows of a list; none where there is no such list.
    pub(crate) fn of(&self, list: u32) -> &[u32] {
        let list = list as usize;
        match self.starts.get(list..list + 2) {
            Some(&[start, end]) => &self.rows[start as usize..end as usize],
            _ => &[],
        }
    }
}

/// The rows of a list that are within a range.
pub(crate) fn within(list: &[u32], range: std::ops::Range<u32>) -> &[u32] {
    let start = list.partition_point(|row| *row < range.start);
    let end = list.partition_point(|row| *row < range.end);
    &list[start..end]
}

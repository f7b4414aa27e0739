//! Finding tracks by id.

use serde::{Deserialize, Serialize};

use crate::partition_point::partition_point;
use crate::{
    column::{IntColumn, StringColumn},
    invalid::Invalid,
    text_order::in_order,
};

/// Rows in the order of their ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdIndex {
    rows: IntColumn,
}

impl IdIndex {
    /// Orders the rows of a catalogue. Of rows that share an id, the first comes first.
    pub fn new(ids: &StringColumn) -> Self {
        Self { rows: in_order(ids.len(), |row| ids.get(row as usize)).into() }
    }

    /// The same order of a catalogue whose rows were put in another order: `place` is each old row's new one.
    #[must_use]
    pub fn renumbered(self, place: &[u32]) -> Self {
        Self { rows: self.rows.renumbered(place) }
    }

    /// The first row with this id.
    pub fn find(&self, ids: &StringColumn, id: &str) -> Option<u32> {
        let at = |place: usize| ids.get(self.rows.get(place) as usize);
        let place = partition_point(0..self.rows.len(), |place| at(place) < id);
        (place < self.rows.len() && at(place) == id).then(|| self.rows.get(place))
    }

    /// Whether a look-up among so many tracks is safe.
    pub(crate) fn check(&self, tracks: usize) -> Result<(), Invalid> {
        Invalid::count("ids in order", tracks, self.rows.len())?;
        Invalid::index("an id is of track", tracks, self.rows.max())
    }

    /// Whether the rows really are in the order of their ids, each once.
    pub(crate) fn verify(&self, ids: &StringColumn) -> Result<(), Invalid> {
        let mut seen = vec![false; ids.len()];
        let mut before = "";
        for row in self.rows.iter() {
            let this = ids.get(row as usize);
            if this < before || std::mem::replace(&mut seen[row as usize], true) {
                return Err(Invalid::Order { what: format!("the id of track {row}").into() });
            }
            before = this;
        }
        Ok(())
    }
}

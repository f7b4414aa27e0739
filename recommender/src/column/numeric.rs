//! A feature's values: each distinct one is stored once, to the last bit as the file had it.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{Bytes, IntColumn};
use crate::invalid::Invalid;

/// One `f64` a row, from a sorted dictionary of the distinct ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumericColumn {
    #[serde(with = "byte_planes")]
    values: Vec<f64>,
    codes: IntColumn,
}

/// Numbers as the lowest byte of each, then the next of each, and so on up to the eighth: sorted ones are alike in their
/// high bytes, which compresses.
mod byte_planes {
    use super::*;

    const WIDTH: usize = size_of::<f64>();

    pub(super) fn serialize<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        let byte_planes = (0..WIDTH).flat_map(|place| values.iter().map(move |value| value.to_le_bytes()[place]));
        Bytes(&byte_planes.collect::<Vec<u8>>()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        let byte_planes = <&[u8]>::deserialize(deserializer)?;
        if byte_planes.len() % WIDTH != 0 {
            return Err(D::Error::custom("numbers end inside a number"));
        }
        let count = byte_planes.len() / WIDTH;
        let number = |at: usize| f64::from_le_bytes(std::array::from_fn(|place| byte_planes[place * count + at]));
        Ok((0..count).map(number).collect())
    }
}

impl NumericColumn {
    /// How much memory it takes, in bytes.
    pub fn memory(&self) -> usize {
        self.values.len() * size_of::<f64>() + self.codes.memory()
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The value of one row.
    ///
    /// # Panics
    ///
    /// If `row` is not below [`NumericColumn::len`].
    #[inline]
    pub fn get(&self, row: usize) -> f64 {
        self.values[self.codes.get(row) as usize]
    }

    /// The distinct values, ascending.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Which of the distinct values each row has.
    pub fn codes(&self) -> &IntColumn {
        &self.codes
    }

    /// The same values in another order: `rows` names each row once.
    ///
    /// # Panics
    ///
    /// If one is not below [`NumericColumn::len`].
    #[must_use]
    pub fn reordered(self, rows: &[u32]) -> Self {
        Self { codes: self.codes.of_rows(rows), values: self.values }
    }

    /// What filters rely on: the distinct values ascend.
    pub(crate) fn verify(&self) -> Result<(), Invalid> {
        match self.values.windows(2).find(|pair| pair[0].total_cmp(&pair[1]).is_ge()) {
            Some(pair) => Err(Invalid::Order { what: format!("value {}, behind {},", pair[1], pair[0]).into() }),
            None => Ok(()),
        }
    }

    /// Whether every code is of a finite value. `name` is the feature's.
    pub(crate) fn check(&self, name: &str) -> Result<(), Invalid> {
        Invalid::finite(format!("a value of {name}"), &self.values)?;
        Invalid::index(format!("a track has {name} value"), self.values.len(), self.codes.max())
    }
}

impl FromIterator<f64> for NumericColumn {
    fn from_iter<I: IntoIterator<Item = f64>>(rows: I) -> Self {
        let rows: Vec<f64> = rows.into_iter().collect();
        let mut values = rows.clone();
        // By total order, under which -0.0 and 0.0 differ: every bit comes back.
        values.sort_unstable_by(f64::total_cmp);
        values.dedup_by(|a, b| a.to_bits() == b.to_bits());
        // Mostly a small part of what was taken for all of them.
        values.shrink_to_fit();
        let codes: Vec<u32> =
            rows.iter().map(|row| values.partition_point(|value| value.total_cmp(row).is_lt()) as u32).collect();
        Self { codes: codes.into(), values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_comes_back() {
        let rows = [0.447_619_047_619_047_6, -0.0, 0.0, 1.01e-6, -60.0];
        let numbers: NumericColumn = rows.into_iter().collect();
        for (row, value) in rows.iter().enumerate() {
            assert_eq!(numbers.get(row).to_bits(), value.to_bits());
        }
    }
}

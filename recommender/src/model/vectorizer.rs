//! From features to vectors.

use crate::{
    artifact::{Error, Section},
    column::NumericColumn,
    features::Scaler,
    invalid::Invalid,
    search::Nodes,
    vector::{LANES, Vector, Vectors},
};

/// Makes the vectors of tracks from their features.
pub struct Vectorizer<'a> {
    features: Vec<&'a NumericColumn>,
    /// Each column's distinct values, scaled once.
    scaled: Vec<Vec<f64>>,
}

impl<'a> Vectorizer<'a> {
    /// Scales the distinct values of the columns.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] where the scaler or a column is wrong, or columns differ in length.
    pub fn new(scaler: &Scaler, features: Vec<&'a NumericColumn>) -> Result<Self, Error> {
        scaler.check().map_err(Error::invalid(Section::Scaler))?;
        let tracks = features.first().map_or(0, |column| column.len());
        Invalid::count("columns of features", scaler.len(), features.len()).map_err(Error::invalid(Section::Scaler))?;
        for (number, (name, column)) in scaler.features.iter().zip(&features).enumerate() {
            let checked = Invalid::count(format!("rows of column {name}"), tracks, column.len());
            checked.and_then(|()| column.check(name)).map_err(Error::invalid(Section::Feature(number)))?;
        }
        let scaled = features
            .iter()
            .enumerate()
            .map(|(feature, column)| column.values().iter().map(|value| scaler.scale_one(feature, *value)).collect())
            .collect();
        Ok(Self { features, scaled })
    }

    fn tracks(&self) -> usize {
        self.features.first().map_or(0, |column| column.len())
    }

    /// The vectors of some tracks, in their order.
    ///
    /// # Panics
    ///
    /// If one is not of the columns' rows.
    pub fn of(&self, tracks: &[u32]) -> Vectors {
        let mut vectors = Vectors::with_capacity(self.features.len(), tracks.len());
        let mut scaled = [0.0; LANES];
        for track in tracks {
            for ((lane, column), values) in scaled.iter_mut().zip(&self.features).zip(&self.scaled) {
                *lane = values[column.codes().get(*track as usize) as usize];
            }
            vectors.push(&Vector::unit(&scaled[..self.features.len()]));
        }
        vectors
    }

    /// Calls `each` with the vector of every track.
    fn each(&self, mut each: impl FnMut(&Vector)) {
        // Some rows of all columns at a time: they stay in the processor's cache.
        let mut block = [[0.0; LANES]; 256];
        for start in (0..self.tracks()).step_by(block.len()) {
            let rows = start..self.tracks().min(start + block.len());
            for (lane, (column, scaled)) in self.features.iter().zip(&self.scaled).enumerate() {
                column.codes().each(rows.clone(), |at, code| block[at][lane] = scaled[code as usize]);
            }
            block[..rows.len()].iter().for_each(|track| each(&Vector::unit(&track[..self.features.len()])));
        }
    }
}

/// The vectors of all tracks, those of equal tracks that stand side by side together.
///
/// # Errors
///
/// As [`Vectorizer::new`].
pub fn nodes(scaler: &Scaler, features: &[&NumericColumn]) -> Result<Nodes, Error> {
    let vectorizer = Vectorizer::new(scaler, features.to_vec())?;
    let mut nodes = Nodes::with_capacity(features.len(), vectorizer.tracks());
    vectorizer.each(|vector| nodes.push(vector));
    nodes.shrink_to_fit();
    Ok(nodes)
}

//! What answers look like in JSON.

use segue::{Model, Version, catalog};
use serde::{Serialize, Serializer, ser::SerializeMap};

/// Which model answered.
#[derive(Debug, Serialize)]
pub struct ModelRef {
    /// SHA-256 of its artifact.
    pub version: Version,
    /// Tracks in its catalogue.
    pub tracks: usize,
}

impl ModelRef {
    /// Of a model.
    pub fn of(model: &Model) -> Self {
        Self { version: model.version(), tracks: model.catalog().len() }
    }
}

/// A cluster, by id and name.
#[derive(Debug, Serialize)]
pub struct ClusterRef<'a> {
    /// 0 to k - 1.
    pub id: usize,
    /// A name that a person understands.
    pub name: &'a str,
}

/// A track with its cluster and features.
#[derive(Debug, Serialize)]
pub struct Track<'a> {
    #[serde(flatten)]
    track: catalog::Track<'a>,
    cluster: ClusterRef<'a>,
    features: Features<'a>,
}

impl<'a> Track<'a> {
    /// Of a row of the catalogue.
    pub fn of(model: &'a Model, row: u32) -> Self {
        let id = model.cluster_of(row);
        Self {
            track: model.catalog().track(row),
            cluster: ClusterRef { id, name: &model.clusters()[id].name },
            features: Features { names: &model.scaler().features, values: model.catalog().raw(row) },
        }
    }
}

/// Features by name, in the model's order, in the file's own units.
#[derive(Debug)]
pub struct Features<'a> {
    /// Their names.
    pub names: &'a [String],
    /// Their values, in the same order.
    pub values: Vec<f64>,
}

impl Serialize for Features<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.names.len()))?;
        for (name, value) in self.names.iter().zip(&self.values) {
            // As the file had them: 68 is not 68.0.
            if value.fract() == 0.0 && value.abs() < 1e15 {
                map.serialize_entry(name, &(*value as i64))?;
            } else {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

/// A similarity with six decimals: more than `f32` vectors can tell apart would be noise.
pub fn rounded(similarity: f32) -> f64 {
    (f64::from(similarity) * 1e6).round() / 1e6
}

//! What answers look like in JSON.

use recommender::{Model, Version, catalog};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Number;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Type, schema::Schema},
};

/// Which model answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelRef {
    /// SHA-256 of its artifact.
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
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
#[derive(Debug, Serialize, ToSchema)]
pub struct ClusterRef<'a> {
    /// 0 to k - 1.
    pub id: usize,
    /// A name that a person understands.
    pub name: &'a str,
}

impl<'a> ClusterRef<'a> {
    /// Of a cluster of a model.
    pub fn of(model: &'a Model, id: usize) -> Self {
        Self { id, name: bounded(&model.clusters()[id].name) }
    }
}

/// How probable a cluster is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Posterior<'a> {
    #[serde(flatten)]
    cluster: ClusterRef<'a>,
    /// 0 to 1; those of all clusters add up to 1.
    #[schema(minimum = 0, maximum = 1)]
    probability: f64,
}

impl<'a> Posterior<'a> {
    /// Of every cluster of a model.
    pub fn all(model: &'a Model, posteriors: &[f64]) -> Vec<Self> {
        let of =
            |(id, probability): (usize, &f64)| Self { cluster: ClusterRef::of(model, id), probability: *probability };
        posteriors.iter().enumerate().map(of).collect()
    }
}

/// A track with its cluster and features.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlacedTrack)]
pub struct Track<'a> {
    #[serde(flatten)]
    track: catalog::Track<'a>,
    /// The cluster that it belongs to.
    cluster: ClusterRef<'a>,
    /// How popular it is, where that is a feature of the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    popularity: Option<Number>,
    /// The track at Spotify, where its id is one of Spotify's form: 22 base62 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^https://open\\.spotify\\.com/track/[0-9A-Za-z]{22}$")]
    url: Option<String>,
    features: Features<'a>,
}

impl<'a> Track<'a> {
    /// Of a row of the catalogue.
    pub fn of(model: &'a Model, row: u32) -> Self {
        let (track, values) = (bounded_track(model.catalog().track(row)), model.catalog().raw(row));
        Self {
            url: spotify_url(&track.id),
            track,
            cluster: ClusterRef::of(model, model.cluster_of(row)),
            popularity: model.popularity().and_then(|feature| number(values[feature])),
            features: Features { names: &model.scaler().features, values },
        }
    }
}

/// Length of Spotify's ids, which are base62 digits.
const SPOTIFY_ID_LENGTH: usize = 22;

/// Where Spotify has the track of an id, if the id is of Spotify's form.
fn spotify_url(id: &str) -> Option<String> {
    let is_spotifys = id.len() == SPOTIFY_ID_LENGTH && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_spotifys.then(|| ["https://open.spotify.com/track/", id].concat())
}

/// What a text of a track takes in an answer at most, in bytes of JSON. An answer has 200 tracks with five texts and the name
/// of a cluster each, and is to stay below 5 MB.
const MAX_TEXT_BYTES: usize = 3 << 10;

/// The text, or as much of its beginning as an answer takes.
pub fn bounded(text: &str) -> &str {
    bounded_to(text, MAX_TEXT_BYTES)
}

/// The text, or as much of its beginning as `most` bytes of JSON have.
pub fn bounded_to(text: &str, most: usize) -> &str {
    // The longest escape, `\u0000`, is of one byte.
    if text.len() <= most / 6 {
        return text;
    }
    let mut left = most;
    for (place, c) in text.char_indices() {
        let bytes = match c {
            '"' | '\\' => 2,
            '\0'..'\u{20}' => 6,
            c => c.len_utf8(),
        };
        match left.checked_sub(bytes) {
            Some(rest) => left = rest,
            None => return &text[..place],
        }
    }
    text
}

fn bounded_track(track: catalog::Track<'_>) -> catalog::Track<'_> {
    catalog::Track {
        id: track.id.map(bounded),
        song: bounded(track.song),
        artist: bounded(track.artist),
        album: track.album.map(bounded),
        genre: track.genre.map(bounded),
        ..track
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

/// What [`Features`] look like where no model says which there are; `openapi.rs` fills in the model's.
impl PartialSchema for Features<'_> {
    fn schema() -> RefOr<Schema> {
        let value = ObjectBuilder::new().schema_type(Type::Number);
        let description = "Features by name, in the units of the file that the model was made from";
        ObjectBuilder::new().description(Some(description)).additional_properties(Some(value)).into()
    }
}

impl ToSchema for Features<'_> {}

impl Serialize for Features<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.names.len()))?;
        for (name, value) in self.names.iter().zip(&self.values) {
            map.serialize_entry(name, &number(*value))?;
        }
        map.end()
    }
}

/// A value as the file had it: 68 is not 68.0. Nothing where it is not finite, which no catalogue's is.
pub fn number(value: f64) -> Option<Number> {
    if value.fract() == 0.0 && value.abs() < 1e15 { Some((value as i64).into()) } else { Number::from_f64(value) }
}

/// The schema of some features and attributes by name; `openapi.rs` fills in the model's.
#[derive(Debug)]
pub struct SomeFeatures;

impl PartialSchema for SomeFeatures {
    fn schema() -> RefOr<Schema> {
        let value = ObjectBuilder::new().schema_type(Type::Number);
        let description = "Some of the model's features and attributes by name, in the units of the file that the model was made from";
        ObjectBuilder::new().description(Some(description)).additional_properties(Some(value)).into()
    }
}

impl ToSchema for SomeFeatures {}

/// A similarity with six decimals: more than `f32` vectors can tell apart would be noise.
pub fn rounded(similarity: f32) -> f64 {
    (f64::from(similarity) * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_no_more_of_an_answer_than_its_part() {
        for short in ["", "Déjà Vu", &"\u{1}".repeat(512), &"x".repeat(MAX_TEXT_BYTES), &"歌".repeat(1_024)] {
            assert_eq!(bounded(short), short);
        }
        for c in ["x", "é", "歌", "🎵", "\u{1}", "\"", "\\", "\n", "\u{7f}"] {
            let text = c.repeat(100_000);
            let json = serde_json::to_string(bounded(&text)).expect("JSON");
            assert!(json.len() <= MAX_TEXT_BYTES + 2, "{c:?}: {}", json.len());
            assert!(bounded(&text).len() >= MAX_TEXT_BYTES / 6, "{c:?}");
        }
    }
}

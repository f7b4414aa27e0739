//! What counts beside the audio: `balanced`, or a weight for each affinity.

use std::fmt;

use recommender::{
    affinity::{AffinityKind, AffinityWeights, MAX_AFFINITY_WEIGHT},
    recommend::Affinity,
};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};
use utoipa::{
    PartialSchema,
    openapi::{
        Type,
        schema::{Object, ObjectBuilder, OneOfBuilder, Schema},
    },
};

use crate::{
    parameters::{Decimal, Kind, MAX_VALUE_CHARS, Text},
    problem::Problem,
};

/// The preset.
const BALANCED: &str = "balanced";
const ALLOWED: &str = "balanced, or weights from 0 to 10 such as artist:0.5,year:0.3,genre:0.2,playlists:0.6";
const WEIGHT: Decimal = Decimal(0.0..=MAX_AFFINITY_WEIGHT);

/// In a query `balanced` or `artist:0.5,year:0.3`, in a body `"balanced"` or an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct AffinityParameter;

/// What counts beside the audio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct AffinityValue(pub(super) Affinity);

impl Kind for AffinityParameter {
    type Value = AffinityValue;

    fn parse(&self, name: &str, text: &str) -> Result<AffinityValue, Problem> {
        if text == BALANCED {
            return Ok(AffinityValue(Affinity::Balanced));
        }
        let text = Text::at_most(MAX_VALUE_CHARS).parse(name, text)?;
        let refused = |detail: String| Problem::parameter(name, ALLOWED, detail);
        let mut weights = AffinityWeights::default();
        for part in text.split(',') {
            let Some((affinity, weight)) = part.split_once(':') else {
                return Err(refused(format!("{name} has {part:?}: expected {ALLOWED}")));
            };
            let (affinity, weight) = (affinity.trim(), weight.trim());
            let Some(kind) = AffinityKind::ALL.into_iter().find(|kind| kind.name() == affinity) else {
                let names = AffinityKind::ALL.map(AffinityKind::name).join(", ");
                return Err(refused(format!("{name} has {affinity:?}: expected one of {names}, or {BALANCED} alone")));
            };
            if weights.get(kind).is_some() {
                return Err(refused(format!("{name} has {affinity} more than once")));
            }
            let weight = WEIGHT.parse(&format!("the weight of {affinity}"), weight);
            weights = weights.with(kind, Some(weight.map_err(|problem| refused(problem.detail().to_owned()))?));
        }
        Ok(AffinityValue(Affinity::Weights(weights)))
    }

    fn check(&self, name: &str, value: &AffinityValue) -> Result<(), Problem> {
        let AffinityValue(Affinity::Weights(weights)) = value else { return Ok(()) };
        weights.iter().try_for_each(|(kind, weight)| WEIGHT.check(&format!("{name}.{}", kind.name()), &weight))
    }

    fn schema(&self) -> Object {
        let names = AffinityKind::ALL.map(AffinityKind::name).join("|");
        let one = format!(r"({names}):(10|[0-9](\.[0-9]+)?)");
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(MAX_VALUE_CHARS))
            .pattern(Some(format!("^({BALANCED}|{one}(,{one})*)$")))
            .examples([BALANCED, "artist:0.5,year:0.3"])
            .build()
    }

    fn member_schema(&self) -> Schema {
        let preset = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([BALANCED]));
        OneOfBuilder::new().item(preset).item(AffinityWeights::schema()).build().into()
    }
}

impl<'de> Deserialize<'de> for AffinityValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PresetOrWeights)
    }
}

struct PresetOrWeights;

impl<'de> Visitor<'de> for PresetOrWeights {
    type Value = AffinityValue;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("\"balanced\" or an object with weights")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<AffinityValue, E> {
        if text == BALANCED {
            return Ok(AffinityValue(Affinity::Balanced));
        }
        Err(E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AffinityValue, A::Error> {
        AffinityWeights::deserialize(MapAccessDeserializer::new(map))
            .map(|weights| AffinityValue(Affinity::Weights(weights)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(text: &str) -> AffinityWeights {
        match AffinityParameter.parse("affinity", text).expect(text) {
            AffinityValue(Affinity::Weights(weights)) => weights,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_query_and_a_body_say_the_same() {
        let both = weights("artist:0.5, playlists:2");
        assert_eq!((both.artist, both.year, both.genre, both.playlists), (Some(0.5), None, None, Some(2.0)));
        let body: AffinityValue = serde_json::from_str(r#"{"playlists":2,"artist":0.5}"#).expect("weights");
        assert_eq!(body, AffinityValue(Affinity::Weights(both)));
        let balanced = AffinityParameter.parse("affinity", "balanced").expect("the preset");
        assert_eq!(serde_json::from_str::<AffinityValue>(r#""balanced""#).expect("the preset"), balanced);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "balance", "artist", "artist:", "artist:x", "artist:-1", "artist:11", "artist:NaN", "mood:1"] {
            assert!(AffinityParameter.parse("affinity", text).is_err(), "{text:?}");
        }
        for text in ["artist:1,artist:1", "balanced,artist:1", "artist:1,", "Artist:1"] {
            assert!(AffinityParameter.parse("affinity", text).is_err(), "{text:?}");
        }
        for body in
            [r#""Balanced""#, "1", "[]", "true", r#"{"mood":1}"#, r#"{"artist":"1"}"#, r#"{"artist":1,"artist":1}"#]
        {
            assert!(serde_json::from_str::<AffinityValue>(body).is_err(), "{body}");
        }
        for body in [r#"{"artist":10.5}"#, r#"{"year":-0.1}"#] {
            let value: AffinityValue = serde_json::from_str(body).expect(body);
            assert!(AffinityParameter.check("affinity", &value).is_err(), "{body}");
        }
    }
}

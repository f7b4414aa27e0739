//! Features as a body has them: by name, each once, each a number.

use std::fmt;

use recommender::{Model, catalog::attributes::Attribute};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, DeserializeSeed, MapAccess, Visitor},
};

use crate::{parameters::Decimal, problem::Problem};

/// A feature's value: none of any track is farther from 0.
pub(super) const FEATURE_VALUE: Decimal = Decimal::up_to(1e12);
/// The most values of one object: every feature that a model may have, and every attribute.
const MAX_VALUES: usize = recommender::features::MAX_FEATURES + Attribute::ALL.len();
/// The longest feature name that is quoted in a problem, in characters.
const MAX_QUOTED_CHARS: usize = 64;

/// Features as they come: each once, each a number.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct FeatureValues(Vec<(String, f64)>);

impl<'de> Deserialize<'de> for FeatureValues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = FeatureValues;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("an object of features by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FeatureValues, A::Error> {
                let mut features: Vec<(String, f64)> = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    // The error is the value's, so that it has the feature's name.
                    let fresh = features.iter().all(|(other, _)| *other != name);
                    let Value(value) = map.next_value_seed(Once { fresh })?;
                    if features.len() >= MAX_VALUES {
                        let most = MAX_VALUES;
                        return Err(de::Error::custom(format_args!("expected at most {most} of them")));
                    }
                    features.push((name, value));
                }
                Ok(FeatureValues(features))
            }
        }
        deserializer.deserialize_map(Map)
    }
}

/// One feature's value.
struct Value(f64);

/// A value whose name has not come before, if `fresh`.
struct Once {
    fresh: bool,
}

impl<'de> DeserializeSeed<'de> for Once {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.fresh { Value::deserialize(deserializer) } else { Err(de::Error::custom("expected the feature once")) }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Value;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str(&FEATURE_VALUE.allowed())
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
                if FEATURE_VALUE.contains(value) {
                    Ok(Value(value))
                } else {
                    Err(E::invalid_value(de::Unexpected::Float(value), &self))
                }
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
                self.visit_f64(value as f64)
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
                self.visit_f64(value as f64)
            }
        }
        deserializer.deserialize_any(Number)
    }
}

impl FeatureValues {
    /// From a query, whose parameters are known by name and are there once.
    pub(super) fn new(features: Vec<(String, f64)>) -> Self {
        Self(features)
    }

    /// The value of one feature.
    pub(super) fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| *value)
    }

    /// The features and their values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }

    /// In the model's order. `place` is where in the body they are.
    pub(super) fn ordered(&self, model: &Model, place: &str) -> Result<Vec<f64>, Problem> {
        let known = &model.scaler().features;
        if let Some((name, _)) = self.0.iter().find(|(name, _)| !known.contains(name)) {
            let name: String = name.chars().take(MAX_QUOTED_CHARS).collect();
            let detail = format!("the model has no feature {name:?}; it has {}", known.join(", "));
            return Err(Problem::parameter(&format!("{place}.{name}"), &known.join(", "), detail));
        }
        known
            .iter()
            .map(|name| {
                self.get(name).ok_or_else(|| {
                    let detail = format!("{place}.{name} is missing: the model has {}", known.join(", "));
                    Problem::parameter(&format!("{place}.{name}"), "a number", detail)
                })
            })
            .collect()
    }
}

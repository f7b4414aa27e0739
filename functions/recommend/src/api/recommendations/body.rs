//! The body of `POST /v1/recommendations`.

use std::{fmt, sync::LazyLock};

use recommender::recommend::MAX_SEEDS;
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, MapAccess, Visitor},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, RefBuilder, Schema},
    },
};

use super::{options::Options, request::RecommendationRequest, seed::SeedRequest};
use crate::{
    http::json::Object,
    parameters::{Description, Parameters},
    view::SomeFeatures,
};

/// Every member that there is.
static MEMBERS: LazyLock<Vec<&str>> =
    LazyLock::new(|| ["seeds", "negative_seeds", "min", "max", "target"].into_iter().chain(Options::names()).collect());

impl<'de> Deserialize<'de> for RecommendationRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = RecommendationRequest;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object with seeds")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RecommendationRequest, A::Error> {
        let mut request = RecommendationRequest::default();
        let mut seen = Vec::new();
        while let Some(name) = map.next_key_seed(FreshMember { seen: &seen })? {
            match name {
                "seeds" => request.seeds = seeds(map.next_value()?),
                "negative_seeds" => request.negative_seeds = seeds(map.next_value()?),
                "min" => request.min = map.next_value()?,
                "max" => request.max = map.next_value()?,
                "target" => request.target = map.next_value()?,
                _ => request.options.read_member(name, &mut map)?,
            }
            seen.push(name);
        }
        if seen.contains(&"seeds") { Ok(request) } else { Err(de::Error::missing_field("seeds")) }
    }
}

fn seeds(objects: Vec<Object<SeedRequest>>) -> Vec<SeedRequest> {
    objects.into_iter().map(|Object(seed)| seed).collect()
}

/// The name of a member that is known and has not been seen before.
struct FreshMember<'a> {
    seen: &'a [&'static str],
}

impl<'de> DeserializeSeed<'de> for FreshMember<'_> {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for FreshMember<'_> {
    type Value = &'static str;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("the name of a member")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<&'static str, E> {
        let known = MEMBERS.iter().find(|member| **member == name);
        let known = known.ok_or_else(|| E::unknown_field(name, &MEMBERS))?;
        if self.seen.contains(known) { Err(E::duplicate_field(known)) } else { Ok(known) }
    }
}

impl PartialSchema for RecommendationRequest {
    fn schema() -> RefOr<Schema> {
        let seeds = |description: &str, least: Option<usize>| {
            let seed = Ref::from_schema_name(SeedRequest::name());
            ArrayBuilder::new()
                .description(Some(description))
                .items(seed)
                .min_items(least)
                .max_items(Some(MAX_SEEDS))
                .build()
        };
        let features = |description: &str| {
            let features = RefBuilder::new().ref_location_from_schema_name(SomeFeatures::name());
            features.description(Some(description)).build()
        };
        let object = ObjectBuilder::new()
            .description(Some("What should follow what"))
            .property("seeds", seeds("What to begin from. Songs are ranked by their mean similarity to them", Some(1)))
            .required("seeds")
            .property("negative_seeds", seeds("What to keep away from", None))
            .property("min", features("The least value of a feature or an attribute, in the catalogue's units"))
            .property("max", features("The largest value of a feature or an attribute, in the catalogue's units"))
            .property(
                "target",
                features("The value that a feature or an attribute should be near, in the catalogue's units"),
            );
        let options = Options::describe().into_iter().map(Description::into_member);
        options
            .fold(object, |object, (name, schema)| object.property(name, schema))
            .additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .into()
    }
}

impl ToSchema for RecommendationRequest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for (name, schema) in
            [(SeedRequest::name(), SeedRequest::schema()), (SomeFeatures::name(), SomeFeatures::schema())]
        {
            schemas.push((name.into_owned(), schema));
        }
        SeedRequest::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_is_described() {
        let schema = serde_json::to_value(RecommendationRequest::schema()).expect("JSON");
        let mut described: Vec<&str> =
            schema["properties"].as_object().expect("properties").keys().map(String::as_str).collect();
        let mut members = MEMBERS.clone();
        described.sort_unstable();
        members.sort_unstable();
        assert_eq!(described, members);
    }

    #[test]
    fn what_is_of_another_form_is_refused_by_what_was_expected() {
        for (body, error) in [
            (r#"{"seeds":[],"limits":1}"#, "unknown field `limits`"),
            (r#"{"seeds":[],"limit":1,"limit":1}"#, "duplicate field `limit`"),
            (r#"{"limit":1}"#, "missing field `seeds`"),
            (r#"{"seeds":[["an id",null,null,null]]}"#, "invalid type: sequence, expected an object"),
            (r#"{"seeds":[1]}"#, "invalid type: integer `1`, expected an object"),
        ] {
            let refused = serde_json::from_str::<RecommendationRequest>(body).expect_err("refused").to_string();
            assert!(refused.starts_with(error), "{refused}");
        }
    }
}

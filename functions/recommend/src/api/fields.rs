//! `fields=`: the members that tracks and seeds of an answer have, where not all are wanted.

use serde_json::Value;
use utoipa::openapi::{
    Type,
    schema::{ArrayBuilder, Object, ObjectBuilder, Schema},
};

use crate::{
    parameters::{Kind, List, Text},
    problem::Problem,
};

/// Names of members, in a query with commas between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields;

const LIST: List = List::separated_by(',', Text::at_most(MAX_NAME_CHARS)).at_most(NAMES.len());
const MAX_NAME_CHARS: usize = 32;

impl Kind for Fields {
    type Value = Vec<String>;

    fn parse(&self, name: &str, text: &str) -> Result<Vec<String>, Problem> {
        let fields = LIST.parse(name, text)?;
        self.check(name, &fields).map(|()| fields)
    }

    fn check(&self, name: &str, fields: &Vec<String>) -> Result<(), Problem> {
        LIST.check(name, fields)?;
        match fields.iter().find(|field| !NAMES.contains(&field.as_str())) {
            Some(unknown) => {
                let allowed = NAMES.join(", ");
                Err(Problem::parameter(name, &allowed, format!("{name} has {unknown:?}: expected some of {allowed}")))
            }
            None => Ok(()),
        }
    }

    fn schema(&self) -> Object {
        let one = NAMES.join("|");
        let most = NAMES.len() - 1;
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(1_024))
            .pattern(Some(format!("^({one})(,({one})){{0,{most}}}$")))
            .examples(["id,song,artist"])
            .build()
    }

    fn member_schema(&self) -> Schema {
        let one = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(NAMES));
        ArrayBuilder::new().items(one).max_items(Some(NAMES.len())).build().into()
    }
}

/// What may be named: the members of a track of any answer.
const NAMES: [&str; 18] = [
    "id",
    "song",
    "artist",
    "album",
    "genre",
    "year",
    "explicit",
    "key",
    "mode",
    "time_signature",
    "duration_ms",
    "cluster",
    "popularity",
    "url",
    "features",
    "similarity",
    "similarity_percentile",
    "explanation",
];

/// What tracks and seeds of answers are, by the names of their schemas.
const SCHEMAS: [&str; 7] =
    ["Track", "PlacedTrack", "Recommended", "ClassifiedSeed", "ArtistSeed", "GenreSeed", "Group"];

/// Says in the schemas of tracks and seeds that the members which may be left out are not required.
pub(super) fn describe(schemas: &mut Value) {
    for name in SCHEMAS {
        let Some(schema) = schemas.get_mut(name) else { continue };
        not_required(schema);
        schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten().for_each(not_required);
    }
    // Without these members, one kind of seed may look like another.
    if let Some(seed) = schemas.get_mut("SeedView").and_then(Value::as_object_mut)
        && let Some(kinds) = seed.remove("oneOf")
    {
        seed.insert("anyOf".into(), kinds);
    }
}

fn not_required(schema: &mut Value) {
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !NAMES.iter().any(|other| name == other));
    }
}

/// Leaves out the other members of the tracks and seeds of an answer.
pub(super) fn keep(answer: &mut Value, fields: &[String]) {
    for list in ["tracks", "seeds"] {
        let objects = answer.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
        for object in objects.filter_map(Value::as_object_mut) {
            object.retain(|member, _| !NAMES.contains(&member.as_str()) || fields.iter().any(|field| field == member));
        }
    }
}

//! `fields=`: the members that tracks and seeds of an answer have, where not all are wanted.

use serde_json::Value;

use crate::{
    parameters::{List, Text},
    problem::Problem,
};

/// The parameter.
pub(super) const FIELDS: List = List::separated_by(',', Text::at_most(64)).at_most(NAMES.len());

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

/// Whether all names are of members that tracks have.
pub(super) fn check(fields: &[String]) -> Result<(), Problem> {
    match fields.iter().find(|field| !NAMES.contains(&field.as_str())) {
        Some(unknown) => {
            let allowed = NAMES.join(", ");
            Err(Problem::parameter("fields", &allowed, format!("fields has {unknown:?}: expected some of {allowed}")))
        }
        None => Ok(()),
    }
}

/// Leaves out the other members of the tracks and seeds of an answer.
pub(super) fn keep(answer: &mut Value, fields: &[String]) {
    for list in ["tracks", "seeds"] {
        for object in answer[list].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            object.retain(|member, _| !NAMES.contains(&member.as_str()) || fields.iter().any(|field| field == member));
        }
    }
}

//! What a client may search for.

use serde_json::Value;
use utoipa::openapi::{
    Type,
    schema::{Object, ObjectBuilder},
};

use crate::{parameters::Kind, problem::Problem};

/// What a client may search for. A catalogue has tracks and artists; nothing is found of the others.
const NAMES: [&str; 7] = ["track", "artist", "album", "playlist", "show", "episode", "audiobook"];

/// Several of them, with commas between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kinds;

impl Kinds {
    fn expected() -> String {
        NAMES.join(", ")
    }
}

impl Kind for Kinds {
    type Value = Vec<String>;

    fn parse(&self, name: &str, text: &str) -> Result<Vec<String>, Problem> {
        let kinds = text.split(',').map(|kind| kind.trim().to_owned()).collect();
        self.check(name, &kinds).map(|()| kinds)
    }

    fn check(&self, name: &str, kinds: &Vec<String>) -> Result<(), Problem> {
        let Some(unknown) = kinds.iter().find(|kind| !NAMES.contains(&kind.as_str())) else { return Ok(()) };
        let unknown: String = unknown.chars().take(64).collect();
        let expected = Self::expected();
        Err(Problem::parameter(name, &expected, format!("{name} has {unknown:?}: expected {expected}")))
    }

    fn schema(&self) -> Object {
        let one = format!("({})", NAMES.join("|"));
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(crate::parameters::MAX_VALUE_CHARS))
            .pattern(Some(format!("^{one}(,{one})*$")))
            .examples([Value::from("track,artist")])
            .build()
    }
}

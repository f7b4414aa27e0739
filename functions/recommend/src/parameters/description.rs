//! What a parameter is, for OpenAPI.

use utoipa::openapi::{
    Required as IsRequired,
    path::{self, ParameterBuilder, ParameterIn},
    schema::{Object, Schema},
};

use super::{
    kind::{Kind, nullable},
    presence::Parameter,
};

/// What a parameter is.
#[derive(Clone)]
pub struct Description {
    name: &'static str,
    meaning: String,
    schema: Object,
    member_schema: Schema,
    is_required: bool,
}

impl Description {
    /// Of a parameter of this name and meaning.
    pub fn new<P: Parameter>(name: &'static str, meaning: &str, parameter: &P) -> Self {
        let (kind, default) = (parameter.kind(), parameter.default());
        let mut schema = kind.schema();
        schema.default = default.clone();
        let meaning = meaning.trim().to_owned();
        let mut member_schema = nullable(kind.member_schema());
        match &mut member_schema {
            Schema::Object(object) => (object.description, object.default) = (Some(meaning.clone()), default),
            Schema::Array(array) => (array.description, array.default) = (Some(meaning.clone()), default),
            Schema::OneOf(one_of) => (one_of.description, one_of.default) = (Some(meaning.clone()), default),
            _ => {}
        }
        Self { name, meaning, schema, member_schema, is_required: parameter.is_required() }
    }

    /// For OpenAPI, as a parameter of a URL.
    pub fn into_parameter(self, place: ParameterIn) -> path::Parameter {
        let required = if self.is_required { IsRequired::True } else { IsRequired::False };
        ParameterBuilder::new()
            .name(self.name)
            .parameter_in(place)
            .required(required)
            .description(Some(self.meaning))
            .schema(Some(self.schema))
            .build()
    }

    /// For OpenAPI, as a member of a body: its name and schema. `null` is as if it were absent.
    pub fn into_member(self) -> (&'static str, Schema) {
        (self.name, self.member_schema)
    }
}

//! Parameters, each described once: its name, its meaning, what it may hold, and what holds without it. The parser of
//! URLs, the members of bodies, the messages and the OpenAPI document follow from that.
//!
//! ```text
//! parameters! {
//!     /// What `GET /v1/map` takes.
//!     struct MapQuery in Query {
//!         /// How many points
//!         limit: usize = Or(Integer(1..=MAX_POINTS), DEFAULT_POINTS),
//!     }
//! }
//! ```
//!
//! A handler takes `Query<MapQuery>`, and its `utoipa::path` has `params(MapQuery)`.

mod kind;
mod presence;
mod values;

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use utoipa::openapi::{
    Required as IsRequired,
    path::{self, ParameterBuilder, ParameterIn},
    schema::{Object, Schema},
};

pub use self::{
    kind::{Choice, Decimal, Flag, Integer, Kind, List, Text},
    presence::{Optional, Or, Parameter, Required},
    values::{MAX_VALUE_CHARS, Values},
};
use crate::problem::Problem;

/// All parameters in the query or in the path of a route.
pub trait Parameters: Sized {
    /// Their names, in the order of their descriptions.
    fn names() -> Vec<&'static str>;

    /// What each is.
    fn describe() -> Vec<Description>;

    /// Reads them.
    ///
    /// # Errors
    ///
    /// 400 with the name of the first that is not as it should be.
    fn read(values: &Values) -> Result<Self, Problem>;
}

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
        let mut member_schema = kind::nullable(kind.member_schema());
        match &mut member_schema {
            Schema::Object(object) => (object.description, object.default) = (Some(meaning.clone()), default),
            Schema::Array(array) => (array.description, array.default) = (Some(meaning.clone()), default),
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

/// The parameters in the query of a request. Any other parameter is refused.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<S: Sync, T: Parameters> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        T::read(&Values::of_query(parts.uri.query(), &T::names())?).map(Self)
    }
}

/// The parameters in the path of a request.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: Parameters> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = RawPathParams::from_request_parts(parts, state).await;
        let path = path.map_err(|_| Problem::parameter("path", "UTF-8, percent-encoded", "the path cannot be read"))?;
        T::read(&Values::of_path(&path)).map(Self)
    }
}

/// Makes a struct of parameters, which implements [`Parameters`] and utoipa's `IntoParams`: a field for each, by its name,
/// with its meaning above it and a [`Parameter`] behind `=`. `in Query` or `in Path` says where they are.
macro_rules! parameters {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident in $place:ident {
            $( $(#[doc = $meaning:literal])+ $field_visibility:vis $field:ident: $value:ty = $parameter:expr, )*
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Debug)]
        $visibility struct $name {
            $( $(#[doc = $meaning])+ $field_visibility $field: $value, )*
        }

        impl $crate::parameters::Parameters for $name {
            fn names() -> Vec<&'static str> {
                vec![ $( stringify!($field) ),* ]
            }

            fn describe() -> Vec<$crate::parameters::Description> {
                vec![ $( $crate::parameters::Description::new(
                    stringify!($field),
                    concat!($( $meaning ),+),
                    &$parameter,
                ) ),* ]
            }

            #[allow(unused_variables, reason = "there may be no parameters")]
            fn read(
                values: &$crate::parameters::Values,
            ) -> Result<Self, $crate::problem::Problem> {
                Ok(Self {
                    $( $field: $crate::parameters::Parameter::read(&$parameter, stringify!($field), values)?, )*
                })
            }
        }

        impl utoipa::IntoParams for $name {
            fn into_params(
                _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
            ) -> Vec<utoipa::openapi::path::Parameter> {
                let place = utoipa::openapi::path::ParameterIn::$place;
                let describe = <Self as $crate::parameters::Parameters>::describe();
                describe.into_iter().map(|description| description.into_parameter(place.clone())).collect()
            }
        }
    };
}

/// As [`parameters!`] in a query, for parameters that may all be absent, and are members of a JSON body too.
macro_rules! members {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident {
            $( $(#[doc = $meaning:literal])+ $field_visibility:vis $field:ident: $value:ty = $parameter:expr, )*
        }
    ) => {
        $crate::parameters::parameters! {
            $(#[$attribute])*
            $visibility struct $name in Query {
                $( $(#[doc = $meaning])+ $field_visibility $field: $value = $parameter, )*
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $crate::parameters::Optional::value_or_absent(&$parameter, None), )* }
            }
        }

        impl $name {
            /// Reads the value of the member `name`, and says whether there is a member of this name.
            pub(crate) fn read_member<'de, A: serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                map: &mut A,
            ) -> Result<bool, A::Error> {
                $( if name == stringify!($field) {
                    self.$field = $crate::parameters::Optional::value_or_absent(&$parameter, map.next_value()?);
                    return Ok(true);
                } )*
                Ok(false)
            }

            /// Checks the members of a body, which [`Self::read_member`] has read by their types alone.
            pub(crate) fn check(&self) -> Result<(), $crate::problem::Problem> {
                $( $crate::parameters::Optional::check(&$parameter, stringify!($field), &self.$field)?; )*
                Ok(())
            }
        }
    };
}

pub(crate) use members;
pub(crate) use parameters;

parameters! {
    /// For a route whose URL takes no parameters.
    pub struct NoParameters in Query {}
}

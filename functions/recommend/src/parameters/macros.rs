//! The macros that make a struct of described parameters.

/// Makes a struct of parameters, which implements `Parameters` and utoipa's `IntoParams`: a field for each, by its name,
/// with its meaning above it and a `Parameter` behind `=`. `in Query` or `in Path` says where they are.
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
            /// Reads the value of the member `name` by its type alone. It fails where there is no such member.
            pub(crate) fn read_member<'de, A: serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                map: &mut A,
            ) -> Result<(), A::Error> {
                $( if name == stringify!($field) {
                    self.$field = $crate::parameters::Optional::value_or_absent(&$parameter, map.next_value()?);
                    return Ok(());
                } )*
                Err(serde::de::Error::unknown_field(name, &[]))
            }

            /// Checks what [`Self::read_member`] has read.
            pub(crate) fn check(&self) -> Result<(), $crate::problem::Problem> {
                $( $crate::parameters::Optional::check(&$parameter, stringify!($field), &self.$field)?; )*
                Ok(())
            }
        }
    };
}

pub(crate) use members;
pub(crate) use parameters;

//! Whether a parameter must be there, and what holds where it is not.

use serde::Serialize;
use serde_json::Value;

use super::{
    kind::{Kind, Text},
    values::Values,
};
use crate::problem::Problem;

/// What a parameter may hold, and what holds where it is absent. A [`Kind`] on its own is a parameter that may be absent.
pub trait Parameter {
    /// What it may hold.
    type Kind: Kind;
    /// What a handler gets.
    type Value;

    /// What it may hold.
    fn kind(&self) -> &Self::Kind;

    /// What a handler gets of what was given, if it was.
    ///
    /// # Errors
    ///
    /// 400 where it must be given and is not.
    fn value(&self, name: &str, given: Option<<Self::Kind as Kind>::Value>) -> Result<Self::Value, Problem>;

    /// What holds where it is absent, for OpenAPI.
    fn default(&self) -> Option<Value> {
        None
    }

    /// Whether it must be given.
    fn is_required(&self) -> bool {
        false
    }

    /// Reads it from a URL.
    ///
    /// # Errors
    ///
    /// 400 for what is not allowed, and where it must be given and is not.
    fn read(&self, name: &str, values: &Values) -> Result<Self::Value, Problem> {
        let given = values.get(name).map(|text| self.kind().parse(name, text)).transpose()?;
        self.value(name, given)
    }
}

/// A parameter that may be absent.
pub trait Optional: Parameter {
    /// What a handler gets of what was given, if it was.
    fn value_or_absent(&self, given: Option<<Self::Kind as Kind>::Value>) -> Self::Value;

    /// Checks what was given in a body.
    ///
    /// # Errors
    ///
    /// 400 for what is not allowed.
    fn check(&self, name: &str, value: &Self::Value) -> Result<(), Problem>;
}

impl<K: Kind> Parameter for K {
    type Kind = K;
    type Value = Option<K::Value>;

    fn kind(&self) -> &K {
        self
    }

    fn value(&self, _: &str, given: Option<K::Value>) -> Result<Option<K::Value>, Problem> {
        Ok(given)
    }
}

impl<K: Kind> Optional for K {
    fn value_or_absent(&self, given: Option<K::Value>) -> Option<K::Value> {
        given
    }

    fn check(&self, name: &str, value: &Option<K::Value>) -> Result<(), Problem> {
        value.iter().try_for_each(|value| Kind::check(self, name, value))
    }
}

/// A parameter that has a value where it is absent.
#[derive(Clone, Debug)]
pub struct Or<K: Kind>(pub K, pub K::Value);

impl<K: Kind> Parameter for Or<K>
where
    K::Value: Clone + Serialize,
{
    type Kind = K;
    type Value = K::Value;

    fn kind(&self) -> &K {
        &self.0
    }

    fn value(&self, _: &str, given: Option<K::Value>) -> Result<K::Value, Problem> {
        Ok(self.value_or_absent(given))
    }

    fn default(&self) -> Option<Value> {
        serde_json::to_value(&self.1).ok()
    }
}

impl<K: Kind> Optional for Or<K>
where
    K::Value: Clone + Serialize,
{
    fn value_or_absent(&self, given: Option<K::Value>) -> K::Value {
        given.unwrap_or_else(|| self.1.clone())
    }

    fn check(&self, name: &str, value: &K::Value) -> Result<(), Problem> {
        self.0.check(name, value)
    }
}

/// A text that must be given, and what to say where it is not.
#[derive(Clone, Copy, Debug)]
pub struct Required(pub Text, pub &'static str);

impl Parameter for Required {
    type Kind = Text;
    type Value = String;

    fn kind(&self) -> &Text {
        &self.0
    }

    fn value(&self, name: &str, given: Option<String>) -> Result<String, Problem> {
        given.ok_or_else(|| self.0.missing(name, self.1))
    }

    fn is_required(&self) -> bool {
        true
    }
}

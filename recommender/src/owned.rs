//! Strings that a structure owns, decoded from borrowed ones: no length can ask for more memory than there are bytes.

use serde::{Deserialize, Deserializer};

/// A string.
pub(crate) fn string<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    <&str>::deserialize(deserializer).map(str::to_owned)
}

/// Several.
pub(crate) fn strings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let borrowed = Vec::<&str>::deserialize(deserializer)?;
    Ok(borrowed.into_iter().map(str::to_owned).collect())
}

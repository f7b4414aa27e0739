//! What a URL says: each parameter known by name, none twice, none unknown.

use std::borrow::Cow;

use axum::extract::RawPathParams;

use crate::problem::Problem;

/// The longest text that a parameter may have, in characters after decoding.
pub const MAX_VALUE_CHARS: usize = 1_024;
/// The longest list, in characters: nearly as much as a URL may have, beside which there is room for its name.
pub(super) const MAX_LIST_CHARS: usize = 16_000;
/// How much of an unknown name is repeated, in characters.
const MAX_QUOTED_CHARS: usize = 64;

/// The parameters of one URL by name, decoded.
#[derive(Clone, Debug)]
pub struct Values(Vec<(String, String)>);

/// Why a query is refused.
#[derive(Debug)]
pub(super) enum Refused {
    /// There is no parameter of this name, of which the first characters are here.
    Unknown(String),
    /// What else is wrong.
    Other(Problem),
}

impl Values {
    /// Parses a query string. `known` are the names that the route has.
    ///
    /// # Errors
    ///
    /// A name that is not known, or 400 for one that is there twice, or a value that is too long.
    pub(super) fn of_query(query: Option<&str>, known: &[&str]) -> Result<Self, Refused> {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        match pairs.clone().find(|(name, _)| !known.contains(&name.as_ref())) {
            Some((name, _)) => Err(Refused::Unknown(name.chars().take(MAX_QUOTED_CHARS).collect())),
            None => Self::of_pairs(pairs).map_err(Refused::Other),
        }
    }

    /// Parses a query string of which only the names that are known count.
    ///
    /// # Errors
    ///
    /// 400 for a name that is there twice, or a value that is too long.
    pub fn of_known(query: Option<&str>, known: &[&str]) -> Result<Self, Problem> {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self::of_pairs(pairs.filter(|(name, _)| known.contains(&name.as_ref())))
    }

    fn of_pairs<'a>(pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Result<Self, Problem> {
        let mut values: Vec<(String, String)> = Vec::new();
        for (name, value) in pairs {
            if values.iter().any(|(other, _)| *other == name) {
                return Err(Problem::parameter(&name, "once", format!("{name} is there more than once")));
            }
            let characters = value.chars().count();
            if characters > MAX_LIST_CHARS {
                let detail =
                    format!("{name} has {characters} characters: expected at most {MAX_LIST_CHARS} characters");
                return Err(Problem::parameter(&name, &format!("at most {MAX_LIST_CHARS} characters"), detail));
            }
            values.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(values))
    }

    /// The parameters in a path, as the router has found them.
    pub fn of_path(path: &RawPathParams) -> Self {
        Self(path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// A parameter's text, if it is there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 2] = ["limit", "song"];

    #[test]
    fn unknown_and_repeated_parameters_are_refused() {
        assert!(Values::of_query(Some("limit=1&limits=2"), &KNOWN).is_err());
        assert!(Values::of_query(Some("limit=1&limit=1"), &KNOWN).is_err());
        assert!(Values::of_query(Some(&format!("song={}", "x".repeat(17_000))), &KNOWN).is_err());
    }

    #[test]
    fn unknown_parameters_are_ignored_where_they_may_be() {
        let values = Values::of_known(Some("limit=5&fields=a&limits=2"), &KNOWN).expect("parses");
        assert_eq!((values.get("limit"), values.get("fields")), (Some("5"), None));
        assert!(Values::of_known(Some("limit=1&limit=1"), &KNOWN).is_err());
    }

    #[test]
    fn values_are_decoded() {
        let values = Values::of_query(Some("song=Andante%2C+Andante&limit=%31"), &KNOWN).expect("parses");
        assert_eq!((values.get("song"), values.get("limit")), (Some("Andante, Andante"), Some("1")));
    }
}

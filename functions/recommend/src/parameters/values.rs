//! What a URL says: each parameter known by name, none twice, none unknown.

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
        let mut values = Self(Vec::new());
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if !known.contains(&name.as_ref()) {
                return Err(Refused::Unknown(name.chars().take(MAX_QUOTED_CHARS).collect()));
            }
            values.add(&name, &value).map_err(Refused::Other)?;
        }
        Ok(values)
    }

    /// Parses a query string of which only the names that are `known` count.
    ///
    /// # Errors
    ///
    /// 400 for a known name that is there twice, or a value that is too long.
    pub fn known_of_query(query: Option<&str>, known: &[&str]) -> Result<Self, Problem> {
        let mut values = Self(Vec::new());
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if known.contains(&name.as_ref()) {
                values.add(&name, &value)?;
            }
        }
        Ok(values)
    }

    fn add(&mut self, name: &str, value: &str) -> Result<(), Problem> {
        if self.get(name).is_some() {
            return Err(Problem::parameter(name, "once", format!("{name} is there more than once")));
        }
        let characters = value.chars().count();
        if characters > MAX_LIST_CHARS {
            let detail = format!("{name} is {characters} characters long, at most {MAX_LIST_CHARS} are allowed");
            return Err(Problem::parameter(name, &format!("at most {MAX_LIST_CHARS} characters"), detail));
        }
        self.0.push((name.to_owned(), value.to_owned()));
        Ok(())
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
    fn what_is_not_known_can_be_ignored() {
        let values = Values::known_of_query(Some("limit=5&fields=a&fields=b&song="), &KNOWN).expect("parses");
        assert_eq!((values.get("song"), values.get("limit"), values.get("fields")), (Some(""), Some("5"), None));
        assert!(Values::known_of_query(Some("limit=1&limit=1"), &KNOWN).is_err());
        assert!(Values::known_of_query(Some(&format!("song={}", "x".repeat(17_000))), &KNOWN).is_err());
    }

    #[test]
    fn values_are_decoded() {
        let values = Values::of_query(Some("song=Andante%2C+Andante&limit=%31"), &KNOWN).expect("parses");
        assert_eq!((values.get("song"), values.get("limit")), (Some("Andante, Andante"), Some("1")));
    }
}

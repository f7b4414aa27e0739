//! Query parameters: each known by name, none twice, none unknown.

use crate::problem::Problem;

/// The longest value that a parameter may have, in characters after decoding.
pub const MAX_PARAM_CHARS: usize = 1_024;

/// The parameters of one request.
#[derive(Clone, Debug)]
pub struct Params {
    values: Vec<(String, String)>,
}

impl Params {
    /// Parses a query string. `known` are the names that the route has.
    ///
    /// # Errors
    ///
    /// 400 for a name that is not known, one that is there twice, or a value that is too long.
    pub fn parse(query: Option<&str>, known: &[&str]) -> Result<Self, Problem> {
        let mut values: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if !known.contains(&name.as_ref()) {
                let name: String = name.chars().take(64).collect();
                let known = known.join(", ");
                let (allowed, known) = if known.is_empty() {
                    ("none".to_owned(), "this route has no parameters".to_owned())
                } else {
                    (known.clone(), format!("this route has {known}"))
                };
                return Err(Problem::parameter(&name, &allowed, format!("there is no parameter {name:?}: {known}")));
            }
            if values.iter().any(|(other, _)| *other == name) {
                return Err(Problem::parameter(&name, "once", format!("{name} is there more than once")));
            }
            let characters = value.chars().count();
            if characters > MAX_PARAM_CHARS {
                let detail = format!("{name} is {characters} characters long, at most {MAX_PARAM_CHARS} are allowed");
                return Err(Problem::parameter(&name, &format!("at most {MAX_PARAM_CHARS} characters"), detail));
            }
            values.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self { values })
    }

    /// A parameter's text, if it is there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// A parameter's text, which must not be blank where it is there.
    ///
    /// # Errors
    ///
    /// 400 where it is blank.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Problem> {
        match self.get(name) {
            Some(value) if value.trim().is_empty() => {
                Err(Problem::parameter(name, "text that is not blank", format!("{name} is blank")))
            }
            value => Ok(value),
        }
    }

    /// A whole number within a range.
    ///
    /// # Errors
    ///
    /// 400 with the range for anything else.
    pub fn number(&self, name: &str, range: std::ops::RangeInclusive<usize>) -> Result<Option<usize>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        // Rust takes a plus sign too, which no client means: in a URL it stands for a space.
        match value.parse() {
            Ok(number) if !value.starts_with('+') && range.contains(&number) => Ok(Some(number)),
            _ => {
                let allowed = format!("{} to {}", range.start(), range.end());
                Err(Problem::parameter(
                    name,
                    &allowed,
                    format!("{name} is {value:?}: expected a whole number, {allowed}"),
                ))
            }
        }
    }

    /// A decimal number within a range, which `allowed` describes.
    ///
    /// # Errors
    ///
    /// 400 with the range for anything else, NaN and infinity among it.
    pub fn decimal(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<f64>,
        allowed: &str,
    ) -> Result<Option<f64>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match value.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(Problem::parameter(name, allowed, format!("{name} is {value:?}: expected {allowed}"))),
        }
    }

    /// One of several words.
    ///
    /// # Errors
    ///
    /// 400 with the words for anything else.
    pub fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match choices.iter().find(|(word, _)| *word == value) {
            Some((_, choice)) => Ok(Some(*choice)),
            None => {
                let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
                let allowed = words.join(", ");
                Err(Problem::parameter(name, &allowed, format!("{name} is {value:?}: expected one of {allowed}")))
            }
        }
    }

    /// `true` or `false`.
    ///
    /// # Errors
    ///
    /// 400 for anything else.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        self.choice(name, &[("true", true), ("false", false)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 2] = ["limit", "song"];

    #[test]
    fn unknown_and_repeated_parameters_are_refused() {
        assert!(Params::parse(Some("limit=1&limits=2"), &KNOWN).is_err());
        assert!(Params::parse(Some("limit=1&limit=1"), &KNOWN).is_err());
        assert!(Params::parse(Some(&format!("song={}", "x".repeat(2_000))), &KNOWN).is_err());
    }

    #[test]
    fn values_are_decoded() {
        let params = Params::parse(Some("song=Andante%2C+Andante&limit=%31"), &KNOWN).expect("parses");
        assert_eq!(params.text("song").expect("not blank"), Some("Andante, Andante"));
        assert_eq!(params.number("limit", 1..=5).expect("a number"), Some(1));
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        for value in ["0", "6", "-1", "%2B1", "1.5", "", "99999999999999999999"] {
            let params = Params::parse(Some(&format!("limit={value}")), &KNOWN).expect("parses");
            assert!(params.number("limit", 1..=5).is_err(), "{value}");
        }
    }
}

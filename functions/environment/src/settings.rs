//! Settings of programs, in environment variables. A wrong one is an error with its name and what is allowed.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

/// A setting that stops the start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A setting that must be there is not.
    #[error("{name} is not set: expected {expected}")]
    Missing {
        /// Its name.
        name: &'static str,
        /// What is allowed.
        expected: &'static str,
    },
    /// A setting has a value that is not allowed.
    #[error("{name} is {got:?}: expected {expected}")]
    Invalid {
        /// Its name.
        name: &'static str,
        /// What is allowed.
        expected: String,
        /// What came.
        got: String,
    },
}

/// Environment variables by name. One that is empty, or white space alone, is not set.
pub struct Environment<L>(L);

impl Environment<fn(&str) -> Option<String>> {
    /// The variables of this process.
    pub fn of_process() -> Self {
        Self(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }
}

impl<L: Fn(&str) -> Option<String>> Environment<L> {
    /// Variables from any source of names and values.
    pub fn new(lookup: L) -> Self {
        Self(lookup)
    }

    /// A variable's value, if it is set.
    pub fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.trim().is_empty())
    }

    /// A variable's value as what it stands for, if it is set.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] where it does not parse.
    pub fn parse<T: FromStr<Err: Display>>(&self, name: &'static str, expected: &str) -> Result<Option<T>, Error> {
        let parse = |got: String| match got.trim().parse::<T>() {
            Ok(value) => Ok(value),
            Err(error) => Err(Error::Invalid { name, expected: format!("{expected} ({error})"), got }),
        };
        self.get(name).map(parse).transpose()
    }

    /// As [`Environment::parse`], for a variable that must be set.
    ///
    /// # Errors
    ///
    /// As [`Environment::parse`], and [`Error::Missing`].
    pub fn require<T: FromStr<Err: Display>>(&self, name: &'static str, expected: &'static str) -> Result<T, Error> {
        self.parse(name, expected)?.ok_or(Error::Missing { name, expected })
    }

    /// A variable's value as a number of this unit, if it is set.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] where it is no whole number of the range.
    pub fn number(&self, name: &'static str, unit: &str, range: RangeInclusive<u64>) -> Result<Option<u64>, Error> {
        let parse = |got: String| match got.trim().parse::<u64>() {
            Ok(number) if range.contains(&number) => Ok(number),
            _ => {
                let expected = format!("{unit}, {} to {}", range.start(), range.end());
                Err(Error::Invalid { name, expected, got })
            }
        };
        self.get(name).map(parse).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(value: &str) -> Environment<impl Fn(&str) -> Option<String>> {
        Environment::new(move |name| (name == "IT").then(|| value.to_owned()))
    }

    #[test]
    fn a_variable_without_a_value_is_not_set() {
        for value in ["", "  ", "\n"] {
            let environment = environment(value);
            assert_eq!(environment.get("IT"), None);
            assert_eq!(environment.parse::<u8>("IT", "a byte"), Ok(None));
            assert_eq!(environment.number("IT", "bytes", 1..=8), Ok(None));
            let missing = environment.require::<u8>("IT", "a byte").expect_err("missing").to_string();
            assert_eq!(missing, "IT is not set: expected a byte");
        }
        assert_eq!(environment("7").get("ANOTHER"), None);
    }

    #[test]
    fn a_wrong_value_is_named_with_what_is_allowed() {
        assert_eq!(environment(" 7 ").require::<u8>("IT", "a byte"), Ok(7));
        let wrong = environment("700").require::<u8>("IT", "a byte").expect_err("too large").to_string();
        assert!(wrong.starts_with(r#"IT is "700": expected a byte (number too large"#), "{wrong}");
        assert_eq!(environment(" 8 ").number("IT", "bytes", 1..=8), Ok(Some(8)));
        for value in ["0", "9", "-1", "1.5", "some"] {
            let wrong = environment(value).number("IT", "bytes", 1..=8).expect_err("refused").to_string();
            assert_eq!(wrong, format!("IT is {value:?}: expected bytes, 1 to 8"));
        }
    }
}

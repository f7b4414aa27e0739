//! The environment, read once.

use std::time::Duration;

use segue_store::Location;

use crate::http::cors::Cors;

/// What the environment says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `MODEL_URI`: where models are published, `s3://bucket/prefix`.
    pub model: Location,
    /// `DEADLINE_MS`: how long a request waits for a model before it is answered with 503; 8000 where it is not set.
    pub deadline: Duration,
    /// `CORS_ORIGINS`: the pages that may read the answers, `*` or origins separated by commas; none where it is not
    /// set.
    pub cors: Cors,
}

/// A setting that stops the start.
#[derive(Debug, thiserror::Error)]
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

const MODEL_URI: &str = "s3://bucket/prefix, as given to `trainer publish`";
const DEADLINE_MS: std::ops::RangeInclusive<u64> = 100..=900_000;

impl Settings {
    /// Reads the process's environment.
    ///
    /// # Errors
    ///
    /// The first setting that is missing or not allowed, by name.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_lookup(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// Reads settings from any source of names and values.
    ///
    /// # Errors
    ///
    /// As [`Settings::from_env`].
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let set = |name| lookup(name).filter(|value| !value.trim().is_empty());
        let uri = set("MODEL_URI").ok_or(Error::Missing { name: "MODEL_URI", expected: MODEL_URI })?;
        let model = uri.trim().parse().map_err(|error: segue_store::Error| Error::Invalid {
            name: "MODEL_URI",
            expected: format!("{MODEL_URI} ({error})"),
            got: uri.clone(),
        })?;
        let deadline = match set("DEADLINE_MS") {
            None => 8_000,
            Some(text) => match text.trim().parse() {
                Ok(milliseconds) if DEADLINE_MS.contains(&milliseconds) => milliseconds,
                _ => {
                    let expected = format!("milliseconds, {} to {}", DEADLINE_MS.start(), DEADLINE_MS.end());
                    return Err(Error::Invalid { name: "DEADLINE_MS", expected, got: text });
                }
            },
        };
        let cors = match set("CORS_ORIGINS") {
            None => Cors::Off,
            Some(text) => text.parse().map_err(|error| Error::Invalid {
                name: "CORS_ORIGINS",
                expected: format!("{} ({error})", Cors::EXPECTED),
                got: text,
            })?,
        };
        Ok(Self { model, deadline: Duration::from_millis(deadline), cors })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> Result<Settings, Error> {
        Settings::from_lookup(|name| settings.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_wrong_setting_is_named_with_what_is_allowed() {
        let message = |settings: &[(&str, &str)]| read(settings).expect_err("refused").to_string();
        assert!(message(&[]).contains("MODEL_URI"));
        assert!(message(&[("MODEL_URI", "https://bucket")]).contains("s3://bucket/prefix"));
        let deadline = message(&[("MODEL_URI", "s3://songs/models"), ("DEADLINE_MS", "soon")]);
        assert!(deadline.contains("DEADLINE_MS") && deadline.contains("soon") && deadline.contains("900000"));
    }

    #[test]
    fn pages_are_let_in_by_name_only() {
        const MODEL: (&str, &str) = ("MODEL_URI", "s3://songs/models");
        assert_eq!(read(&[MODEL]).expect("reads").cors, Cors::Off);
        assert_eq!(read(&[MODEL, ("CORS_ORIGINS", "*")]).expect("reads").cors, Cors::Any);
        let refused = read(&[MODEL, ("CORS_ORIGINS", "https://app.example/")]).expect_err("refused").to_string();
        assert!(refused.contains("CORS_ORIGINS") && refused.contains("http://localhost:3000"), "{refused}");
    }

    #[test]
    fn the_deadline_is_eight_seconds_unless_set() {
        assert_eq!(read(&[("MODEL_URI", "s3://songs/models")]).expect("reads").deadline, Duration::from_secs(8));
        let set = read(&[("MODEL_URI", "s3://songs/models"), ("DEADLINE_MS", "250")]).expect("reads");
        assert_eq!(set.deadline, Duration::from_millis(250));
    }
}

//! The environment, read once.

use segue_store::Location;

/// What the environment says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `MODEL_URI`: where models are published, `s3://bucket/prefix`.
    pub model: Location,
    /// `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`: the memory that there is, in MB. Lambda sets it.
    pub memory: u64,
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

const MODEL_URI: (&str, &str) = ("MODEL_URI", "s3://bucket/prefix, where models are to be published");
const MEMORY: (&str, &str) = ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "a number of MB, as Lambda sets it");

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
        let set = |(name, expected)| {
            lookup(name).filter(|value| !value.trim().is_empty()).ok_or(Error::Missing { name, expected })
        };
        let uri = set(MODEL_URI)?;
        let model = uri.trim().parse().map_err(|error: segue_store::Error| {
            let expected = format!("{} ({error})", MODEL_URI.1);
            Error::Invalid { name: MODEL_URI.0, expected, got: uri.clone() }
        })?;
        let memory = set(MEMORY)?;
        let memory = memory.trim().parse().map_err(|_| {
            let expected = MEMORY.1.to_owned();
            Error::Invalid { name: MEMORY.0, expected, got: memory.clone() }
        })?;
        Ok(Self { model, memory })
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
        let memory = message(&[("MODEL_URI", "s3://songs/models"), ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "much")]);
        assert!(memory.contains("AWS_LAMBDA_FUNCTION_MEMORY_SIZE") && memory.contains("much"), "{memory}");
        assert_eq!(
            read(&[("MODEL_URI", "s3://songs/m"), ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "3008")]).unwrap().memory,
            3008
        );
    }
}

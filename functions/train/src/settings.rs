//! The environment, read once.

use environment::settings::{Environment, Error};
use store::Location;

/// What the environment says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `MODEL_URI`: where models are published, `s3://bucket/prefix`.
    pub model: Location,
    /// `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`: the memory that there is, in MB. Lambda sets it.
    pub memory: u64,
}

const MODEL_URI: &str = "s3://bucket/prefix, where models are to be published";
const MEMORY: &str = "a number of MB, as Lambda sets it";

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    ///
    /// The first setting that is missing or not allowed, by name.
    pub fn read(environment: &Environment<impl Fn(&str) -> Option<String>>) -> Result<Self, Error> {
        let model = environment.require("MODEL_URI", MODEL_URI)?;
        let memory = environment.require("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", MEMORY)?;
        Ok(Self { model, memory })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> Result<Settings, Error> {
        let lookup = |name: &str| settings.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        Settings::read(&Environment::new(lookup))
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

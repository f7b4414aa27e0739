//! The environment, read once.

use std::{ops::RangeInclusive, time::Duration};

use environment::settings::{Environment, Error};
use store::Location;

use crate::access::{Access, Cors, Tokens};

/// What the environment says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `MODEL_URI`: where models are published, `s3://bucket/prefix`.
    pub model: Location,
    /// `DEADLINE_MS`: how long a request waits for a model before it is answered with 503; 8000 where it is not set.
    pub deadline: Duration,
    /// `REFRESH_SECONDS`: how often to look for a new model at most; 60 s where it is not set, never where it is 0.
    pub refresh: Option<Duration>,
    /// `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`, which Lambda sets: how much memory there is, in bytes.
    pub memory: Option<u64>,
    /// Who may ask. `CORS_ORIGINS`: the pages that may read the answers, `*` or origins separated by commas; none where it
    /// is not set. `API_TOKENS`: the hashes of the tokens of which a request must bear one; everybody may ask where it is
    /// not set.
    pub access: Access,
    /// `SPOTIFY_COMPAT`: whether the routes of Spotify's Web API are there too; not where it is not set.
    pub spotify: bool,
}

/// How often to look for a new model, where `REFRESH_SECONDS` is not set.
pub const DEFAULT_REFRESH: Duration = Duration::from_secs(60);
const MODEL_URI: &str = "s3://bucket/prefix, as given to `trainer publish`";
const DEADLINE_MS: RangeInclusive<u64> = 100..=900_000;
const REFRESH_SECONDS: RangeInclusive<u64> = 0..=86_400;

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    ///
    /// The first setting that is missing or not allowed, by name.
    pub fn read(environment: &Environment<impl Fn(&str) -> Option<String>>) -> Result<Self, Error> {
        let model = environment.require("MODEL_URI", MODEL_URI)?;
        let deadline = environment.number("DEADLINE_MS", "milliseconds", DEADLINE_MS)?.unwrap_or(8_000);
        let refresh =
            environment.number("REFRESH_SECONDS", "seconds", REFRESH_SECONDS)?.unwrap_or(DEFAULT_REFRESH.as_secs());
        // Lambda's own, and only there: what does not read is not there.
        let megabytes =
            environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").and_then(|text| text.trim().parse::<u64>().ok());
        let tokens = environment.parse("API_TOKENS", Tokens::EXPECTED).map_err(without_value)?;
        let cors = environment.parse("CORS_ORIGINS", Cors::EXPECTED)?.unwrap_or_default();
        let spotify = environment.parse("SPOTIFY_COMPAT", "true or false")?.unwrap_or_default();
        Ok(Self {
            model,
            deadline: Duration::from_millis(deadline),
            refresh: Some(Duration::from_secs(refresh)).filter(|refresh| !refresh.is_zero()),
            memory: megabytes.and_then(|megabytes| megabytes.checked_mul(1 << 20)),
            access: Access { cors, tokens },
            spotify,
        })
    }
}

/// What stands in place of a token's hash may be the token itself.
fn without_value(error: Error) -> Error {
    match error {
        Error::Invalid { name, expected, .. } => Error::Invalid { name, expected, got: "something else".to_owned() },
        missing @ Error::Missing { .. } => missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: (&str, &str) = ("MODEL_URI", "s3://songs/models");

    fn read(settings: &[(&str, &str)]) -> Result<Settings, Error> {
        let lookup = |name: &str| settings.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        Settings::read(&Environment::new(lookup))
    }

    #[test]
    fn a_wrong_setting_is_named_with_what_is_allowed() {
        let message = |settings: &[(&str, &str)]| read(settings).expect_err("refused").to_string();
        assert!(message(&[]).contains("MODEL_URI"));
        assert!(message(&[("MODEL_URI", "https://bucket")]).contains("s3://bucket/prefix"));
        let deadline = message(&[("MODEL_URI", "s3://songs/models"), ("DEADLINE_MS", "soon")]);
        assert!(deadline.contains("DEADLINE_MS") && deadline.contains("soon") && deadline.contains("900000"));
        let refresh = message(&[MODEL, ("REFRESH_SECONDS", "-1")]);
        assert!(refresh.contains("REFRESH_SECONDS") && refresh.contains("0 to 86400"), "{refresh}");
        let spotify = message(&[MODEL, ("SPOTIFY_COMPAT", "yes")]);
        assert!(spotify.contains("SPOTIFY_COMPAT") && spotify.contains("true or false"), "{spotify}");
    }

    #[test]
    fn pages_are_let_in_by_name_only() {
        assert_eq!(read(&[MODEL]).expect("reads").access.cors, Cors::Off);
        assert_eq!(read(&[MODEL, ("CORS_ORIGINS", "*")]).expect("reads").access.cors, Cors::Any);
        let refused = read(&[MODEL, ("CORS_ORIGINS", "https://app.example/")]).expect_err("refused").to_string();
        assert!(refused.contains("CORS_ORIGINS") && refused.contains("http://localhost:3000"), "{refused}");
    }

    #[test]
    fn the_deadline_is_eight_seconds_and_a_check_each_minute_unless_set() {
        let settings = read(&[MODEL]).expect("reads");
        assert_eq!((settings.deadline.as_secs(), settings.refresh), (8, Some(Duration::from_secs(60))));
        assert_eq!((settings.memory, settings.access.tokens), (None, None));
        let set = [MODEL, ("DEADLINE_MS", "250"), ("REFRESH_SECONDS", "0"), ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")];
        let settings = read(&set).expect("reads");
        assert_eq!((settings.deadline.as_millis(), settings.refresh, settings.memory), (250, None, Some(512 << 20)));
    }

    #[test]
    fn spotifys_routes_are_there_where_they_are_asked_for() {
        assert!(!read(&[MODEL]).expect("reads").spotify);
        assert!(read(&[MODEL, ("SPOTIFY_COMPAT", "true")]).expect("reads").spotify);
    }

    #[test]
    fn tokens_are_given_by_their_hashes_and_a_wrong_one_is_not_repeated() {
        let hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
        let tokens = read(&[MODEL, ("API_TOKENS", hash)]).expect("reads").access.tokens.expect("tokens");
        assert!(tokens.accept(b"secret") && !tokens.accept(b"other"));
        let plain = read(&[MODEL, ("API_TOKENS", "my-secret-token")]).expect_err("refused").to_string();
        assert!(plain.contains("API_TOKENS") && plain.contains("sha256sum") && !plain.contains("my-secret"), "{plain}");
    }
}

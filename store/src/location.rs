//! Where models are kept: `s3://bucket/prefix`, and the keys below it.

use std::fmt;
use std::str::FromStr;

use recommender::Version;

/// The longest prefix in bytes. S3 allows keys of 1,024; the rest is for what stands below the prefix.
const MAX_PREFIX_BYTES: usize = 512;

/// What the artifact is called below its version.
pub(crate) const ARTIFACT: &str = "model.segue";

/// A bucket and a prefix in it, written `s3://bucket/prefix`.
///
/// The prefix may be empty (`s3://bucket`) or nested (`s3://bucket/music/eu`). A slash at the end is dropped.
///
/// ```
/// let location: store::Location = "s3://my-bucket/music/eu/".parse()?;
/// assert_eq!((location.bucket(), location.prefix()), ("my-bucket", "music/eu"));
/// assert_eq!(location.to_string(), "s3://my-bucket/music/eu");
/// # Ok::<(), store::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    bucket: String,
    prefix: String,
}

/// A text that is not a [`Location`], or not an [`ObjectAddress`](crate::ObjectAddress).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a location like s3://bucket/prefix, got {given:?}: {kind}")]
pub struct ParseError {
    /// What came, at most 200 characters of it.
    pub given: String,
    /// What is wrong with it.
    pub kind: ParseErrorKind,
}

impl ParseError {
    pub(crate) fn new(given: &str, kind: ParseErrorKind) -> Self {
        Self { given: given.chars().take(200).collect(), kind }
    }
}

/// What is wrong with a text that is not a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// Another scheme than `s3`, or none.
    #[error("it does not start with s3://")]
    Scheme,
    /// The bucket's name is too short or too long.
    #[error("a bucket's name has 3 to 63 characters")]
    BucketLength,
    /// The bucket's name has a character that no bucket has.
    #[error("a bucket's name has lower-case letters, digits, dots and hyphens only")]
    BucketCharacter,
    /// The bucket's name starts or ends with a dot or a hyphen.
    #[error("a bucket's name starts and ends with a letter or a digit")]
    BucketEnds,
    /// The prefix leaves no room for the keys below it.
    #[error("the prefix is longer than {MAX_PREFIX_BYTES} bytes")]
    PrefixLength,
    /// The prefix is not a path: `//`, `.` or `..`.
    #[error("the prefix has an empty part, or one that is . or ..")]
    PrefixPart,
    /// The prefix has a character that has to be escaped somewhere.
    #[error("the prefix has a space, or a character that keys had better not have")]
    PrefixCharacter,
    /// There is no key behind the bucket.
    #[error("it names no object: expected s3://bucket/key")]
    NoObject,
    /// More than one `*`, or one before the last slash, or none and no slash at the end.
    #[error("of objects, it is s3://bucket/prefix/ or s3://bucket/prefix/*.parquet, with one * behind the last slash")]
    Pattern,
}

impl Location {
    /// The bucket's name.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// What every key starts with, without a slash at either end; may be empty.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The key of the pointer to the current model.
    pub fn latest_key(&self) -> String {
        self.key("latest.json")
    }

    /// The key of the first bytes of the current model's artifact.
    pub fn prefetch_key(&self) -> String {
        self.key("latest.prefetch")
    }

    /// The key of a model's artifact.
    pub fn model_key(&self, version: Version) -> String {
        self.key(&format!("models/{version}/{ARTIFACT}"))
    }

    pub(crate) fn summary_key(&self, version: Version) -> String {
        self.key(&format!("models/{version}/summary.json"))
    }

    pub(crate) fn report_key(&self, version: Version, path: &str) -> String {
        self.key(&format!("models/{version}/report/{path}"))
    }

    pub(crate) fn model_prefix(&self, version: Version) -> String {
        self.key(&format!("models/{version}/"))
    }

    pub(crate) fn models_prefix(&self) -> String {
        self.key("models/")
    }

    /// The model that a key belongs to, and the rest of the key below it.
    pub(crate) fn version_of_key<'a>(&self, key: &'a str) -> Option<(Version, &'a str)> {
        let (version, rest) = key.strip_prefix(&self.models_prefix())?.split_once('/')?;
        Some((version.parse().ok()?, rest))
    }

    /// A key as people write it.
    pub(crate) fn url(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.bucket)
    }

    fn key(&self, rest: &str) -> String {
        match self.prefix.as_str() {
            "" => rest.to_owned(),
            prefix => format!("{prefix}/{rest}"),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.bucket)?;
        if self.prefix.is_empty() { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

impl FromStr for Location {
    type Err = ParseError;

    fn from_str(given: &str) -> Result<Self, ParseError> {
        let bad = |kind| ParseError::new(given, kind);
        let rest = given.strip_prefix("s3://").ok_or_else(|| bad(ParseErrorKind::Scheme))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.strip_suffix('/').filter(|prefix| !prefix.is_empty()).unwrap_or(prefix);

        if !(3..=63).contains(&bucket.len()) {
            return Err(bad(ParseErrorKind::BucketLength));
        }
        let is_name_byte = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
        if !bucket.bytes().all(is_name_byte) {
            return Err(bad(ParseErrorKind::BucketCharacter));
        }
        if bucket.starts_with(['-', '.']) || bucket.ends_with(['-', '.']) {
            return Err(bad(ParseErrorKind::BucketEnds));
        }
        if prefix.len() > MAX_PREFIX_BYTES {
            return Err(bad(ParseErrorKind::PrefixLength));
        }
        if !prefix.is_empty() && prefix.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(bad(ParseErrorKind::PrefixPart));
        }
        if prefix.chars().any(|c| c.is_control() || c.is_whitespace() || "\\?#%\"<>^`{|}[]*".contains(c)) {
            return Err(bad(ParseErrorKind::PrefixCharacter));
        }
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Location {
        text.parse().unwrap()
    }

    #[test]
    fn bucket_and_prefix_come_apart_and_together_again() {
        for (text, bucket, prefix) in [
            ("s3://abc", "abc", ""),
            ("s3://my-bucket/segue", "my-bucket", "segue"),
            ("s3://my.bucket.1/music/env=prod/v1", "my.bucket.1", "music/env=prod/v1"),
            ("s3://abc/músika", "abc", "músika"),
        ] {
            let location = parsed(text);
            assert_eq!((location.bucket(), location.prefix()), (bucket, prefix));
            assert_eq!(location.to_string(), text);
        }
    }

    #[test]
    fn a_slash_at_the_end_is_dropped() {
        assert_eq!(parsed("s3://abc/"), parsed("s3://abc"));
        assert_eq!(parsed("s3://abc/x/y/"), parsed("s3://abc/x/y"));
    }

    #[test]
    fn what_is_no_location_is_refused_with_the_reason() {
        let long = format!("s3://abc/{}", "x".repeat(513));
        for (text, part) in [
            ("", "start with s3://"),
            ("abc/segue", "start with s3://"),
            ("https://abc.s3.amazonaws.com/segue", "start with s3://"),
            ("S3://abc/segue", "start with s3://"),
            ("s3://", "3 to 63"),
            ("s3:///segue", "3 to 63"),
            ("s3://ab/segue", "3 to 63"),
            ("s3://Bucket/segue", "lower-case"),
            ("s3://user:secret@abc/segue", "lower-case"),
            ("s3://-abc/segue", "starts and ends"),
            ("s3://abc./segue", "starts and ends"),
            ("s3://abc//", "empty part"),
            ("s3://abc//segue", "empty part"),
            ("s3://abc/segue//x", "empty part"),
            ("s3://abc/../x", "empty part"),
            ("s3://abc/a b", "space"),
            ("s3://abc/a?versionId=1", "character"),
            ("s3://abc/*", "character"),
            (&long, "512"),
        ] {
            let message = text.parse::<Location>().unwrap_err().to_string();
            assert!(message.contains(part), "{text}: {message}");
            assert!(message.contains("s3://bucket/prefix"), "{message}");
        }
    }

    #[test]
    fn keys_stand_below_the_prefix_and_never_start_with_a_slash() {
        let version = Version::of(b"");
        assert_eq!(parsed("s3://abc").latest_key(), "latest.json");
        assert_eq!(parsed("s3://abc/a/b").latest_key(), "a/b/latest.json");
        assert_eq!(parsed("s3://abc/a/b").prefetch_key(), "a/b/latest.prefetch");
        assert_eq!(parsed("s3://abc/a").model_key(version), format!("a/models/{version}/model.segue"));
        assert_eq!(parsed("s3://abc").summary_key(version), format!("models/{version}/summary.json"));
        assert_eq!(parsed("s3://abc").report_key(version, "a.svg"), format!("models/{version}/report/a.svg"));
    }

    #[test]
    fn keys_below_a_version_are_of_that_model() {
        let location = parsed("s3://abc/a");
        let version = Version::of(b"");
        assert_eq!(location.version_of_key(&location.model_key(version)), Some((version, "model.segue")));
        assert_eq!(location.version_of_key(&location.report_key(version, "a.svg")), Some((version, "report/a.svg")));
        for key in [location.latest_key(), "a/models/x/model.segue".to_owned(), format!("a/models/{version}")] {
            assert_eq!(location.version_of_key(&key), None, "{key}");
        }
        assert_eq!(parsed("s3://abc/b").version_of_key(&location.model_key(version)), None);
    }
}

//! Which objects stand below a prefix of a bucket.

use aws_sdk_s3::Client;

use crate::{
    BoxFuture, Error, Location, ObjectAddress, connect,
    location::{ParseError, ParseErrorKind},
};

/// Objects of a bucket whose keys begin alike: `s3://bucket/prefix/` for all directly below a prefix, or with one `*` in
/// the part behind the last slash, as in `s3://bucket/prefix/*.parquet`.
///
/// ```
/// let pattern: store::ObjectPattern = "s3://my-bucket/tables/2024-*.csv".parse()?;
/// assert!(pattern.matches("tables/2024-01.csv") && !pattern.matches("tables/old/2024-01.csv"));
/// assert!("s3://my-bucket/tables".parse::<store::ObjectPattern>().is_err());
/// # Ok::<(), store::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectPattern {
    bucket: Location,
    /// What keys begin with, up to the `*`.
    start: String,
    /// What they end with, behind the `*`.
    end: String,
}

impl ObjectPattern {
    /// Whether a text is one, and not a single object.
    pub fn is_pattern(text: &str) -> bool {
        text.rsplit('/').next().is_some_and(|last| last.is_empty() || last.contains('*'))
    }

    /// Whether a key is meant.
    pub fn matches(&self, key: &str) -> bool {
        let rest = key.strip_prefix(self.start.as_str()).and_then(|rest| rest.strip_suffix(self.end.as_str()));
        rest.is_some_and(|rest| !rest.contains('/'))
    }

    /// The objects and their sizes in bytes, in the order of their keys; more than `limit` are not looked for. What only
    /// stands for a folder is left out.
    ///
    /// # Errors
    /// Where there are no settings, no such bucket, or it may not be listed.
    pub fn list(self, limit: usize) -> BoxFuture<'static, Result<Vec<(ObjectAddress, u64)>, Error>> {
        Box::pin(async move {
            let client: Client = connect::client_from_environment().await?;
            let request = client.list_objects_v2().bucket(self.bucket.bucket()).prefix(&self.start).delimiter("/");
            let mut pages = request.into_paginator().send();
            let mut objects = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| Error::from_sdk(&self.bucket, &self.start, error))?;
                for object in page.contents() {
                    let Some(key) = object.key().filter(|key| !key.ends_with('/') && self.matches(key)) else {
                        continue;
                    };
                    let size = object.size().and_then(|size| size.try_into().ok()).unwrap_or(0);
                    objects.push((self.bucket.url(key).parse()?, size));
                }
                if objects.len() > limit {
                    break;
                }
            }
            Ok(objects)
        })
    }
}

impl std::str::FromStr for ObjectPattern {
    type Err = Error;

    fn from_str(given: &str) -> Result<Self, Error> {
        let bad = |kind| Error::from(ParseError::new(given, kind));
        let rest = given.strip_prefix("s3://").ok_or_else(|| bad(ParseErrorKind::Scheme))?;
        let (bucket, pattern) = rest.split_once('/').unwrap_or((rest, ""));
        let (start, end) = match pattern.split_once('*') {
            Some(parts) => parts,
            None if pattern.is_empty() || pattern.ends_with('/') => (pattern, ""),
            None => return Err(bad(ParseErrorKind::Pattern)),
        };
        if start.contains('*') || end.contains(['*', '/']) {
            return Err(bad(ParseErrorKind::Pattern));
        }
        let bucket = format!("s3://{bucket}").parse()?;
        Ok(Self { bucket, start: start.to_owned(), end: end.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_one_star_behind_the_last_slash_or_ends_with_it() {
        for (text, matching, other) in [
            ("s3://abc/", "a.csv", "a/b.csv"),
            ("s3://abc/x/", "x/a.csv", "x/y/a.csv"),
            ("s3://abc/x/*.parquet", "x/part-0.parquet", "x/part-0.csv"),
            ("s3://abc/*", "a", "a/b"),
            ("s3://abc/x/a*a", "x/aba", "x/a"),
        ] {
            let pattern: ObjectPattern = text.parse().expect(text);
            assert!(pattern.matches(matching) && !pattern.matches(other), "{text}");
            assert!(ObjectPattern::is_pattern(text));
        }
        for text in ["s3://abc/x", "s3://abc/*/x", "s3://abc/*x*", "abc/x/", "s3://ab/"] {
            let message = text.parse::<ObjectPattern>().expect_err(text).to_string();
            assert!(message.contains("s3://"), "{message}");
        }
        assert!(!ObjectPattern::is_pattern("s3://abc/x") && !ObjectPattern::is_pattern("s3://abc/*/x"));
    }
}

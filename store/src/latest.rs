//! `latest.json`: which model is current, and what it is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Error, Location, Version};

/// The longest `latest.json` or `summary.json` that is read, in bytes.
pub const MAX_LATEST_BYTES: usize = 64 * 1024;

/// The largest artifact that is published or fetched, in bytes: 33 million tracks at 128 bytes each. S3 takes 5 GB in one request.
pub const MAX_ARTIFACT_BYTES: u64 = 1 << 32;

/// The longest ETag that is taken, quotes included. S3's have 34 bytes, or up to 40 after an upload in parts.
const MAX_ETAG_BYTES: usize = 128;

/// The content of `latest.json`. Read, it is not trusted: what contradicts itself or the place it was read from is
/// [`Error::Corrupt`]. Fields that are not known are ignored.
///
/// `models/<version>/summary.json` has the same fields without `etag`, `prefetch_bytes` and `previous`, and `quality` beside them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Latest {
    /// The model's version.
    pub version: Version,
    /// The artifact's key in the bucket; always the one that the version implies.
    pub key: String,
    /// The artifact's size in bytes.
    pub size: u64,
    /// The artifact's ETag, in its quotes: requests for parts of it are of the object that has this one. Nothing where
    /// it is not known; then a download learns it from its first answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// How many bytes of the artifact, from its start, an answer needs: these are downloaded first, over all
    /// connections, and the graphs behind them follow. Nothing where it is not known; then all is downloaded alike.
    #[serde(alias = "head", default, skip_serializing_if = "Option::is_none")]
    pub graphs_offset: Option<u64>,
    /// Where the bytes begin, up to the artifact's end, that only searches by text need: they are downloaded when one comes.
    /// Nothing where it is not known; then they are downloaded with the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_search_offset: Option<u64>,
    /// How many bytes of the artifact, from its start, are in `latest.prefetch` too. Nothing where that is not known to have any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefetch_bytes: Option<u64>,
    /// Tracks in the catalogue.
    pub tracks: u64,
    /// Clusters.
    pub k: u32,
    /// Hold-out accuracy of the classifier, 0 to 1.
    pub accuracy: f64,
    /// The features' names, in the model's order.
    pub features: Vec<String>,
    /// When the model was published, RFC 3339: in `summary.json` for the first time, in `latest.json` for the last time.
    /// A roll-back goes back to the first time, for it publishes nothing.
    pub published_at: Timestamp,
    /// What was current before, if anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Version>,
}

impl Latest {
    /// Reads and checks what `key` of `location` holds.
    pub(crate) fn parse(bytes: &[u8], location: &Location, key: &str) -> Result<Self, Error> {
        let corrupt = |reason: String| Error::Corrupt { what: location.url(key), reason };
        let latest: Self = serde_json::from_slice(bytes).map_err(|error| corrupt(error.to_string()))?;
        latest.check(location).map_err(corrupt)?;
        Ok(latest)
    }

    /// What is said of one that cannot be read.
    pub(crate) fn unreadable(location: &Location, key: &str, reason: String) -> Error {
        Error::Corrupt { what: location.url(key), reason }
    }

    fn check(&self, location: &Location) -> Result<(), String> {
        let expected = location.model_key(self.version);
        if self.key != expected {
            return Err(format!("expected the key {expected}, got {:?}", self.key));
        }
        self.check_object()?;
        if !(0.0..=1.0).contains(&self.accuracy) {
            return Err(format!("expected an accuracy of 0 to 1, got {}", self.accuracy));
        }
        Ok(())
    }

    /// Whether there can be such an object.
    pub(crate) fn check_object(&self) -> Result<(), String> {
        if !(1..=MAX_ARTIFACT_BYTES).contains(&self.size) {
            return Err(format!("expected a size of 1 to {MAX_ARTIFACT_BYTES} bytes, got {}", self.size));
        }
        if let Some(prefetch) = self.prefetch_bytes.filter(|prefetch| !(1..=self.size).contains(prefetch)) {
            return Err(format!("expected a prefetch of 1 to {} bytes, got {prefetch}", self.size));
        }
        match &self.etag {
            Some(etag) if !is_etag(etag) => {
                let start: String = etag.chars().take(MAX_ETAG_BYTES).collect();
                Err(format!(
                    "expected an ETag in quotes, of at most {MAX_ETAG_BYTES} visible ASCII characters, got {start:?}"
                ))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        // Strings, numbers and a time: there is nothing in it that JSON cannot say.
        let mut json = serde_json::to_vec_pretty(self).unwrap_or_default();
        json.push(b'\n');
        json
    }
}

/// Whether this is an ETag that `If-Match` can be made of: quoted, not weak, and nothing that breaks a header.
pub(crate) fn is_etag(etag: &str) -> bool {
    let inner = etag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let is_inner = |inner: &str| !inner.is_empty() && inner.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
    etag.len() <= MAX_ETAG_BYTES && inner.is_some_and(is_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location() -> Location {
        "s3://abc/segue".parse().unwrap()
    }

    fn example() -> Latest {
        let version = Version::of(b"model");
        Latest {
            version,
            key: location().model_key(version),
            size: 5,
            etag: Some("\"9f2c-1\"".into()),
            graphs_offset: None,
            text_search_offset: None,
            prefetch_bytes: None,
            tracks: 39_280,
            k: 6,
            accuracy: 0.905,
            features: vec!["energy".into(), "tempo".into()],
            published_at: "2025-03-01T12:00:00Z".parse().unwrap(),
            previous: Some(Version::of(b"before")),
        }
    }

    fn parse(latest: &Latest) -> Result<Latest, Error> {
        Latest::parse(&latest.to_json(), &location(), "segue/latest.json")
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(parse(&example()).unwrap(), example());
        let first = Latest { previous: None, etag: None, ..example() };
        assert_eq!(parse(&first).unwrap(), first);
        let json = String::from_utf8(first.to_json()).unwrap();
        assert!(!json.contains("previous") && !json.contains("etag"), "{json}");
    }

    #[test]
    fn times_are_rfc_3339_and_versions_hex() {
        let json: serde_json::Value = serde_json::from_slice(&example().to_json()).unwrap();
        assert_eq!(json["published_at"], "2025-03-01T12:00:00Z");
        assert_eq!(json["version"], Version::of(b"model").to_string());
    }

    #[test]
    fn fields_of_a_later_day_are_ignored() {
        let mut json: serde_json::Value = serde_json::from_slice(&example().to_json()).unwrap();
        json["colour"] = "green".into();
        assert_eq!(Latest::parse(json.to_string().as_bytes(), &location(), "x").unwrap(), example());
    }

    #[test]
    fn what_contradicts_itself_is_corrupt() {
        let elsewhere: Location = "s3://abc/elsewhere".parse().unwrap();
        for (bad, part) in [
            (Latest { key: "segue/models/../secret".into(), ..example() }, "the key"),
            (Latest { key: elsewhere.model_key(example().version), ..example() }, "the key"),
            (Latest { version: Version::of(b"other"), ..example() }, "the key"),
            (Latest { size: 0, ..example() }, "a size of"),
            (Latest { prefetch_bytes: Some(0), ..example() }, "a prefetch of"),
            (Latest { prefetch_bytes: Some(6), ..example() }, "a prefetch of"),
            (Latest { size: MAX_ARTIFACT_BYTES + 1, ..example() }, "a size of"),
            (Latest { etag: Some("W/\"9f2c\"".into()), ..example() }, "an ETag"),
            (Latest { accuracy: 1.5, ..example() }, "an accuracy"),
            (Latest { accuracy: f64::NAN, ..example() }, "null"),
        ] {
            match parse(&bad) {
                Err(Error::Corrupt { what, reason }) => {
                    assert_eq!(what, "s3://abc/segue/latest.json");
                    assert!(reason.contains(part), "{reason}");
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn etags_are_strong_short_and_fit_into_a_header() {
        let long = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
        for good in ["\"a\"", "\"d41d8cd98f00b204e9800998ecf8427e-10000\"", "\"!#~\"", &long(128)] {
            assert!(is_etag(good), "{good}");
        }
        for bad in [
            "",
            "\"",
            "\"\"",
            "a",
            "\"a",
            "a\"",
            "\"a\"b\"",
            "W/\"a\"",
            "\"a b\"",
            "\"a\r\nb\"",
            "\"ä\"",
            "*",
            &long(129),
        ] {
            assert!(!is_etag(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_not_the_right_json_is_corrupt() {
        let upper = String::from_utf8(example().to_json()).unwrap().replace(&example().version.to_string(), "ABC");
        for bad in ["", "{}", "[]", "null", "not json", "\u{0}", upper.as_str(), &"[".repeat(60_000)] {
            let result = Latest::parse(bad.as_bytes(), &location(), "segue/latest.json");
            assert!(matches!(result, Err(Error::Corrupt { .. })), "{result:?}");
        }
    }
}

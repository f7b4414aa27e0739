//! What was uploaded, as EventBridge tells it.
//!
//! A few members of a large document: `aws_lambda_events` has it whole, with a calendar and a date parser behind it.

use serde::Deserialize;

/// "Object Created" of EventBridge, which is what `template.yaml` sends.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    detail: Detail,
}

#[derive(Clone, Debug, Deserialize)]
struct Detail {
    bucket: Bucket,
    object: Object,
}

#[derive(Clone, Debug, Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Object {
    key: String,
    #[serde(default)]
    etag: Option<String>,
}

/// An object that was uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Its bucket.
    pub bucket: String,
    /// Its key, as it is.
    pub key: String,
    /// Which content it had, where the event says it: without quotes.
    pub etag: Option<String>,
}

impl Uploaded {
    /// Whether it is named as tables are, in upper or lower case.
    pub fn is_table(&self) -> bool {
        let key = self.key.to_ascii_lowercase();
        trainer::table::TABLE_ENDINGS.iter().any(|ending| key.ends_with(ending))
    }
}

impl Event {
    /// What was uploaded.
    pub fn uploaded(self) -> Uploaded {
        let Detail { bucket, object } = self.detail;
        Uploaded { bucket: bucket.name, key: object.key, etag: object.etag }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_as_they_are() {
        let event = json!({ "version": "0", "detail-type": "Object Created", "source": "aws.s3", "detail": {
            "version": "0", "bucket": { "name": "songs" }, "reason": "PutObject",
            "object": { "key": "uploads/a+b %20.csv", "size": 5, "etag": "d41d8cd98f00b204e9800998ecf8427e" } } });
        let uploaded = serde_json::from_value::<Event>(event).expect("an event").uploaded();
        let expected = Uploaded {
            bucket: "songs".into(),
            key: "uploads/a+b %20.csv".into(),
            etag: Some("d41d8cd98f00b204e9800998ecf8427e".into()),
        };
        assert_eq!(uploaded, expected);
    }

    #[test]
    fn a_table_is_known_by_its_name_in_any_case() {
        let is_table = |key: &str| Uploaded { bucket: "songs".into(), key: key.into(), etag: None }.is_table();
        for key in [
            "uploads/a.csv",
            "uploads/A.CSV",
            "uploads/a.csv.gz",
            "uploads/ä.Csv.GZ",
            "uploads/a.tsv",
            "uploads/a.CSV.zip",
            "uploads/a.Parquet",
        ] {
            assert!(is_table(key), "{key}");
        }
        for key in ["uploads/a.xlsx", "uploads/a.gz", "uploads/csv", "uploads/", "uploads/a.csv/b"] {
            assert!(!is_table(key), "{key}");
        }
    }
}

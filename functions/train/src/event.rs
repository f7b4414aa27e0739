//! What was uploaded, as EventBridge tells it or as S3 does itself.
//!
//! A few members of large documents: `aws_lambda_events` has them whole, with a calendar and a date parser behind them.

use percent_encoding::percent_decode_str;
use serde::Deserialize;

/// An event of either kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// "Object Created" of EventBridge, which is what `template.yaml` sends.
    EventBridge {
        /// What happened.
        detail: Detail,
    },
    /// A bucket's own notification.
    Notification {
        /// What happened.
        #[serde(rename = "Records")]
        records: Vec<Record>,
    },
}

/// The `detail` of an event of EventBridge.
#[derive(Clone, Debug, Deserialize)]
pub struct Detail {
    bucket: Bucket,
    object: Object,
}

/// One of a notification's records.
#[derive(Clone, Debug, Deserialize)]
pub struct Record {
    s3: Detail,
}

#[derive(Clone, Debug, Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Object {
    key: String,
    #[serde(default, alias = "eTag")]
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

impl Event {
    /// What was uploaded.
    pub fn uploads(self) -> Vec<Uploaded> {
        let uploaded = |Detail { bucket, object }, key| Uploaded { bucket: bucket.name, key, etag: object.etag };
        match self {
            Self::EventBridge { detail } => {
                let key = detail.object.key.clone();
                vec![uploaded(detail, key)]
            }
            // Keys of notifications are encoded as forms are.
            Self::Notification { records } => records
                .into_iter()
                .map(|Record { s3 }| {
                    let key = s3.object.key.replace('+', " ");
                    let key = percent_decode_str(&key).decode_utf8_lossy().into_owned();
                    uploaded(s3, key)
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn uploads(event: serde_json::Value) -> Vec<Uploaded> {
        serde_json::from_value::<Event>(event).expect("an event").uploads()
    }

    fn uploaded(key: &str) -> Uploaded {
        Uploaded { bucket: "songs".into(), key: key.into(), etag: Some("d41d8cd98f00b204e9800998ecf8427e".into()) }
    }

    #[test]
    fn keys_of_eventbridge_are_as_they_are() {
        let event = json!({ "version": "0", "detail-type": "Object Created", "source": "aws.s3", "detail": {
            "version": "0", "bucket": { "name": "songs" }, "reason": "PutObject",
            "object": { "key": "uploads/a+b %20.csv", "size": 5, "etag": "d41d8cd98f00b204e9800998ecf8427e" } } });
        assert_eq!(uploads(event), [uploaded("uploads/a+b %20.csv")]);
    }

    #[test]
    fn keys_of_notifications_are_decoded() {
        let record = |key: &str| {
            json!({ "eventName": "ObjectCreated:Put", "s3": { "bucket": { "name": "songs" },
            "object": { "key": key, "size": 5, "eTag": "d41d8cd98f00b204e9800998ecf8427e" } } })
        };
        let event = json!({ "Records": [record("uploads/a+b%2B.csv"), record("uploads/d%C3%A9j%C3%A0.csv.gz")] });
        assert_eq!(uploads(event), [uploaded("uploads/a b+.csv"), uploaded("uploads/déjà.csv.gz")]);
    }
}

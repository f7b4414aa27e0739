//! How good a model was measured to be: what a publisher compares with the model that is current.

use std::collections::BTreeMap;

use recommender::card::Card;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Latest;

/// A figure that was measured on a sample.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The more, the better.
    pub value: f64,
    /// How far the sample may have led astray: the standard error.
    pub standard_error: f64,
}

/// The figures of a model, by name. A figure that was not measured is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality(pub BTreeMap<String, Estimate>);

impl Quality {
    /// Of a model: `accuracy` and `recall_at_10` of its card; `silhouette` and `genre_agreement` of `metrics`, its report's
    /// `metrics.json`, where there is one.
    ///
    /// The standard error of a share of a sample is sqrt(p (1 - p) / n). For `genre_agreement`, n is the number of songs that were
    /// followed, not of those that follow: ten that follow one song are no independent draws.
    pub fn of(card: &Card, metrics: Option<&[u8]>) -> Self {
        let mut quality = Self::default();
        let held_out = card.classifier.held_out as f64;
        quality.add("accuracy", card.classifier.accuracy.map(|share| Estimate::of_share(share, held_out)));
        quality.add("recall_at_10", Some(Estimate { value: card.index.recall_at_10, standard_error: 0.0 }));
        let metrics: Value = metrics.and_then(|json| serde_json::from_slice(json).ok()).unwrap_or_default();
        let k = card.k.to_string();
        let silhouette = metrics["silhouette"][&k].as_f64().zip(metrics["silhouette_standard_error"][&k].as_f64());
        quality.add("silhouette", silhouette.map(|(value, standard_error)| Estimate { value, standard_error }));
        let genre = &metrics["recommendations"]["same_cluster"]["genre"];
        let agreement = genre["agreement"].as_f64().zip(genre["seeds"].as_f64());
        quality.add("genre_agreement", agreement.map(|(share, songs)| Estimate::of_share(share, songs)));
        quality
    }

    fn add(&mut self, name: &str, estimate: Option<Estimate>) {
        // JSON has no other numbers.
        let estimate = estimate.filter(|estimate| estimate.value.is_finite() && estimate.standard_error.is_finite());
        self.0.extend(estimate.map(|estimate| (name.to_owned(), estimate)));
    }
}

impl Estimate {
    fn of_share(share: f64, sample: f64) -> Self {
        Self { value: share, standard_error: (share * (1.0 - share) / sample.max(1.0)).max(0.0).sqrt() }
    }
}

/// What `summary.json` says of a model beside what `latest.json` would.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Summary {
    #[serde(default)]
    pub(crate) quality: Quality,
}

impl Summary {
    /// The content of `summary.json`.
    pub(crate) fn beside(&self, model: &Latest) -> Vec<u8> {
        #[derive(Serialize)]
        struct Content<'a> {
            #[serde(flatten)]
            model: &'a Latest,
            #[serde(flatten)]
            summary: &'a Summary,
        }
        // As `Latest::to_json`, which see.
        let mut json = serde_json::to_vec_pretty(&Content { model, summary: self }).unwrap_or_default();
        json.push(b'\n');
        json
    }
}

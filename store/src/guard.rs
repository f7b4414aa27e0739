//! A guard against bad uploads: a model that is much worse than the current one does not take its place.

use tracing::warn;

use crate::object::SmallObject;
use crate::quality::{Estimate, Quality, Summary};
use crate::{Error, Latest, Store};

/// Figures that depend on the number of clusters and on the features: they are compared between models that have the same.
const OF_CLUSTERS: [&str; 2] = ["accuracy", "silhouette"];
/// How many standard errors of the difference a loss of quality has at least: less may be the sample's.
const MIN_STANDARD_ERRORS: f64 = 2.0;

/// How much worse than the current model a new one may be. Losses are shares of the current model's figure, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guard {
    /// How many of the current model's tracks may be lost.
    pub max_track_loss: f64,
    /// How much of a measured quality may be lost.
    pub max_quality_loss: f64,
}

impl Default for Guard {
    fn default() -> Self {
        Self { max_track_loss: 0.3, max_quality_loss: 0.1 }
    }
}

/// A model as it is compared.
struct Compared<'a> {
    model: &'a Latest,
    quality: &'a Quality,
}

impl Guard {
    /// What the next model has lost more of than it may, a phrase each.
    fn losses(&self, current: &Compared<'_>, next: &Compared<'_>) -> Vec<String> {
        let mut losses = Vec::new();
        let (had, has) = (current.model.tracks, next.model.tracks);
        if (has as f64) < had as f64 * (1.0 - self.max_track_loss) {
            let share = (1.0 - has as f64 / had as f64) * 100.0;
            losses.push(format!(
                "it has {has} tracks and the current model {had}: {share:.1} % less, allowed are {:.1} %",
                self.max_track_loss * 100.0
            ));
        }
        let same_clusters = current.model.k == next.model.k && current.model.features == next.model.features;
        for (name, had) in &current.quality.0 {
            let Some(has) = next.quality.0.get(name) else { continue };
            if (same_clusters || !OF_CLUSTERS.contains(&name.as_str())) && self.is_lost(*had, *has) {
                losses.push(format!(
                    "its {name} is {:.3} and that of the current model {:.3}: {:.1} % less, allowed are {:.1} %",
                    has.value,
                    had.value,
                    (1.0 - has.value / had.value) * 100.0,
                    self.max_quality_loss * 100.0
                ));
            }
        }
        losses
    }

    /// Whether so much of a figure is lost that the sample does not explain it.
    fn is_lost(&self, had: Estimate, has: Estimate) -> bool {
        let error = had.standard_error.hypot(has.standard_error);
        has.value < had.value * (1.0 - self.max_quality_loss) && had.value - has.value > MIN_STANDARD_ERRORS * error
    }
}

impl Store {
    /// Holds a model against the one that is current, unless it is the same.
    pub(crate) async fn check_losses(
        &self,
        guard: &Guard,
        current: &Latest,
        next: &Latest,
        quality: &Quality,
    ) -> Result<(), Error> {
        if current.version == next.version {
            return Ok(());
        }
        let known = self.quality(current).await?;
        let losses = guard.losses(&Compared { model: current, quality: &known }, &Compared { model: next, quality });
        if losses.is_empty() {
            return Ok(());
        }
        let (location, version) = (self.location.clone(), next.version);
        Err(Error::WorseThanCurrent { location, version, losses: losses.join("; ") })
    }

    /// What was measured of a published model; nothing where its summary does not say it.
    async fn quality(&self, model: &Latest) -> Result<Quality, Error> {
        let key = self.location.summary_key(model.version);
        let SmallObject::Found { bytes, .. } = self.get_small(&key, None).await? else { return Ok(Quality::default()) };
        let summary = serde_json::from_slice::<Summary>(&bytes);
        let summary = summary.inspect_err(|error| warn!(%error, "the quality of the current model cannot be read"));
        Ok(summary.unwrap_or_default().quality)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::Version;

    fn model(tracks: u64, k: u32) -> Latest {
        Latest {
            version: Version::of(b"m"),
            key: String::new(),
            size: 1,
            etag: None,
            graphs_offset: None,
            text_search_offset: None,
            prefetch_bytes: None,
            tracks,
            k,
            accuracy: 0.9,
            features: vec!["energy".into()],
            published_at: Timestamp::UNIX_EPOCH,
            previous: None,
        }
    }

    fn quality(figures: &[(&str, f64, f64)]) -> Quality {
        let estimate = |(name, value, standard_error): &(&str, f64, f64)| {
            ((*name).to_owned(), Estimate { value: *value, standard_error: *standard_error })
        };
        Quality(figures.iter().map(estimate).collect())
    }

    fn losses(guard: Guard, current: (&Latest, &Quality), next: (&Latest, &Quality)) -> Vec<String> {
        let compared = |(model, quality)| Compared { model, quality };
        guard.losses(&compared(current), &compared(next))
    }

    #[test]
    fn tracks_may_fall_by_what_is_allowed_and_rise_by_anything() {
        let none = Quality::default();
        let lost = |guard, tracks| losses(guard, (&model(1_000, 6), &none), (&model(tracks, 6), &none));
        for tracks in [700, 1_000, 50_000] {
            assert!(lost(Guard::default(), tracks).is_empty(), "{tracks}");
        }
        let message = lost(Guard::default(), 699).join("");
        assert!(
            message.contains("699 tracks") && message.contains("1000: 30.1 % less, allowed are 30.0 %"),
            "{message}"
        );
        assert!(lost(Guard { max_track_loss: 0.5, ..Guard::default() }, 500).is_empty());
        assert!(lost(Guard { max_track_loss: 1.0, ..Guard::default() }, 1).is_empty());
        assert_eq!(lost(Guard { max_track_loss: 0.0, ..Guard::default() }, 999).len(), 1);
    }

    #[test]
    fn a_quality_may_fall_by_what_is_allowed_or_by_what_the_sample_explains() {
        let tracks = model(1_000, 6);
        let lost = |guard, had: &[_], has: &[_]| losses(guard, (&tracks, &quality(had)), (&tracks, &quality(has)));
        let had = [("genre_agreement", 0.2, 0.004)];
        let default = Guard::default();
        assert!(lost(default, &had, &[("genre_agreement", 0.185, 0.004)]).is_empty());
        assert!(lost(default, &had, &[("genre_agreement", 0.17, 0.02)]).is_empty(), "within two standard errors");
        let message = lost(default, &had, &[("genre_agreement", 0.15, 0.004)]).join("");
        assert!(message.contains("genre_agreement is 0.150") && message.contains("25.0 % less"), "{message}");
        assert!(lost(Guard { max_quality_loss: 0.5, ..default }, &had, &[("genre_agreement", 0.15, 0.004)]).is_empty());
        assert!(lost(default, &had, &[]).is_empty() && lost(default, &[], &had).is_empty(), "of both or of none");
    }

    #[test]
    fn figures_of_clusters_are_compared_where_there_are_as_many() {
        let (had, has) = (quality(&[("silhouette", 0.16, 0.003)]), quality(&[("silhouette", 0.1, 0.003)]));
        let lost = |k| losses(Guard::default(), (&model(9, 6), &had), (&model(9, k), &has)).len();
        assert_eq!((lost(6), lost(8)), (1, 0));
        let other = Latest { features: vec!["tempo".into()], ..model(9, 6) };
        assert!(losses(Guard::default(), (&model(9, 6), &had), (&other, &has)).is_empty());
    }
}

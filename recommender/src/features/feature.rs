//! The audio features that segue knows, by Spotify's names.

use std::{fmt, str::FromStr};

/// One numeric property of a track.
///
/// Spotify gives most of them from 0 to 1; some tables have the same as 0 to 100. Values are never converted: a model
/// is trained on, and answers in, the unit of its own file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// How suitable for dancing.
    Danceability,
    /// How intense and active.
    Energy,
    /// How far the mood of the lyrics moves within the song.
    Variance,
    /// Beats per minute.
    Tempo,
    /// Mean loudness in dB relative to full scale, usually -60 to 0.
    Loudness,
    /// Confidence that the track is acoustic.
    Acousticness,
    /// Likelihood that there are no vocals.
    Instrumentalness,
    /// Share of spoken words.
    Speechiness,
    /// How positive it sounds ("Positiveness" in some files).
    Valence,
    /// How much it is played, 0 to 100.
    Popularity,
    /// Likelihood that an audience is present.
    Liveness,
    /// Length in milliseconds.
    DurationMs,
}

impl Feature {
    /// Every feature, in the canonical order.
    pub const ALL: [Feature; 12] = [
        Feature::Danceability,
        Feature::Energy,
        Feature::Variance,
        Feature::Tempo,
        Feature::Loudness,
        Feature::Acousticness,
        Feature::Instrumentalness,
        Feature::Speechiness,
        Feature::Valence,
        Feature::Popularity,
        Feature::Liveness,
        Feature::DurationMs,
    ];

    /// The eleven that are looked for when nobody says otherwise: all but the length.
    pub const DEFAULT: [Feature; 11] = {
        let mut default = [Feature::Danceability; 11];
        let mut i = 0;
        while i < default.len() {
            default[i] = Self::ALL[i];
            i += 1;
        }
        default
    };

    /// Spotify's name, as it stands in JSON and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Feature::Danceability => "danceability",
            Feature::Energy => "energy",
            Feature::Variance => "variance",
            Feature::Tempo => "tempo",
            Feature::Loudness => "loudness",
            Feature::Acousticness => "acousticness",
            Feature::Instrumentalness => "instrumentalness",
            Feature::Speechiness => "speechiness",
            Feature::Valence => "valence",
            Feature::Popularity => "popularity",
            Feature::Liveness => "liveness",
            Feature::DurationMs => "duration_ms",
        }
    }

    /// The unit (`"dB"`, `"BPM"`, `"ms"`), or nothing for the features that are a share or a score.
    pub const fn unit(self) -> Option<&'static str> {
        match self {
            Feature::Tempo => Some("BPM"),
            Feature::Loudness => Some("dB"),
            Feature::DurationMs => Some("ms"),
            _ => None,
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is no feature's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown feature {name:?}: expected one of {}", Feature::ALL.map(Feature::name).join(", "))]
pub struct UnknownFeature {
    /// The name that came.
    pub name: String,
}

impl FromStr for Feature {
    type Err = UnknownFeature;

    /// By [`Feature::name`], whatever the case and the white space around it.
    fn from_str(text: &str) -> Result<Self, UnknownFeature> {
        let name = text.trim();
        Self::ALL
            .into_iter()
            .find(|feature| feature.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| UnknownFeature { name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_variants_in_snake_case() {
        for feature in Feature::ALL {
            assert_eq!(format!("{feature:?}").to_lowercase(), feature.name().replace('_', ""));
        }
    }

    #[test]
    fn every_name_parses_back() {
        for feature in Feature::ALL {
            assert_eq!(feature.name().parse(), Ok(feature));
            assert_eq!(format!(" {} ", feature.name().to_uppercase()).parse(), Ok(feature));
        }
    }

    #[test]
    fn default_is_all_but_the_length() {
        assert_eq!(Feature::DEFAULT[..], Feature::ALL[..11]);
        assert!(!Feature::DEFAULT.contains(&Feature::DurationMs));
    }

    #[test]
    fn unknown_name_lists_the_allowed_ones() {
        let error = "loudnes".parse::<Feature>().expect_err("not a feature").to_string();
        assert!(error.contains("\"loudnes\""), "{error}");
        assert!(Feature::ALL.iter().all(|feature| error.contains(feature.name())), "{error}");
    }
}

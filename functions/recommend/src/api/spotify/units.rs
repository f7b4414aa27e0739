//! Values in Spotify's own ranges.
//!
//! A model keeps the units of its table: tables have shares from 0 to 1 as Spotify does, or from 0 to 100. Which, the largest value of the
//! catalogue tells. Decibels, BPM, milliseconds and the numbers of key, mode and time signature are the same everywhere.

use recommender::{Model, catalog::attributes::Attribute};

/// The attributes that Spotify's recommendations have bounds and targets for.
pub(super) const ATTRIBUTES: [&str; 14] = [
    "acousticness",
    "danceability",
    "duration_ms",
    "energy",
    "instrumentalness",
    "key",
    "liveness",
    "loudness",
    "mode",
    "popularity",
    "speechiness",
    "tempo",
    "time_signature",
    "valence",
];

/// What Spotify gives from 0 to 1.
const SHARES: [&str; 7] =
    ["acousticness", "danceability", "energy", "instrumentalness", "liveness", "speechiness", "valence"];
/// What Spotify gives from 0 to 100.
const POPULARITY: &str = "popularity";

/// How many of the catalogue's units one of Spotify's is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ratio {
    Same,
    /// Spotify's 1 is the catalogue's 100.
    Hundred,
    /// Spotify's 100 is the catalogue's 1.
    Hundredth,
}

impl Ratio {
    /// Of an attribute whose largest value in the catalogue is this.
    fn of(name: &str, largest: f64) -> Self {
        if SHARES.contains(&name) && largest > 1.0 {
            Self::Hundred
        } else if name == POPULARITY && largest <= 1.0 {
            Self::Hundredth
        } else {
            Self::Same
        }
    }

    fn to_spotifys(self, value: f64) -> f64 {
        match self {
            Self::Same => value,
            Self::Hundred => value / 100.0,
            Self::Hundredth => value * 100.0,
        }
    }

    /// 0.29 times 100 is not quite 29, which a bound would then leave out: six decimals are enough.
    fn to_catalogs(self, value: f64) -> f64 {
        match self {
            Self::Same => value,
            Self::Hundred => (value * 1e8).round() / 1e6,
            Self::Hundredth => value / 100.0,
        }
    }
}

/// An attribute of a catalogue: one of its features, or a number beside them.
#[derive(Clone, Copy)]
enum Column {
    Feature(usize, Ratio),
    Attribute(Attribute),
}

impl Column {
    fn of(model: &Model, name: &str) -> Option<Self> {
        if let Some(feature) = model.scaler().features.iter().position(|feature| feature == name) {
            // The distinct values are in order.
            let largest = *model.catalog().features.get(feature)?.values().last()?;
            return Some(Self::Feature(feature, Ratio::of(name, largest)));
        }
        let attribute = Attribute::named(name)?;
        model.catalog().attributes.column(attribute).map(|_| Self::Attribute(attribute))
    }
}

/// The value of an attribute of a track, in Spotify's range; nothing where the catalogue does not know it.
pub(super) fn value(model: &Model, name: &str, row: u32) -> Option<f64> {
    match Column::of(model, name)? {
        Column::Feature(feature, ratio) => {
            Some(ratio.to_spotifys(model.catalog().features.get(feature)?.get(row as usize)))
        }
        Column::Attribute(attribute) => model.catalog().attributes.get(attribute, row).map(f64::from),
    }
}

/// The same as a whole number that is not negative; 0 where the catalogue does not know it.
pub(super) fn whole(model: &Model, name: &str, row: u32) -> u32 {
    // The cast saturates.
    value(model, name, row).map_or(0, |value| value.round() as u32)
}

/// A value in Spotify's range, in the catalogue's units; nothing where the catalogue has no such attribute.
pub(super) fn in_catalogs_units(model: &Model, name: &str, value: f64) -> Option<f64> {
    Some(match Column::of(model, name)? {
        Column::Feature(_, ratio) => ratio.to_catalogs(value),
        Column::Attribute(_) => value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_from_0_to_1_and_popularity_to_100_whatever_the_table_has() {
        for (name, largest, value, spotifys) in [
            ("energy", 100.0, 93.0, 0.93),
            ("energy", 1.0, 0.93, 0.93),
            ("popularity", 100.0, 44.0, 44.0),
            ("popularity", 0.9, 0.44, 44.0),
            ("loudness", 1.2, -6.85, -6.85),
            ("tempo", 200.0, 118.5, 118.5),
            ("duration_ms", 600_000.0, 240_000.0, 240_000.0),
        ] {
            let ratio = Ratio::of(name, largest);
            assert_eq!((ratio.to_spotifys(value), ratio.to_catalogs(spotifys)), (spotifys, value), "{name}");
        }
    }

    #[test]
    fn a_bound_in_percent_is_the_very_percent() {
        for percent in 0..=100 {
            assert_eq!(Ratio::Hundred.to_catalogs(f64::from(percent) / 100.0), f64::from(percent));
        }
    }
}

//! How much each feature counts where tracks are compared: `danceability=2,popularity=0`.

use std::{collections::BTreeMap, str::FromStr};

use recommender::features::{Feature, MAX_WEIGHT, MIN_FEATURES, UnknownFeature};

/// Weights by feature; those that are not named count once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights(BTreeMap<Feature, f64>);

/// Weights that cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// Not a list of features and numbers.
    #[error("expected FEATURE=NUMBER with commas between, such as danceability=2,popularity=0, got {got:?}")]
    Form {
        /// The part that came.
        got: String,
    },
    /// No feature has this name.
    #[error(transparent)]
    Unknown(#[from] UnknownFeature),
    /// A feature is there twice.
    #[error("{feature} has two weights: give it one")]
    Twice {
        /// The feature.
        feature: Feature,
    },
    /// The number is out of range.
    #[error("the weight of {feature} is {got}: expected a number from 0 to {MAX_WEIGHT}")]
    OutOfRange {
        /// The feature.
        feature: Feature,
        /// What came.
        got: f64,
    },
    /// The model is made without this feature.
    #[error(
        "{feature} has a weight and is not among the model's features: expected one of {}; add it to --features, or take \
         its weight away",
        .features.iter().map(|feature| feature.name()).collect::<Vec<_>>().join(", ")
    )]
    Absent {
        /// The feature.
        feature: Feature,
        /// The features of the model.
        features: Vec<Feature>,
    },
    /// Hardly a feature is left.
    #[error("{left} features weigh more than 0: expected at least {MIN_FEATURES}")]
    TooFew {
        /// How many.
        left: usize,
    },
}

impl FromStr for Weights {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut weights = BTreeMap::new();
        for part in text.split(',') {
            let form = || Error::Form { got: part.to_owned() };
            let (name, number) = part.split_once('=').ok_or_else(form)?;
            let (feature, weight) = (name.parse::<Feature>()?, number.trim().parse::<f64>().map_err(|_| form())?);
            if !(0.0..=MAX_WEIGHT).contains(&weight) {
                return Err(Error::OutOfRange { feature, got: weight });
            }
            if weights.insert(feature, weight).is_some() {
                return Err(Error::Twice { feature });
            }
        }
        Ok(Self(weights))
    }
}

impl Weights {
    /// Whether every feature counts once.
    pub fn are_all_one(&self) -> bool {
        self.0.values().all(|weight| *weight == 1.0)
    }

    /// The weight of each of a model's features, in their order.
    ///
    /// # Errors
    ///
    /// Where a weight is of another feature, or fewer than two are above 0.
    pub fn of(&self, features: &[Feature]) -> Result<Vec<f64>, Error> {
        if let Some(feature) = self.0.keys().find(|feature| !features.contains(feature)) {
            return Err(Error::Absent { feature: *feature, features: features.to_vec() });
        }
        // -0.0, which is 0, must not make another model.
        let weights: Vec<f64> =
            features.iter().map(|feature| self.0.get(feature).copied().unwrap_or(1.0) + 0.0).collect();
        match weights.iter().filter(|weight| **weight > 0.0).count() {
            left if left < MIN_FEATURES => Err(Error::TooFew { left }),
            _ => Ok(weights),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(text: &str) -> Result<Vec<f64>, Error> {
        text.parse::<Weights>()?.of(&[Feature::Energy, Feature::Tempo, Feature::Valence])
    }

    #[test]
    fn features_that_are_not_named_count_once() {
        assert_eq!(weights("tempo=0.5"), Ok(vec![1.0, 0.5, 1.0]));
        assert_eq!(weights(" Valence = 100 ,energy=-0"), Ok(vec![0.0, 1.0, 100.0]));
        assert_eq!(Weights::default().of(&[Feature::Energy, Feature::Tempo]), Ok(vec![1.0; 2]));
    }

    #[test]
    fn weights_that_cannot_be_meant_are_refused() {
        for text in ["", "tempo", "tempo=", "tempo=x", "tempo=1,", "=1"] {
            assert!(matches!(weights(text), Err(Error::Form { .. } | Error::Unknown(_))), "{text}");
        }
        for text in ["tempo=-1", "tempo=100.1", "tempo=NaN", "tempo=inf"] {
            assert!(matches!(weights(text), Err(Error::OutOfRange { .. })), "{text}");
        }
        assert!(matches!(weights("speed=1"), Err(Error::Unknown(_))));
        assert!(matches!(weights("tempo=1,Tempo=2"), Err(Error::Twice { feature: Feature::Tempo })));
        assert!(matches!(weights("liveness=1"), Err(Error::Absent { feature: Feature::Liveness, .. })));
        assert_eq!(weights("tempo=0,energy=0"), Err(Error::TooFew { left: 1 }));
    }
}

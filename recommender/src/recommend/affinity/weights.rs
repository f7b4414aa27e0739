//! The weights of a request, in terms of a model.

use crate::{
    affinity::{AffinityKind, AffinityWeights, MAX_AFFINITY_WEIGHT},
    model::Model,
    recommend::Error,
};

/// Which affinities count, and how much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Affinity {
    /// As the trainer found best for this catalogue ([`Card::balanced`](crate::card::Card::balanced)).
    Balanced,
    /// As the request says.
    Weights(AffinityWeights),
}

impl Affinity {
    /// The weights, in terms of a model.
    pub(crate) fn resolve(&self, model: &Model) -> Result<AffinityWeights, Error> {
        let weights = match self {
            Self::Balanced => model.card().balanced.of_model(model),
            Self::Weights(weights) => *weights,
        };
        for (kind, weight) in weights.iter() {
            if !(0.0..=MAX_AFFINITY_WEIGHT).contains(&weight) {
                let got = format!("{}:{weight}", kind.name());
                return Err(Error::OutOfRange { name: "affinity", expected: "weights from 0 to 10", got });
            }
            if !kind.is_in(model) {
                let has = AffinityKind::ALL.into_iter().filter(|kind| kind.is_in(model)).map(AffinityKind::name);
                return Err(Error::NoAffinity { affinity: kind.name(), needs: kind.needs(), expected: has.collect() });
            }
        }
        Ok(weights)
    }
}

impl AffinityKind {
    /// Whether a model has what it takes.
    pub fn is_in(self, model: &Model) -> bool {
        match self {
            Self::Artist => true,
            Self::Year => model.catalog().years.is_some(),
            Self::Genre => model.catalog().genres.is_some(),
            Self::Playlists => model.companions().is_some(),
        }
    }
}

impl AffinityWeights {
    /// These weights, without affinities that a model does not have.
    pub fn of_model(&self, model: &Model) -> Self {
        let missing = AffinityKind::ALL.into_iter().filter(|kind| !kind.is_in(model));
        missing.fold(*self, |weights, kind| weights.with(kind, None))
    }
}

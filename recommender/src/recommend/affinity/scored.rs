//! Candidates with what each affinity is for them, before anything is weighted: what the trainer learns weights from.

use super::values::Affinities;
use crate::{
    Model,
    affinity::{AffinityKind, AffinityWeights},
    recommend::{Error, Request, filter::Filter, rank::Ranking, resolve::Resolved},
};

/// One candidate of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoredCandidate {
    /// Row of the catalogue.
    pub row: u32,
    /// Mean cosine to the seeds.
    pub similarity: f32,
    /// What each of [`AffinityKind::ALL`] is, 0 to 1; 0 for those that the model does not have.
    pub values: [f32; AffinityKind::ALL.len()],
}

impl Model {
    /// The candidates from all clusters that a request with every affinity would choose its answer from, in no order; of some songs
    /// more than one release.
    ///
    /// # Errors
    ///
    /// As [`Model::recommend`].
    pub fn affinity_candidates(&self, request: &Request) -> Result<Vec<ScoredCandidate>, Error> {
        request.check(self)?;
        let Resolved { seeds, negative, .. } = self.resolve_seeds(request)?;
        let clusters: Vec<usize> = (0..self.clusters().len()).collect();
        let filter = Filter::new(self, request, &clusters, &seeds, &negative)?;
        let all = AffinityKind::ALL.into_iter().filter(|kind| kind.is_in(self));
        let weights = all.fold(AffinityWeights::default(), |weights, kind| weights.with(kind, Some(1.0)));
        let affinities = Affinities::new(self, &seeds, &weights);
        let ranking = Ranking::new(self, request, &seeds, &negative, &clusters, &filter, None);
        let scored = ranking.scored(&affinities, request.limit);
        Ok(scored
            .map(|(row, similarity)| ScoredCandidate { row, similarity, values: affinities.values(row) })
            .collect())
    }
}

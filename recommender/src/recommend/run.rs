//! From a request to its answer.

use std::collections::BTreeSet;

use super::{
    affinity::Affinities,
    answer::{Answer, AnswerSeed},
    error::Error,
    filter::Filter,
    rank::Ranking,
    request::Request,
    seed::{ResolvedSeed, Seed, SeedKind},
    select,
};
use crate::model::Model;

impl Model {
    /// Answers a request: the songs most like the seeds, by default of their own clusters.
    ///
    /// The filter is part of the search: an answer is short only where fewer songs than `limit` match. Neither a seed's
    /// song nor any other is in it twice, whatever the number of releases.
    ///
    /// # Errors
    ///
    /// Where a seed is not found, or the request asks for what this model does not have.
    pub fn recommend(&self, request: &Request) -> Result<Answer, Error> {
        request.check(self)?;
        let seeds = self.resolve_all(SeedKind::Seeds, &request.seeds)?;
        let negative = self.resolve_all(SeedKind::NegativeSeeds, &request.negative_seeds)?;
        let affinity = request.affinity.as_ref().map(|affinity| affinity.resolve(self)).transpose()?;
        let clusters: Vec<usize> = if request.same_cluster {
            seeds.iter().map(|seed| seed.cluster).collect::<BTreeSet<_>>().into_iter().collect()
        } else {
            (0..self.clusters().len()).collect()
        };
        let filter = Filter::new(self, request, &clusters, &seeds, &negative)?;
        let mut counts: Vec<Option<u32>> = vec![None; self.clusters().len()];
        let all = filter.count_songs(&clusters);
        let answer_seeds = seeds
            .iter()
            .map(|seed| {
                let rows = &self.clusters()[seed.cluster].rows;
                let (initial_pool_size, after_filtering_size) = if !request.same_cluster {
                    (self.catalog().len() as u32, all)
                } else if clusters.len() == 1 {
                    (rows.end - rows.start, all)
                } else {
                    let count = counts[seed.cluster].get_or_insert_with(|| filter.count_songs(&[seed.cluster]));
                    (rows.end - rows.start, *count)
                };
                AnswerSeed { seed: seed.clone(), initial_pool_size, after_filtering_size }
            })
            .collect();

        let affinities = affinity.filter(|weights| !weights.is_zero());
        let affinities = affinities.map(|weights| Affinities::new(self, &seeds, &weights));
        let ranking = Ranking::new(self, request, &seeds, &negative, &clusters, &filter, affinities);
        let want = request.limit.min(all as usize);
        let mut most = select::candidates_for(request, want);
        let (tracks, search) = loop {
            let (ranked, search) = ranking.best(most);
            let complete = ranked.len() < most || most >= all as usize;
            let selection = select::select(self, request, &ranked, want);
            if selection.tracks.len() == want || complete || selection.is_final(self, filter.accepted(&clusters)) {
                break (selection.tracks, search);
            }
            // So many candidates are of artists whose quota is full: look further.
            most = most.saturating_mul(4);
        };
        Ok(Answer { search, seeds: answer_seeds, affinity, tracks })
    }

    /// Finds seeds, or says which of them is not found.
    pub(super) fn resolve_all(&self, source: SeedKind, seeds: &[Seed]) -> Result<Vec<ResolvedSeed>, Error> {
        let found = seeds.iter().enumerate().map(|(at, seed)| {
            self.resolve(seed).map_err(|error| Error::Seed {
                of: source,
                at,
                seeds: seeds.len(),
                error: Box::new(error),
            })
        });
        found.collect()
    }
}

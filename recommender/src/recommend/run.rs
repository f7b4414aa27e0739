//! From a request to its answer.

use std::collections::BTreeSet;

use super::{
    affinity::Affinities,
    answer::{Answer, AnswerSeed},
    error::Error,
    filter::Filter,
    flow,
    rank::Ranking,
    request::{Order, Request},
    resolve::Resolved,
    select::Selection,
};
use crate::{bit_set::BitSet, model::Model, search::Allowed};

impl Model {
    /// Answers a request: the songs most like the seeds, by default of their own clusters.
    ///
    /// The filter is part of the search: an answer is short only where fewer songs than `limit` match. No other version of a seed's
    /// song is in it, and no song twice, whatever the number of releases and versions.
    ///
    /// # Errors
    ///
    /// Where a seed is not found, or the request asks for what this model does not have.
    pub fn recommend(&self, request: &Request) -> Result<Answer, Error> {
        request.check(self)?;
        let Resolved { seeds, negative, left_out } = self.resolve_seeds(request)?;
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
        let mut selection = Selection::new(self, request, want);
        let (mut most, mut vary) = (selection.candidates(), request.vary);
        let mut remaining: Option<BitSet> = None;
        let search = loop {
            let (ranked, search) = ranking.best(most, remaining.as_ref().map_or(filter.allowed(), Allowed::Rows));
            let has_taken_all = selection.take(&ranked, vary.take());
            if selection.is_full() || (ranked.len() < most && has_taken_all) {
                break search;
            }
            // So many candidates are of artists or albums whose quota is full: others are looked for.
            let rows = filter.remaining(&clusters, selection.rows(), |row| selection.has_room(row));
            if rows.is_empty() {
                break search;
            }
            remaining = Some(rows);
            most = most.saturating_mul(4);
        };
        let tracks: Vec<_> = selection.into_rows().map(|row| ranking.recommendation(row)).collect();
        let tracks = match request.order {
            Order::Similarity => tracks,
            Order::Flow => flow::order(self, &seeds, &tracks),
        };
        Ok(Answer { search, seeds: answer_seeds, left_out, affinity, limit: request.limit, tracks })
    }
}

//! A request for recommendations, as it comes in a body or is gathered from a query.

use std::sync::Arc;

use recommender::{
    Model,
    recommend::{FeatureRange, MAX_SEEDS, Request, Seed, Target},
};

use super::{
    affinity::AffinityValue,
    options::{Options, SearchWord},
    seed::SeedRequest,
};
use crate::{
    api::feature_values::FeatureValues,
    models::{Error, LoadedModel, ModelManager},
    problem::Problem,
};

/// The longest name of a feature that is repeated, in characters.
const MAX_QUOTED_CHARS: usize = 64;

/// What should follow what.
#[derive(Clone, Debug, Default)]
pub(super) struct RecommendationRequest {
    /// What to begin from, 1 to 100. Songs are ranked by their mean similarity to them.
    pub(super) seeds: Vec<SeedRequest>,
    /// What to keep away from, up to 100.
    pub(super) negative_seeds: Vec<SeedRequest>,
    /// The least value of a feature, in the catalogue's units.
    pub(super) min: FeatureValues,
    /// The largest value of a feature.
    pub(super) max: FeatureValues,
    /// The value that a feature should be near.
    pub(super) target: FeatureValues,
    /// What a query says too.
    pub(super) options: Options,
    /// Whether it came in a query, where the parameter of a feature is `min_tempo` and not `min.tempo`.
    pub(super) from_query: bool,
}

impl RecommendationRequest {
    /// The model to ask. Where the graphs must be walked they are waited for; otherwise an exact search answers until
    /// they are there.
    pub(super) async fn model(&self, models: &Arc<ModelManager>) -> Result<Arc<LoadedModel>, Error> {
        match self.options.search {
            SearchWord::Hnsw => models.get_with_graphs().await,
            SearchWord::Auto | SearchWord::Exact => models.get().await,
        }
    }

    /// What can be known to be wrong without a model.
    pub(super) fn check(&self) -> Result<(), Problem> {
        if self.from_query && self.seeds.is_empty() {
            let detail =
                "no seed: name a song (and its artist, where artists share the title), a track_id or seed_tracks";
            return Err(Problem::parameter("song", "song, or song and artist, or track_id, or seed_tracks", detail));
        }
        let count = |name: &str, least: usize, seeds: &[SeedRequest]| {
            if (least..=MAX_SEEDS).contains(&seeds.len()) {
                return Ok(());
            }
            let allowed = format!("{least} to {MAX_SEEDS} of them");
            Err(Problem::parameter(name, &allowed, format!("{name} is {}: expected {allowed}", seeds.len())))
        };
        count(if self.from_query { "seed_tracks" } else { "seeds" }, 1, &self.seeds)?;
        count("negative_seeds", 0, &self.negative_seeds)?;
        for (list, seeds) in [("seeds", &self.seeds), ("negative_seeds", &self.negative_seeds)] {
            for (at, seed) in seeds.iter().enumerate() {
                seed.check(|member| if self.from_query { member.into() } else { format!("{list}[{at}].{member}") })?;
            }
        }
        self.options.check()
    }

    /// The request, in terms of a model's features.
    pub(super) fn to_request(&self, model: &Model) -> Result<Request, Problem> {
        let features = &model.scaler().features;
        for (word, values) in [("min", &self.min), ("max", &self.max), ("target", &self.target)] {
            if let Some((feature, _)) = values.iter().find(|(feature, _)| !features.iter().any(|has| has == feature)) {
                let name = self.named(word, feature);
                let has = features.join(", ");
                let detail = format!("{name} cannot be used: the model has no feature {feature:?}, it has {has}");
                return Err(Problem::parameter(&name, &has, detail));
            }
        }
        let seeds = |list: &str, seeds: &[SeedRequest]| -> Result<Vec<Seed>, Problem> {
            seeds.iter().enumerate().map(|(at, seed)| seed.seed(model, &format!("{list}[{at}].features"))).collect()
        };
        let bounded =
            features.iter().filter(|feature| self.min.get(feature).is_some() || self.max.get(feature).is_some());
        let options = self.options.clone();
        Ok(Request {
            seeds: seeds("seeds", &self.seeds)?,
            negative_seeds: seeds("negative_seeds", &self.negative_seeds)?,
            limit: options.limit,
            same_cluster: options.same_cluster,
            search: options.search.into(),
            ranges: bounded
                .map(|feature| FeatureRange {
                    feature: feature.clone(),
                    min: self.min.get(feature),
                    max: self.max.get(feature),
                })
                .collect(),
            targets: self.target.iter().map(|(feature, value)| Target { feature: feature.to_owned(), value }).collect(),
            explicit: options.explicit,
            genre: options.genre,
            min_year: options.min_year,
            max_year: options.max_year,
            exclude_tracks: options.exclude_tracks.unwrap_or_default(),
            exclude_artists: options.exclude_artists.unwrap_or_default(),
            exclude_seed_artists: options.exclude_seed_artists,
            max_per_artist: options.max_per_artist,
            affinity: options.affinity.map(|AffinityValue(affinity)| affinity),
            diversity: options.diversity,
        })
    }

    fn named(&self, word: &str, feature: &str) -> String {
        let feature: String = feature.chars().take(MAX_QUOTED_CHARS).collect();
        if self.from_query { format!("{word}_{feature}") } else { format!("{word}.{feature}") }
    }
}

//! A request for recommendations, as it comes in a body or is gathered from a query.

use std::{fmt::Display, sync::Arc, time::Instant};

use recommender::{
    Model,
    recommend::{self, FeatureRange, MAX_SEEDS, Request, Seed, Target},
};

use super::{
    affinity::AffinityValue,
    cursor,
    options::{Options, SearchWord},
    query::SEED_PARAMETERS,
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
    /// The least value of a feature or an attribute, in the catalogue's units.
    pub(super) min: FeatureValues,
    /// The largest value of one.
    pub(super) max: FeatureValues,
    /// The value that one should be near.
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

    /// Asks the model, which gets the index of the text search where a seed needs it. The request is there in the model's terms too.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        models: &Arc<ModelManager>,
        question: impl FnOnce(&Model, &Request) -> Result<T, recommend::Error> + Send + 'static,
    ) -> Result<(Arc<LoadedModel>, Arc<Request>, T), Problem> {
        let begun = Instant::now();
        let loaded = self.model(models).await?;
        let request = Arc::new(self.to_request(&loaded.model)?);
        let found = if loaded.model.needs_text_search(&request) {
            if loaded.model.text_search().is_none() {
                models.add_text_search(&loaded, begun).await?;
            }
            let request = Arc::clone(&request);
            loaded.ask(move |model| question(model, &request)).await?
        } else {
            question(&loaded.model, &request)
        };
        Ok((loaded, request, found?))
    }

    /// What can be known to be wrong without a model.
    pub(super) fn check(&self) -> Result<(), Problem> {
        if self.from_query && self.seeds.is_empty() {
            let detail = "no seed: name a song (and its artist, where artists share the title), q, a track_id, seed_tracks, \
                          seed_artists or seed_genres";
            return Err(Problem::parameter("song", SEED_PARAMETERS, detail));
        }
        let refused = |name: &str, least: usize, said: String| {
            let allowed = format!("{least} to {MAX_SEEDS} of them");
            Err(Problem::parameter(name, &allowed, format!("{said}: expected {allowed}")))
        };
        let count = |name: &str, least: usize, seeds: &[SeedRequest]| match seeds.len() {
            count if (least..=MAX_SEEDS).contains(&count) => Ok(()),
            count => refused(name, least, format!("{name} is {count}")),
        };
        match self.seeds.get(MAX_SEEDS).filter(|_| self.from_query) {
            Some(seed) => {
                let name = seed.query_parameter();
                refused(name, 1, format!("{name} brings the seeds to {}", self.seeds.len()))?;
            }
            None => count("seeds", 1, &self.seeds)?,
        }
        count("negative_seeds", 0, &self.negative_seeds)?;
        for (list, seeds) in [("seeds", &self.seeds), ("negative_seeds", &self.negative_seeds)] {
            for (at, seed) in seeds.iter().enumerate() {
                seed.check(|member| if self.from_query { member.into() } else { format!("{list}[{at}].{member}") })?;
            }
        }
        self.options.check()
    }

    /// The request, in terms of a model's features and attributes.
    fn to_request(&self, model: &Model) -> Result<Request, Problem> {
        for (word, values) in [("min", &self.min), ("max", &self.max), ("target", &self.target)] {
            if let Some((feature, _)) = values.iter().find(|(name, _)| !model.bounded().any(|has| has == *name)) {
                let name = self.named(word, feature);
                let has = model.bounded().collect::<Vec<_>>().join(", ");
                let detail = format!("{name} cannot be used: the model has no {feature:?}, it has {has}");
                return Err(Problem::parameter(&name, &has, detail));
            }
        }
        self.check_bounds(model)?;
        let seeds = |list: &str, seeds: &[SeedRequest]| -> Result<Vec<Seed>, Problem> {
            seeds.iter().enumerate().map(|(at, seed)| seed.seed(model, &format!("{list}[{at}].features"))).collect()
        };
        let bounded = model.bounded().filter(|name| self.min.get(name).is_some() || self.max.get(name).is_some());
        let weights = |seeds: &[SeedRequest]| seeds.iter().map(|seed| seed.weight.unwrap_or(1.0)).collect();
        let options = self.options.clone();
        let request = Request {
            strict: options.strict,
            seeds: seeds("seeds", &self.seeds)?,
            negative_seeds: seeds("negative_seeds", &self.negative_seeds)?,
            weights: weights(&self.seeds),
            negative_weights: weights(&self.negative_seeds),
            limit: options.limit,
            same_cluster: options.same_cluster,
            search: options.search.into(),
            ranges: bounded
                .map(|name| FeatureRange { feature: name.to_owned(), min: self.min.get(name), max: self.max.get(name) })
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
            max_per_album: options.max_per_album,
            versions: options.versions,
            vary: options.vary,
            order: options.order.into(),
            affinity: options.affinity.map(|AffinityValue(affinity)| affinity),
            diversity: options.diversity,
            exclude_rows: Vec::new(),
        };
        cursor::resume(model, request, self.options.cursor.as_deref())
    }

    /// Whether some track can be within the bounds.
    fn check_bounds(&self, model: &Model) -> Result<(), Problem> {
        if let (Some(min), Some(max)) = (self.options.min_year, self.options.max_year)
            && min > max
        {
            return Err(contradiction("min_year", "max_year", &min, &max));
        }
        for feature in model.bounded() {
            let (min, max) = (self.min.get(feature), self.max.get(feature));
            let (min_name, max_name) = (self.named("min", feature), self.named("max", feature));
            if let (Some(min), Some(max)) = (min, max)
                && min > max
            {
                return Err(contradiction(&min_name, &max_name, &min, &max));
            }
            if min.is_none() && max.is_none() {
                continue;
            }
            let Some((least, most)) = model.range_of(feature) else { continue };
            for (name, bound, is_outside) in [
                (min_name, min, min.is_some_and(|min| min > most)),
                (max_name, max, max.is_some_and(|max| max < least)),
            ] {
                if let (Some(bound), true) = (bound, is_outside) {
                    let allowed = format!("{least} to {most}");
                    let detail =
                        format!("{name} is {bound}: no track is within, {feature} is {allowed} in this catalogue");
                    return Err(Problem::parameter(&name, &allowed, detail));
                }
            }
        }
        Ok(())
    }

    fn named(&self, word: &str, feature: &str) -> String {
        let feature: String = feature.chars().take(MAX_QUOTED_CHARS).collect();
        if self.from_query { format!("{word}_{feature}") } else { format!("{word}.{feature}") }
    }
}

fn contradiction(min_name: &str, max_name: &str, min: &dyn Display, max: &dyn Display) -> Problem {
    let detail = format!(
        "{min_name} is {min} and {max_name} is {max}: nothing is within; the least must not be above the largest"
    );
    Problem::parameter(min_name, &format!("at most {max}"), detail)
}

//! Recommendations in JSON.

use recommender::{
    Model,
    affinity::{AffinityKind, AffinityWeights},
    recommend::{Affinities, Answer, AnswerSeed, Contribution, Explanation, ResolvedSeed, explain},
};
use serde::Serialize;
use serde_json::Number;
use utoipa::ToSchema;

use crate::view::{ClusterRef, Features, ModelRef, Posterior, Track, number, rounded};

/// Songs to follow the seeds.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Recommendations<'a> {
    model: ModelRef,
    /// How the search was done: `exact` or `hnsw`.
    search: &'static str,
    /// What was begun from, in the order of the request.
    seeds: Vec<AnswerSeedView<'a>>,
    /// What each affinity counted for, where any was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    affinity: Option<AffinityWeights>,
    /// The best first.
    tracks: Vec<Recommended<'a>>,
}

/// What was begun from.
#[derive(Debug, Serialize, ToSchema)]
struct AnswerSeedView<'a> {
    #[serde(flatten)]
    seed: SeedView<'a>,
    /// Tracks in the clusters that were searched for this seed.
    initial_pool_size: u32,
    /// Different songs among them that may be answered with.
    after_filtering_size: u32,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum SeedView<'a> {
    /// A track of the catalogue.
    Track(Track<'a>),
    /// A song that is not in the catalogue.
    Classified(ClassifiedSeed<'a>),
}

/// A song that is not in the catalogue, and where naive Bayes places it.
#[derive(Debug, Serialize, ToSchema)]
struct ClassifiedSeed<'a> {
    /// The most probable cluster.
    cluster: ClusterRef<'a>,
    /// The probability of every cluster.
    posteriors: Vec<Posterior<'a>>,
    features: Features<'a>,
}

/// A song to follow.
#[derive(Debug, Serialize, ToSchema)]
struct Recommended<'a> {
    #[serde(flatten)]
    track: Track<'a>,
    /// Cosine of the angle between the scaled features of the song and the seed; the mean over several seeds.
    similarity: f64,
    /// What binds it to the seeds, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<ExplanationView<'a>>,
}

/// Why a song is in the answer.
#[derive(Debug, Serialize, ToSchema)]
struct ExplanationView<'a> {
    /// The seed that it is most like, by its place among the seeds.
    seed: usize,
    /// The features that bind most. All features' shares add up to the similarity to that seed.
    similarities: Vec<ContributionView<'a>>,
    /// The features that differ most. All features' shares add up to 1 less the similarity to that seed.
    differences: Vec<ContributionView<'a>>,
    /// What each affinity that was asked for brings, which is added to the similarity.
    #[serde(skip_serializing_if = "Option::is_none")]
    affinities: Option<Vec<AffinityView>>,
}

/// What one affinity brings a song.
#[derive(Debug, Serialize, ToSchema)]
struct AffinityView {
    /// `artist`, `year`, `genre` or `playlists`.
    affinity: &'static str,
    /// How much the song and the seeds have in common, 0 to 1.
    value: f64,
    /// The same, times the affinity's weight: what is added to the similarity.
    share: f64,
}

/// One feature's part in an explanation.
#[derive(Debug, Serialize, ToSchema)]
struct ContributionView<'a> {
    feature: &'a str,
    /// Its value in the seed.
    #[schema(value_type = f64)]
    seed: Option<Number>,
    /// Its value in the song.
    #[schema(value_type = f64)]
    track: Option<Number>,
    share: f64,
}

impl<'a> Recommendations<'a> {
    pub(super) fn of(model: &'a Model, answer: &Answer, explained: bool) -> Self {
        let resolved: Vec<ResolvedSeed> =
            if explained { answer.seeds.iter().map(|seed| seed.seed.clone()).collect() } else { Vec::new() };
        let affinities =
            answer.affinity.filter(|_| explained).map(|weights| Affinities::new(model, &resolved, &weights));
        let explanation = |row| ExplanationView {
            affinities: affinities
                .as_ref()
                .map(|affinities| AffinityView::all(affinities, answer.affinity.unwrap_or_default(), row)),
            ..ExplanationView::of(model, &explain(model, &resolved, row))
        };
        let tracks = answer.tracks.iter().map(|track| Recommended {
            track: Track::of(model, track.row),
            similarity: rounded(track.similarity),
            explanation: explained.then(|| explanation(track.row)),
        });
        Self {
            model: ModelRef::of(model),
            search: answer.search.name(),
            seeds: answer.seeds.iter().map(|seed| AnswerSeedView::of(model, seed)).collect(),
            affinity: answer.affinity,
            tracks: tracks.collect(),
        }
    }
}

impl<'a> AnswerSeedView<'a> {
    fn of(model: &'a Model, seed: &AnswerSeed) -> Self {
        let what = match (&seed.seed.row, &seed.seed.posteriors) {
            (Some(row), _) => SeedView::Track(Track::of(model, *row)),
            (None, posteriors) => SeedView::Classified(ClassifiedSeed {
                cluster: ClusterRef::of(model, seed.seed.cluster),
                posteriors: Posterior::all(model, posteriors.as_deref().unwrap_or_default()),
                features: Features { names: &model.scaler().features, values: seed.seed.features.clone() },
            }),
        };
        Self { seed: what, initial_pool_size: seed.initial_pool_size, after_filtering_size: seed.after_filtering_size }
    }
}

impl<'a> ExplanationView<'a> {
    fn of(model: &'a Model, explanation: &Explanation) -> Self {
        let shares = |shares: &[Contribution]| {
            let view = |share: &Contribution| ContributionView {
                feature: &model.scaler().features[share.feature],
                seed: number(share.seed),
                track: number(share.track),
                share: (share.share * 1e6).round() / 1e6,
            };
            shares.iter().map(view).collect()
        };
        Self {
            seed: explanation.seed,
            similarities: shares(&explanation.similarities),
            differences: shares(&explanation.differences),
            affinities: None,
        }
    }
}

impl AffinityView {
    fn all(affinities: &Affinities<'_>, weights: AffinityWeights, row: u32) -> Vec<Self> {
        let values = affinities.values(row);
        let named = weights.iter().map(|(kind, weight)| (kind, weight, values[kind as usize]));
        let view = |(kind, weight, value): (AffinityKind, f64, f32)| Self {
            affinity: kind.name(),
            value: rounded(value),
            share: rounded((f64::from(value) * weight) as f32),
        };
        named.map(view).collect()
    }
}

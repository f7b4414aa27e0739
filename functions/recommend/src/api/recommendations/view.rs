//! Recommendations in JSON.

use recommender::{
    Model,
    affinity::{AffinityKind, AffinityWeights},
    recommend::{
        Affinities, Answer, AnswerSeed, Contribution, Explanation, ResolvedSeed, SeedGroup, Understood, explain,
    },
};
use serde::Serialize;
use serde_json::Number;
use utoipa::ToSchema;

use crate::{
    problem::Problem,
    view::{ClusterRef, Features, ModelRef, Posterior, Track, bounded, number, rounded},
};

/// Songs to follow the seeds.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Recommendations<'a> {
    model: ModelRef,
    /// How the search was done: `exact` or `hnsw`.
    search: &'static str,
    /// What was begun from, in the order of the request.
    seeds: Vec<AnswerSeedView<'a>>,
    /// Why other seeds were left out, where some were: `seed` names each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    unresolved: Vec<Problem>,
    /// What each affinity counted for, where any was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    affinity: Option<AffinityWeights>,
    /// The best first, or in the order that was asked for.
    tracks: Vec<Recommended<'a>>,
    /// `cursor` of the request that continues this answer; absent if there are no more songs.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// What was begun from.
#[derive(Debug, Serialize, ToSchema)]
struct AnswerSeedView<'a> {
    #[serde(flatten)]
    seed: SeedView<'a>,
    /// How a song was understood that was not named as the catalogue has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved: Option<Resolved<'a>>,
    /// What the seed counts for, where it is not 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<f64>,
    /// Tracks in the clusters that were searched for this seed.
    initial_pool_size: u32,
    /// Different songs among them that may be answered with.
    after_filtering_size: u32,
}

/// How a song was understood that was not named as the catalogue has it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Resolved<'a> {
    /// `spelling` (accents and signs), `version` (without what names one), `artist` (some words of the name), `typo`, `popularity` (the
    /// far more popular of several) or `search` (for `q`).
    by: &'static str,
    /// The title as the catalogue has it.
    song: &'a str,
    /// The artist as the catalogue has it.
    artist: &'a str,
}

impl<'a> Resolved<'a> {
    pub(super) fn of(model: &'a Model, row: u32, by: Understood) -> Self {
        let track = model.catalog().track(row);
        Self { by: by.name(), song: bounded(track.song), artist: bounded(track.artist) }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum SeedView<'a> {
    /// A track of the catalogue.
    Track(Track<'a>),
    /// A song that is not in the catalogue.
    Classified(ClassifiedSeed<'a>),
    /// An artist of the catalogue.
    Artist(ArtistSeed<'a>),
    /// A genre of the catalogue.
    Genre(GenreSeed<'a>),
}

/// An artist, whose tracks stand for one seed.
#[derive(Debug, Serialize, ToSchema)]
struct ArtistSeed<'a> {
    /// The artist's name.
    artist: String,
    #[serde(flatten)]
    group: Group<'a>,
}

/// A genre, whose tracks stand for one seed.
#[derive(Debug, Serialize, ToSchema)]
struct GenreSeed<'a> {
    /// The genre's name.
    genre: String,
    #[serde(flatten)]
    group: Group<'a>,
}

/// What tracks have together.
#[derive(Debug, Serialize, ToSchema)]
struct Group<'a> {
    /// How many tracks there are.
    tracks: u32,
    /// The cluster that most of them belong to, by weight.
    cluster: ClusterRef<'a>,
    /// Their weighted means.
    features: Features<'a>,
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
    /// Of a hundred tracks of the catalogue, how many are less similar to their tenth nearest song than this song is to the seeds: 50
    /// is what the tenth song of an answer usually is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 100)]
    similarity_percentile: Option<u8>,
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
    pub(super) fn of(model: &'a Model, answer: Answer, explained: bool, next: Option<String>) -> Self {
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
            similarity_percentile: model.similarity_percentile(track.similarity),
            explanation: explained.then(|| explanation(track.row)),
        });
        Self {
            model: ModelRef::of(model),
            search: answer.search.name(),
            seeds: answer.seeds.iter().map(|seed| AnswerSeedView::of(model, seed)).collect(),
            affinity: answer.affinity,
            tracks: tracks.collect(),
            unresolved: answer.left_out.into_iter().map(Problem::from).collect(),
            next,
        }
    }
}

impl<'a> AnswerSeedView<'a> {
    fn of(model: &'a Model, seed: &AnswerSeed) -> Self {
        let cluster = || ClusterRef::of(model, seed.seed.cluster);
        let features = || Features { names: &model.scaler().features, values: seed.seed.features.clone() };
        let group = |tracks: u32| Group { tracks, cluster: cluster(), features: features() };
        let what = match (&seed.seed.row, &seed.seed.group, &seed.seed.posteriors) {
            (Some(row), ..) => SeedView::Track(Track::of(model, *row)),
            (None, Some(SeedGroup::Artist { name, tracks }), _) => {
                SeedView::Artist(ArtistSeed { artist: name.clone(), group: group(*tracks) })
            }
            (None, Some(SeedGroup::Genre { name, tracks }), _) => {
                SeedView::Genre(GenreSeed { genre: name.clone(), group: group(*tracks) })
            }
            (None, None, posteriors) => SeedView::Classified(ClassifiedSeed {
                cluster: cluster(),
                posteriors: Posterior::all(model, posteriors.as_deref().unwrap_or_default()),
                features: features(),
            }),
        };
        let weight = Some(seed.seed.weight).filter(|weight| *weight != 1.0);
        let resolved = seed.seed.row.zip(seed.seed.understood).map(|(row, by)| Resolved::of(model, row, by));
        Self {
            seed: what,
            resolved,
            weight,
            initial_pool_size: seed.initial_pool_size,
            after_filtering_size: seed.after_filtering_size,
        }
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

//! A request for recommendations, as it comes in a body or is gathered from a query.

use std::sync::Arc;

use recommender::{
    Model,
    recommend::{FeatureRange, MAX_LIMIT, MAX_SEEDS, Request, Seed, Target},
    search,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::feature_values::FeatureValues,
    models::{Error, LoadedModel, ModelManager},
    problem::Problem,
    view::{Features, SomeFeatures},
};

/// The most ids that one request may exclude, and how long each may be. All lists at their longest fit into a body.
const EXCLUDED_TRACKS: (usize, usize) = (1_000, 128);
/// The most artists, and how long each name may be.
const EXCLUDED_ARTISTS: (usize, usize) = (100, 256);
/// The longest title, artist, genre or id, in characters.
const MAX_TEXT_CHARS: usize = 1_024;
const DEFAULT_LIMIT: usize = 10;
const YEARS: std::ops::RangeInclusive<u32> = 1..=9_999;

/// What should follow what.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RecommendationRequest {
    /// What to begin from, 1 to 5. Several are ranked by their agreement.
    #[schema(value_type = Vec<SeedForm>, min_items = 1, max_items = 5)]
    pub(super) seeds: Vec<SeedRequest>,
    /// What to keep away from, up to 5.
    #[serde(default)]
    #[schema(value_type = Vec<SeedForm>, max_items = 5)]
    pub(super) negative_seeds: Vec<SeedRequest>,
    /// How many songs, 10 unless set.
    #[schema(minimum = 1, maximum = 100)]
    pub(super) limit: Option<usize>,
    /// Only songs of the seeds' own clusters, true unless set.
    pub(super) same_cluster: Option<bool>,
    /// How to search, auto unless set.
    pub(super) search: Option<SearchWord>,
    /// The least value of a feature, in the catalogue's units.
    #[serde(default)]
    #[schema(value_type = SomeFeatures)]
    pub(super) min: FeatureValues,
    /// The largest value of a feature.
    #[serde(default)]
    #[schema(value_type = SomeFeatures)]
    pub(super) max: FeatureValues,
    /// The value that a feature should be near.
    #[serde(default)]
    #[schema(value_type = SomeFeatures)]
    pub(super) target: FeatureValues,
    /// false: no explicit lyrics; true: only those.
    pub(super) explicit: Option<bool>,
    /// Only songs of this genre.
    #[schema(min_length = 1, max_length = 1_024, pattern = r"\S")]
    pub(super) genre: Option<String>,
    /// The earliest year.
    #[schema(minimum = 1, maximum = 9_999)]
    pub(super) min_year: Option<u32>,
    /// The latest year.
    #[schema(minimum = 1, maximum = 9_999)]
    pub(super) max_year: Option<u32>,
    /// Ids of tracks whose songs are not wanted, up to 1,000.
    #[serde(default)]
    #[schema(value_type = Vec<ExcludedId>, max_items = 1_000)]
    pub(super) exclude_tracks: Vec<String>,
    /// Artists who are not wanted, up to 100.
    #[serde(default)]
    #[schema(value_type = Vec<ExcludedArtist>, max_items = 100)]
    pub(super) exclude_artists: Vec<String>,
    /// Whether the seeds' artists are not wanted, false unless set.
    pub(super) exclude_seed_artists: Option<bool>,
    /// How many songs of one artist, without bound unless set.
    #[schema(minimum = 1, maximum = 100)]
    pub(super) max_per_artist: Option<usize>,
    /// 0, the most similar, to 1, as unlike one another as they come; 0 unless set.
    #[schema(minimum = 0, maximum = 1)]
    pub(super) diversity: Option<f64>,
    /// Whether to say what binds each song to the seeds, false unless set.
    #[serde(default)]
    pub(super) explain: bool,
    /// Whether it came in a query, where the parameter of a feature is `min_tempo` and not `min.tempo`.
    #[serde(skip)]
    pub(super) from_query: bool,
}

/// One seed: a track by its id, a song by its title, or the features of a song that is not in the catalogue.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SeedRequest {
    /// Id of a track.
    pub(super) track_id: Option<String>,
    /// Title of a song.
    pub(super) song: Option<String>,
    /// Its artist, where several artists share the title.
    pub(super) artist: Option<String>,
    /// Every feature of the model, in the catalogue's units.
    pub(super) features: Option<FeatureValues>,
}

/// How to search.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::api) enum SearchWord {
    /// As is quicker.
    Auto,
    /// By comparing with every track.
    Exact,
    /// By the graphs.
    Hnsw,
}

/// The three forms of a seed.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "this is the schema of `SeedRequest`, which holds any of the three")]
pub(super) enum SeedForm<'a> {
    /// A track of the catalogue, by its id.
    Track(SeedTrack),
    /// A song of the catalogue, by its title.
    Song(SeedSong),
    /// A song that is not in the catalogue.
    Features(SeedFeatures<'a>),
}

/// A track of the catalogue, by its id.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SeedTrack {
    #[schema(min_length = 1, max_length = 1_024, pattern = r"\S")]
    track_id: String,
}

/// A song of the catalogue, by its title.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SeedSong {
    #[schema(min_length = 1, max_length = 1_024, pattern = r"\S")]
    song: String,
    /// Needed where several artists share the title.
    #[schema(min_length = 1, max_length = 1_024, pattern = r"\S")]
    artist: Option<String>,
}

/// A song that is not in the catalogue: it is placed by naive Bayes.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SeedFeatures<'a> {
    features: Features<'a>,
}

/// Id of a track.
#[derive(Serialize, ToSchema)]
#[schema(min_length = 1, max_length = 128, pattern = r"\S")]
pub(super) struct ExcludedId(String);

/// Name of an artist.
#[derive(Serialize, ToSchema)]
#[schema(min_length = 1, max_length = 256, pattern = r"\S")]
pub(super) struct ExcludedArtist(String);

impl RecommendationRequest {
    /// The model to ask. Where the graphs must be walked they are waited for; otherwise an exact search answers until
    /// they are there.
    pub(super) async fn model(&self, models: &Arc<ModelManager>) -> Result<Arc<LoadedModel>, Error> {
        match self.search {
            Some(SearchWord::Hnsw) => models.get_with_graphs().await,
            _ => models.get().await,
        }
    }

    /// What can be known to be wrong without a model.
    pub(super) fn check(&self) -> Result<(), Problem> {
        let range = |name: &str, allowed: String, fits: bool, got: String| {
            if fits {
                Ok(())
            } else {
                Err(Problem::parameter(name, &allowed, format!("{name} is {got}: expected {allowed}")))
            }
        };
        let within = |name: &str, least: usize, most: usize, got: Option<usize>| {
            let fits = got.is_none_or(|got| (least..=most).contains(&got));
            range(name, format!("{least} to {most}"), fits, got.unwrap_or_default().to_string())
        };
        if self.from_query && self.seeds.is_empty() {
            let detail =
                "no seed: name a song (and its artist, where artists share the title), a track_id or seed_tracks";
            return Err(Problem::parameter("song", "song, or song and artist, or track_id, or seed_tracks", detail));
        }
        let (seeds, negative) = if self.from_query { ("seed_tracks", "") } else { ("seeds", "negative_seeds") };
        range(
            seeds,
            format!("1 to {MAX_SEEDS} of them"),
            (1..=MAX_SEEDS).contains(&self.seeds.len()),
            self.seeds.len().to_string(),
        )?;
        let fits = self.negative_seeds.len() <= MAX_SEEDS;
        range(negative, format!("0 to {MAX_SEEDS} of them"), fits, self.negative_seeds.len().to_string())?;
        for (list, seeds) in [("seeds", &self.seeds), ("negative_seeds", &self.negative_seeds)] {
            for (at, seed) in seeds.iter().enumerate() {
                seed.check(|member| if self.from_query { member.into() } else { format!("{list}[{at}].{member}") })?;
            }
        }
        within("limit", 1, MAX_LIMIT, self.limit)?;
        within("max_per_artist", 1, MAX_LIMIT, self.max_per_artist)?;
        let diversity = self.diversity.unwrap_or(0.0);
        range("diversity", "0 to 1".into(), (0.0..=1.0).contains(&diversity), diversity.to_string())?;
        for (name, year) in [("min_year", self.min_year), ("max_year", self.max_year)] {
            let allowed = format!("{} to {}", YEARS.start(), YEARS.end());
            range(name, allowed, year.is_none_or(|year| YEARS.contains(&year)), format!("{year:?}"))?;
        }
        for (name, list, (most, longest)) in [
            ("exclude_tracks", &self.exclude_tracks, EXCLUDED_TRACKS),
            ("exclude_artists", &self.exclude_artists, EXCLUDED_ARTISTS),
        ] {
            range(name, format!("at most {most} of them"), list.len() <= most, list.len().to_string())?;
            for text in list {
                check_text(name, text, longest)?;
            }
        }
        if let Some(genre) = &self.genre {
            check_text("genre", genre, MAX_TEXT_CHARS)?;
        }
        Ok(())
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
        Ok(Request {
            seeds: seeds("seeds", &self.seeds)?,
            negative_seeds: seeds("negative_seeds", &self.negative_seeds)?,
            limit: self.limit.unwrap_or(DEFAULT_LIMIT),
            same_cluster: self.same_cluster.unwrap_or(true),
            search: match self.search {
                None | Some(SearchWord::Auto) => search::Search::Auto,
                Some(SearchWord::Exact) => search::Search::Exact,
                Some(SearchWord::Hnsw) => search::Search::Hnsw,
            },
            ranges: bounded
                .map(|feature| FeatureRange {
                    feature: feature.clone(),
                    min: self.min.get(feature),
                    max: self.max.get(feature),
                })
                .collect(),
            targets: self.target.iter().map(|(feature, value)| Target { feature: feature.to_owned(), value }).collect(),
            explicit: self.explicit,
            genre: self.genre.clone(),
            min_year: self.min_year,
            max_year: self.max_year,
            exclude_tracks: self.exclude_tracks.clone(),
            exclude_artists: self.exclude_artists.clone(),
            exclude_seed_artists: self.exclude_seed_artists.unwrap_or(false),
            max_per_artist: self.max_per_artist,
            diversity: self.diversity.unwrap_or(0.0),
        })
    }

    fn named(&self, word: &str, feature: &str) -> String {
        let feature: String = feature.chars().take(64).collect();
        if self.from_query { format!("{word}_{feature}") } else { format!("{word}.{feature}") }
    }
}

impl SeedRequest {
    /// `named` says what a member is called in the request.
    fn check(&self, named: impl Fn(&str) -> String) -> Result<(), Problem> {
        for (member, text) in [("track_id", &self.track_id), ("song", &self.song), ("artist", &self.artist)] {
            if let Some(text) = text {
                check_text(&named(member), text, MAX_TEXT_CHARS)?;
            }
        }
        let given = [self.track_id.is_some(), self.song.is_some(), self.features.is_some()];
        let one = given.iter().filter(|given| **given).count() == 1;
        if one && (self.artist.is_none() || self.song.is_some()) {
            return Ok(());
        }
        let allowed = "track_id, or song, or song and artist, or features";
        let detail = format!("a seed is one of {allowed}");
        Err(Problem::parameter(
            &named(if self.song.is_some() || self.artist.is_some() { "song" } else { "track_id" }),
            allowed,
            detail,
        ))
    }

    fn seed(&self, model: &Model, named: &str) -> Result<Seed, Problem> {
        if let Some(id) = &self.track_id {
            return Ok(Seed::Track(id.clone()));
        }
        if let Some(song) = &self.song {
            return Ok(Seed::Song { song: song.clone(), artist: self.artist.clone() });
        }
        let features = self.features.clone().unwrap_or_default();
        Ok(Seed::Features(features.ordered(model, named)?))
    }
}

fn check_text(name: &str, text: &str, longest: usize) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return Err(Problem::parameter(name, "text that is not blank", format!("{name} is blank")));
    }
    if text.chars().count() > longest {
        let allowed = format!("at most {longest} characters");
        return Err(Problem::parameter(name, &allowed, format!("{name} is longer: expected {allowed}")));
    }
    Ok(())
}

//! The query of `GET /v1/recommendations`.

use std::sync::LazyLock;

use recommender::{catalog::attributes::Attribute, features::Feature};
use utoipa::{
    IntoParams,
    openapi::path::{self, ParameterIn},
};

use super::{
    options::Options,
    request::RecommendationRequest,
    seed::{SeedRequest, TEXT, TYPED},
};
use crate::{
    api::feature_values::{FEATURE_VALUE, FeatureValues},
    parameters::{Description, List, Parameter, Parameters, Values, parameters},
    problem::Problem,
};

parameters! {
    /// What to begin from.
    struct SeedQuery in Query {
        /// What is typed of a seed's title and artist, as in /v1/tracks
        q: Option<String> = TYPED,
        /// Title of a seed; case, white space and Unicode form do not matter
        song: Option<String> = TEXT,
        /// The seed's artist, where several share the title; only with song
        artist: Option<String> = TEXT,
        /// Id of a seed
        track_id: Option<String> = TEXT,
        /// Ids of seeds, with commas between them
        seed_tracks: Option<Vec<String>> = List::separated_by(',', TEXT),
        /// Artists as seeds, with semicolons between them
        seed_artists: Option<Vec<String>> = List::separated_by(';', TEXT),
        /// Genres as seeds, with commas between them
        seed_genres: Option<Vec<String>> = List::separated_by(',', TEXT),
    }
}

/// What names a seed in a query.
pub(super) const SEED_PARAMETERS: &str =
    "q, or song, or song and artist, or track_id, or seed_tracks, or seed_artists, or seed_genres";

/// What a parameter says of the feature or attribute that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Min,
    Max,
    Target,
}

impl Word {
    const ALL: [Self; 3] = [Self::Min, Self::Max, Self::Target];

    fn name(self) -> &'static str {
        match self {
            Self::Min => "min",
            Self::Max => "max",
            Self::Target => "target",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::Min => "The least value allowed, in the catalogue's units",
            Self::Max => "The largest value allowed, in the catalogue's units",
            Self::Target => "The value that a song should be near, in the catalogue's units",
        }
    }
}

/// `min_tempo`, `max_tempo`, `target_tempo` and so on, with the word and the feature or attribute that each is made of.
static FEATURE_PARAMETERS: LazyLock<Vec<(String, Word, &str)>> = LazyLock::new(|| {
    let of = |name: &'static str| Word::ALL.map(|word| (format!("{}_{name}", word.name()), word, name));
    bounded_names().flat_map(of).collect()
});

/// What bounds and targets may name: every feature, then the attributes that are no feature.
fn bounded_names() -> impl Iterator<Item = &'static str> {
    let features = Feature::ALL.map(Feature::name);
    let attributes = Attribute::ALL.map(Attribute::name);
    features.into_iter().chain(attributes.into_iter().filter(move |name| !features.contains(name)))
}

/// The parameters of these words: what each is.
pub(super) fn describe_features(words: &[Word]) -> impl Iterator<Item = Description> {
    let named = FEATURE_PARAMETERS.iter().filter(|(_, word, _)| words.contains(word));
    named.map(|(name, word, _)| Description::new(name, word.meaning(), &FEATURE_VALUE))
}

/// The parameters of these words: their names.
pub(super) fn feature_names(words: &[Word]) -> impl Iterator<Item = &'static str> {
    FEATURE_PARAMETERS.iter().filter(|(_, word, _)| words.contains(word)).map(|(name, ..)| name.as_str())
}

/// The parameters of a word: their values.
///
/// # Errors
///
/// 400 for what is no number in its range.
pub(super) fn read_features(values: &Values, word: Word) -> Result<FeatureValues, Problem> {
    let mut read = Vec::new();
    for (name, _, feature) in FEATURE_PARAMETERS.iter().filter(|(_, other, _)| *other == word) {
        if let Some(value) = FEATURE_VALUE.read(name, values)? {
            read.push(((*feature).to_owned(), value));
        }
    }
    Ok(FeatureValues::new(read))
}

/// All parameters of the query.
#[derive(Clone, Debug)]
pub(super) struct RecommendationQuery {
    seeds: SeedQuery,
    options: Options,
    min: FeatureValues,
    max: FeatureValues,
    target: FeatureValues,
}

impl Parameters for RecommendationQuery {
    fn names() -> Vec<&'static str> {
        SeedQuery::names().into_iter().chain(Options::names()).chain(feature_names(&Word::ALL)).collect()
    }

    fn describe() -> Vec<Description> {
        SeedQuery::describe().into_iter().chain(Options::describe()).chain(describe_features(&Word::ALL)).collect()
    }

    fn read(values: &Values) -> Result<Self, Problem> {
        let (seeds, options) = (SeedQuery::read(values)?, Options::read(values)?);
        let read = |word| read_features(values, word);
        Ok(Self { seeds, options, min: read(Word::Min)?, max: read(Word::Max)?, target: read(Word::Target)? })
    }
}

impl IntoParams for RecommendationQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<path::Parameter> {
        let describe = Self::describe().into_iter();
        describe.map(|description| description.into_parameter(ParameterIn::Query)).collect()
    }
}

impl TryFrom<RecommendationQuery> for RecommendationRequest {
    type Error = Problem;

    /// # Errors
    ///
    /// 400 for an artist without a song.
    fn try_from(query: RecommendationQuery) -> Result<Self, Problem> {
        let RecommendationQuery { seeds, options, min, max, target } = query;
        let SeedQuery { q, song, artist, track_id, seed_tracks, seed_artists, seed_genres } = seeds;
        if artist.is_some() && song.is_none() {
            let detail = "artist is of a song: name a song too, or the artist as seed_artists";
            return Err(Problem::parameter("song", SEED_PARAMETERS, detail));
        }
        let by_id = |id| SeedRequest { track_id: Some(id), ..SeedRequest::default() };
        let mut seeds: Vec<SeedRequest> = seed_tracks.into_iter().flatten().chain(track_id).map(by_id).collect();
        if song.is_some() {
            seeds.push(SeedRequest { song, artist, ..SeedRequest::default() });
        }
        if q.is_some() {
            seeds.push(SeedRequest { q, ..SeedRequest::default() });
        }
        let by_artist = |artist| SeedRequest { artist: Some(artist), ..SeedRequest::default() };
        let by_genre = |genre| SeedRequest { genre: Some(genre), ..SeedRequest::default() };
        seeds.extend(seed_artists.into_iter().flatten().map(by_artist));
        seeds.extend(seed_genres.into_iter().flatten().map(by_genre));
        Ok(Self { seeds, negative_seeds: Vec::new(), min, max, target, options, from_query: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_described_once() {
        let described = RecommendationQuery::into_params(|| None).into_iter().map(|parameter| parameter.name);
        let mut described: Vec<String> = described.collect();
        assert_eq!(described, RecommendationQuery::names());
        described.sort();
        described.dedup();
        assert_eq!(described.len(), RecommendationQuery::names().len());
    }
}

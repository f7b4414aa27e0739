//! `GET /spotify/v1/recommendations`: the songs that `/v1/recommendations` answers with, over all clusters and with the balanced
//! affinity, in Spotify's shape.

use std::sync::{Arc, LazyLock};

use axum::{extract::State, response::Response};
use recommender::{
    Model,
    recommend::{Affinity, Answer, AnswerSeed, FeatureRange, MAX_LIMIT, Request, Seed, SeedGroup, Target},
};
use serde::Serialize;
use utoipa::{
    IntoParams, ToSchema,
    openapi::path::{self, ParameterIn},
};
use utoipa_axum::routes;

use super::{
    TAG,
    artist::find_artist,
    base::Base,
    error::Errors,
    ids::{find_track, genre_spellings, written},
    query::{KnownQuery, OrBlank, split},
    track::{MarketQuery, Track, unknown_track},
    units::{ATTRIBUTES, in_catalogs_units},
};
use crate::{
    api::{answer::answer, feature_values::FEATURE_VALUE, responses::NotModified, state::Routes},
    models::{LoadedModel, ModelManager, made_ids::artist_id},
    parameters::{Description, Integer, MAX_VALUE_CHARS, NoParameters, Or, Parameter, Parameters, Values, parameters},
    problem::Problem,
    request_info,
    view::bounded,
};

const DEFAULT_LIMIT: usize = 20;
/// The most bytes that the list of all genres has.
const MAX_GENRES_BYTES: usize = 1 << 19;

parameters! {
    /// What `GET /spotify/v1/recommendations` takes beside bounds and targets.
    struct SeedQuery in Query {
        /// Ids, URIs or addresses of artists as seeds, with commas between them
        seed_artists: Option<String> = OrBlank(MAX_VALUE_CHARS),
        /// Genres as seeds, with commas between them
        seed_genres: Option<String> = OrBlank(MAX_VALUE_CHARS),
        /// Ids, URIs or addresses of tracks as seeds, with commas between them
        seed_tracks: Option<String> = OrBlank(MAX_VALUE_CHARS),
        /// How many songs
        limit: usize = Or(Integer(1..=MAX_LIMIT), DEFAULT_LIMIT),
    }
}

/// What a parameter says of an attribute, and its meaning.
const WORDS: [(&str, &str); 3] = [
    ("min", "The least value allowed, in Spotify's range"),
    ("max", "The largest value allowed, in Spotify's range"),
    ("target", "The value that a song should be near, in Spotify's range"),
];

/// `min_acousticness` and so on: each of [`ATTRIBUTES`] behind each of [`WORDS`].
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    WORDS.iter().flat_map(|(word, _)| ATTRIBUTES.map(|attribute| format!("{word}_{attribute}"))).collect()
});

/// All parameters of the query.
struct RecommendationsQuery {
    seeds: SeedQuery,
    /// What is said of attributes, by the place of the parameter in [`NAMES`].
    values: Vec<Option<f64>>,
}

impl Parameters for RecommendationsQuery {
    fn names() -> Vec<&'static str> {
        SeedQuery::names().into_iter().chain(NAMES.iter().map(String::as_str)).collect()
    }

    fn describe() -> Vec<Description> {
        let meanings = WORDS.iter().flat_map(|(_, meaning)| ATTRIBUTES.map(|_| *meaning));
        let of = |(name, meaning): (&'static String, &str)| Description::new(name, meaning, &FEATURE_VALUE);
        SeedQuery::describe().into_iter().chain(NAMES.iter().zip(meanings).map(of)).collect()
    }

    fn read(values: &Values) -> Result<Self, Problem> {
        let seeds = SeedQuery::read(values)?;
        let values = NAMES.iter().map(|name| FEATURE_VALUE.read(name, values)).collect::<Result<_, _>>()?;
        Ok(Self { seeds, values })
    }
}

impl IntoParams for RecommendationsQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<path::Parameter> {
        Self::describe().into_iter().map(|description| description.into_parameter(ParameterIn::Query)).collect()
    }
}

impl RecommendationsQuery {
    /// The same question as `/v1/recommendations` asks the model.
    fn to_request(&self, loaded: &LoadedModel) -> Result<Request, Problem> {
        let model = &loaded.model;
        let mut seeds = Vec::new();
        for id in self.seeds.seed_tracks.iter().flat_map(|list| split(list)) {
            seeds.push(Seed::Row(find_track(model, id).ok_or_else(|| unknown_track(id))?));
        }
        for id in self.seeds.seed_artists.iter().flat_map(|list| split(list)) {
            let name = model.artist_name(find_artist(loaded, id)?).unwrap_or_default();
            seeds.push(Seed::Artist(name.to_owned()));
        }
        seeds.extend(
            self.seeds.seed_genres.iter().flat_map(|list| split(list)).map(|genre| Seed::Genre(spelled(model, genre))),
        );
        let (mut ranges, mut targets) = (Vec::new(), Vec::new());
        for (at, name) in ATTRIBUTES.iter().enumerate() {
            let value = |word: usize| {
                let Some(value) = self.values.get(word * ATTRIBUTES.len() + at).copied().flatten() else {
                    return Ok(None);
                };
                in_catalogs_units(model, name, value).map(Some).ok_or_else(|| lacking(WORDS[word].0, name))
            };
            let [min, max, target] = [value(0)?, value(1)?, value(2)?];
            if min.is_some() || max.is_some() {
                ranges.push(FeatureRange { feature: (*name).to_owned(), min, max });
            }
            targets.extend(target.map(|value| Target { feature: (*name).to_owned(), value }));
        }
        let Some(first) = seeds.first().cloned() else {
            let detail = "there is no seed: expected seed_artists, seed_genres or seed_tracks";
            return Err(Problem::parameter("seed_tracks", "seed_artists, seed_genres or seed_tracks", detail));
        };
        Ok(Request {
            seeds,
            limit: self.seeds.limit,
            same_cluster: false,
            ranges,
            targets,
            affinity: Some(Affinity::Balanced),
            ..Request::new(first)
        })
    }
}

/// Where the catalogue does not have the attribute of a bound or a target.
fn lacking(word: &str, attribute: &str) -> Problem {
    let name = format!("{word}_{attribute}");
    let detail = format!("{name} cannot be used: the catalogue does not know the {attribute} of its tracks");
    Problem::parameter(&name, "nothing: the catalogue does not have it", detail)
}

/// A genre as the catalogue names it; as it stands where it does not.
fn spelled(model: &Model, genre: &str) -> String {
    genre_spellings(genre).into_iter().find(|spelled| model.has_genre(spelled)).unwrap_or_else(|| genre.to_owned())
}

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(get)).routes(routes!(genre_seeds))
}

/// Songs to follow the seeds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = spotify::Recommendations)]
struct Recommendations<'a> {
    /// What was begun from: tracks, then artists, then genres.
    seeds: Vec<SeedView>,
    /// The best first.
    tracks: Vec<Track<'a>>,
}

/// What was begun from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = spotify::Seed)]
struct SeedView {
    /// Different songs that may be answered with.
    after_filtering_size: u32,
    /// The same: no song is sought in another market.
    after_relinking_size: u32,
    /// Nothing for a genre.
    href: Option<String>,
    id: String,
    /// Tracks that were searched.
    initial_pool_size: u32,
    /// `TRACK`, `ARTIST` or `GENRE`, as Spotify wrote them.
    #[serde(rename = "type")]
    kind: &'static str,
}

impl SeedView {
    fn of(model: &Model, base: &Base, seed: &AnswerSeed) -> Self {
        let (kind, id, href) = match (&seed.seed.group, seed.seed.row) {
            (Some(SeedGroup::Genre { name, .. }), _) => ("GENRE", bounded(name).to_owned(), None),
            (Some(SeedGroup::Artist { name, .. }), _) => {
                let id = artist_id(name);
                ("ARTIST", id.clone(), Some(base.of("artists", &id)))
            }
            (None, row) => {
                let id = row.map(|row| model.catalog().ids.get(row as usize));
                let id = written(bounded(id.as_deref().unwrap_or_default())).into_owned();
                ("TRACK", id.clone(), Some(base.of("tracks", &id)))
            }
        };
        let (initial_pool_size, after_filtering_size) = (seed.initial_pool_size, seed.after_filtering_size);
        Self { after_filtering_size, after_relinking_size: after_filtering_size, href, id, initial_pool_size, kind }
    }
}

impl<'a> Recommendations<'a> {
    fn of(model: &'a Model, base: &Base, answer: &Answer) -> Self {
        Self {
            seeds: answer.seeds.iter().map(|seed| SeedView::of(model, base, seed)).collect(),
            tracks: answer.tracks.iter().map(|track| Track::of(model, base, track.row)).collect(),
        }
    }
}

/// Songs to follow tracks, artists and genres
///
/// The songs of `/v1/recommendations` with `same_cluster=false` and `affinity=balanced`. Parameters that it does not know are ignored.
#[utoipa::path(
    get,
    path = "/spotify/v1/recommendations",
    operation_id = "spotifyRecommendations",
    tag = TAG,
    params(RecommendationsQuery, MarketQuery),
    responses((status = 200, description = "Songs to follow", body = Recommendations), NotModified, Errors),
)]
async fn get(
    State(models): State<Arc<ModelManager>>,
    base: Base,
    KnownQuery(query): KnownQuery<RecommendationsQuery>,
    _: KnownQuery<MarketQuery>,
) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let model = &loaded.model;
    let found = model.recommend(&query.to_request(&loaded)?)?;
    request_info::record_search(&found);
    Ok(answer(model, &Recommendations::of(model, &base, &found)))
}

/// Genres that can be seeds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = spotify::GenreSeeds)]
struct GenreSeeds<'a> {
    /// Those of the catalogue, in alphabetical order.
    genres: Vec<&'a str>,
}

/// Genres that can be seeds
///
/// Those of the catalogue.
#[utoipa::path(
    get,
    path = "/spotify/v1/recommendations/available-genre-seeds",
    operation_id = "spotifyGenreSeeds",
    tag = TAG,
    responses((status = 200, description = "The genres", body = GenreSeeds), NotModified, Errors),
)]
async fn genre_seeds(
    State(models): State<Arc<ModelManager>>,
    _: KnownQuery<NoParameters>,
) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let mut genres: Vec<&str> = loaded.model.genre_names().collect();
    genres.sort_unstable();
    let mut left = MAX_GENRES_BYTES;
    genres.retain(|genre| {
        let fits = genre.len() < left;
        left -= if fits { genre.len() + 1 } else { 0 };
        fits
    });
    Ok(answer(&loaded.model, &GenreSeeds { genres }))
}

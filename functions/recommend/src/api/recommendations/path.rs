//! `GET /v1/path`: songs that lead from one to another.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use recommender::{
    Model,
    recommend::{MAX_LIMIT, MIN_PATH, Path, PathTrack},
};
use serde::Serialize;
use utoipa::{
    IntoParams, ToSchema,
    openapi::path::{self, ParameterIn},
};
use utoipa_axum::routes;

use super::{
    options::{EXCLUDED_ARTISTS, EXCLUDED_TRACKS, Options, SEARCHES, SearchWord, YEARS},
    query::{Word, describe_features, feature_names, read_features},
    request::RecommendationRequest,
    seed::{SeedRequest, TEXT},
    view::Resolved,
};
use crate::{
    api::{
        answer::answer,
        feature_values::FeatureValues,
        responses::{NotModified, Problems},
        state::Routes,
    },
    models::ModelManager,
    parameters::{Description, Flag, Integer, MAX_VALUE_CHARS, Or, Parameters, Query, Text, Values, parameters},
    problem::Problem,
    request_info,
    view::{ModelRef, Track, rounded},
};

const DEFAULT_LENGTH: usize = 10;
/// What bounds a path's songs.
const WORDS: [Word; 2] = [Word::Min, Word::Max];

parameters! {
    /// The ends of a path, and what may be between.
    struct EndsQuery in Query {
        /// Id of the first track
        from: Option<String> = TEXT,
        /// Title of the first song, instead of its id
        from_song: Option<String> = TEXT,
        /// The first song's artist, where several share the title
        from_artist: Option<String> = TEXT,
        /// Id of the last track
        to: Option<String> = TEXT,
        /// Title of the last song, instead of its id
        to_song: Option<String> = TEXT,
        /// The last song's artist, where several share the title
        to_artist: Option<String> = TEXT,
        /// How many songs, both ends among them
        length: usize = Or(Integer(MIN_PATH..=MAX_LIMIT), DEFAULT_LENGTH),
        /// Whether songs must be named by their very titles and artists
        strict: bool = Or(Flag, false),
        /// How to search: exactly, by the graphs, or as is quicker
        search: SearchWord = Or(SEARCHES, SearchWord::Auto),
        /// false: no explicit lyrics; true: only those
        explicit: Option<bool> = Flag,
        /// Only songs of this genre, or of one of several with commas between them
        genre: Option<String> = Text::at_most(MAX_VALUE_CHARS),
        /// The earliest year
        min_year: Option<u32> = YEARS,
        /// The latest year
        max_year: Option<u32> = YEARS,
        /// Ids of tracks whose songs are not wanted, with commas between them
        exclude_tracks: Option<Vec<String>> = EXCLUDED_TRACKS,
        /// Artists who are not wanted, with semicolons between them
        exclude_artists: Option<Vec<String>> = EXCLUDED_ARTISTS,
        /// Whether the artists of the ends are not wanted in between
        exclude_seed_artists: bool = Or(Flag, false),
        /// Whether versions of a song (live, remastered, remixed ...) are songs of their own
        versions: bool = Or(Flag, false),
    }
}

/// All parameters of the query.
#[derive(Clone, Debug)]
struct PathQuery {
    ends: EndsQuery,
    min: FeatureValues,
    max: FeatureValues,
}

impl Parameters for PathQuery {
    fn names() -> Vec<&'static str> {
        EndsQuery::names().into_iter().chain(feature_names(&WORDS)).collect()
    }

    fn describe() -> Vec<Description> {
        EndsQuery::describe().into_iter().chain(describe_features(&WORDS)).collect()
    }

    fn read(values: &Values) -> Result<Self, Problem> {
        let [min, max] = WORDS.map(|word| read_features(values, word));
        Ok(Self { ends: EndsQuery::read(values)?, min: min?, max: max? })
    }
}

impl IntoParams for PathQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<path::Parameter> {
        let describe = Self::describe().into_iter();
        describe.map(|description| description.into_parameter(ParameterIn::Query)).collect()
    }
}

impl PathQuery {
    /// The ends as seeds, and the filters; and the length.
    ///
    /// # Errors
    ///
    /// 400 where an end is missing, or is named twice.
    fn into_request(self) -> Result<(RecommendationRequest, usize), Problem> {
        let Self { ends, min, max } = self;
        let seeds = vec![
            end("from", ends.from, ends.from_song, ends.from_artist)?,
            end("to", ends.to, ends.to_song, ends.to_artist)?,
        ];
        let options = Options {
            strict: ends.strict,
            search: ends.search,
            explicit: ends.explicit,
            genre: ends.genre,
            min_year: ends.min_year,
            max_year: ends.max_year,
            exclude_tracks: ends.exclude_tracks,
            exclude_artists: ends.exclude_artists,
            exclude_seed_artists: ends.exclude_seed_artists,
            versions: ends.versions,
            ..Options::default()
        };
        let request = RecommendationRequest { seeds, min, max, options, from_query: true, ..Default::default() };
        Ok((request, ends.length))
    }
}

/// One end of a path: by its id, or by its title.
fn end(name: &str, id: Option<String>, song: Option<String>, artist: Option<String>) -> Result<SeedRequest, Problem> {
    if id.is_some() == song.is_some() || (artist.is_some() && song.is_none()) {
        let allowed = format!("{name}, or {name}_song, or {name}_song and {name}_artist");
        let wrong = match (id, song, artist) {
            (None, None, None) => format!("{name} is missing"),
            (None, None, Some(_)) => format!("{name}_artist is there without {name}_song"),
            (Some(_), None, _) => format!("{name}_artist is there beside {name}"),
            (_, Some(_), _) => format!("{name} and {name}_song are both there"),
        };
        return Err(Problem::parameter(name, &allowed, format!("{wrong}: expected {allowed}")));
    }
    Ok(SeedRequest { track_id: id, song, artist, ..SeedRequest::default() })
}

/// Songs that lead from one to another.
#[derive(Debug, Serialize, ToSchema)]
struct SongPath<'a> {
    model: ModelRef,
    /// How the songs in between were searched for: `exact` or `hnsw`.
    search: &'static str,
    /// Different songs that could be in between.
    after_filtering_size: u32,
    /// From end to end.
    tracks: Vec<PathStep<'a>>,
}

/// A song of a path.
#[derive(Debug, Serialize, ToSchema)]
struct PathStep<'a> {
    #[serde(flatten)]
    track: Track<'a>,
    /// Cosine of the angle between the scaled features of this song and the one before; absent for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -1, maximum = 1)]
    similarity: Option<f64>,
    /// Of a hundred tracks of the catalogue, how many are less similar to their tenth nearest song; absent for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 100)]
    similarity_percentile: Option<u8>,
    /// How an end was understood that was not named as the catalogue has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved: Option<Resolved<'a>>,
}

impl<'a> SongPath<'a> {
    fn of(model: &'a Model, path: &Path) -> Self {
        let [from, to] = path.understood;
        let last = path.tracks.len() - 1;
        let understood = |at: usize| match at {
            0 => from,
            at if at == last => to,
            _ => None,
        };
        let step = |(at, track): (usize, &PathTrack)| PathStep {
            track: Track::of(model, track.row),
            similarity: track.similarity.map(rounded),
            similarity_percentile: track.similarity.and_then(|similarity| model.similarity_percentile(similarity)),
            resolved: understood(at).map(|by| Resolved::of(model, track.row, by)),
        };
        Self {
            model: ModelRef::of(model),
            search: path.search.name(),
            after_filtering_size: path.after_filtering_size,
            tracks: path.tracks.iter().enumerate().map(step).collect(),
        }
    }
}

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(get))
}

/// Songs that lead from one to another
///
/// In even steps, no song twice, no artist twice in a row, near the line between the two.
#[utoipa::path(
    get,
    path = "/v1/path",
    operation_id = "getPath",
    tag = "Recommendations",
    params(PathQuery),
    responses(
        (status = 200, description = "The songs, from end to end", body = SongPath),
        (status = 404, description = "There is no such song, track or artist, or no such path; the problem says which",
            body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Several artists share the title; the problem lists them",
            body = Problem, content_type = "application/problem+json"),
        NotModified,
        Problems<false>,
    ),
)]
async fn get(State(models): State<Arc<ModelManager>>, Query(query): Query<PathQuery>) -> Result<Response, Problem> {
    let (request, length) = query.into_request()?;
    request.check()?;
    let (loaded, _, found) = request.ask(&models, move |model, request| model.path(request, length)).await?;
    request_info::record(|info| {
        info.search = Some(found.search.name());
        info.after_filtering_size = Some(found.after_filtering_size);
    });
    Ok(answer(&loaded.model, &SongPath::of(&loaded.model, &found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_an_end_is_said() {
        let text = |name: &str| Some(name.to_owned());
        for (id, song, artist, wrong) in [
            (None, None, None, "from is missing"),
            (None, None, text("A"), "from_artist is there without from_song"),
            (text("1"), None, text("A"), "from_artist is there beside from"),
            (text("1"), text("S"), None, "from and from_song are both there"),
        ] {
            let problem = end("from", id, song, artist).expect_err(wrong);
            assert!(
                problem.detail().starts_with(wrong) && problem.detail().contains("expected from, or"),
                "{problem:?}"
            );
        }
        assert!(end("to", text("1"), None, None).is_ok() && end("to", None, text("S"), text("A")).is_ok());
    }

    #[test]
    fn every_parameter_is_described_once() {
        let described = PathQuery::into_params(|| None).into_iter().map(|parameter| parameter.name);
        let mut described: Vec<String> = described.collect();
        assert_eq!(described, PathQuery::names());
        described.sort();
        described.dedup();
        assert_eq!(described.len(), PathQuery::names().len());
    }
}

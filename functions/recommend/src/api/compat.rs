//! `GET /recommend/{song_name}` and `GET /search`: for clients of the Python service that segue takes the place of.
//!
//! Their shapes, names and status words are that service's, whatever the rest of the API looks like: what is not found
//! is a 200 with a status that says so.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use recommender::{
    Model,
    catalog::titles::TitleMatch,
    recommend::{Error, Request, Seed},
};
use serde::Serialize;
use serde_json::Number;
use utoipa::{ToSchema, openapi::Deprecated};
use utoipa_axum::routes;

use crate::{
    api::{
        answer::answer,
        responses::{NotModified, Problems},
        state::Routes,
    },
    models::ModelManager,
    parameters::{Flag, Integer, MAX_VALUE_CHARS, Or, Path, Query, Required, Text, parameters},
    problem::Problem,
    request_info,
    view::{bounded, number, rounded},
};

/// The most tracks that the old service answered with, and as many as it did unless told otherwise.
const MAX_N: usize = 50;

parameters! {
    /// What stands in the path of `GET /recommend/{song_name}`.
    struct RecommendPath in Path {
        /// Title; case and white space do not matter
        song_name: String = Required(Text::at_most(MAX_VALUE_CHARS).example("Track Seven"), "song_name is missing"),
    }
}

parameters! {
    /// What `GET /recommend/{song_name}` takes.
    struct RecommendQuery in Query {
        /// Artist, where several share the title
        artist: Option<String> = Text::at_most(MAX_VALUE_CHARS).example("Artist 6"),
        /// How many songs
        n: usize = Or(Integer(1..=MAX_N), MAX_N),
        /// Only songs of the song's own cluster
        same_cluster: bool = Or(Flag, true),
    }
}

parameters! {
    /// What `GET /search` takes.
    struct SearchQuery in Query {
        /// Title; case and white space do not matter
        song: String = Required(Text::at_most(MAX_VALUE_CHARS).example("Shared"), "song is missing"),
    }
}

/// All are deprecated: for clients that there are.
pub(super) fn routes() -> Routes {
    let mut routes = Routes::default().routes(routes!(recommend)).routes(routes!(search));
    for path in routes.get_openapi_mut().paths.paths.values_mut() {
        path.get.iter_mut().for_each(|operation| operation.deprecated = Some(Deprecated::True));
    }
    routes
}

/// The answer's status, and what belongs to it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "status")]
#[schema(as = compat::Recommendations)]
enum Recommendations<'a> {
    /// The song is known.
    #[serde(rename = "ok")]
    Ok {
        /// The song that was asked for.
        original_song: Original<'a>,
        /// The nearest first.
        recommendations: Vec<Similar<'a>>,
    },
    /// No song has this title.
    #[serde(rename = "No_Encontrado")]
    Unknown {
        /// For people.
        message: String,
    },
    /// Several artists have a song of this title, or others than the one that was named.
    #[serde(rename = "Artista_Necesario")]
    ArtistNeeded {
        /// For people.
        message: String,
        /// Whom to ask for.
        options: Options,
    },
}

/// What to choose from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = compat::Options)]
struct Options {
    /// The best known, at most 50, in alphabetical order.
    #[schema(max_items = 50)]
    artists: Vec<String>,
}

impl Options {
    fn new(mut artists: Vec<String>) -> Self {
        artists.sort();
        artists.dedup();
        Self { artists }
    }
}

/// The song that was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = compat::Original)]
struct Original<'a> {
    #[serde(flatten)]
    song: Song<'a>,
    features: Profile,
}

/// One recommendation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = compat::Similar)]
struct Similar<'a> {
    #[serde(flatten)]
    song: Song<'a>,
    /// Cosine of the angle between the scaled features.
    #[schema(minimum = -1, maximum = 1)]
    similarity: f64,
    #[serde(flatten)]
    features: Profile,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = compat::Song)]
struct Song<'a> {
    song: &'a str,
    artist: &'a str,
    cluster_id: usize,
    /// The cluster's name.
    nombre_cluster: &'a str,
}

/// The four features that the old service showed, in the file's own units; those that the model lacks are left out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[schema(as = compat::Profile)]
struct Profile {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    danceability: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    energy: Option<Number>,
    /// Valence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    positiveness: Option<Number>,
    /// In dB.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    loudness: Option<Number>,
}

impl<'a> Song<'a> {
    fn of(model: &'a Model, row: u32) -> Self {
        let (track, cluster_id) = (model.catalog().track(row), model.cluster_of(row));
        let nombre_cluster = bounded(&model.clusters()[cluster_id].name);
        Self { song: bounded(track.song), artist: bounded(track.artist), cluster_id, nombre_cluster }
    }
}

impl Profile {
    fn of(model: &Model, row: u32) -> Self {
        let values = model.catalog().raw(row);
        let feature = |name: &str| {
            let place = model.scaler().features.iter().position(|feature| feature == name)?;
            number(*values.get(place)?)
        };
        Self {
            danceability: feature("danceability"),
            energy: feature("energy"),
            positiveness: feature("valence"),
            loudness: feature("loudness"),
        }
    }
}

/// Recommendations, as the Python service gave them
///
/// For clients that were written for it; others ask `/v1/recommendations`. A title may hold slashes, as they are or
/// percent-encoded.
#[utoipa::path(
    get,
    path = "/recommend/{*song_name}",
    operation_id = "recommendLikePython",
    tag = "Compatibility",
    params(RecommendPath, RecommendQuery),
    responses(
        (status = 200, description = "The status says whether the song was found", body = Recommendations),
        NotModified,
        Problems<false>,
    ),
)]
async fn recommend(
    State(models): State<Arc<ModelManager>>,
    Path(RecommendPath { song_name }): Path<RecommendPath>,
    Query(RecommendQuery { artist, n: limit, same_cluster }): Query<RecommendQuery>,
) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let model = &loaded.model;
    let found = model.resolve_song(&song_name, artist.as_deref()).and_then(|row| {
        let found = model.recommend(&Request { limit, same_cluster, ..Request::new(Seed::Row(row)) })?;
        request_info::record_search(&found);
        Ok((row, found))
    });
    let recommendations = match found {
        Ok((row, found)) => Recommendations::Ok {
            original_song: Original { song: Song::of(model, row), features: Profile::of(model, row) },
            recommendations: found
                .tracks
                .iter()
                .map(|track| Similar {
                    song: Song::of(model, track.row),
                    similarity: rounded(track.similarity),
                    features: Profile::of(model, track.row),
                })
                .collect(),
        },
        Err(error @ Error::UnknownSong { .. }) => Recommendations::Unknown { message: error.to_string() },
        Err(Error::ArtistNeeded { artists, song }) => Recommendations::ArtistNeeded {
            message: format!("several artists have a song called {song:?}; name one of them"),
            options: Options::new(artists.names),
        },
        Err(Error::UnknownArtist { artists, song, artist }) => Recommendations::ArtistNeeded {
            message: format!("there is no song called {song:?} by {artist:?}; name one of the artists that have one"),
            options: Options::new(artists.names),
        },
        Err(error) => return Err(error.into()),
    };
    Ok(answer(model, &recommendations))
}

/// What a title leads to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = compat::Matches)]
struct Matches<'a> {
    status: Status,
    /// The title as it was asked for.
    query: &'a str,
    options: Options,
    /// One for each of the artists.
    #[schema(max_items = 50)]
    matches: Vec<Match<'a>>,
    /// How many artists have a song of this title.
    count: usize,
}

/// How many artists have a song of a title.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = compat::Status)]
enum Status {
    /// One.
    #[serde(rename = "single")]
    Single,
    /// Several.
    #[serde(rename = "Artista_Necesario")]
    ArtistNeeded,
    /// None.
    #[serde(rename = "No_Encontrado")]
    Unknown,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = compat::Match)]
struct Match<'a> {
    song: &'a str,
    artist: &'a str,
    /// The id of its cluster.
    cluster: usize,
}

/// Songs of a title, as the Python service gave them
///
/// For clients that were written for it; others ask `/v1/tracks`.
#[utoipa::path(
    get,
    path = "/search",
    operation_id = "searchLikePython",
    tag = "Compatibility",
    params(SearchQuery),
    responses((status = 200, description = "The songs of this title", body = Matches), NotModified, Problems<false>),
)]
async fn search(
    State(models): State<Arc<ModelManager>>,
    Query(SearchQuery { song }): Query<SearchQuery>,
) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let model = &loaded.model;
    let (status, rows) = match model.titles().find(model.catalog(), &song, None) {
        TitleMatch::Song(releases) => (Status::Single, releases.into_iter().take(1).collect()),
        TitleMatch::Shared(rows) => (Status::ArtistNeeded, rows),
        TitleMatch::Unknown => (Status::Unknown, Vec::new()),
    };
    let matches: Vec<Match<'_>> = model
        .best_known(&rows)
        .into_iter()
        .map(|row| {
            let track = model.catalog().track(row);
            Match { song: bounded(track.song), artist: bounded(track.artist), cluster: model.cluster_of(row) }
        })
        .collect();
    let options = Options::new(matches.iter().map(|track| track.artist.to_owned()).collect());
    Ok(answer(model, &Matches { status, query: &song, options, count: rows.len(), matches }))
}

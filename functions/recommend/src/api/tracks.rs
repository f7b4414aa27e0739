//! `GET /v1/tracks?q=`: the tracks that what is typed may mean. `GET /v1/tracks/{id}`: one track of the catalogue.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use recommender::recommend::Error;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    api::{
        answer::answer,
        responses::{NotModified, Problems},
        state::Routes,
    },
    models::{self, ModelManager},
    parameters::{Integer, MAX_VALUE_CHARS, NoParameters, Or, Path, Query, Required, Text, parameters},
    problem::Problem,
    view::{ModelRef, Track},
};

/// The longest text to search for, in characters.
const MAX_QUERY_CHARS: usize = 256;
const MAX_LIMIT: usize = 50;
const DEFAULT_LIMIT: usize = 10;

parameters! {
    /// What `GET /v1/tracks` takes.
    struct SearchQuery in Query {
        /// What is typed
        q: String = Required(
            Text::at_most(MAX_QUERY_CHARS).example("track sev"),
            "nothing to search for: q is what a user has typed of title and artist",
        ),
        /// How many songs
        limit: usize = Or(Integer(1..=MAX_LIMIT), DEFAULT_LIMIT),
    }
}

parameters! {
    /// What `GET /v1/tracks/{id}` takes.
    struct TrackPath in Path {
        /// The track's id
        id: String = Required(Text::at_most(MAX_VALUE_CHARS).or_blank(), "id is missing"),
    }
}

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(search)).routes(routes!(get))
}

/// Songs that are found.
#[derive(Debug, Serialize, ToSchema)]
struct Tracks<'a> {
    model: ModelRef,
    /// What was searched for.
    query: &'a str,
    /// The best first: each song once, by its most popular release.
    tracks: Vec<Track<'a>>,
}

/// Songs by what is typed of title and artist
///
/// Every word must be there: whole, begun, or with a typo or two. Case, diacritics and punctuation do not matter.
#[utoipa::path(
    get,
    path = "/v1/tracks",
    operation_id = "searchTracks",
    tag = "Tracks",
    params(SearchQuery),
    responses((status = 200, description = "Songs that are found", body = Tracks), NotModified, Problems<false>),
)]
async fn search(
    State(models): State<Arc<ModelManager>>,
    Query(SearchQuery { q, limit }): Query<SearchQuery>,
) -> Result<Response, Problem> {
    let loaded = models.get_with_text_search().await?;
    let (model, typed) = (Arc::clone(&loaded), q.clone());
    // Some searches take milliseconds: not on a thread that others wait for.
    let searching = tokio::task::spawn_blocking(move || model.model.search(&typed, limit));
    let hits = match searching.await {
        Ok(hits) => hits.expect("the model was given what searches take"),
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => return Err(models::Error::Ended(Arc::new(error)).into()),
        },
    };
    let model = &loaded.model;
    let tracks = hits.iter().map(|hit| Track::of(model, hit.row)).collect();
    Ok(answer(model, &Tracks { model: ModelRef::of(model), query: &q, tracks }))
}

/// One track.
#[derive(Debug, Serialize, ToSchema)]
struct TrackAnswer<'a> {
    model: ModelRef,
    track: Track<'a>,
}

/// One track
///
/// By the id that the catalogue has for it.
#[utoipa::path(
    get,
    path = "/v1/tracks/{id}",
    operation_id = "getTrack",
    tag = "Tracks",
    params(TrackPath),
    responses(
        (status = 200, description = "The track", body = TrackAnswer),
        (status = 404, description = "No track has this id", body = Problem, content_type = "application/problem+json"),
        NotModified,
        Problems<false>,
    ),
)]
async fn get(
    State(models): State<Arc<ModelManager>>,
    _: Query<NoParameters>,
    Path(TrackPath { id }): Path<TrackPath>,
) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let model = &loaded.model;
    let row = model.find_id(&id).ok_or(Error::UnknownTrack { id })?;
    Ok(answer(model, &TrackAnswer { model: ModelRef::of(model), track: Track::of(model, row) }))
}

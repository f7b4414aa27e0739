//! `GET /v1/tracks?q=`: the tracks that what is typed may mean. `GET /v1/tracks/{id}`: one track of the catalogue.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use recommender::recommend::Error;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    api::{
        answer::{answer, answer_with},
        fields::Fields,
        responses::{NotModified, Problems},
        state::Routes,
    },
    models::ModelManager,
    parameters::{Integer, List, MAX_VALUE_CHARS, NoParameters, Or, Path, Query, Required, Text, parameters},
    problem::Problem,
    view::{ModelRef, Track, bounded},
};

/// The longest text to search for, in characters.
pub(super) const MAX_TYPED_CHARS: usize = 256;
const MAX_LIMIT: usize = 50;
/// The most tracks that are asked for by their ids.
const MAX_IDS: usize = 100;
const DEFAULT_LIMIT: usize = 10;

parameters! {
    /// What `GET /v1/tracks` takes.
    struct SearchQuery in Query {
        /// What is typed
        q: Option<String> = Text::at_most(MAX_TYPED_CHARS).example("track sev"),
        /// Ids of tracks, instead of q, with commas between them
        ids: Option<Vec<String>> = List::separated_by(',', Text::at_most(MAX_VALUE_CHARS)).at_most(MAX_IDS),
        /// How many songs, for q
        limit: usize = Or(Integer(1..=MAX_LIMIT), DEFAULT_LIMIT),
        /// The members that tracks have, all unless set, with commas between them
        fields: Option<Vec<String>> = Fields,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<&'a str>,
    /// The best first: each song once, by its most popular release. By ids: in the order of these.
    tracks: Vec<Track<'a>>,
    /// The ids that no track has.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<Vec<&'a str>>,
}

/// Songs by what is typed of title and artist
///
/// Every word must be there: whole, begun, or with a typo or two. Case, diacritics and punctuation do not matter. Or tracks by their ids.
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
    Query(SearchQuery { q, ids, limit, fields }): Query<SearchQuery>,
) -> Result<Response, Problem> {
    let q = match (q, ids) {
        (Some(q), None) => q,
        (None, Some(ids)) => return by_ids(&models, &ids, fields.as_deref()).await,
        (Some(_), Some(_)) => {
            return Err(Problem::parameter("ids", "q or ids", "there are both q and ids: expected one of the two"));
        }
        (None, None) => {
            let detail = "nothing to search for: q is what a user has typed of title and artist, or ids are tracks; one of the two";
            return Err(Problem::parameter("q", "q or ids", detail));
        }
    };
    let loaded = models.get_with_text_search().await?;
    let typed = q.clone();
    let hits = loaded.ask(move |model| model.search(&typed, limit)).await?;
    let hits = hits.expect("the model was given what searches take");
    let model = &loaded.model;
    let tracks = hits.iter().map(|hit| Track::of(model, hit.row)).collect();
    let found = Tracks { model: ModelRef::of(model), query: Some(&q), tracks, unknown: None };
    Ok(answer_with(model, &found, fields.as_deref()))
}

async fn by_ids(models: &Arc<ModelManager>, ids: &[String], fields: Option<&[String]>) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let model = &loaded.model;
    let (mut tracks, mut unknown) = (Vec::new(), Vec::new());
    for id in ids {
        match model.find_id(id) {
            Some(row) => tracks.push(Track::of(model, row)),
            None => unknown.push(bounded(id)),
        }
    }
    let found = Tracks { model: ModelRef::of(model), query: None, tracks, unknown: Some(unknown) };
    Ok(answer_with(model, &found, fields))
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

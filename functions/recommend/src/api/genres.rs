//! `GET /v1/genres`: the genres of the catalogue.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    answer::answer,
    responses::{NotModified, Problems},
    state::Routes,
};
use crate::{
    models::ModelManager,
    parameters::{Integer, Or, Query, parameters},
    problem::Problem,
    view::{ModelRef, bounded},
};

const MAX_LIMIT: usize = 1_000;

parameters! {
    /// What `GET /v1/genres` takes.
    struct GenresQuery in Query {
        /// How many genres
        limit: usize = Or(Integer(1..=MAX_LIMIT), MAX_LIMIT),
    }
}

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(get))
}

/// The genres of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
struct Genres<'a> {
    model: ModelRef,
    /// How many genres there are.
    genre_count: usize,
    /// The most frequent first.
    genres: Vec<Genre<'a>>,
}

/// One genre.
#[derive(Debug, Serialize, ToSchema)]
struct Genre<'a> {
    /// Its name in lower case, as `genre` and `seed_genres` take it.
    genre: &'a str,
    /// How many tracks have it.
    tracks: u32,
}

/// The genres of the catalogue
///
/// A track whose genre is a list has each of the list.
#[utoipa::path(
    get,
    path = "/v1/genres",
    operation_id = "getGenres",
    tag = "Tracks",
    params(GenresQuery),
    responses((status = 200, description = "The genres", body = Genres), NotModified, Problems<false>),
)]
async fn get(
    State(models): State<Arc<ModelManager>>,
    Query(GenresQuery { limit }): Query<GenresQuery>,
) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let model = &loaded.model;
    let counts = model.genre_counts();
    let genre_count = counts.len();
    let first = counts.into_iter().take(limit);
    let genres = first.map(|(genre, tracks)| Genre { genre: bounded(genre), tracks }).collect();
    Ok(answer(model, &Genres { model: ModelRef::of(model), genre_count, genres }))
}

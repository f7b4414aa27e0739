//! `GET /v1/clusters`: what each cluster is like.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    api::{
        answer::answer,
        responses::{NotModified, Problems},
        state::Routes,
    },
    models::ModelManager,
    parameters::{NoParameters, Query},
    problem::Problem,
    view::{Features, ModelRef, Track, bounded},
};

/// How many genres and central tracks of a cluster are shown: as many as training stores.
const MAX_GENRES: usize = 3;
const MAX_CENTRAL_TRACKS: usize = 3;

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(get))
}

/// The clusters of the model.
#[derive(Debug, Serialize, ToSchema)]
struct Clusters<'a> {
    model: ModelRef,
    /// By id.
    clusters: Vec<ClusterView<'a>>,
}

/// One cluster.
#[derive(Debug, Serialize, ToSchema)]
struct ClusterView<'a> {
    /// 0 to k - 1.
    id: usize,
    /// A name that a person understands.
    name: &'a str,
    /// How many tracks it holds.
    size: u32,
    /// How many different songs, by title and artist.
    songs: u32,
    /// Mean of each feature, in the file's own units.
    means: Features<'a>,
    /// Three of its best-known songs, each of another artist, the best known first: the most popular ones, or where popularity
    /// says nothing, the central tracks.
    examples: Vec<Track<'a>>,
    /// Genres that are more typical of this cluster than of the others, the most typical first.
    genres: Vec<&'a str>,
    /// The three tracks nearest to its centre, nearest first.
    central_tracks: Vec<Track<'a>>,
}

/// All clusters
///
/// What each is called, how large it is, what it sounds like, and which tracks stand for it.
#[utoipa::path(
    get,
    path = "/v1/clusters",
    operation_id = "getClusters",
    tag = "Clusters",
    responses((status = 200, description = "All clusters", body = Clusters), NotModified, Problems<false>),
)]
async fn get(State(models): State<Arc<ModelManager>>, _: Query<NoParameters>) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let model = &loaded.model;
    let clusters = model
        .clusters()
        .iter()
        .enumerate()
        .map(|(id, cluster)| ClusterView {
            id,
            name: bounded(&cluster.name),
            size: cluster.rows.end - cluster.rows.start,
            songs: cluster.songs,
            means: Features { names: &model.scaler().features, values: cluster.means.clone() },
            examples: model.examples()[id].iter().map(|row| Track::of(model, *row)).collect(),
            genres: cluster.genres.iter().take(MAX_GENRES).map(|genre| bounded(genre)).collect(),
            central_tracks: cluster.central.iter().take(MAX_CENTRAL_TRACKS).map(|row| Track::of(model, *row)).collect(),
        })
        .collect();
    Ok(answer(model, &Clusters { model: ModelRef::of(model), clusters }))
}

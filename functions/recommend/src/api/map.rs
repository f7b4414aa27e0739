//! `GET /v1/map`: an even sample of the catalogue, as points on a plane.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use recommender::{Model, catalog::ids::TrackId};
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
    parameters::{Flag, Integer, Or, Query, parameters},
    problem::Problem,
    view::{ModelRef, bounded_to},
};

const MAX_POINTS: usize = 5_000;
const DEFAULT_POINTS: usize = 2_000;
/// What a text of a named point takes at most, in bytes of JSON: with [`MAX_POINTS`] of three texts each an answer stays below 5 MB.
const MAX_NAME_BYTES: usize = 256;

parameters! {
    /// What `GET /v1/map` takes.
    struct MapQuery in Query {
        /// How many points
        limit: usize = Or(Integer(1..=MAX_POINTS), DEFAULT_POINTS),
        /// Whether to say which tracks the points are
        tracks: bool = Or(Flag, false),
    }
}

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(get))
}

/// An even sample of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
struct Map<'a> {
    model: ModelRef,
    /// Tracks, by cluster: the place of each along the two axes of `/v1/model`, and the id of its cluster.
    points: Vec<(f64, f64, usize)>,
    /// Which tracks the points are, in their order, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    tracks: Option<Vec<NamedPoint<'a>>>,
}

/// The track of a point.
#[derive(Debug, Serialize, ToSchema)]
struct NamedPoint<'a> {
    #[schema(value_type = String)]
    id: TrackId<'a>,
    song: &'a str,
    artist: &'a str,
}

impl<'a> NamedPoint<'a> {
    fn of(model: &'a Model, row: u32) -> Self {
        let track = model.catalog().track(row);
        let bounded = |text| bounded_to(text, MAX_NAME_BYTES);
        Self { id: track.id.map(bounded), song: bounded(track.song), artist: bounded(track.artist) }
    }
}

/// Points of the map
///
/// An even sample of the catalogue: each cluster has its share of it, and the same model gives the same one.
#[utoipa::path(
    get,
    path = "/v1/map",
    operation_id = "getMap",
    tag = "Clusters",
    params(MapQuery),
    responses((status = 200, description = "The points", body = Map), NotModified, Problems<false>),
)]
async fn get(
    State(models): State<Arc<ModelManager>>,
    Query(MapQuery { limit, tracks }): Query<MapQuery>,
) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let model = &loaded.model;
    let rows = || sample(model.catalog().len(), limit);
    let points = rows().map(|row| point(model, row)).collect();
    let tracks = tracks.then(|| rows().map(|row| NamedPoint::of(model, row)).collect());
    Ok(answer(model, &Map { model: ModelRef::of(model), points, tracks }))
}

/// Rows at even steps. Rows go by cluster: each cluster has its share of them.
fn sample(tracks: usize, limit: usize) -> impl Iterator<Item = u32> {
    let count = tracks.min(limit);
    // A catalogue has at most `u32::MAX` tracks.
    (0..count).map(move |point| (point as u64 * tracks as u64 / count as u64) as u32)
}

fn point(model: &Model, row: u32) -> (f64, f64, usize) {
    // More decimals than a screen has dots would be bytes for nothing.
    let [x, y] = model.projection().point(model.scaler(), &model.catalog().raw(row)).map(|place| round(place, 1e3));
    (x, y, model.cluster_of(row))
}

fn round(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_even_and_never_names_a_row_twice() {
        assert_eq!(sample(10, 5).collect::<Vec<_>>(), [0, 2, 4, 6, 8]);
        assert_eq!(sample(3, 5_000).collect::<Vec<_>>(), [0, 1, 2]);
        let rows: Vec<u32> = sample(u32::MAX as usize, 5_000).collect();
        assert!(rows.len() == 5_000 && rows.is_sorted_by(|a, b| a < b));
    }
}

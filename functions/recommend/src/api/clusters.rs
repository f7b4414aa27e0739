//! `GET /v1/clusters`: what each cluster is like.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde::Serialize;

use crate::{
    api::json,
    models::Models,
    params::Params,
    problem::Problem,
    view::{Features, ModelRef, Track},
};

#[derive(Debug, Serialize)]
struct Clusters<'a> {
    model: ModelRef,
    clusters: Vec<ClusterView<'a>>,
}

#[derive(Debug, Serialize)]
struct ClusterView<'a> {
    id: usize,
    name: &'a str,
    size: u32,
    songs: u32,
    means: Features<'a>,
    genres: &'a [String],
    central_tracks: Vec<Track<'a>>,
}

pub(super) async fn get(State(models): State<Arc<Models>>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    Params::parse(query.as_deref(), &[])?;
    let loaded = models.get().await?;
    let model = &loaded.model;
    let clusters = model
        .clusters()
        .iter()
        .enumerate()
        .map(|(id, cluster)| ClusterView {
            id,
            name: &cluster.name,
            size: cluster.rows.end - cluster.rows.start,
            songs: cluster.songs,
            means: Features { names: &model.scaler().features, values: cluster.means.clone() },
            genres: &cluster.genres,
            central_tracks: cluster.central.iter().map(|row| Track::of(model, *row)).collect(),
        })
        .collect();
    Ok(json(&Clusters { model: ModelRef::of(model), clusters }))
}

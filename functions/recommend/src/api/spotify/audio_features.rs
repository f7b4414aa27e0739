//! `GET /spotify/v1/audio-features`: what a catalogue knows of how a track sounds, in Spotify's ranges.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use recommender::Model;
use serde::Serialize;
use serde_json::Number;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    TAG,
    base::Base,
    error::Errors,
    ids::{find_track, written},
    query::KnownQuery,
    track::{IDS, IdPath, split_ids, unknown_track},
    units,
};
use crate::{
    api::{answer::answer, responses::NotModified, state::Routes},
    models::ModelManager,
    parameters::{NoParameters, Path, parameters},
    problem::Problem,
    view::{bounded, number},
};

/// The most tracks that one request may name.
const MAX_IDS: usize = 100;

parameters! {
    /// What `GET /spotify/v1/audio-features` takes.
    struct FeaturesQuery in Query {
        /// Ids, URIs or addresses of tracks, with commas between them
        ids: String = IDS,
    }
}

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(several)).routes(routes!(one))
}

/// How a track sounds. What the catalogue does not know is `null`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = spotify::AudioFeatures)]
struct AudioFeatures {
    /// 0 to 1.
    #[schema(value_type = Option<f64>)]
    acousticness: Option<Number>,
    /// Nothing answers there.
    analysis_url: String,
    /// 0 to 1.
    #[schema(value_type = Option<f64>)]
    danceability: Option<Number>,
    #[schema(value_type = Option<f64>)]
    duration_ms: Option<Number>,
    /// 0 to 1.
    #[schema(value_type = Option<f64>)]
    energy: Option<Number>,
    id: String,
    /// 0 to 1.
    #[schema(value_type = Option<f64>)]
    instrumentalness: Option<Number>,
    /// 0 (C) to 11 (B).
    #[schema(value_type = Option<f64>)]
    key: Option<Number>,
    /// 0 to 1.
    #[schema(value_type = Option<f64>)]
    liveness: Option<Number>,
    /// In dB.
    #[schema(value_type = Option<f64>)]
    loudness: Option<Number>,
    /// 0 minor, 1 major.
    #[schema(value_type = Option<f64>)]
    mode: Option<Number>,
    /// 0 to 1.
    #[schema(value_type = Option<f64>)]
    speechiness: Option<Number>,
    /// In BPM.
    #[schema(value_type = Option<f64>)]
    tempo: Option<Number>,
    #[schema(value_type = Option<f64>)]
    time_signature: Option<Number>,
    track_href: String,
    #[serde(rename = "type")]
    kind: &'static str,
    /// `spotify:track:ID`.
    uri: String,
    /// 0 to 1.
    #[schema(value_type = Option<f64>)]
    valence: Option<Number>,
}

impl AudioFeatures {
    fn of(model: &Model, base: &Base, row: u32) -> Self {
        let value = |name| units::value(model, name, row).and_then(number);
        let id = model.catalog().ids.get(row as usize);
        let shown = written(bounded(&id));
        Self {
            acousticness: value("acousticness"),
            analysis_url: base.of("audio-analysis", &shown),
            danceability: value("danceability"),
            duration_ms: value("duration_ms"),
            energy: value("energy"),
            instrumentalness: value("instrumentalness"),
            key: value("key"),
            liveness: value("liveness"),
            loudness: value("loudness"),
            mode: value("mode"),
            speechiness: value("speechiness"),
            tempo: value("tempo"),
            time_signature: value("time_signature"),
            track_href: base.of("tracks", &shown),
            kind: "audio_features",
            uri: ["spotify:track:", &shown].concat(),
            valence: value("valence"),
            id: shown.into_owned(),
        }
    }
}

/// How tracks sound, in the order of the ids.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = spotify::SeveralAudioFeatures)]
struct Several {
    /// `null` in the place of an id that no track has.
    audio_features: Vec<Option<AudioFeatures>>,
}

/// How several tracks sound
#[utoipa::path(
    get,
    path = "/spotify/v1/audio-features",
    operation_id = "spotifyAudioFeatures",
    tag = TAG,
    params(FeaturesQuery),
    responses((status = 200, description = "Their audio features", body = Several), NotModified, Errors),
)]
async fn several(
    State(models): State<Arc<ModelManager>>,
    base: Base,
    KnownQuery(query): KnownQuery<FeaturesQuery>,
) -> Result<Response, Problem> {
    let ids = split_ids(&query.ids, MAX_IDS)?;
    let loaded = models.get().await?;
    let model = &loaded.model;
    let features = |id: &&str| find_track(model, id).map(|row| AudioFeatures::of(model, &base, row));
    Ok(answer(model, &Several { audio_features: ids.iter().map(features).collect() }))
}

/// How one track sounds
#[utoipa::path(
    get,
    path = "/spotify/v1/audio-features/{id}",
    operation_id = "spotifyAudioFeaturesOfTrack",
    tag = TAG,
    params(IdPath),
    responses((status = 200, description = "Its audio features", body = AudioFeatures), NotModified, Errors),
)]
async fn one(
    State(models): State<Arc<ModelManager>>,
    base: Base,
    _: KnownQuery<NoParameters>,
    Path(IdPath { id }): Path<IdPath>,
) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let model = &loaded.model;
    let row = find_track(model, &id).ok_or_else(|| unknown_track(&id))?;
    Ok(answer(model, &AudioFeatures::of(model, &base, row)))
}

//! `POST /v1/classify`: which cluster would a track belong to that is not in the catalogue?

use std::{fmt, sync::Arc};

use axum::{extract::State, response::Response};
use recommender::Model;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, SeqAccess, Visitor},
};
use utoipa::{
    ToSchema,
    openapi::{
        Ref,
        schema::{Array, ArrayBuilder},
    },
};
use utoipa_axum::routes;

use crate::{
    api::{
        answer::{MAX_ANSWER_BYTES, json},
        feature_values::FeatureValues,
        responses::Problems,
        state::Routes,
    },
    http::json::{Json, Object},
    models::ModelManager,
    parameters::{NoParameters, Query},
    problem::Problem,
    view::{ClusterRef, Features, ModelRef, Posterior},
};

/// The most tracks that one request may hold.
const MAX_CLASSIFIED_TRACKS: usize = 1_000;

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(post))
}

/// One track, or several: by their features, in the file's own units.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged, try_from = "Object<Body>")]
enum Classify {
    /// Several tracks.
    Tracks(ManyTracks),
    /// One track.
    One(TrackFeatures),
}

/// Several tracks.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ManyTracks {
    #[schema(schema_with = described_tracks)]
    tracks: Vec<TrackFeatures>,
}

fn described_tracks() -> Array {
    let track = Ref::from_schema_name(TrackFeatures::name());
    ArrayBuilder::new().items(track).min_items(Some(1)).max_items(Some(MAX_CLASSIFIED_TRACKS)).build()
}

/// A track without a place.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TrackFeatures {
    /// Every feature of the model.
    #[schema(value_type = Features)]
    features: FeatureValues,
}

/// What comes, before it is one of the two.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(default)]
    tracks: Option<Tracks>,
    #[serde(default)]
    features: Option<FeatureValues>,
}

impl TryFrom<Object<Body>> for Classify {
    type Error = &'static str;

    fn try_from(Object(body): Object<Body>) -> Result<Self, &'static str> {
        match body {
            Body { tracks: Some(Tracks(tracks)), features: None } => Ok(Self::Tracks(ManyTracks { tracks })),
            Body { tracks: None, features: Some(features) } => Ok(Self::One(TrackFeatures { features })),
            _ => Err("expected either tracks or features"),
        }
    }
}

/// A list that is refused while it is read, once it is too long.
struct Tracks(Vec<TrackFeatures>);

impl<'de> Deserialize<'de> for Tracks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Tracks;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(to, "1 to {MAX_CLASSIFIED_TRACKS} tracks")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tracks, A::Error> {
                let mut tracks = Vec::new();
                while let Some(Object(track)) = list.next_element()? {
                    if tracks.len() == MAX_CLASSIFIED_TRACKS {
                        return Err(de::Error::invalid_length(MAX_CLASSIFIED_TRACKS + 1, &self));
                    }
                    tracks.push(track);
                }
                if tracks.is_empty() { Err(de::Error::invalid_length(0, &self)) } else { Ok(Tracks(tracks)) }
            }
        }
        deserializer.deserialize_seq(List)
    }
}

/// Where naive Bayes places each track.
#[derive(Debug, Serialize, ToSchema)]
struct Classified<'a> {
    model: ModelRef,
    /// In the order of the request.
    tracks: Vec<Classification<'a>>,
}

/// Where naive Bayes places one track.
#[derive(Debug, Serialize, ToSchema)]
struct Classification<'a> {
    /// The most probable cluster, by naive Bayes.
    cluster: ClusterRef<'a>,
    /// The cluster whose centroid is nearest: how the tracks of the catalogue are placed. It is another one than `cluster` for about as
    /// many tracks as the `accuracy` of `GET /v1/model` leaves.
    nearest_centroid: ClusterRef<'a>,
    /// Every cluster, by id. The probabilities sum to 1.
    posteriors: Vec<Posterior<'a>>,
}

/// How many tracks an answer has room for: [`MAX_CLASSIFIED_TRACKS`], unless the clusters are many and of long names.
fn max_tracks(model: &Model) -> usize {
    /// What an entry takes beside its cluster's name: its members' names, the id, a probability of 24 characters.
    const ENTRY_BYTES: usize = 64;
    let names = |id| serde_json::to_string(&ClusterRef::of(model, id)).map_or(0, |json| json.len());
    let (mut all, mut longest) = (0, 0);
    for bytes in (0..model.clusters().len()).map(names) {
        all += bytes + ENTRY_BYTES;
        longest = longest.max(bytes + ENTRY_BYTES);
    }
    // What surrounds the tracks takes less than a thousand bytes.
    ((MAX_ANSWER_BYTES - 1_000) / (all + longest)).clamp(1, MAX_CLASSIFIED_TRACKS)
}

fn classify<'a>(model: &'a Model, features: &[f64]) -> Classification<'a> {
    let scaled = model.scaler().scale(features);
    let posteriors = Posterior::all(model, &model.bayes().posteriors(&scaled));
    Classification {
        cluster: ClusterRef::of(model, model.bayes().predict(&scaled) as usize),
        nearest_centroid: ClusterRef::of(model, model.nearest_centroid(&scaled)),
        posteriors,
    }
}

/// Place tracks that are not in the catalogue
///
/// Scales the features as the model's tracks were, and asks Gaussian naive Bayes for the probability of every cluster. Beside the most
/// probable cluster stands that of the nearest centroid, which is how k-means placed the tracks of the catalogue.
#[utoipa::path(
    post,
    path = "/v1/classify",
    operation_id = "classifyTracks",
    tag = "Clusters",
    request_body(content = Classify, description = "One track, or up to 1,000"),
    responses((status = 200, description = "The cluster of each track", body = Classified), Problems<true>),
)]
async fn post(
    State(models): State<Arc<ModelManager>>,
    _: Query<NoParameters>,
    Json(body): Json<Classify>,
) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let model = &loaded.model;
    let tracks = match &body {
        Classify::One(track) => vec![classify(model, &track.features.ordered(model, "features")?)],
        Classify::Tracks(ManyTracks { tracks }) => {
            let most = max_tracks(model);
            if tracks.len() > most {
                let detail = format!(
                    "tracks has {}: expected at most {most}, for the answer names all {} clusters for each",
                    tracks.len(),
                    model.clusters().len()
                );
                return Err(Problem::parameter("tracks", &format!("1 to {most} tracks"), detail));
            }
            let features = |index| format!("tracks[{index}].features");
            let classified = tracks
                .iter()
                .enumerate()
                .map(|(index, track)| Ok(classify(model, &track.features.ordered(model, &features(index))?)));
            classified.collect::<Result<_, Problem>>()?
        }
    };
    Ok(json(&Classified { model: ModelRef::of(model), tracks }))
}

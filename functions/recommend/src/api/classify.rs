//! `POST /v1/classify`: which cluster would a track belong to that is not in the catalogue?

use std::{fmt, sync::Arc};

use axum::{extract::RawQuery, extract::State, response::Response};
use segue::Model;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use utoipa::ToSchema;

use crate::{
    api::{json, openapi::Problems},
    http::json::Json,
    models::Models,
    params::Params,
    problem::Problem,
    view::{ClusterRef, Features, ModelRef},
};

/// The most tracks that one request may hold.
const MOST_TRACKS: usize = 1_000;
/// No feature of any track is farther from 0 than this.
pub(super) const FARTHEST: f64 = 1e12;
/// The longest feature name that is quoted in a problem, in characters.
const QUOTED: usize = 64;

/// One track, or several: by their features, in the file's own units.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged, try_from = "Body")]
pub(super) enum Classify {
    /// Several tracks.
    Tracks(ManyTracks),
    /// One track.
    One(Unplaced),
}

/// Several tracks.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ManyTracks {
    /// 1 to 1,000 tracks.
    #[schema(min_items = 1, max_items = 1_000)]
    tracks: Vec<Unplaced>,
}

/// A track without a place.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Unplaced {
    /// Every feature of the model.
    #[schema(value_type = Features)]
    features: Given,
}

/// What comes, before it is one of the two.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with tracks or with features")]
struct Body {
    #[serde(default)]
    tracks: Option<Tracks>,
    #[serde(default)]
    features: Option<Given>,
}

impl TryFrom<Body> for Classify {
    type Error = &'static str;

    fn try_from(body: Body) -> Result<Self, &'static str> {
        match body {
            Body { tracks: Some(Tracks(tracks)), features: None } => Ok(Self::Tracks(ManyTracks { tracks })),
            Body { tracks: None, features: Some(features) } => Ok(Self::One(Unplaced { features })),
            _ => Err("expected either tracks or features"),
        }
    }
}

/// A list that is refused while it is read, once it is too long.
struct Tracks(Vec<Unplaced>);

impl<'de> Deserialize<'de> for Tracks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Tracks;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(to, "1 to {MOST_TRACKS} tracks")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tracks, A::Error> {
                let mut tracks = Vec::new();
                while let Some(track) = list.next_element()? {
                    if tracks.len() == MOST_TRACKS {
                        return Err(de::Error::invalid_length(MOST_TRACKS + 1, &self));
                    }
                    tracks.push(track);
                }
                if tracks.is_empty() { Err(de::Error::invalid_length(0, &self)) } else { Ok(Tracks(tracks)) }
            }
        }
        deserializer.deserialize_seq(List)
    }
}

/// Features as they come: each once, each a number.
#[derive(Debug, Serialize)]
struct Given(Vec<(String, f64)>);

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = Given;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("an object of features by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given, A::Error> {
                let mut features: Vec<(String, f64)> = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    let Value(value) = map.next_value()?;
                    if features.len() > segue::feature::MAX_FEATURES {
                        let most = segue::feature::MAX_FEATURES;
                        return Err(de::Error::custom(format_args!("expected at most {most} features")));
                    }
                    if features.iter().any(|(other, _)| *other == name) {
                        return Err(de::Error::custom("expected the feature once"));
                    }
                    features.push((name, value));
                }
                Ok(Given(features))
            }
        }
        deserializer.deserialize_map(Map)
    }
}

/// One feature's value.
struct Value(f64);

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Value;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(to, "a finite number, {:e} to {FARTHEST:e}", -FARTHEST)
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
                // Not a number is not within the range either.
                if value.abs() <= FARTHEST {
                    Ok(Value(value))
                } else {
                    Err(E::invalid_value(de::Unexpected::Float(value), &self))
                }
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
                self.visit_f64(value as f64)
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
                self.visit_f64(value as f64)
            }
        }
        deserializer.deserialize_any(Number)
    }
}

impl Given {
    /// In the model's order. `place` is where in the body they are.
    fn ordered(&self, model: &Model, place: &str) -> Result<Vec<f64>, Problem> {
        let known = &model.scaler().features;
        if let Some((name, _)) = self.0.iter().find(|(name, _)| !known.contains(name)) {
            let name: String = name.chars().take(QUOTED).collect();
            let detail = format!("the model has no feature {name:?}; it has {}", known.join(", "));
            return Err(Problem::parameter(&format!("{place}.{name}"), &known.join(", "), detail));
        }
        let value = |name: &String| self.0.iter().find(|(given, _)| given == name).map(|(_, value)| *value);
        known
            .iter()
            .map(|name| {
                value(name).ok_or_else(|| {
                    let detail = format!("{place}.{name} is missing: the model has {}", known.join(", "));
                    Problem::parameter(&format!("{place}.{name}"), "a number", detail)
                })
            })
            .collect()
    }
}

/// Where naive Bayes places each track.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Classified<'a> {
    model: ModelRef,
    /// In the order of the request.
    tracks: Vec<Placed<'a>>,
}

/// Where naive Bayes places one track.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Placed<'a> {
    /// The most probable cluster.
    cluster: ClusterRef<'a>,
    /// Every cluster, by id. The probabilities sum to 1.
    posteriors: Vec<Posterior<'a>>,
}

/// How probable one cluster is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Posterior<'a> {
    #[serde(flatten)]
    cluster: ClusterRef<'a>,
    /// 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    probability: f64,
}

fn place<'a>(model: &'a Model, features: &[f64]) -> Placed<'a> {
    let scaled = model.scaler().scale(features);
    let cluster = |id: usize| ClusterRef { id, name: &model.clusters()[id].name };
    let posteriors = model.bayes().posteriors(&scaled);
    Placed {
        cluster: cluster(model.bayes().predict(&scaled) as usize),
        posteriors: posteriors
            .into_iter()
            .enumerate()
            .map(|(id, probability)| Posterior { cluster: cluster(id), probability })
            .collect(),
    }
}

/// Place tracks that are not in the catalogue
///
/// Scales the features as the model's tracks were, and asks Gaussian naive Bayes for the probability of every cluster.
#[utoipa::path(
    post,
    path = "/v1/classify",
    tag = "Clusters",
    request_body(content = Classify, description = "One track, or up to 1,000"),
    responses((status = 200, description = "The cluster of each track", body = Classified), Problems<true>),
)]
pub(super) async fn post(
    State(models): State<Arc<Models>>,
    RawQuery(query): RawQuery,
    Json(body): Json<Classify>,
) -> Result<Response, Problem> {
    Params::parse(query.as_deref(), &[])?;
    let loaded = models.get().await?;
    let model = &loaded.model;
    let tracks = match &body {
        Classify::One(track) => vec![place(model, &track.features.ordered(model, "features")?)],
        Classify::Tracks(ManyTracks { tracks }) => tracks
            .iter()
            .enumerate()
            .map(|(index, track)| {
                Ok(place(model, &track.features.ordered(model, &format!("tracks[{index}].features"))?))
            })
            .collect::<Result<_, Problem>>()?,
    };
    Ok(json(&Classified { model: ModelRef::of(model), tracks }))
}

//! Bodies: JSON that is read strictly, and refused by the place that is wrong.

use std::{fmt, marker::PhantomData};

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use headers::{ContentType, HeaderMapExt, Mime};
use http_body_util::BodyExt;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::body_error::refused;
use crate::problem::Problem;

/// The largest body that is read, in bytes.
pub const MAX_BODY_BYTES: usize = 256 * 1024;
/// How much of a larger one is taken and thrown away: a client that is still sending does not see the answer.
const MAX_DISCARDED_BYTES: usize = 16 * 1024 * 1024;

/// A JSON body. Every way in which it can be wrong is a [`Problem`]: another content type, too large, not JSON, or
/// JSON of another shape.
pub struct Json<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let is_json = request.headers().typed_get::<ContentType>().is_some_and(|kind| is_json(&kind.into()));
        let body = read(request.into_body()).await?;
        if !is_json {
            let detail = "the body must be JSON, and its content type application/json";
            let title = "The body is not of a type that the route takes";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", title, detail));
        }
        parse(&body).map(Self)
    }
}

/// A JSON object. A struct that derives `Deserialize` is read from an array too, by position.
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Object<T>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

fn is_json(kind: &Mime) -> bool {
    kind.type_() == "application" && (kind.subtype() == "json" || kind.suffix().is_some_and(|suffix| suffix == "json"))
}

async fn read(mut body: Body) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| malformed("the body ended early".to_owned()))?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= MAX_BODY_BYTES {
            bytes.extend_from_slice(&data);
        } else if length > MAX_DISCARDED_BYTES {
            break;
        }
    }
    if length > MAX_BODY_BYTES {
        let detail = format!("the body is larger than {MAX_BODY_BYTES} bytes");
        let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large", detail);
        return Err(problem.with("allowed", format!("at most {MAX_BODY_BYTES} bytes")));
    }
    Ok(bytes)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| refused(&error))?;
    json.end().map_err(|error| malformed(error.to_string()))?;
    Ok(value)
}

pub(super) fn malformed(reason: String) -> Problem {
    let detail = format!("{reason}; expected one JSON object, as /openapi.json describes it");
    Problem::new(StatusCode::BAD_REQUEST, "malformed-json", "The body is not JSON", detail)
}

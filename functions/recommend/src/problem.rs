//! What every error looks like: RFC 9457 `application/problem+json`.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use recommender::recommend::{ArtistList, SongOption};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::request_info;

/// The content type of every error.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// An error, as its receiver sees it. Nothing internal is in it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A stable name for the kind of problem: `urn:segue:problem:` and a code.
    #[serde(rename = "type")]
    #[schema(example = "urn:segue:problem:bad-parameter")]
    kind: String,
    /// What the kind means, in a few words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong this time, and what to do.
    detail: String,
    /// What a program may want to know: the artists that share a title, the values that are allowed.
    #[serde(flatten)]
    #[schema(value_type = Members)]
    members: Map<String, Value>,
    #[serde(skip)]
    retry_after: Option<u32>,
}

/// The members that a problem may have beside the four that each has.
#[derive(ToSchema)]
#[expect(dead_code, reason = "problems hold them by name; this is their schema")]
struct Members {
    /// Which parameter it is about; for a body the place in it, such as `tracks[3].features.energy`.
    parameter: Option<String>,
    /// What is allowed there.
    allowed: Option<String>,
    /// The artists that have a song of the title: the best known, at most 50.
    #[schema(max_items = 50)]
    artists: Option<Vec<String>>,
    /// How many artists have a song of the title.
    artist_count: Option<usize>,
    /// The songs that may be meant by what was typed, the most popular first.
    #[schema(max_items = 10)]
    options: Option<Vec<SongOption>>,
    /// Which seed it is about, if there are several: `seeds[1]`.
    seed: Option<String>,
    /// Titles that may have been meant.
    suggestions: Option<Vec<String>>,
}

impl Problem {
    /// A problem of the kind `urn:segue:problem:{code}`.
    pub fn new(status: StatusCode, code: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:segue:problem:{code}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            members: Map::new(),
            retry_after: None,
        }
    }

    /// A parameter that is not as it should be: 400, with its name and what is allowed.
    pub fn parameter(name: &str, allowed: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-parameter", "A parameter is not as expected", detail)
            .with("parameter", name)
            .with("allowed", allowed)
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members.insert(member.to_owned(), value.into());
        self
    }

    fn with_artists(self, artists: ArtistList) -> Self {
        self.with("artists", artists.names).with("artist_count", artists.count)
    }

    /// Tells the receiver to try again after some seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// What is wrong, in a sentence.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }
}

/// What is wrong, beside the body of a response that is a problem: for those that answer in another shape.
#[derive(Clone, Debug)]
pub(crate) struct Detail {
    /// The problem's own: a library may have answered instead, and kept the rest of the response.
    pub(crate) status: StatusCode,
    pub(crate) message: String,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // Strings, numbers and lists of them always serialise.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let code = self.kind.rsplit(':').next().unwrap_or_default();
        request_info::record(|info| info.problem = Some(code.to_owned()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Detail { status, message: self.detail });
        response
    }
}

impl From<recommender::recommend::Error> for Problem {
    fn from(error: recommender::recommend::Error) -> Self {
        use recommender::recommend::{Error, SeedKind};
        let detail = error.to_string();
        match error {
            Error::UnknownTrack { .. } => {
                Self::new(StatusCode::NOT_FOUND, "unknown-track", "No track has this id", detail)
            }
            Error::UnknownSong { suggestions, .. } => {
                Self::new(StatusCode::NOT_FOUND, "unknown-song", "No song has this title", detail)
                    .with("suggestions", suggestions)
            }
            Error::UnknownArtist { artists, .. } => {
                Self::new(StatusCode::NOT_FOUND, "unknown-artist", "The song is by other artists", detail)
                    .with_artists(artists)
            }
            Error::ArtistNeeded { artists, .. } => {
                Self::new(StatusCode::CONFLICT, "artist-needed", "Several artists share this title", detail)
                    .with_artists(artists)
            }
            Error::SongNeeded { options, .. } => {
                let mut artists: Vec<&str> = Vec::new();
                for option in &options {
                    if !artists.contains(&option.artist.as_str()) {
                        artists.push(&option.artist);
                    }
                }
                let (artists, count) = (json!(artists), artists.len());
                Self::new(StatusCode::CONFLICT, "artist-needed", "Several songs may be meant", detail)
                    .with("artists", artists)
                    .with("artist_count", count)
                    .with("options", json!(options))
            }
            Error::NoGenre { suggestions, .. } => {
                let allowed = "a genre of GET /v1/genres, or several with commas between them";
                Self::parameter("genre", allowed, detail).with("suggestions", suggestions)
            }
            Error::UnknownSeedArtist { suggestions, .. } => {
                Self::new(StatusCode::NOT_FOUND, "unknown-artist", "No track is by this artist", detail)
                    .with("suggestions", suggestions)
            }
            Error::UnknownGenre { suggestions, .. } => {
                Self::new(StatusCode::NOT_FOUND, "unknown-genre", "No track is of this genre", detail)
                    .with("suggestions", suggestions)
            }
            Error::SameSong => Self::parameter("to", "another song than from", detail),
            Error::Opposite | Error::TooFewSongs { .. } | Error::NoPath { .. } => {
                Self::new(StatusCode::NOT_FOUND, "no-path", "There is no such path", detail)
            }
            Error::UnknownFeature { feature, expected } => Self::parameter(&feature, &expected.join(", "), detail),
            Error::Features { expected } => Self::parameter("features", &expected.join(", "), detail),
            Error::OutOfRange { name, expected, .. } => Self::parameter(name, expected, detail),
            Error::NoAffinity { affinity, expected, .. } => {
                Self::parameter("affinity", &expected.join(", "), detail).with("affinity", affinity)
            }
            Error::NoColumn { parameter, column } => {
                Self::parameter(parameter, "nothing: the catalogue has no such column", detail).with("column", column)
            }
            Error::Seed { of, at, seeds, error } => {
                let problem = Self::from(*error);
                if seeds == 1 && of == SeedKind::Seeds {
                    return problem;
                }
                match of {
                    SeedKind::Seeds => problem.with("seed", format!("seeds[{at}]")),
                    SeedKind::NegativeSeeds => problem.with("seed", format!("negative_seeds[{at}]")),
                    SeedKind::Ends => problem.with("seed", if at == 0 { "from" } else { "to" }),
                }
            }
            // A kind of error that this version does not know is a defect of this function.
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong", detail),
        }
    }
}

/// Why there is no model, as far as it is the receiver's business. Who asks a new stack first has made it, and is told how
/// to go on; otherwise the log has said why, and the receiver can only wait.
fn no_model(error: &crate::models::Error) -> String {
    use crate::models::Error;
    if let Error::Store(error) = error {
        match &**error {
            store::Error::NoModel { location } => {
                return format!(
                    "no model is published yet: upload a table to s3://{}/uploads/, or run `trainer publish FILE --to \
                     {location}`",
                    location.bucket()
                );
            }
            denied @ store::Error::MissingOrDenied { .. } => return denied.to_string(),
            _ => {}
        }
    }
    "the model is not loaded yet or could not be loaded; try again in a moment".to_owned()
}

impl From<crate::models::Error> for Problem {
    fn from(error: crate::models::Error) -> Self {
        if let crate::models::Error::TextSearch(_) = error {
            let detail = "the search by title and artist is not available: its index could not be loaded; try again in a moment, \
                          or name tracks by their ids";
            let title = "The text search is not available";
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "search-unavailable", title, detail).retry_after(2);
        }
        let detail = no_model(&error);
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "model-unavailable", "There is no model to answer with", detail)
            .retry_after(2)
    }
}

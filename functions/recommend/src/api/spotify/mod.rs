//! What Spotify's Web API closed on 27 November 2024, over the user's own catalogue and in Spotify's shapes: programs that were
//! written against it go on with another base address.
//!
//! Nothing is computed here that `/v1` does not compute: [`recommendations`] asks the model as `/v1/recommendations` does, and
//! [`search`] as `/v1/tracks`. The rest is a view: [`ids`] are Spotify's where the catalogue has them, [`units`] are Spotify's
//! ranges, [`track`] and [`artist`] its objects, and [`error`] its errors.

mod artist;
mod audio_features;
mod base;
mod error;
mod ids;
mod query;
mod recommendations;
mod search;
mod track;
mod units;

pub(super) use self::error::in_spotifys_shape;
use crate::api::state::Routes;

/// What the paths of all its routes begin with.
const PREFIX: &str = "/spotify/";

/// The tag of its routes in `/openapi.json`.
const TAG: &str = "Spotify";

/// What its routes have in common in `/openapi.json`.
#[derive(utoipa::OpenApi)]
#[openapi(
    components(schemas(error::ErrorBody<'static>)),
    tags((name = "Spotify", description = "For clients of Spotify's Web API")),
)]
struct Common;

/// Its routes.
pub(super) fn routes() -> Routes {
    [recommendations::routes(), audio_features::routes(), track::routes(), artist::routes(), search::routes()]
        .into_iter()
        .fold(Routes::with_openapi(<Common as utoipa::OpenApi>::openapi()), Routes::merge)
}

//! Tracks as Spotify's objects, and `GET /spotify/v1/tracks`.
//!
//! What the catalogue does not know is as Spotify has it of a track of which it does not know it: no images, the number 0, and the year
//! 0000.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use recommender::{Model, catalog};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    TAG,
    artist::ArtistRef,
    base::Base,
    error::Errors,
    ids::{find_track, is_spotifys, written},
    query::{KnownQuery, OrBlank, split},
    units::whole,
};
use crate::{
    api::{answer::answer, responses::NotModified, state::Routes},
    models::{ModelManager, made_ids::album_id},
    parameters::{MAX_VALUE_CHARS, Path, Required, Text, parameters},
    problem::Problem,
    view::bounded,
};

/// The most tracks that one request may name.
const MAX_IDS: usize = 50;
/// The longest list of ids, in characters.
const MAX_IDS_CHARS: usize = 8_192;
/// Ids with commas between them.
pub(super) const IDS: Required =
    Required(Text::at_most(MAX_IDS_CHARS), "ids is missing: ids of tracks, with commas between them");
/// An id, a URI or an address.
pub(super) const ID: Text = Text::at_most(MAX_VALUE_CHARS);

parameters! {
    /// What `GET /spotify/v1/tracks` takes.
    struct TracksQuery in Query {
        /// Ids, URIs or addresses of tracks, with commas between them
        ids: String = IDS,
    }
}

parameters! {
    /// What most routes take and do not need: a catalogue is not parted into markets.
    #[expect(dead_code, reason = "it is checked, and has no effect")]
    pub(super) struct MarketQuery in Query {
        /// Without effect
        market: Option<String> = OrBlank(MAX_VALUE_CHARS),
    }
}

parameters! {
    /// What stands in the path of a route that is of one thing.
    pub(super) struct IdPath in Path {
        /// An id, a URI, or an address, percent-encoded
        pub(super) id: String = Required(ID, "id is missing"),
    }
}

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(several)).routes(routes!(one))
}

/// A track.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = spotify::Track)]
pub(super) struct Track<'a> {
    album: Album<'a>,
    artists: Vec<ArtistRef<'a>>,
    #[schema(value_type = Vec<String>)]
    available_markets: [&'static str; 0],
    /// 0: it is not known.
    disc_number: u32,
    /// 0 where it is not known.
    duration_ms: u32,
    /// `false` where it is not known.
    explicit: bool,
    external_ids: Empty,
    external_urls: ExternalUrls,
    href: String,
    id: String,
    is_local: bool,
    name: &'a str,
    /// 0 where it is not known.
    popularity: u32,
    preview_url: Option<&'static str>,
    /// 0: it is not known.
    track_number: u32,
    #[serde(rename = "type")]
    kind: &'static str,
    /// `spotify:track:ID`.
    uri: String,
}

/// What is known of a track's album.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = spotify::Album)]
struct Album<'a> {
    /// `album`: a catalogue does not know singles from albums.
    album_type: &'static str,
    #[schema(value_type = Vec<Empty>)]
    artists: [Empty; 0],
    #[schema(value_type = Vec<String>)]
    available_markets: [&'static str; 0],
    external_urls: ExternalUrls,
    /// Nothing answers there.
    href: String,
    /// Made from the album's title and the track's artists.
    id: String,
    #[schema(value_type = Vec<Empty>)]
    images: [Empty; 0],
    /// Empty where it is not known.
    name: &'a str,
    /// The year; 0000 where it is not known.
    release_date: String,
    release_date_precision: &'static str,
    /// 0: it is not known.
    total_tracks: u32,
    #[serde(rename = "type")]
    kind: &'static str,
    /// `spotify:album:ID`.
    uri: String,
}

/// An object without members.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = spotify::Empty)]
pub(super) struct Empty {}

/// Where something is on Spotify's site.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = spotify::ExternalUrls)]
pub(super) struct ExternalUrls {
    #[serde(skip_serializing_if = "Option::is_none")]
    spotify: Option<String>,
}

impl<'a> Track<'a> {
    /// Of a row of the catalogue.
    pub(super) fn of(model: &'a Model, base: &Base, row: u32) -> Self {
        let track = model.catalog().track(row);
        let id = written(bounded(&track.id));
        let page = is_spotifys(&track.id).then(|| ["https://open.spotify.com/track/", &track.id].concat());
        Self {
            album: Album::of(base, &track),
            artists: ArtistRef::all(model, base, row),
            available_markets: [],
            disc_number: 0,
            duration_ms: whole(model, "duration_ms", row),
            explicit: track.explicit.unwrap_or_default(),
            external_ids: Empty {},
            external_urls: ExternalUrls { spotify: page },
            href: base.of("tracks", &id),
            is_local: false,
            name: bounded(track.song),
            popularity: whole(model, "popularity", row),
            preview_url: None,
            track_number: 0,
            kind: "track",
            uri: ["spotify:track:", &id].concat(),
            id: id.into_owned(),
        }
    }
}

impl<'a> Album<'a> {
    /// The album of a track.
    fn of(base: &Base, track: &catalog::Track<'a>) -> Self {
        let name = track.album.unwrap_or_default();
        let id = album_id(name, track.artist);
        Self {
            album_type: "album",
            artists: [],
            available_markets: [],
            external_urls: ExternalUrls::default(),
            href: base.of("albums", &id),
            images: [],
            name: bounded(name),
            release_date: format!("{:04}", track.year.unwrap_or_default()),
            release_date_precision: "year",
            total_tracks: 0,
            kind: "album",
            uri: ["spotify:album:", &id].concat(),
            id,
        }
    }
}

/// Tracks, in the order of the ids.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = spotify::Tracks)]
pub(super) struct Tracks<T> {
    /// `null` in the place of an id that no track has.
    pub(super) tracks: Vec<T>,
}

/// The ids of a list of `most` at most.
pub(super) fn split_ids(ids: &str, most: usize) -> Result<Vec<&str>, Problem> {
    let ids: Vec<&str> = split(ids).collect();
    if ids.len() > most {
        let allowed = format!("at most {most} of them");
        return Err(Problem::parameter("ids", &allowed, format!("ids are {}: expected {allowed}", ids.len())));
    }
    Ok(ids)
}

/// Where no track has an id.
pub(super) fn unknown_track(id: &str) -> Problem {
    recommender::recommend::Error::UnknownTrack { id: id.to_owned() }.into()
}

/// Several tracks
#[utoipa::path(
    get,
    path = "/spotify/v1/tracks",
    operation_id = "spotifyTracks",
    tag = TAG,
    params(TracksQuery, MarketQuery),
    responses((status = 200, description = "The tracks", body = Tracks<Option<Track<'static>>>), NotModified, Errors),
)]
async fn several(
    State(models): State<Arc<ModelManager>>,
    base: Base,
    KnownQuery(query): KnownQuery<TracksQuery>,
    _: KnownQuery<MarketQuery>,
) -> Result<Response, Problem> {
    let ids = split_ids(&query.ids, MAX_IDS)?;
    let loaded = models.get().await?;
    let model = &loaded.model;
    let track = |id: &&str| find_track(model, id).map(|row| Track::of(model, &base, row));
    Ok(answer(model, &Tracks { tracks: ids.iter().map(track).collect() }))
}

/// One track
#[utoipa::path(
    get,
    path = "/spotify/v1/tracks/{id}",
    operation_id = "spotifyTrack",
    tag = TAG,
    params(IdPath, MarketQuery),
    responses((status = 200, description = "The track", body = Track), NotModified, Errors),
)]
async fn one(
    State(models): State<Arc<ModelManager>>,
    base: Base,
    _: KnownQuery<MarketQuery>,
    Path(IdPath { id }): Path<IdPath>,
) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let model = &loaded.model;
    let row = find_track(model, &id).ok_or_else(|| unknown_track(&id))?;
    Ok(answer(model, &Track::of(model, &base, row)))
}

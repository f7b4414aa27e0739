//! Artists as Spotify's objects, `GET /spotify/v1/artists/{id}` and `…/top-tracks`.

use std::{cmp::Reverse, collections::HashSet, sync::Arc};

use axum::{extract::State, response::Response};
use recommender::{Model, catalog::MAX_ARTISTS_OF_ROW, text};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    TAG,
    base::Base,
    error::Errors,
    ids::bare,
    query::KnownQuery,
    track::{Empty, ExternalUrls, IdPath, MarketQuery, Track, Tracks},
    units::whole,
};
use crate::{
    api::{answer::answer, responses::NotModified, state::Routes},
    models::{LoadedModel, ModelManager, made_ids::artist_id},
    parameters::{NoParameters, Path},
    problem::Problem,
    view::bounded,
};

/// The most genres of an artist in an answer.
const MAX_GENRES: usize = 16;
/// The most genres of an artist that are counted.
const MAX_COUNTED: usize = 256;
/// How many tracks of an artist are answered with, as Spotify did.
const TOP_TRACKS: usize = 10;

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(one)).routes(routes!(top_tracks))
}

/// An artist of a track.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = spotify::ArtistRef)]
pub(super) struct ArtistRef<'a> {
    external_urls: ExternalUrls,
    href: String,
    /// Made from the name: a catalogue has no ids of artists.
    id: String,
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    /// `spotify:artist:ID`.
    uri: String,
}

impl<'a> ArtistRef<'a> {
    fn new(base: &Base, name: &'a str) -> Self {
        let id = artist_id(name);
        let (href, uri) = (base.of("artists", &id), ["spotify:artist:", &id].concat());
        Self { external_urls: ExternalUrls::default(), href, id, name: bounded(name), kind: "artist", uri }
    }

    /// The artists of a track: as many as a cell of the answer has room for.
    pub(super) fn all(model: &'a Model, base: &Base, row: u32) -> Vec<Self> {
        let catalog = model.catalog();
        let code = catalog.artists.code(row as usize);
        let mut left = bounded(catalog.artists.get(row as usize)).len();
        let fits = |name: &&str| {
            let fits = name.len() <= left;
            left = left.saturating_sub(name.len());
            fits
        };
        catalog.credited(code).take_while(fits).take(MAX_ARTISTS_OF_ROW).map(|name| Self::new(base, name)).collect()
    }
}

/// An artist.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = spotify::Artist)]
pub(super) struct Artist<'a> {
    #[serde(flatten)]
    artist: ArtistRef<'a>,
    followers: Followers,
    /// Those of its tracks, the most frequent first.
    genres: Vec<String>,
    #[schema(value_type = Vec<Empty>)]
    images: [Empty; 0],
    /// That of its most popular track; 0 where it is not known.
    popularity: u32,
}

/// Nobody follows an artist here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = spotify::Followers)]
struct Followers {
    href: Option<&'static str>,
    total: u32,
}

impl<'a> Artist<'a> {
    /// Of an artist of the catalogue; nothing where there is none of this number.
    pub(super) fn of(model: &'a Model, base: &Base, artist: u32) -> Option<Self> {
        Some(Self {
            artist: ArtistRef::new(base, model.artist_name(artist)?),
            followers: Followers { href: None, total: 0 },
            genres: genres(model, artist),
            images: [],
            popularity: popularity(model, artist),
        })
    }
}

/// The popularity of an artist's most popular track, 0 to 100.
pub(super) fn popularity(model: &Model, artist: u32) -> u32 {
    let of_track = |row: &u32| whole(model, "popularity", *row);
    model.tracks_of_artist(artist).iter().map(of_track).max().unwrap_or_default()
}

fn genres(model: &Model, artist: u32) -> Vec<String> {
    let mut counted: Vec<(Reverse<usize>, String)> = Vec::new();
    let tracks = model.tracks_of_artist(artist).iter().map(|row| model.catalog().track(*row));
    for genre in tracks.filter_map(|track| track.genre).flat_map(|cell| text::genres(bounded(cell))) {
        match counted.iter().position(|(_, other)| *other == genre) {
            Some(at) => counted[at].0.0 += 1,
            // A list that nobody would read to its end is not counted to its end.
            None if counted.len() < MAX_COUNTED => counted.push((Reverse(1), genre)),
            None => {}
        }
    }
    counted.sort();
    counted.into_iter().take(MAX_GENRES).map(|(_, genre)| genre).collect()
}

/// The artist that a client names: one with tracks, which those behind the first ones of a track do not have.
pub(super) fn find_artist(loaded: &LoadedModel, text: &str) -> Result<u32, Problem> {
    let found = loaded.artist_ids().find(bare("artist", text));
    found.filter(|artist| !loaded.model.tracks_of_artist(*artist).is_empty()).ok_or_else(|| {
        let detail = format!(
            "no artist has the id {text:?}: ids of artists are made from their names here, and \
             search?type=artist&q=NAME finds them"
        );
        Problem::new(axum::http::StatusCode::NOT_FOUND, "unknown-artist", "No artist has this id", detail)
    })
}

/// One artist
#[utoipa::path(
    get,
    path = "/spotify/v1/artists/{id}",
    operation_id = "spotifyArtist",
    tag = TAG,
    params(IdPath),
    responses((status = 200, description = "The artist", body = Artist), NotModified, Errors),
)]
async fn one(
    State(models): State<Arc<ModelManager>>,
    base: Base,
    _: KnownQuery<NoParameters>,
    Path(IdPath { id }): Path<IdPath>,
) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let artist = find_artist(&loaded, &id)?;
    Ok(answer(&loaded.model, &Artist::of(&loaded.model, &base, artist)))
}

/// The most popular tracks of an artist
///
/// Ten at most, each song once.
#[utoipa::path(
    get,
    path = "/spotify/v1/artists/{id}/top-tracks",
    operation_id = "spotifyTopTracks",
    tag = TAG,
    params(IdPath, MarketQuery),
    responses((status = 200, description = "The tracks", body = Tracks<Track<'static>>), NotModified, Errors),
)]
async fn top_tracks(
    State(models): State<Arc<ModelManager>>,
    base: Base,
    _: KnownQuery<MarketQuery>,
    Path(IdPath { id }): Path<IdPath>,
) -> Result<Response, Problem> {
    let loaded = models.get().await?;
    let model = &loaded.model;
    let mut rows = model.tracks_of_artist(find_artist(&loaded, &id)?).to_vec();
    rows.sort_by_cached_key(|row| Reverse(whole(model, "popularity", *row)));
    let mut songs = HashSet::new();
    rows.retain(|row| songs.insert(model.songs().of(*row)));
    let tracks = rows.iter().take(TOP_TRACKS).map(|row| Track::of(model, &base, *row)).collect();
    Ok(answer(model, &Tracks { tracks }))
}

//! `GET /spotify/v1/search`: the tracks and artists of the catalogue that match what is typed.

mod filters;
mod find;
mod kinds;

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde::Serialize;
use utoipa::{
    IntoParams, ToSchema,
    openapi::path::{self, ParameterIn},
};
use utoipa_axum::routes;

use self::{filters::Filters, find::MAX_FOUND, kinds::Kinds};
use super::{
    TAG,
    artist::Artist,
    base::Base,
    error::Errors,
    query::KnownQuery,
    track::{Empty, MarketQuery, Track},
};
use crate::{
    api::{answer::answer, responses::NotModified, state::Routes},
    models::ModelManager,
    parameters::{
        Description, Integer, MAX_VALUE_CHARS, Or, Parameter, Parameters, Required, Text, Values, parameters,
    },
    problem::Problem,
};

const MAX_LIMIT: usize = 50;
const DEFAULT_LIMIT: usize = 20;
/// What is searched for where the request does not say it.
const DEFAULT_KIND: &str = "track";

parameters! {
    /// What `GET /spotify/v1/search` takes beside `type`.
    struct TextQuery in Query {
        /// Words, and filters: artist, track, album, genre, year
        q: String = Required(
            Text::at_most(MAX_VALUE_CHARS).example("track sev year:1960-2019"),
            "nothing to search for: q is words of title and artist, and filters such as artist:NAME",
        ),
        /// How many of each
        limit: usize = Or(Integer(1..=MAX_LIMIT), DEFAULT_LIMIT),
        /// How many to leave out before them
        offset: usize = Or(Integer(0..=MAX_FOUND), 0),
    }
}

/// All parameters of the query.
struct SearchQuery {
    text: TextQuery,
    kinds: Vec<String>,
}

impl Parameters for SearchQuery {
    fn names() -> Vec<&'static str> {
        TextQuery::names().into_iter().chain(["type"]).collect()
    }

    fn describe() -> Vec<Description> {
        let meaning = "What to search for, with commas between them; track where it is absent";
        TextQuery::describe().into_iter().chain([Description::new("type", meaning, &Kinds)]).collect()
    }

    fn read(values: &Values) -> Result<Self, Problem> {
        let kinds = Kinds.read("type", values)?.unwrap_or_else(|| vec![DEFAULT_KIND.to_owned()]);
        Ok(Self { text: TextQuery::read(values)?, kinds })
    }
}

impl IntoParams for SearchQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<path::Parameter> {
        Self::describe().into_iter().map(|description| description.into_parameter(ParameterIn::Query)).collect()
    }
}

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(search))
}

/// What is found: a page of each kind that was searched for.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = spotify::Found)]
struct Found<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    tracks: Option<Page<Track<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    artists: Option<Page<Artist<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    albums: Option<Page<Empty>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    playlists: Option<Page<Empty>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shows: Option<Page<Empty>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    episodes: Option<Page<Empty>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audiobooks: Option<Page<Empty>>,
}

/// Some of what is found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = spotify::Page)]
struct Page<T> {
    /// This page.
    href: String,
    items: Vec<T>,
    limit: usize,
    /// The page after it, if there is one.
    next: Option<String>,
    offset: usize,
    /// The page before it, if there is one.
    previous: Option<String>,
    /// How many are found, 1,000 at most.
    total: usize,
}

/// Which page is asked for, and its address.
struct Pager<'a> {
    base: &'a Base,
    query: &'a str,
    limit: usize,
    offset: usize,
}

impl Pager<'_> {
    /// The page of these.
    fn page<T>(&self, found: &[u32], item: impl Fn(u32) -> Option<T>) -> Page<T> {
        let &Self { limit, offset, .. } = self;
        let total = found.len();
        Page {
            href: self.address(offset),
            items: found.iter().skip(offset).take(limit).filter_map(|number| item(*number)).collect(),
            limit,
            next: (offset + limit < total).then(|| self.address(offset + limit)),
            offset,
            previous: (offset > 0).then(|| self.address(offset.saturating_sub(limit))),
            total,
        }
    }

    fn address(&self, offset: usize) -> String {
        let others =
            form_urlencoded::parse(self.query.as_bytes()).filter(|(name, _)| name != "offset" && name != "limit");
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(others);
        query.append_pair("offset", &offset.to_string()).append_pair("limit", &self.limit.to_string());
        self.base.with_query("search", &query.finish())
    }
}

/// Tracks and artists by what is typed
///
/// Words are found as in `/v1/tracks`. `artist:`, `track:`, `album:`, `genre:` and `year:` are filters, whose value holds until the next
/// one or is in quotation marks. Without words the most popular tracks are found that pass the filters.
#[utoipa::path(
    get,
    path = "/spotify/v1/search",
    operation_id = "spotifySearch",
    tag = TAG,
    params(SearchQuery, MarketQuery),
    responses((status = 200, description = "What is found", body = Found), NotModified, Errors),
)]
async fn search(
    State(models): State<Arc<ModelManager>>,
    base: Base,
    RawQuery(query): RawQuery,
    KnownQuery(SearchQuery { text, kinds }): KnownQuery<SearchQuery>,
    _: KnownQuery<MarketQuery>,
) -> Result<Response, Problem> {
    let filters = Filters::parse(&text.q)?;
    let has = |kind: &str| kinds.iter().any(|other| other == kind);
    let loaded = models.get_with_text_search().await?;
    let (of_tracks, of_artists) = (has("track"), has("artist"));
    let searching = loaded.ask(move |model| {
        let tracks = of_tracks.then(|| find::tracks(model, &filters));
        (tracks, of_artists.then(|| find::artists(model, &filters)))
    });
    let (tracks, artists) = searching.await?;
    let model = &loaded.model;
    let query = query.unwrap_or_default();
    let pager = Pager { base: &base, query: &query, limit: text.limit, offset: text.offset };
    let nothing = |kind: &str| has(kind).then(|| pager.page(&[], |_| None));
    let found = Found {
        tracks: tracks.map(|rows| pager.page(&rows, |row| Some(Track::of(model, &base, row)))),
        artists: artists.map(|artists| pager.page(&artists, |artist| Artist::of(model, &base, artist))),
        albums: nothing("album"),
        playlists: nothing("playlist"),
        shows: nothing("show"),
        episodes: nothing("episode"),
        audiobooks: nothing("audiobook"),
    };
    Ok(answer(model, &found))
}

//! One seed of a request: a track by its id, a song by its title, an artist, a genre, or the features of a song that is not in the
//! catalogue.

use recommender::{
    Model,
    recommend::{MAX_WEIGHT, MIN_WEIGHT, Seed},
};
use serde::Deserialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{AdditionalProperties, ObjectBuilder, OneOfBuilder, Schema},
    },
};

use crate::{
    api::{feature_values::FeatureValues, tracks::MAX_TYPED_CHARS},
    parameters::{Decimal, Description, Kind, MAX_VALUE_CHARS, Text},
    problem::Problem,
    view::Features,
};

/// A title, an artist or an id.
pub(super) const TEXT: Text = Text::at_most(MAX_VALUE_CHARS);

/// What is typed of title and artist.
pub(super) const TYPED: Text = Text::at_most(MAX_TYPED_CHARS);

/// What a seed counts for.
const WEIGHT: Decimal = Decimal(MIN_WEIGHT..=MAX_WEIGHT);
/// The forms of a seed.
const FORMS: &str = "track_id, or q, or song, or song and artist, or artist, or genre, or features";

/// One seed: exactly one of its forms, and what it counts for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeedRequest {
    /// Id of a track.
    pub(super) track_id: Option<String>,
    /// What is typed of a song's title and artist.
    pub(super) q: Option<String>,
    /// Title of a song.
    pub(super) song: Option<String>,
    /// Its artist, where several artists share the title; without a song the artist is the seed.
    pub(super) artist: Option<String>,
    /// A genre.
    pub(super) genre: Option<String>,
    /// Features of a song that is not in the catalogue.
    pub(super) features: Option<FeatureValues>,
    /// What it counts for among the seeds; 1 where it is absent.
    pub(super) weight: Option<f64>,
}

impl SeedRequest {
    /// `named` says what a member is called in the request.
    pub(super) fn check(&self, named: impl Fn(&str) -> String) -> Result<(), Problem> {
        let Self { track_id, q, song, artist, genre, features, weight } = self;
        for (member, text) in [("track_id", track_id), ("song", song), ("artist", artist), ("genre", genre)] {
            if let Some(text) = text {
                TEXT.check(&named(member), text)?;
            }
        }
        if let Some(typed) = q {
            TYPED.check(&named("q"), typed)?;
        }
        if let Some(weight) = weight {
            WEIGHT.check(&named("weight"), weight)?;
        }
        // An artist is a song's, or a seed of its own.
        let by_artist = song.is_none() && artist.is_some();
        let given = [track_id.is_some(), q.is_some(), song.is_some(), by_artist, genre.is_some(), features.is_some()];
        if given.iter().filter(|given| **given).count() == 1 {
            return Ok(());
        }
        let member = if song.is_some() || artist.is_some() { "song" } else { "track_id" };
        Err(Problem::parameter(&named(member), FORMS, format!("a seed is one of {FORMS}")))
    }

    /// The parameter of a query that makes such seeds.
    pub(super) fn query_parameter(&self) -> &'static str {
        match self {
            Self { track_id: Some(_), .. } => "seed_tracks",
            Self { q: Some(_), .. } => "q",
            Self { song: Some(_), .. } => "song",
            Self { genre: Some(_), .. } => "seed_genres",
            _ => "seed_artists",
        }
    }

    /// The seed, in terms of a model's features. `named` is where in the body these are.
    pub(super) fn seed(&self, model: &Model, named: &str) -> Result<Seed, Problem> {
        if let Some(id) = &self.track_id {
            return Ok(Seed::Track(id.clone()));
        }
        if let Some(typed) = &self.q {
            return Ok(Seed::Typed(typed.clone()));
        }
        if let Some(song) = &self.song {
            return Ok(Seed::Song { song: song.clone(), artist: self.artist.clone() });
        }
        if let Some(artist) = &self.artist {
            return Ok(Seed::Artist(artist.clone()));
        }
        if let Some(genre) = &self.genre {
            return Ok(Seed::Genre(genre.clone()));
        }
        let features = self.features.clone().unwrap_or_default();
        Ok(Seed::Features(features.ordered(model, named)?))
    }
}

impl PartialSchema for SeedRequest {
    fn schema() -> RefOr<Schema> {
        let (weight, weight_schema) =
            Description::new("weight", "What the seed counts for beside the others; 1 where it is absent", &WEIGHT)
                .into_member();
        let form = |description: &str, member: &str, schema: RefOr<Schema>| {
            ObjectBuilder::new()
                .description(Some(description))
                .property(member, schema)
                .property(weight, weight_schema.clone())
                .required(member)
                .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        };
        let (artist, artist_schema) =
            Description::new("artist", "Needed where several artists share the title", &TEXT).into_member();
        let features = Ref::from_schema_name(Features::name());
        OneOfBuilder::new()
            .description(Some("One of the forms of a seed"))
            .item(form("A track of the catalogue, by its id", "track_id", TEXT.schema().into()))
            .item(form("A song of the catalogue, as it is typed", "q", TYPED.schema().into()))
            .item(
                form("A song of the catalogue, by its title", "song", TEXT.schema().into())
                    .property(artist, artist_schema),
            )
            .item(form("An artist of the catalogue: its tracks stand for one seed", "artist", TEXT.schema().into()))
            .item(form("A genre of the catalogue: its tracks stand for one seed", "genre", TEXT.schema().into()))
            .item(form("A song that is not in the catalogue", "features", features.into()))
            .into()
    }
}

impl ToSchema for SeedRequest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Features::name().into_owned(), Features::schema()));
    }
}

//! One seed of a request: a track by its id, a song by its title, or the features of a song that is not in the catalogue.

use recommender::{Model, recommend::Seed};
use serde::Deserialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{AdditionalProperties, ObjectBuilder, OneOfBuilder, Schema},
    },
};

use crate::{
    api::feature_values::FeatureValues,
    parameters::{Description, Kind, MAX_VALUE_CHARS, Text},
    problem::Problem,
    view::Features,
};

/// A title, an artist or an id.
pub(super) const TEXT: Text = Text::at_most(MAX_VALUE_CHARS);

/// One seed: exactly one of its three forms.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeedRequest {
    /// Id of a track.
    pub(super) track_id: Option<String>,
    /// Title of a song.
    pub(super) song: Option<String>,
    /// Its artist, where several artists share the title.
    pub(super) artist: Option<String>,
    /// Features of a song that is not in the catalogue.
    pub(super) features: Option<FeatureValues>,
}

impl SeedRequest {
    /// `named` says what a member is called in the request.
    pub(super) fn check(&self, named: impl Fn(&str) -> String) -> Result<(), Problem> {
        for (member, text) in [("track_id", &self.track_id), ("song", &self.song), ("artist", &self.artist)] {
            if let Some(text) = text {
                TEXT.check(&named(member), text)?;
            }
        }
        let given = [self.track_id.is_some(), self.song.is_some(), self.features.is_some()];
        let one = given.iter().filter(|given| **given).count() == 1;
        if one && (self.artist.is_none() || self.song.is_some()) {
            return Ok(());
        }
        let allowed = "track_id, or song, or song and artist, or features";
        let detail = format!("a seed is one of {allowed}");
        let member = if self.song.is_some() || self.artist.is_some() { "song" } else { "track_id" };
        Err(Problem::parameter(&named(member), allowed, detail))
    }

    /// The seed, in terms of a model's features. `named` is where in the body these are.
    pub(super) fn seed(&self, model: &Model, named: &str) -> Result<Seed, Problem> {
        if let Some(id) = &self.track_id {
            return Ok(Seed::Track(id.clone()));
        }
        if let Some(song) = &self.song {
            return Ok(Seed::Song { song: song.clone(), artist: self.artist.clone() });
        }
        let features = self.features.clone().unwrap_or_default();
        Ok(Seed::Features(features.ordered(model, named)?))
    }
}

impl PartialSchema for SeedRequest {
    fn schema() -> RefOr<Schema> {
        let form = |description: &str, member: &str, schema: RefOr<Schema>| {
            ObjectBuilder::new()
                .description(Some(description))
                .property(member, schema)
                .required(member)
                .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        };
        let (artist, artist_schema) =
            Description::new("artist", "Needed where several artists share the title", &TEXT).into_member();
        let features = Ref::from_schema_name(Features::name());
        OneOfBuilder::new()
            .description(Some("One of the three forms of a seed"))
            .item(form("A track of the catalogue, by its id", "track_id", TEXT.schema().into()))
            .item(
                form("A song of the catalogue, by its title", "song", TEXT.schema().into())
                    .property(artist, artist_schema),
            )
            .item(form("A song that is not in the catalogue", "features", features.into()))
            .into()
    }
}

impl ToSchema for SeedRequest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Features::name().into_owned(), Features::schema()));
    }
}

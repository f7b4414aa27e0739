//! The query of `GET /v1/recommendations`.

use std::{collections::BTreeMap, sync::LazyLock};

use recommender::{features::Feature, recommend::MAX_LIMIT};
use serde_json::{Value, json};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use super::request::{RecommendationRequest, SearchWord, SeedRequest};
use crate::{
    api::feature_values::{FeatureValues, MAX_ABS_VALUE},
    params::Params,
    problem::Problem,
};

const PARAMETERS: [&str; 17] = [
    "song",
    "artist",
    "track_id",
    "seed_tracks",
    "limit",
    "same_cluster",
    "search",
    "explicit",
    "genre",
    "min_year",
    "max_year",
    "exclude_tracks",
    "exclude_artists",
    "exclude_seed_artists",
    "max_per_artist",
    "diversity",
    "explain",
];

/// `min_tempo`, `max_tempo`, `target_tempo` and so on, with the word and the feature that each is made of.
static FEATURE_PARAMETERS: LazyLock<Vec<(String, &str, &str)>> = LazyLock::new(|| {
    let words = ["min", "max", "target"];
    Feature::ALL
        .iter()
        .flat_map(|feature| words.map(|word| (format!("{word}_{feature}"), word, feature.name())))
        .collect()
});

/// Every parameter that there is.
pub(super) fn parameters() -> Vec<&'static str> {
    PARAMETERS.into_iter().chain(FEATURE_PARAMETERS.iter().map(|(name, _, _)| name.as_str())).collect()
}

/// Gathers the parameters.
pub(super) fn parse(params: &Params) -> Result<RecommendationRequest, Problem> {
    let text = |name| Ok::<_, Problem>(params.text(name)?.map(str::to_owned));
    let (song, artist, track_id) = (text("song")?, text("artist")?, text("track_id")?);
    let listed = list(params, "seed_tracks", ',')?;
    if artist.is_some() && song.is_none() {
        let detail = "an artist alone is no seed: name a song too";
        return Err(Problem::parameter("song", "song, or song and artist, or track_id, or seed_tracks", detail));
    }
    let mut seeds: Vec<SeedRequest> =
        listed.into_iter().map(|id| SeedRequest { track_id: Some(id), ..SeedRequest::default() }).collect();
    if track_id.is_some() {
        seeds.push(SeedRequest { track_id, ..SeedRequest::default() });
    }
    if song.is_some() {
        seeds.push(SeedRequest { song, artist, ..SeedRequest::default() });
    }
    let mut values: BTreeMap<&str, Vec<(String, f64)>> = BTreeMap::new();
    for (name, word, feature) in FEATURE_PARAMETERS.iter() {
        if let Some(value) = params.decimal(name, -MAX_ABS_VALUE..=MAX_ABS_VALUE, "a finite number, -1e12 to 1e12")? {
            values.entry(word).or_default().push(((*feature).to_owned(), value));
        }
    }
    let mut of = |word| FeatureValues::new(values.remove(word).unwrap_or_default());
    let year = |name| Ok::<_, Problem>(params.number(name, 1..=9_999)?.map(|year| year as u32));
    let searches = [("auto", SearchWord::Auto), ("exact", SearchWord::Exact), ("hnsw", SearchWord::Hnsw)];
    Ok(RecommendationRequest {
        seeds,
        negative_seeds: Vec::new(),
        limit: params.number("limit", 1..=MAX_LIMIT)?,
        same_cluster: params.flag("same_cluster")?,
        search: params.choice("search", &searches)?,
        min: of("min"),
        max: of("max"),
        target: of("target"),
        explicit: params.flag("explicit")?,
        genre: text("genre")?,
        min_year: year("min_year")?,
        max_year: year("max_year")?,
        exclude_tracks: list(params, "exclude_tracks", ',')?,
        exclude_artists: list(params, "exclude_artists", ';')?,
        exclude_seed_artists: params.flag("exclude_seed_artists")?,
        max_per_artist: params.number("max_per_artist", 1..=MAX_LIMIT)?,
        diversity: params.decimal("diversity", 0.0..=1.0, "0 to 1")?,
        explain: params.flag("explain")?.unwrap_or(false),
        from_query: true,
    })
}

/// A list in one parameter.
fn list(params: &Params, name: &str, separator: char) -> Result<Vec<String>, Problem> {
    let Some(text) = params.text(name)? else { return Ok(Vec::new()) };
    Ok(text.split(separator).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect())
}

/// The parameters, as `/openapi.json` describes them.
pub(super) struct Query;

impl IntoParams for Query {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = |most: u32| json!({ "type": "string", "minLength": 1, "maxLength": most, "pattern": "\\S" });
        let flag = || json!({ "type": "boolean" });
        let whole = |least: u32, most: u32| json!({ "type": "integer", "minimum": least, "maximum": most });
        let mut described: Vec<(&str, &str, Value)> = vec![
            ("song", "Title of a seed; case, white space and Unicode form do not matter", text(1_024)),
            ("artist", "The seed's artist, where several share the title; only with song", text(1_024)),
            ("track_id", "Id of a seed", text(1_024)),
            ("seed_tracks", "Ids of seeds, with commas between them", text(1_024)),
            ("limit", "How many songs, 10 unless set", whole(1, 100)),
            ("same_cluster", "Only songs of the seeds' own clusters, true unless set", flag()),
            (
                "search",
                "How to search, auto unless set",
                json!({ "type": "string", "enum": ["auto", "exact", "hnsw"] }),
            ),
            ("explicit", "false: no explicit lyrics; true: only those", flag()),
            ("genre", "Only songs of this genre", text(1_024)),
            ("min_year", "The earliest year", whole(1, 9_999)),
            ("max_year", "The latest year", whole(1, 9_999)),
            ("exclude_tracks", "Ids of tracks whose songs are not wanted, with commas between them", text(1_024)),
            ("exclude_artists", "Artists who are not wanted, with semicolons between them", text(1_024)),
            ("exclude_seed_artists", "Whether the seeds' artists are not wanted, false unless set", flag()),
            ("max_per_artist", "How many songs of one artist, without bound unless set", whole(1, 100)),
            (
                "diversity",
                "0, the most similar, to 1, as unlike one another as they come; 0 unless set",
                json!({ "type": "number", "minimum": 0, "maximum": 1 }),
            ),
            ("explain", "Whether to say what binds each song to the seeds, false unless set", flag()),
        ];
        debug_assert_eq!(described.len(), PARAMETERS.len());
        for (name, word, _) in FEATURE_PARAMETERS.iter() {
            let description = match *word {
                "min" => "The least value of the feature, in the catalogue's units",
                "max" => "The largest value of the feature, in the catalogue's units",
                _ => "The value that the feature should be near, in the catalogue's units",
            };
            described.push((name, description, json!({ "type": "number", "minimum": -1e12, "maximum": 1e12 })));
        }
        let parameter = |(name, description, schema): (&str, &str, Value)| {
            let parameter =
                json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema });
            serde_json::from_value(parameter).ok()
        };
        described.into_iter().filter_map(parameter).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_described() {
        let described: Vec<String> = Query::into_params(|| None).into_iter().map(|parameter| parameter.name).collect();
        assert_eq!(described, parameters());
    }
}

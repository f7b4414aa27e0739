//! `GET /openapi.json`: the API as OpenAPI 3.1, made from the types and the handlers themselves.
//!
//! A handler says what it takes in the `utoipa::path` above it, and is registered with that description. Which features there are is the model's to say, so the
//! document is filled in from the model that is loaded; where there is none, features are numbers of any name.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use recommender::{Model, catalog::attributes::Attribute, features::Feature};
use serde_json::{Value, json};
use utoipa::openapi::{
    OpenApi,
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};
use utoipa_axum::routes;

use super::{
    answer,
    feature_values::FEATURE_VALUE,
    fields,
    responses::{NotModified, Problems, THROTTLED, Throttled},
    state::Routes,
};
use crate::{
    access::Access,
    models::ModelManager,
    parameters::{NoParameters, Query},
    problem::Problem,
};

/// The name of the one security scheme.
const BEARER: &str = "bearer";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "segue",
        description = "Which songs should follow this one? Answers for a catalogue of your own.",
        license(name = "MIT OR Apache-2.0"),
    ),
    components(schemas(Problem, Throttled)),
    tags(
        (name = "Recommendations", description = "What should follow?"),
        (name = "Tracks", description = "The catalogue"),
        (name = "Clusters", description = "The groups that the tracks fall into"),
        (name = "Model", description = "What answers, and whether it does"),
        (name = "Compatibility", description = "For clients of the Python service that segue takes the place of"),
    ),
)]
struct Preamble;

/// What the document says of no route in particular.
pub(super) fn preamble(access: &Access) -> OpenApi {
    let mut document = <Preamble as utoipa::OpenApi>::openapi();
    let description = "A token of API_TOKENS, or of the JWT issuer before the API, where the API has either";
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    let bearer = SecurityRequirement::new(BEARER, [""; 0]);
    document.security = Some(match access.tokens {
        Some(_) => vec![bearer],
        // What stands before the API may ask for one: this function does not.
        None => vec![SecurityRequirement::default(), bearer],
    });
    document
}

pub(super) fn routes() -> Routes {
    Routes::default().routes(routes!(get))
}

/// The document, with the features of a model where there is one.
fn document(described: &OpenApi, model: Option<&Model>) -> Value {
    // What utoipa makes always serialises.
    let mut document = serde_json::to_value(described).unwrap_or_default();
    // A parameter that takes the rest of a path is one like others here.
    if let Some(paths) = document["paths"].as_object_mut() {
        *paths = std::mem::take(paths).into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    }
    fields::describe(&mut document["components"]["schemas"]);
    if let Some(model) = model {
        let schemas = &mut document["components"]["schemas"];
        name_features(&mut schemas["Features"], model, true);
        name_features(&mut schemas["SomeFeatures"], model, false);
        name_attributes(&mut schemas["SomeFeatures"], model);
        let lacking = lacking(model);
        for path in ["/v1/recommendations", "/v1/path", "/spotify/v1/recommendations"] {
            if let Some(parameters) = document["paths"][path]["get"]["parameters"].as_array_mut() {
                parameters.retain(|parameter| !lacking.iter().any(|name| parameter["name"] == name.as_str()));
            }
        }
        if let Some(ask) = document["components"]["schemas"]["RecommendationRequest"]["properties"].as_object_mut() {
            ask.retain(|name, _| !lacking.contains(name));
        }
    }
    let operations = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    for operation in operations.flat_map(|path| path.as_object_mut().into_iter().flat_map(|path| path.values_mut())) {
        describe_headers(&mut operation["responses"]);
        // What is open to all asks nobody for a token.
        if operation["security"] == json!([{}])
            && let Some(responses) = operation["responses"].as_object_mut()
        {
            responses.remove("401");
        }
    }
    document
}

/// Parameters that cannot be used with this model, for want of a feature or a column.
fn lacking(model: &Model) -> Vec<String> {
    let names = Feature::ALL.map(Feature::name).into_iter().chain(Attribute::ALL.map(Attribute::name));
    let mut lacking: Vec<String> = names
        .filter(|name| !model.bounded().any(|has| has == *name))
        .flat_map(|name| ["min", "max", "target"].map(|word| format!("{word}_{name}")))
        .collect();
    let catalog = model.catalog();
    for (has, names) in [
        (catalog.explicit.is_some(), &["explicit"][..]),
        (catalog.genres.is_some(), &["genre", "seed_genres"]),
        (catalog.albums.is_some(), &["max_per_album"]),
        (catalog.years.is_some(), &["min_year", "max_year"]),
    ] {
        if !has {
            lacking.extend(names.iter().map(|name| (*name).to_owned()));
        }
    }
    lacking
}

/// Each feature of the model by name, and no other.
fn name_features(schema: &mut Value, model: &Model, required: bool) {
    let scaler = model.scaler();
    let feature = |(name, (mean, deviation)): (&String, (&f64, &f64))| {
        let description = format!("Mean {mean:.4}, standard deviation {deviation:.4}");
        let example = (mean * 1_000.0).round() / 1_000.0;
        let value = json!({
            "type": "number", "format": "double", "minimum": FEATURE_VALUE.0.start(), "maximum": FEATURE_VALUE.0.end(),
            "description": description, "examples": [example],
        });
        (name.clone(), value)
    };
    let features = scaler.features.iter().zip(scaler.mean.iter().zip(&scaler.deviation)).map(feature);
    schema["properties"] = Value::Object(features.collect());
    if required {
        schema["required"] = json!(scaler.features);
    }
    schema["additionalProperties"] = json!(false);
}

/// Each attribute of the model's catalogue too.
fn name_attributes(schema: &mut Value, model: &Model) {
    for (attribute, _) in model.catalog().attributes.columns() {
        schema["properties"][attribute.name()] = json!({
            "type": "number", "format": "double", "minimum": FEATURE_VALUE.0.start(), "maximum": FEATURE_VALUE.0.end(),
            "description": format!("{} to {}", attribute.range().start(), attribute.range().end()),
        });
    }
}

/// The headers that all answers have, and those that go with a copy to be kept.
fn describe_headers(responses: &mut Value) {
    let kept = responses.get("304").is_some();
    let text = |description: &str| json!({ "description": description, "schema": { "type": "string" } });
    let all = responses.as_object_mut().into_iter().flatten();
    // API Gateway's own answer has none of them.
    for (status, response) in all.filter(|(status, _)| *status != THROTTLED) {
        response["headers"]["x-request-id"] = text("What names this request in the log");
        if kept && (status == "200" || status == "304") {
            response["headers"]["etag"] = text("Of the model and the URL; for If-None-Match");
            response["headers"]["cache-control"] = text("no-cache: keep it, and ask whether it still holds");
        }
        response["headers"]["x-model-version"] = text("The model that was asked, where one was");
        if status == "401" {
            response["headers"]["www-authenticate"] = text("Bearer");
        }
        if status == "503" {
            response["headers"]["retry-after"] = text("Seconds to wait");
        }
    }
}

/// This document
///
/// It names the features of the model that is loaded.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "getOpenApi",
    tag = "Model",
    responses((status = 200, description = "OpenAPI 3.1", body = Value), NotModified, Problems<false>),
)]
async fn get(
    State(models): State<Arc<ModelManager>>,
    State(described): State<Arc<OpenApi>>,
    _: Query<NoParameters>,
) -> Result<Response, Problem> {
    // A document without the features' names is better than none.
    Ok(match models.get().await {
        Ok(loaded) => answer::answer(&loaded.model, &document(&described, Some(&loaded.model))),
        Err(_) => answer::json(&document(&described, None)),
    })
}

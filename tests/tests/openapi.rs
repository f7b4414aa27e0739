//! The OpenAPI document: what programs read of the API, and what `docs/http-api.md` tells people of the same.

use std::collections::{BTreeMap, BTreeSet};

use recommend::{access::Access, http::cors::Cors};
use recommender::{catalog::attributes::Attribute, features::Feature};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tests::test_env::TestEnv;

const DOCUMENTATION: &str = include_str!("../../docs/http-api.md");
/// SHA-256 of `open sesame`.
const SESAME: &str = "41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb";

/// The document of a function without a model, which lacks no feature and no column.
async fn document(access: &Access) -> (TestEnv, String, Value) {
    let test_env = TestEnv::new().await;
    let base = test_env.serve_to(access).await;
    let request = Client::new().get(format!("{base}/openapi.json")).bearer_auth("open sesame");
    let document = request.send().await.expect("an answer").json().await.expect("JSON");
    (test_env, base, document)
}

/// Method, path and description of every operation.
fn operations(document: &Value) -> Vec<(String, &str, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("operations");
        methods.iter().map(move |(method, operation)| (method.to_uppercase(), path.as_str(), operation))
    });
    operations.collect()
}

#[tokio::test]
async fn every_operation_has_an_id_of_its_own() {
    let (_world, _, document) = document(&Access::default()).await;
    let mut seen = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().expect("an id");
        assert!(seen.insert(id), "{method} {path}: {id} is another's");
    }
}

#[tokio::test]
async fn the_routes_of_the_python_service_alone_are_deprecated() {
    let (_world, _, document) = document(&Access::default()).await;
    let all = operations(&document).into_iter();
    let deprecated: Vec<&str> =
        all.filter(|(_, _, operation)| operation["deprecated"] == true).map(|(_, path, _)| path).collect();
    assert_eq!(deprecated, ["/recommend/{song_name}", "/search"]);
}

#[tokio::test]
async fn every_operation_may_be_throttled_by_api_gateway() {
    let (_world, _, document) = document(&Access::default()).await;
    for (method, path, operation) in operations(&document) {
        let throttled = &operation["responses"]["429"];
        let schema = &throttled["content"]["application/json"]["schema"]["$ref"];
        assert_eq!(schema, "#/components/schemas/Throttled", "{method} {path}");
        assert!(throttled.get("headers").is_none(), "{method} {path}: its headers are not this function's");
    }
    assert_eq!(document["components"]["schemas"]["Throttled"]["required"], json!(["message"]));
}

#[tokio::test]
async fn a_token_is_needed_where_the_document_says_so() {
    let tokens = Access { cors: Cors::Off, tokens: Some(SESAME.parse().expect("a hash")) };
    for (access, by_default) in
        [(tokens, json!([{ "bearer": [] }])), (Access::default(), json!([{}, { "bearer": [] }]))]
    {
        let (_world, base, document) = document(&access).await;
        assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
        assert_eq!(document["security"], by_default);
        for (method, path, operation) in operations(&document) {
            let needed = operation.get("security").unwrap_or(&by_default) == &json!([{ "bearer": [] }]);
            assert_eq!(needed, access.tokens.is_some() && path != "/health", "{method} {path}");
            assert_eq!(operation["responses"].get("401").is_some(), path != "/health", "{method} {path}");
            let method: Method = method.parse().expect("a method");
            let answer = Client::new().request(method, format!("{base}{path}")).send().await.expect("an answer");
            assert_eq!(answer.status() == 401, needed, "{path}: {}", answer.status());
        }
    }
}

#[tokio::test]
async fn every_operation_answers_to_its_methods_and_to_no_other() {
    let (_world, base, document) = document(&Access::default()).await;
    for (path, item) in document["paths"].as_object().expect("paths") {
        let mut described: BTreeSet<String> =
            item.as_object().expect("operations").keys().map(|method| method.to_uppercase()).collect();
        described.insert("OPTIONS".to_owned());
        if described.contains("GET") {
            described.insert("HEAD".to_owned());
        }
        let answer = Client::new().request(Method::OPTIONS, format!("{base}{path}")).send().await.expect("an answer");
        let allowed = answer.headers()["allow"].to_str().expect("text").split(", ").map(str::to_owned);
        assert_eq!(allowed.collect::<BTreeSet<_>>(), described, "{path}");
    }
}

#[tokio::test]
async fn the_documentation_lists_every_route() {
    let (_world, _, document) = document(&Access::default()).await;
    let mut routes: Vec<String> =
        operations(&document).into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    // The page is for people.
    routes.push("GET /".to_owned());
    let mut listed = Vec::new();
    let mut last = "";
    for row in table(DOCUMENTATION, "route") {
        for route in quoted(row[0]) {
            let (method, path) = route.split_once(' ').unwrap_or((route, last));
            last = path;
            listed.push(format!("{method} {path}"));
        }
    }
    routes.sort();
    listed.sort();
    assert_eq!(listed, routes);
}

#[tokio::test]
async fn the_documentation_has_the_parameters_of_every_route() {
    let (_world, _, document) = document(&Access::default()).await;
    let mut query_of = BTreeMap::new();
    for (method, path, operation) in operations(&document) {
        let heading = format!("## `{method} {path}`\n");
        let section = DOCUMENTATION.split_once(&heading).unwrap_or_else(|| panic!("there is no {heading}")).1;
        let section = section.split("\n## ").next().unwrap_or_default().split("\n### ").next().unwrap_or_default();

        let empty = Vec::new();
        let parameters = operation["parameters"].as_array().unwrap_or(&empty);
        let described: BTreeSet<Row> = parameters.iter().map(row_of_parameter).collect();
        assert_eq!(rows(section, "parameter"), described, "{method} {path}");
        let says_so = section.contains("No parameters.") || operation.get("requestBody").is_some();
        assert!(says_so || !described.is_empty(), "{method} {path} does not say that it has no parameters");
        query_of.insert((method, path), described);
    }

    // The body of POST has what the query of GET has, and what its own table says.
    let body = &document["components"]["schemas"]["RecommendationRequest"];
    let section = DOCUMENTATION.split_once("## `POST /v1/recommendations`\n").expect("a section").1;
    let section = section.split("\n## ").next().unwrap_or_default();
    let members = body["properties"].as_object().expect("members").iter();
    let members: BTreeSet<Row> = members.map(|(name, schema)| row_of_member(name, schema, &body["required"])).collect();
    let query = &query_of[&("GET".to_owned(), "/v1/recommendations")];
    let own: BTreeSet<Row> = members.difference(query).cloned().collect();
    assert_eq!(rows(section, "member"), own);
}

/// Name, type and default.
type Row = (String, String, String);

/// The rows of the table in a section whose first column has this heading. A row may have several names.
fn rows(section: &str, heading: &str) -> BTreeSet<Row> {
    let mut rows = BTreeSet::new();
    for cells in table(section, heading) {
        let place = if cells[0].ends_with("(path)") { " (path)" } else { "" };
        for name in quoted(cells[0]) {
            rows.insert((format!("{name}{place}"), cells[1].to_owned(), cells[2].to_owned()));
        }
    }
    rows
}

/// The cells of a table, by the heading of its first column.
fn table<'a>(text: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let start = format!("| {heading} |");
    let lines = text.lines().skip_while(move |line| !line.starts_with(&start)).skip(2);
    lines
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// What stands in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn row_of_parameter(parameter: &Value) -> Row {
    let name = parameter["name"].as_str().expect("a name");
    // The tables name the features and attributes together.
    let mut names = Feature::ALL.map(Feature::name).into_iter().chain(Attribute::ALL.map(Attribute::name));
    let feature = names.find_map(|feature| name.strip_suffix(feature)?.strip_suffix('_'));
    let name = feature.map_or_else(|| name.to_owned(), |word| format!("{word}_X"));
    let (place, schema) = (&parameter["in"], &parameter["schema"]);
    let name = if place == "path" { format!("{name} (path)") } else { name };
    (name, type_of(schema), default_of(schema, parameter["required"] == true))
}

fn row_of_member(name: &str, schema: &Value, required: &Value) -> Row {
    let required = required.as_array().is_some_and(|required| required.iter().any(|member| member == name));
    (name.to_owned(), type_of(schema), default_of(schema, required))
}

/// The type of a schema in the words of the tables.
fn type_of(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return match reference.rsplit('/').next() {
            Some("SomeFeatures") => "numbers by feature".to_owned(),
            Some("SeedRequest") => "seeds".to_owned(),
            _ => panic!("the tables have no word for {reference}"),
        };
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let types = choices.iter().filter(|choice| choice["type"] != "null").map(type_of);
        return types.collect::<Vec<_>>().join(" or ");
    }
    let number = |name: &str| schema[name].as_f64().unwrap_or_default();
    if let Some(words) = schema["enum"].as_array() {
        let words = words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`"));
        return words.collect::<Vec<_>>().join(", ");
    }
    match schema["type"].as_str().or_else(|| schema["type"][0].as_str()).expect("a type") {
        "boolean" => "`true`, `false`".to_owned(),
        "integer" => format!("{} to {}", number("minimum"), number("maximum")),
        "number" if number("maximum") > 1e6 => format!("number, {:e} to {:e}", number("minimum"), number("maximum")),
        "number" => format!("{} to {}", number("minimum"), number("maximum")),
        "object" => "numbers by name".to_owned(),
        "string" if [1024.0, 16000.0].contains(&number("maxLength")) => "text".to_owned(),
        "string" => format!("text, at most {} characters", number("maxLength")),
        "array" => {
            let (least, most) = (number("minItems"), number("maxItems"));
            format!("list of {least} to {most}: {}", type_of(&schema["items"]))
        }
        other => panic!("the tables have no word for {other}"),
    }
}

fn default_of(schema: &Value, required: bool) -> String {
    match &schema["default"] {
        _ if required => "required".to_owned(),
        Value::Null => String::new(),
        Value::Number(number) => number.as_f64().expect("a number").to_string(),
        Value::String(word) => format!("`{word}`"),
        value => format!("`{value}`"),
    }
}

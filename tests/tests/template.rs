//! What the SAM template must hold, whatever else changes in it.

use std::{collections::BTreeSet, path::Path};

use recommend::http::cors::Cors;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};
use tests::test_env::TestEnv;

/// Policies of AWS that a role may have. Each stands for actions that know no resource.
const MANAGED: [&str; 2] = ["AWSXRayDaemonWriteAccess", "service-role/AmazonECSTaskExecutionRolePolicy"];

/// YAML as JSON, with CloudFormation's short forms written out: `!Sub x` is `{"Fn::Sub": "x"}`.
fn json_of(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => json!(value),
        Yaml::Value(Scalar::Integer(value)) => json!(value),
        Yaml::Value(Scalar::FloatingPoint(value)) => json!(value.into_inner()),
        Yaml::Value(Scalar::String(value)) => json!(value),
        Yaml::Sequence(items) => items.iter().map(json_of).collect(),
        Yaml::Mapping(members) => {
            let member = |(key, value): (&Yaml, &Yaml)| (key.as_str().expect("a name").to_owned(), json_of(value));
            Value::Object(members.iter().map(member).collect::<Map<_, _>>())
        }
        Yaml::Tagged(tag, value) => {
            let value = json_of(value);
            match tag.suffix.as_str() {
                name @ ("Ref" | "Condition") => json!({ name: value }),
                "GetAtt" => json!({ "Fn::GetAtt": value.as_str().expect("a text").splitn(2, '.').collect::<Vec<_>>() }),
                name => json!({ format!("Fn::{name}"): value }),
            }
        }
        other => panic!("{other:?} in the template"),
    }
}

pub(crate) fn template() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
    let text = std::fs::read_to_string(path).expect("a template");
    json_of(&Yaml::load_from_str(&text).expect("YAML")[0])
}

/// All resources of these types, by name.
pub(crate) fn resources<'a>(template: &'a Value, types: &[&str]) -> Vec<(&'a str, &'a Value)> {
    let all = template["Resources"].as_object().expect("resources");
    let of_type = all.iter().filter(|(_, resource)| types.contains(&resource["Type"].as_str().expect("a type")));
    of_type.map(|(name, resource)| (name.as_str(), &resource["Properties"])).collect()
}

fn one_or_many(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |values| values.iter().collect())
}

/// Every object of a document, from the outside in.
pub(crate) fn objects<'a>(value: &'a Value, found: &mut Vec<&'a Map<String, Value>>) {
    match value {
        Value::Object(members) => {
            found.push(members);
            members.values().for_each(|value| objects(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| objects(item, found)),
        _ => (),
    }
}

/// Every statement of every policy.
fn statements(template: &Value) -> Vec<&Map<String, Value>> {
    let mut found = Vec::new();
    objects(&template["Resources"], &mut found);
    found.retain(|object| object.contains_key("Effect"));
    assert!(found.len() > 10, "the statements were not found");
    found
}

#[test]
fn no_statement_allows_every_action_or_every_resource() {
    let template = template();
    for statement in statements(&template) {
        if statement["Effect"] == "Deny" {
            continue;
        }
        for word in ["NotAction", "NotResource", "NotPrincipal"] {
            assert!(!statement.contains_key(word), "{statement:?}");
        }
        for action in one_or_many(&statement["Action"]) {
            assert!(action.as_str().is_some_and(|action| !action.contains('*')), "{statement:?}");
        }
        let Some(resource) = statement.get("Resource") else {
            // Who may take on a role: the role itself is the resource.
            assert_eq!(statement["Action"], "sts:AssumeRole", "{statement:?}");
            continue;
        };
        for resource in one_or_many(resource) {
            let text = resource["Fn::Sub"].as_str().or_else(|| resource.as_str());
            // Objects of one bucket below one prefix are as much as an asterisk may stand for.
            let within = |text: &str| {
                text.strip_suffix("/*")
                    .is_some_and(|rest| rest.starts_with("${ModelBucket.Arn}/") && !rest.contains('*'))
            };
            let named = resource["Fn::GetAtt"].is_array() || resource["Ref"].is_string();
            assert!(named || text.is_some_and(within), "{statement:?}");
        }
        assert_ne!(statement.get("Principal"), Some(&json!("*")), "{statement:?}");
    }
}

#[test]
fn roles_have_no_policies_of_aws_but_those_that_know_no_resource() {
    let template = template();
    let roles = resources(&template, &["AWS::IAM::Role"]);
    assert!(!roles.is_empty());
    for (name, role) in roles {
        for policy in role["ManagedPolicyArns"].as_array().into_iter().flatten() {
            let arn = policy["Fn::Sub"].as_str().expect("an ARN");
            let policy = arn.strip_prefix("arn:${AWS::Partition}:iam::aws:policy/").expect("a policy of AWS");
            assert!(MANAGED.contains(&policy), "{name}: {policy}");
        }
    }
    // Without a role of its own, a function would get one that may write to every log group.
    for (name, function) in resources(&template, &["AWS::Serverless::Function"]) {
        assert!(function["Role"]["Fn::GetAtt"].is_array() && function.get("Policies").is_none(), "{name}");
    }
}

#[test]
fn the_recommend_function_may_read_models_and_log_and_nothing_else() {
    let template = template();
    let policies = &template["Resources"]["RecommendRole"]["Properties"]["Policies"];
    let mut found = Vec::new();
    objects(policies, &mut found);
    let allowed: BTreeSet<&str> = found
        .iter()
        .filter(|object| object.contains_key("Effect"))
        .flat_map(|statement| one_or_many(&statement["Action"]))
        .map(|action| action.as_str().expect("an action"))
        .collect();
    // `s3:ListBucket` makes of what is missing a 404: without it S3 answers 403, and the log would blame a policy.
    let expected = ["logs:CreateLogStream", "logs:PutLogEvents", "s3:GetObject", "s3:ListBucket"];
    assert_eq!(allowed, BTreeSet::from(expected));
}

#[test]
fn buckets_are_private_encrypted_versioned_and_closed_without_tls() {
    let template = template();
    let buckets = resources(&template, &["AWS::S3::Bucket"]);
    assert!(!buckets.is_empty());
    for (name, bucket) in buckets {
        let block = bucket["PublicAccessBlockConfiguration"].as_object().expect("a block of public access");
        assert!(block.len() == 4 && block.values().all(|blocked| blocked == true), "{name}");
        assert!(bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"].is_array(), "{name}");
        assert_eq!(bucket["VersioningConfiguration"]["Status"], "Enabled", "{name}");
        assert!(bucket.get("AccessControl").is_none() && bucket.get("WebsiteConfiguration").is_none(), "{name}");
        let policies = resources(&template, &["AWS::S3::BucketPolicy"]);
        let (_, policy) = policies.iter().find(|(_, policy)| policy["Bucket"]["Ref"] == name).expect("a policy");
        for statement in policy["PolicyDocument"]["Statement"].as_array().expect("statements") {
            assert_eq!(statement["Effect"], "Deny", "{name}");
            assert_eq!(statement["Condition"], json!({ "Bool": { "aws:SecureTransport": false } }), "{name}");
        }
        // The current model may be the oldest: none is deleted for its age.
        for rule in bucket["LifecycleConfiguration"]["Rules"].as_array().expect("a lifecycle") {
            let expires = rule.as_object().expect("a rule").keys().any(|key| key.starts_with("Expiration"));
            let prefix = rule["Prefix"].as_str();
            assert!(!expires || matches!(prefix, Some("uploads/" | "batch/")), "{name}: {rule}");
        }
    }
}

#[test]
fn every_function_has_a_log_with_an_end_and_an_alarm() {
    let template = template();
    let logs = resources(&template, &["AWS::Logs::LogGroup"]);
    for (name, log) in &logs {
        assert!(!log["RetentionInDays"].is_null(), "{name}");
    }
    let alarms = resources(&template, &["AWS::CloudWatch::Alarm"]);
    let functions = resources(&template, &["AWS::Serverless::Function", "AWS::Lambda::Function"]);
    assert_eq!(functions.len(), 2);
    for (name, function) in functions {
        let log = function["LoggingConfig"]["LogGroup"]["Ref"].as_str().expect("a log group");
        assert!(logs.iter().any(|(group, _)| *group == log), "{name}");
        assert_eq!(function["LoggingConfig"]["LogFormat"], "JSON", "{name}");
        let errors = alarms.iter().filter(|(_, alarm)| alarm["MetricName"] == "Errors");
        let of_this = |alarm: &Value| alarm["Dimensions"].to_string().contains(&format!("{{\"Ref\":\"{name}\"}}"));
        assert!(errors.into_iter().any(|(_, alarm)| of_this(alarm)), "{name} has no alarm for its errors");
    }
    for (name, alarm) in alarms {
        assert!(!alarm["AlarmActions"].is_null(), "{name} tells nobody");
    }
}

#[test]
fn a_request_is_answered_before_lambda_ends_it() {
    let template = template();
    let function = &template["Resources"]["RecommendFunction"]["Properties"];
    let deadline: u64 =
        function["Environment"]["Variables"]["DEADLINE_MS"].as_str().expect("a text").parse().expect("a number");
    assert!(function["Timeout"].as_u64().expect("seconds") * 1000 > deadline);
}

/// Fields of an access log that hold what a client wrote. API Gateway documents no escaping, so that a quote would end a
/// text of the line early, and a path says what somebody listens to.
const WRITTEN_BY_CLIENTS: [&str; 6] =
    ["path", "identity.userAgent", "protocol", "domainName", "authorizer", "httpMethod"];

#[test]
fn the_access_log_is_json_without_what_clients_write_and_names_requests_as_answers_do() {
    let template = template();
    let format = template["Resources"]["Api"]["Properties"]["AccessLogSettings"]["Format"].as_str().expect("a format");
    let line: Map<String, Value> = serde_json::from_str(format).expect("JSON");
    for (name, value) in &line {
        let field = value.as_str().and_then(|value| value.strip_prefix("$context.")).expect("one field of the context");
        assert!(!WRITTEN_BY_CLIENTS.iter().any(|client| field.starts_with(client)), "{name}: {field}");
        // Messages may quote a client; types and statuses do not.
        assert!(!field.to_lowercase().contains("message"), "{name}: {field}");
    }
    assert_eq!(line["request_id"], "$context.requestId");
    assert_eq!(line["route"], "$context.routeKey");
}

#[tokio::test]
async fn api_gateway_shares_answers_with_the_pages_that_the_function_shares_them_with() {
    let template = template();
    let body = &template["Resources"]["Api"]["Properties"]["DefinitionBody"];
    let cors = &body["x-amazon-apigateway-cors"]["Fn::If"][1];
    let test_env = TestEnv::new().await;
    let base = test_env.serve(&Cors::Any).await;
    let asked = reqwest::Client::new()
        .request(reqwest::Method::OPTIONS, format!("{base}/v1/model"))
        .header("origin", "https://app.example")
        .header("access-control-request-method", "GET");
    let preflight = asked.send().await.expect("answers");
    let answer = reqwest::Client::new().get(format!("{base}/health")).header("origin", "https://app.example").send();
    let answer = answer.await.expect("answers");
    for (name, header, by) in [
        ("allowMethods", "access-control-allow-methods", &preflight),
        ("allowHeaders", "access-control-allow-headers", &preflight),
        ("exposeHeaders", "access-control-expose-headers", &answer),
    ] {
        let lower = |text: &str| text.trim().to_lowercase();
        let own: BTreeSet<String> = by.headers()[header].to_str().expect("text").split(',').map(lower).collect();
        let of_gateway = cors[name].as_array().expect("a list").iter().map(|each| lower(each.as_str().expect("text")));
        assert_eq!(of_gateway.collect::<BTreeSet<_>>(), own, "{name}");
    }
    assert_eq!(preflight.headers()["access-control-max-age"].to_str().expect("text"), cors["maxAge"].to_string());
}

/// `docs/operations.md`.
fn manual() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    std::fs::read_to_string(path).expect("a manual")
}

#[test]
fn every_alarm_has_a_heading_with_symptom_check_and_fix() {
    let (template, manual) = (template(), manual());
    for (name, _) in resources(&template, &["AWS::CloudWatch::Alarm"]) {
        let section = manual.split(&format!("\n### `{name}`\n")).nth(1).and_then(|rest| rest.split("\n#").next());
        let section = section.unwrap_or_else(|| panic!("{name} has no heading"));
        for part in ["- **Symptom**", "- **Check**", "- **Fix**"] {
            assert!(section.contains(part), "{name} has no {part}");
        }
    }
}

#[test]
fn every_resource_is_in_the_operations_manual() {
    let (template, manual) = (template(), manual());
    let missing: Vec<&String> = template["Resources"]
        .as_object()
        .expect("resources")
        .keys()
        .chain(template["Parameters"].as_object().expect("parameters").keys())
        .filter(|name| !manual.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

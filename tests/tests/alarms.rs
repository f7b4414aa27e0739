//! What alarms and the dashboard look at is what the function writes, and what AWS's own services do.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::test_env::TestEnv;

use crate::{
    operations::{SONG, lines, logging},
    template::{objects, resources, template},
};

/// A metric: its namespace, its name and the names of its dimensions.
type Metric = (String, String, BTreeSet<String>);

/// Names of metrics in a namespace, and the sets of dimensions that each of them has.
type Documented = (&'static str, &'static [&'static str], &'static [&'static [&'static str]]);

/// Metrics of AWS's services, as their documentation has them.
const OF_AWS: [Documented; 5] = [
    ("AWS/ApiGateway", &["Count", "4xx", "5xx", "Latency"], &[&["ApiId"]]),
    (
        "AWS/Lambda",
        &["Errors"],
        &[&["FunctionName"], &["FunctionName", "Resource"], &["FunctionName", "Resource", "ExecutedVersion"]],
    ),
    ("AWS/Lambda", &["Invocations", "Duration", "Throttles"], &[&["FunctionName"]]),
    ("AWS/Lambda", &["ConcurrentExecutions"], &[&["FunctionName"]]),
    ("AWS/SQS", &["ApproximateNumberOfMessagesVisible"], &[&["QueueName"]]),
];

fn metric<'a>(namespace: &str, name: &str, dimensions: impl IntoIterator<Item = &'a str>) -> Metric {
    (namespace.to_owned(), name.to_owned(), dimensions.into_iter().map(ToOwned::to_owned).collect())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// The metrics that alarms look at. Each part of one names either a metric or an expression over others.
fn of_alarms(template: &Value) -> BTreeSet<Metric> {
    let mut found = Vec::new();
    for (_, alarm) in resources(template, &["AWS::CloudWatch::Alarm"]) {
        objects(alarm, &mut found);
    }
    let metrics = found.iter().filter(|object| object.contains_key("Namespace"));
    let of = |object: &serde_json::Map<String, Value>| {
        let dimensions = object["Dimensions"].as_array().expect("dimensions").iter();
        metric(text(&object["Namespace"]), text(&object["MetricName"]), dimensions.map(|each| text(&each["Name"])))
    };
    metrics.map(|object| of(object)).collect()
}

/// The metrics that the dashboard draws. `.` repeats what the line above has in its place, `...` all that it has.
fn of_dashboard(template: &Value) -> BTreeSet<Metric> {
    let body = text(&template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]);
    let body: Value = serde_json::from_str(body).expect("a dashboard is JSON");
    let mut found = BTreeSet::new();
    for widget in body["widgets"].as_array().expect("widgets") {
        let mut above: Vec<String> = Vec::new();
        for line in widget["properties"]["metrics"].as_array().into_iter().flatten() {
            let parts: Vec<&str> = line.as_array().expect("a line").iter().filter_map(Value::as_str).collect();
            let parts: Vec<String> = match parts[..] {
                // An expression.
                [] => continue,
                ["...", ..] => above.clone(),
                _ => parts.iter().enumerate().map(|(at, part)| repeated(part, at, &above)).collect(),
            };
            let [namespace, name, dimensions @ ..] = &parts[..] else { panic!("{line}") };
            let names = dimensions.iter().step_by(2).map(String::as_str);
            found.insert(metric(namespace, name, names));
            above = parts;
        }
    }
    found
}

fn repeated(part: &str, at: usize, above: &[String]) -> String {
    if part == "." { above[at].clone() } else { part.to_owned() }
}

/// The metrics of a log in the embedded metric format, and the values of one dimension.
fn of_log(log: &[Value], dimension: &str) -> (BTreeSet<Metric>, BTreeSet<String>) {
    let mut found = BTreeSet::new();
    let mut values = BTreeSet::new();
    for line in log.iter().filter(|line| line.get("_aws").is_some()) {
        for directive in line["_aws"]["CloudWatchMetrics"].as_array().expect("directives") {
            for dimensions in directive["Dimensions"].as_array().expect("sets of dimensions") {
                let names: Vec<&str> = dimensions.as_array().expect("a set").iter().map(text).collect();
                values.extend(names.iter().filter(|name| **name == dimension).map(|name| text(&line[name]).to_owned()));
                for each in directive["Metrics"].as_array().expect("metrics") {
                    found.insert(metric(text(&directive["Namespace"]), text(&each["Name"]), names.iter().copied()));
                }
            }
        }
    }
    (found, values)
}

#[tokio::test]
async fn every_metric_of_an_alarm_or_the_dashboard_is_one_that_is_written() {
    let test_env = TestEnv::new().await;
    let file = test_env.folder.path().join("log");
    let function = logging(&test_env, &file, &[("AWS_LAMBDA_FUNCTION_VERSION", "7")]).await;
    assert_eq!(function.get(SONG).await.0, 503);
    test_env.publish().await;
    assert_eq!(function.get(SONG).await.0, 200);
    drop(function);
    let (written, versions) = of_log(&lines(&file), "version");
    assert_eq!(versions, BTreeSet::from(["7".to_owned()]), "what an alarm calls the version is what Lambda does");

    let mut known = written;
    for (namespace, names, sets) in OF_AWS {
        for name in names {
            known.extend(sets.iter().map(|set| metric(namespace, name, set.iter().copied())));
        }
    }
    let template = template();
    let (alarms, dashboard) = (of_alarms(&template), of_dashboard(&template));
    assert!(alarms.len() > 8 && dashboard.len() > 10, "{alarms:?} {dashboard:?}");
    let unknown: Vec<&Metric> = alarms.union(&dashboard).filter(|metric| !known.contains(*metric)).collect();
    assert!(unknown.is_empty(), "nobody writes {unknown:?}");
}

#[test]
fn an_alarm_for_defects_counts_the_problem_that_a_defect_is_answered_with() {
    let template = template();
    let alarm = &template["Resources"]["RecommendInternalErrorsAlarm"]["Properties"]["Dimensions"];
    let of_type = alarm.as_array().expect("dimensions").iter().find(|each| each["Name"] == "type").expect("a type");
    let documented =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/http-api.md")).expect("reads");
    assert!(documented.contains(&format!("| `{}` | 500 |", text(&of_type["Value"]))), "{of_type}");
}

//! What is wrong with a body, by its members: serde's messages without the names of Rust's types.

use serde_json::error::Category;

use super::json::malformed;
use crate::{parameters::meant, problem::Problem};

/// How much of a body is repeated in one place of a message, in characters.
const MAX_QUOTED_CHARS: usize = 200;

/// What serde calls a kind of value, and what JSON does.
const KINDS: [(&str, &str); 16] = [
    ("usize", "a whole number"),
    ("u64", "a whole number"),
    ("u32", "a whole number"),
    ("i64", "a whole number"),
    ("f64", "a number"),
    ("a string", "text"),
    ("string ", "text "),
    ("a boolean", "true or false"),
    ("boolean `", "`"),
    ("a sequence", "a list"),
    ("sequence", "a list"),
    ("a map", "an object"),
    ("map", "an object"),
    ("integer `", "`"),
    ("floating point `", "`"),
    ("unit", "null"),
];

/// Names of members are in messages, and may be as long as the body.
fn shortened(text: &str) -> String {
    let short: String = text.chars().take(MAX_QUOTED_CHARS).collect();
    if short.len() < text.len() { short + "…" } else { short }
}

/// The problem of a body that serde refuses.
pub(super) fn refused(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let place = error.path().to_string();
    // A dot for the whole, and a question mark where a name is not known or the body ends before one.
    let place = place.trim_end_matches('?').trim_end_matches('.');
    let place = shortened(place);
    let reason = error.inner().to_string();
    // A number such as 1e400 is good JSON; the parser counts it as an error of syntax.
    let too_large = reason.starts_with("number out of range");
    if error.inner().classify() != Category::Data && !too_large {
        let reason = shortened(&reason);
        let problem = malformed(if place.is_empty() { reason } else { format!("{place}: {reason}") });
        return if place.is_empty() { problem } else { problem.with("parameter", place) };
    }
    let reason = reason.rsplit_once(" at line ").map_or(reason.as_str(), |(reason, _)| reason);
    // The place is the member's own, or that of the object it is of.
    let member = |name: &str| match place.as_str() {
        "" => shortened(name),
        place if place.rsplit('.').next() == Some(name) => place.to_owned(),
        place => format!("{place}.{}", shortened(name)),
    };
    let whole = if place.is_empty() { "body" } else { &place };
    if too_large {
        return Problem::parameter(
            whole,
            "a finite number",
            format!("{whole} is too large a number: expected a finite one"),
        );
    }
    if let Some((name, expected)) = quoted(reason, "unknown field") {
        let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        let allowed = if known.is_empty() { "as /openapi.json says".to_owned() } else { known.join(", ") };
        let question = match meant(name, known.iter().copied()) {
            Some(meant) => format!("; did you mean {meant}? Expected"),
            None => ": expected".to_owned(),
        };
        let detail = format!("there is no member {}{question} {allowed}", member(name));
        return Problem::parameter(&member(name), &allowed, detail);
    }
    if let Some((name, _)) = quoted(reason, "missing field") {
        return Problem::parameter(&member(name), "it must be there", format!("{} is missing", member(name)));
    }
    if let Some((name, _)) = quoted(reason, "duplicate field") {
        let name = member(name);
        return Problem::parameter(&name, "once", format!("{name} is there more than once"));
    }
    let reason =
        reason.strip_prefix("invalid type: ").or_else(|| reason.strip_prefix("invalid value: ")).unwrap_or(reason);
    match reason.rsplit_once("expected ") {
        Some((got, expected)) => {
            let (got, expected) = (shortened(&in_json(got.trim_end_matches([',', ' ']))), in_json(expected));
            let expected = expected.as_str();
            let detail = if got.is_empty() {
                format!("{whole}: expected {expected}")
            } else {
                format!("{whole} is {got}: expected {expected}")
            };
            Problem::parameter(whole, expected, detail)
        }
        None => Problem::parameter(whole, "as /openapi.json says", format!("{whole}: {}", shortened(reason))),
    }
}

/// What stands in backticks behind the beginning of a message, and the rest.
fn quoted<'a>(reason: &'a str, begin: &str) -> Option<(&'a str, &'a str)> {
    reason.strip_prefix(begin)?.strip_prefix(" `")?.split_once('`')
}

/// A kind of value as JSON names it.
fn in_json(kind: &str) -> String {
    if kind.starts_with("struct ") || kind.starts_with("enum ") || kind.starts_with("tuple ") {
        return "an object".to_owned();
    }
    let known = KINDS.iter().find_map(|(rust, json)| Some([json, kind.strip_prefix(rust)?].concat()));
    known.unwrap_or_else(|| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read by serde")]
    struct Whole {
        limit: Option<usize>,
        share: Option<f64>,
        flag: Option<bool>,
        parts: Vec<Part>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read by serde")]
    struct Part {
        song: String,
    }

    fn of(body: &Value) -> (String, String) {
        let body = body.to_string();
        let mut json = serde_json::Deserializer::from_slice(body.as_bytes());
        let error = serde_path_to_error::deserialize::<_, Whole>(&mut json).expect_err("refused");
        let problem = serde_json::to_value(refused(&error)).expect("JSON");
        (
            problem["parameter"].as_str().expect("a name").to_owned(),
            problem["detail"].as_str().expect("text").to_owned(),
        )
    }

    #[test]
    fn messages_name_members_and_no_type_of_rust() {
        for (body, parameter, detail) in [
            (json!({ "limit": "x" }), "limit", r#"limit is text "x": expected a whole number"#),
            (json!({ "limit": -1 }), "limit", "limit is `-1`: expected a whole number"),
            (json!({ "limit": 1.5 }), "limit", "limit is `1.5`: expected a whole number"),
            (json!({ "share": true }), "share", "share is `true`: expected a number"),
            (json!({ "flag": null, "parts": null }), "parts", "parts is null: expected a list"),
            (json!({ "flag": 1 }), "flag", "flag is `1`: expected true or false"),
            (json!({ "parts": [1] }), "parts[0]", "parts[0] is `1`: expected an object"),
            (json!({ "parts": [{}] }), "parts[0].song", "parts[0].song is missing"),
            (json!({ "parts": [{ "song": [] }] }), "parts[0].song", "parts[0].song is a list: expected text"),
            (
                json!({ "parts": [{ "sogn": "x" }] }),
                "parts[0].sogn",
                "there is no member parts[0].sogn; did you mean song? Expected song",
            ),
            (json!({ "xyz": 1 }), "xyz", "there is no member xyz: expected limit, share, flag, parts"),
            (json!({}), "parts", "parts is missing"),
        ] {
            assert_eq!(of(&body), (parameter.to_owned(), detail.to_owned()), "{body}");
        }
    }
}

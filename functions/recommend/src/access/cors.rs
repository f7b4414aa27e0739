//! The pages of other origins that may read the answers, as a setting says.

use std::str::FromStr;

use axum::http::{HeaderValue, Uri};

/// The pages that may read the answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cors {
    /// None: no CORS headers.
    #[default]
    Off,
    /// All.
    Any,
    /// Those of these origins.
    Origins(Vec<HeaderValue>),
}

impl Cors {
    /// What [`FromStr`] takes, for people.
    pub const EXPECTED: &str = "* or origins separated by commas, such as https://app.example,http://localhost:3000";
}

impl FromStr for Cors {
    type Err = String;

    /// `*`, or origins as browsers send them: scheme, host and port, nothing more.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        text.split(',').map(|origin| self::origin(origin.trim())).collect::<Result<_, _>>().map(Self::Origins)
    }
}

fn origin(text: &str) -> Result<HeaderValue, String> {
    let refused = || format!("{text:?} is not an origin");
    let uri: Uri = text.parse().map_err(|_| refused())?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return Err(refused()) };
    // Compared byte by byte with what a browser sends, so it has to be as a browser would send it.
    let sent = format!("{scheme}://{authority}").to_ascii_lowercase();
    if sent != text || authority.as_str().contains(['@', '*']) {
        return Err(refused());
    }
    HeaderValue::from_str(text).map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_taken_as_browsers_send_them() {
        assert_eq!("*".parse(), Ok(Cors::Any));
        let two = "https://app.example, capacitor://localhost".parse();
        let origins = ["https://app.example", "capacitor://localhost"].map(HeaderValue::from_static);
        assert_eq!(two, Ok(Cors::Origins(origins.to_vec())));
    }

    #[test]
    fn what_no_browser_sends_is_refused() {
        for text in [
            "",
            ",",
            "https://app.example/",
            "app.example",
            "https://App.example",
            "https://*",
            "https://a.example,*",
            "https://user@app.example",
            "https://app.example?x",
            "null",
        ] {
            let parsed = text.parse::<Cors>();
            assert!(parsed.is_err(), "{text:?}: {parsed:?}");
        }
    }
}

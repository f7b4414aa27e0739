//! `GET /`: a page for people. It is whole in this binary, and asks nobody but this function for anything.

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use recommender::Version;

use crate::{api::state::ApiState, problem::Problem};

/// Only this function's own script, style and answers, nothing inline, and no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

const INDEX: &str = include_str!("../page/index.html");
const STYLE: &str = include_str!("../page/style.css");
const ICON: &str = include_str!("../page/icon.svg");
/// One module of several files: each request that a page makes may start an environment of the function.
const SCRIPT: &str = concat!(
    "const CLUSTER_PHRASES = ",
    include_str!("../../../../recommender/src/cluster_phrases.json"),
    ";\n",
    include_str!("../page/words.js"),
    include_str!("../page/dom.js"),
    include_str!("../page/http.js"),
    include_str!("../page/place.js"),
    include_str!("../page/model.js"),
    include_str!("../page/combobox.js"),
    include_str!("../page/profile.js"),
    include_str!("../page/map.js"),
    include_str!("../page/seeds.js"),
    include_str!("../page/results.js"),
    include_str!("../page/app.js"),
);

pub(super) fn routes() -> Router<ApiState> {
    Router::new().route("/", get(index)).route("/page/{file}", get(file))
}

/// The page. What stands behind `?` is for its script: deep links hold the song there.
async fn index(headers: HeaderMap) -> Response {
    serve(&headers, "text/html; charset=utf-8", INDEX)
}

/// What the page consists of.
async fn file(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    match file.as_str() {
        "style.css" => Ok(serve(&headers, "text/css; charset=utf-8", STYLE)),
        "app.js" => Ok(serve(&headers, "text/javascript; charset=utf-8", SCRIPT)),
        "icon.svg" => Ok(serve(&headers, "image/svg+xml", ICON)),
        _ => {
            let detail = "the page consists of style.css, app.js and icon.svg";
            Err(Problem::new(StatusCode::NOT_FOUND, "unknown-route", "There is no such route", detail))
        }
    }
}

/// A file, or only that the client has it already: a new version of the function may bring another one.
fn serve(headers: &HeaderMap, kind: &'static str, body: &'static str) -> Response {
    // Weak, because the compressed and the plain file share it.
    let tag: Option<ETag> = format!("W/\"{}\"", Version::of(body.as_bytes())).parse().ok();
    let known = headers.typed_get::<IfNoneMatch>();
    let mut response = match (known, &tag) {
        (Some(known), Some(tag)) if !known.precondition_passes(tag) => StatusCode::NOT_MODIFIED.into_response(),
        _ => ([(header::CONTENT_TYPE, kind)], body).into_response(),
    };
    let headers = response.headers_mut();
    if let Some(tag) = tag {
        headers.typed_insert(tag);
    }
    for (name, value) in [
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::VARY, "accept-encoding"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_nothing_inline_and_nothing_from_elsewhere() {
        for inline in ["<style", " style=", "<script>", " onclick=", " onload=", "javascript:"] {
            assert!(!INDEX.contains(inline), "{inline}");
        }
        for outside in ["http://", "https://", "//cdn"] {
            assert!(![INDEX, STYLE].iter().any(|file| file.contains(outside)), "{outside}");
        }
        // The namespace of SVG is a name, and the only address.
        assert_eq!(SCRIPT.matches("http").count(), SCRIPT.matches("http://www.w3.org/2000/svg").count());
        for sink in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
            assert!(!SCRIPT.contains(sink), "{sink}");
        }
    }

    #[tokio::test]
    async fn a_file_that_the_client_has_is_not_sent_again() {
        let first = index(HeaderMap::new()).await;
        assert_eq!(first.status(), StatusCode::OK);
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(index(headers).await.status(), StatusCode::NOT_MODIFIED);
    }
}

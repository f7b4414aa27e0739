//! Boxes for tables and charts: what is wider than the screen scrolls in its own, and says so.

use maud::{Markup, PreEscaped, html};

/// A table in a box of its own, which scrolls where the screen is narrow; then a shadow lies on the side where there is more.
pub(in crate::report) fn table(name: &str, content: Markup) -> Markup {
    html! {
        div.scroll role="group" aria-label=(name) tabindex="0" {
            table { caption.away { (name) } (content) }
        }
    }
}

/// A chart in a box of its own, which it fills: enlarged never, and down to `least` of its size. On a screen that is narrower, the
/// box scrolls, and a line below it says so.
pub(super) fn figure(svg: &str, name: &str, least: f64) -> Markup {
    let width = svg.split('"').nth(1).and_then(|width| width.parse::<f64>().ok()).unwrap_or(0.0);
    let least = width * least;
    html! {
        div.figure style=(format!("--least:{least:.0}px")) {
            figure.scroll role="group" aria-label=(name) tabindex="0" {
                div style=(format!("min-width:{least:.0}px;max-width:{width:.0}px")) { (labelled(svg, name)) }
            }
            p.wider.quiet { "Wider than this screen: scroll it sideways." }
        }
    }
}

/// A chart as one picture with a name.
pub(super) fn labelled(svg: &str, name: &str) -> Markup {
    let rest = svg.strip_prefix("<svg ").unwrap_or_default();
    html! { (PreEscaped("<svg role=\"img\" aria-label=\"")) (name) (PreEscaped("\" ")) (PreEscaped(rest)) }
}
